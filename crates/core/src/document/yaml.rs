//! YAML text → trees of scalars, lists and maps with their lines.
//!
//! Scalars keep their spelling: `00012` stays what it is. Anchors, aliases, tags and merge keys are
//! refused; nesting is bounded, so that trees are safe to walk and drop.

use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle, Span};

use super::error::Fault;

/// Levels of lists and maps in a document; two are needed.
const DEPTH_MAX: usize = 8;

/// A node.
#[derive(Debug, Clone)]
pub(super) struct Yaml {
    /// Line of its start, from 1.
    pub(super) line: u32,
    pub(super) content: Content,
}

#[derive(Debug, Clone)]
pub(super) enum Content {
    /// Text, and whether it was written without quotes.
    Scalar(String, bool),
    List(Vec<Yaml>),
    Map(Vec<Entry>),
}

/// A key of a map with its value.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) line: u32,
    pub(super) value: Yaml,
}

/// A document: its number in the file from 1, and its tree.
pub(super) struct Root {
    pub(super) number: u32,
    pub(super) tree: Yaml,
}

/// Reads all documents. Empty ones count, but are left out; broken ones are faults.
pub(super) fn documents(text: &str, faults: &mut Vec<Fault>) -> Vec<Root> {
    let mut parser = Parser::new_from_str(text);
    let mut builder = Builder::default();
    let mut roots = Vec::new();
    loop {
        let problem = match parser.next_event() {
            None => break,
            Some(Ok((event, span))) => match builder.take(event, span) {
                Ok(root) => {
                    roots.extend(root);
                    continue;
                }
                Err(problem) => problem,
            },
            Some(Err(error)) => Problem {
                line: error.marker().line(),
                what: error.info(),
            },
        };
        faults.push(problem.in_document(builder.number.max(1)));
        builder.open.clear();
        match parser.proceed_next_document() {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                let problem = Problem {
                    line: error.marker().line(),
                    what: error.info(),
                };
                faults.push(problem.in_document(builder.number + 1));
                break;
            }
        }
    }
    roots
}

struct Problem {
    line: usize,
    what: String,
}

impl Problem {
    fn in_document(self, document: u32) -> Fault {
        Fault {
            document,
            line: u32::try_from(self.line).unwrap_or(u32::MAX),
            problem: self.what,
            hint: None,
        }
    }
}

/// A list or map that is not closed yet.
enum Open {
    List(u32, Vec<Yaml>),
    Map(u32, Vec<Entry>, Option<(String, u32)>),
}

#[derive(Default)]
struct Builder {
    number: u32,
    open: Vec<Open>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<Option<Root>, Problem> {
        let line = span.start.line();
        let problem = |what: &str| Problem {
            line,
            what: what.to_owned(),
        };
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        match event {
            Event::DocumentStart(..) => {
                self.number += 1;
                Ok(None)
            }
            Event::Scalar(.., Some(_))
            | Event::SequenceStart(.., Some(_))
            | Event::MappingStart(.., Some(_)) => Err(problem("YAML tags are not supported")),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                Err(problem("YAML aliases are not supported"))
            }
            Event::Scalar(text, style, ..) => {
                let plain = style == ScalarStyle::Plain;
                self.scalar(text.into_owned(), plain, line)
            }
            Event::SequenceStart(..) => self.enter(Open::List(line, Vec::new()), line),
            Event::MappingStart(..) => self.enter(Open::Map(line, Vec::new(), None), line),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List(line, items)) => self.node(line, Content::List(items)),
                Some(Open::Map(line, entries, _)) => self.node(line, Content::Map(entries)),
                None => Err(problem("an end without a start")),
            },
            _ => Ok(None),
        }
    }

    fn enter(&mut self, open: Open, line: u32) -> Result<Option<Root>, Problem> {
        if self.open.len() >= DEPTH_MAX {
            return Err(Problem {
                line: line as usize,
                what: format!("the document is nested deeper than {DEPTH_MAX} levels"),
            });
        }
        if let Some(Open::Map(_, _, None)) = self.open.last() {
            return Err(Problem {
                line: line as usize,
                what: String::from("a list or map stands where a key belongs"),
            });
        }
        self.open.push(open);
        Ok(None)
    }

    fn scalar(&mut self, text: String, plain: bool, line: u32) -> Result<Option<Root>, Problem> {
        if let Some(Open::Map(_, entries, key @ None)) = self.open.last_mut() {
            if entries.iter().any(|entry| entry.key == text) {
                return Err(Problem {
                    line: line as usize,
                    what: format!("the key `{text}` is there twice"),
                });
            }
            *key = Some((text, line));
            return Ok(None);
        }
        self.node(line, Content::Scalar(text, plain))
    }

    /// Puts a finished node where it belongs; a root is handed out.
    fn node(&mut self, line: u32, content: Content) -> Result<Option<Root>, Problem> {
        let value = Yaml { line, content };
        match self.open.last_mut() {
            None => {
                let empty = matches!(&value.content, Content::Scalar(text, true)
                    if is_null(text));
                return Ok((!empty).then_some(Root {
                    number: self.number,
                    tree: value,
                }));
            }
            Some(Open::List(_, items)) => items.push(value),
            Some(Open::Map(_, entries, key)) => {
                if let Some((key, line)) = key.take() {
                    entries.push(Entry { key, line, value });
                }
            }
        }
        Ok(None)
    }
}

/// Whether a scalar without quotes says that there is no value.
pub(super) fn is_null(plain: &str) -> bool {
    matches!(plain, "" | "~" | "null" | "Null" | "NULL")
}
