//! Reading the keys of a document, one by one; what is wrong is noted and reading goes on.

use std::collections::BTreeMap;

use super::{
    error::Fault,
    yaml::{Content, Entry, Yaml, is_null},
};
use crate::{schema::Name, segment::nearest, time::zone};

/// The keys of one document that have not been read yet.
pub(super) struct Fields<'a> {
    number: u32,
    line: u32,
    entries: BTreeMap<String, Entry>,
    /// Keys that were asked for: those that exist.
    known: Vec<&'static str>,
    faults: &'a mut Vec<Fault>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(
        number: u32,
        line: u32,
        entries: Vec<Entry>,
        faults: &'a mut Vec<Fault>,
    ) -> Self {
        let entries = entries.into_iter().map(|entry| (entry.key.clone(), entry));
        Self {
            number,
            line,
            entries: entries.collect(),
            known: Vec::new(),
            faults,
        }
    }

    /// Notes a fault.
    pub(super) fn fault(&mut self, line: u32, problem: impl Into<String>, hint: &str) {
        self.faults.push(Fault {
            document: self.number,
            line,
            problem: problem.into(),
            hint: (!hint.is_empty()).then(|| hint.to_owned()),
        });
    }

    /// The line on which the document begins.
    pub(super) fn first_line(&self) -> u32 {
        self.line
    }

    /// The line of a key that was not read yet; that of the document where it is absent.
    pub(super) fn line_of(&self, key: &str) -> u32 {
        self.entries.get(key).map_or(self.line, |entry| entry.line)
    }

    fn take(&mut self, key: &'static str) -> Option<Entry> {
        self.known.push(key);
        self.entries.remove(key)
    }

    fn absent(&mut self, key: &str) {
        let problem = format!("the key `{key}` is missing");
        self.fault(self.line, problem, "");
    }

    /// Text with the line of its key; a missing key is no fault.
    pub(super) fn text(&mut self, key: &'static str) -> Option<(String, u32)> {
        let entry = self.take(key)?;
        let text = self.scalar(&entry.value, &format!("`{key}`"))?;
        Some((text, entry.line))
    }

    pub(super) fn required_text(&mut self, key: &'static str) -> Option<(String, u32)> {
        let there = self.entries.contains_key(key);
        let text = self.text(key);
        if !there {
            self.absent(key);
        }
        text
    }

    /// Text that is only shown: without its line.
    pub(super) fn words(&mut self, key: &'static str) -> Option<String> {
        self.text(key).map(|(text, _)| text)
    }

    fn scalar(&mut self, value: &Yaml, what: &str) -> Option<String> {
        match &value.content {
            Content::Scalar(text, plain) if !(*plain && is_null(text)) => {
                return Some(text.trim().to_owned());
            }
            Content::Scalar(..) => {
                let hint = "leave the key out, or quote the text";
                self.fault(value.line, format!("{what} has no value"), hint);
            }
            Content::List(_) | Content::Map(_) => {
                let problem = format!("{what} is a list or map, not text");
                self.fault(value.line, problem, "");
            }
        }
        None
    }

    /// A name under a key that must be there.
    pub(super) fn required_name(&mut self, key: &'static str) -> Option<Name> {
        let (text, line) = self.required_text(key)?;
        self.name(&text, line)
    }

    /// A name under a key that may be missing.
    pub(super) fn optional_name(&mut self, key: &'static str) -> Option<(Name, u32)> {
        let (text, line) = self.text(key)?;
        self.name(&text, line).map(|name| (name, line))
    }

    /// A text as a name.
    pub(super) fn name(&mut self, text: &str, line: u32) -> Option<Name> {
        match Name::new(text) {
            Ok(name) => Some(name),
            Err(error) => {
                self.fault(line, error.to_string(), "");
                None
            }
        }
    }

    /// A whole number of at least `least`.
    pub(super) fn count(&mut self, key: &'static str, least: u32, most: u32) -> Option<u32> {
        let (text, line) = self.text(key)?;
        match text.parse::<u32>() {
            Ok(value) if (least..=most).contains(&value) => Some(value),
            _ => {
                let problem = format!("`{key}` is `{text}`");
                self.fault(
                    line,
                    problem,
                    &format!("write a whole number, {least} to {most}"),
                );
                None
            }
        }
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &'static str) -> Option<(bool, u32)> {
        let (text, line) = self.text(key)?;
        match text.as_str() {
            "true" => Some((true, line)),
            "false" => Some((false, line)),
            _ => {
                self.fault(line, format!("`{key}` is `{text}`"), "write true or false");
                None
            }
        }
    }

    /// One of the words, as what it stands for.
    pub(super) fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        choices: &[(&'static str, T)],
    ) -> Option<T> {
        let (text, line) = self.text(key)?;
        if let Some((_, value)) = choices.iter().find(|(word, _)| *word == text) {
            return Some(*value);
        }
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        let hint = match nearest(&text, words.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write one of {}", words.join(", ")),
        };
        self.fault(line, format!("`{key}` is `{text}`"), &hint);
        None
    }

    /// The name of a time zone.
    pub(super) fn timezone(&mut self, key: &'static str) -> Option<String> {
        let (text, line) = self.text(key)?;
        match zone(&text) {
            Ok(_) => Some(text),
            Err(error) => {
                self.fault(line, error.to_string(), "");
                None
            }
        }
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, key: &'static str) -> Vec<String> {
        let items = self.lines(key).into_iter();
        items.map(|(text, _)| text).collect()
    }

    /// A list of texts with their lines.
    pub(super) fn lines(&mut self, key: &'static str) -> Vec<(String, u32)> {
        let Some(entry) = self.take(key) else {
            return Vec::new();
        };
        let Content::List(items) = &entry.value.content else {
            let problem = format!("`{key}` is not a list");
            self.fault(entry.line, problem, "write [a, b]");
            return Vec::new();
        };
        let what = format!("an item of `{key}`");
        items
            .iter()
            .filter_map(|item| Some((self.scalar(item, &what)?, item.line)))
            .collect()
    }

    /// A map of texts in written order, with the lines of its keys.
    pub(super) fn map(&mut self, key: &'static str) -> Option<Vec<(String, String, u32)>> {
        self.map_like(key, "write {a: b, c: d}")
    }

    /// [`Fields::map`] with what to write instead of something else.
    pub(super) fn map_like(
        &mut self,
        key: &'static str,
        hint: &str,
    ) -> Option<Vec<(String, String, u32)>> {
        let entry = self.take(key)?;
        let Content::Map(entries) = &entry.value.content else {
            let problem = format!("`{key}` is not a map");
            self.fault(entry.line, problem, hint);
            return None;
        };
        let mut pairs = Vec::with_capacity(entries.len());
        for inner in entries {
            let what = format!("`{key}.{}`", inner.key);
            if let Some(text) = self.scalar(&inner.value, &what) {
                pairs.push((inner.key.clone(), text, inner.line));
            }
        }
        Some(pairs)
    }

    /// Display names by language code.
    pub(super) fn display(&mut self) -> BTreeMap<String, String> {
        let mut names = BTreeMap::new();
        for (language, text, line) in self.map("display").unwrap_or_default() {
            let fits = (2..=16).contains(&language.len())
                && language
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-');
            if fits && !text.is_empty() {
                names.insert(language, text);
                continue;
            }
            let problem = format!("`display.{language}` is no display name");
            self.fault(line, problem, "write {zh: …, en: …}");
        }
        names
    }

    /// A key of a later version: refused, unless it says what is so anyway (`false`).
    pub(super) fn later(&mut self, key: &'static str, false_is_fine: bool) {
        let Some(entry) = self.take(key) else {
            return;
        };
        // It is no hint for typing errors either.
        self.known.pop();
        let says_false =
            matches!(&entry.value.content, Content::Scalar(text, _) if text == "false");
        if !(false_is_fine && says_false) {
            self.fault(
                entry.line,
                format!("`{key}` is not supported yet"),
                "leave it out",
            );
        }
    }

    /// Refuses every key that was not asked for.
    pub(super) fn finish(mut self) {
        let entries = std::mem::take(&mut self.entries);
        for entry in entries.into_values() {
            let hint = match nearest(&entry.key, self.known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("keys are {}", self.known.join(", ")),
            };
            let shown: String = entry.key.chars().take(64).collect();
            self.fault(entry.line, format!("there is no key `{shown}` here"), &hint);
        }
    }
}
