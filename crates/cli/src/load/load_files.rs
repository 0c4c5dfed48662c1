//! Loading files, one after the other.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Instant,
};

use tagma_core::ErrorKind;
use tokio_util::sync::CancellationToken;

use super::{
    LoadOptions, Loaded, NotLoaded, Told, declare,
    one_file::OneFile,
    plan::{self, FilePlan},
    scan::{Scan, ScanRules, scan},
    schema,
    send::Wrong,
    source::{Expanded, Source, expand},
    target::{self, Target},
};
use crate::{connection::Connection, failure::Failure, output::Bars};

/// What loading works with.
pub struct Session<'a> {
    /// The cluster.
    pub connection: &'a Connection,
    /// Whether progress is shown on standard error.
    pub shows_progress: bool,
    /// Once it is cancelled no further rows are sent: those on their way are waited for.
    pub stop: CancellationToken,
}

/// Loads `files`, which may be directories and patterns, in order, each file as one load.
///
/// All files are read before anything is sent. One that cannot be loaded does not keep the others
/// from it, unless the options say so. A load that broke goes on where it stopped when it is
/// started again; one that is complete changes nothing.
///
/// # Errors
/// As for every call; what concerns all files, such as a column that is an int in one and a text in
/// another; the first file that cannot be loaded, where it is the only one or stops all others;
/// [`Failure::Interrupted`].
pub async fn load_files(
    session: &Session<'_>,
    files: &[PathBuf],
    options: &LoadOptions,
    tell: &mut (dyn FnMut(Told<'_>) + Send),
) -> Result<Loaded, Failure> {
    options.text.check()?;
    let mut run = Run {
        session,
        options,
        bars: Bars::new(session.shows_progress),
        tell,
        is_one: false,
        done: Loaded::default(),
    };
    let sources = run.find(files)?;
    let known = declare::find(session.connection, options).await?;
    let scanned = run.scan(sources, known.is_none()).await?;
    if scanned.is_empty() {
        return Ok(run.done);
    }
    let target = match known {
        Some(target) => target,
        None => run.make(&scanned).await?,
    };
    run.load(&scanned, &target).await?;
    Ok(run.done)
}

/// A file and what the first pass found.
struct Scanned {
    source: Source,
    scan: Scan,
    begin: Instant,
}

struct Run<'a> {
    session: &'a Session<'a>,
    options: &'a LoadOptions,
    bars: Bars,
    tell: &'a mut (dyn FnMut(Told<'_>) + Send),
    is_one: bool,
    done: Loaded,
}

impl Run<'_> {
    /// Looks at all files.
    fn find(&mut self, arguments: &[PathBuf]) -> Result<Vec<Source>, Failure> {
        let mut found = BTreeSet::new();
        let mut paths = Vec::new();
        let format = self.options.format;
        let expanded: Vec<_> = arguments
            .iter()
            .map(|argument| (argument, expand(argument, format.is_some())))
            .collect();
        let count =
            |(_, e): &(&PathBuf, Result<Expanded, _>)| e.as_ref().map_or(1, |e| e.files.len());
        self.is_one = expanded.iter().map(count).sum::<usize>() == 1;
        for (argument, expanded) in expanded {
            match expanded {
                Ok(expanded) => {
                    self.note_passed_over(argument, expanded.passed_over);
                    paths.extend(
                        expanded
                            .files
                            .into_iter()
                            .filter(|f| found.insert(f.clone())),
                    );
                }
                Err(error) => self.fail(argument, error.into())?,
            }
        }
        let mut sources = Vec::new();
        for path in paths {
            match Source::look_at(&path, format) {
                Ok(source) => sources.push(source),
                Err(error) => self.fail(&path, error.into())?,
            }
        }
        Ok(sources)
    }

    fn note_passed_over(&mut self, argument: &Path, count: usize) {
        if count > 0 {
            self.tell(Told::Note(&format!(
                "`{}`: {count} files with an unknown ending are left out",
                argument.display()
            )));
        }
    }

    /// Reads every file once.
    async fn scan(&mut self, sources: Vec<Source>, infers: bool) -> Result<Vec<Scanned>, Failure> {
        let mut scanned = Vec::new();
        for source in sources {
            let begin = Instant::now();
            let outcome = match self.first_pass(&source, infers).await {
                Ok(scan) if infers => schema::check(self.options, &scan)
                    .map(|()| scan)
                    .map_err(Failure::from),
                outcome => outcome,
            };
            match outcome {
                Ok(scan) => {
                    for note in &scan.notes {
                        self.tell(Told::Note(note));
                    }
                    scanned.push(Scanned {
                        source,
                        scan,
                        begin,
                    });
                }
                Err(failure) => self.fail(&source.path, failure)?,
            }
        }
        Ok(scanned)
    }

    async fn first_pass(&self, source: &Source, infers: bool) -> Result<Scan, Failure> {
        let rules = ScanRules {
            text: self.options.text.rules(source),
            time: self.options.time.clone(),
            infers,
        };
        let what = format!("reading {}", source.short_name());
        let progress = self.bars.bytes(source.bytes, what);
        let source = source.clone();
        let scanned = tokio::task::spawn_blocking(move || {
            let scanned = scan(&source, &rules, &progress);
            progress.done();
            scanned
        });
        tokio::select! {
            scanned = scanned => {
                Ok(scanned.map_err(|error| Failure::internal("reading the file", error))??)
            }
            () = self.session.stop.cancelled() => {
                let message = "interrupted before anything was sent".to_owned();
                Err(Failure::Interrupted(message))
            }
        }
    }

    async fn make(&mut self, scanned: &[Scanned]) -> Result<Target, Failure> {
        let scans: Vec<Scan> = scanned.iter().map(|scanned| scanned.scan.clone()).collect();
        for scan in &scans {
            for doubt in schema::doubts(self.options, scan) {
                self.tell(Told::Note(&doubt));
            }
        }
        declare::make(self.session.connection, self.options, &scans).await
    }

    /// Sends every file; all are planned before the first is sent.
    async fn load(&mut self, scanned: &[Scanned], target: &Target) -> Result<(), Failure> {
        let table = &target.table;
        let zone = target::zone(self.session.connection, table).await?;
        let mut planned: Vec<(&Scanned, FilePlan)> = Vec::new();
        for file in scanned {
            match plan::plan(&file.scan, self.options, table, zone) {
                Ok(plan) => planned.push((file, plan)),
                Err(error) => self.fail(&file.source.path, error.into())?,
            }
        }
        self.bars.expect(
            planned.iter().map(|(file, _)| file.source.bytes).sum(),
            planned.len(),
        );
        for (file, plan) in &planned {
            let one = OneFile {
                session: self.session,
                options: self.options,
                target,
                scan: &file.scan,
            };
            let what = format!("loading {}", file.source.short_name());
            let progress = self.bars.rows(file.scan.rows, file.source.bytes, what);
            match one.load(&file.source, plan, progress, file.begin).await {
                Ok((report, wrong)) => {
                    self.tell(Told::Loaded(&report));
                    self.note_wrong(&wrong);
                    self.done.loads.push(report);
                }
                Err(failure) => self.fail(&file.source.path, failure)?,
            }
        }
        Ok(())
    }

    fn note_wrong(&mut self, wrong: &[Wrong]) {
        for Wrong { row, reason } in wrong {
            self.tell(Told::Note(&format!("  row {row}: {reason}")));
        }
    }

    fn tell(&mut self, told: Told<'_>) {
        let tell = &mut self.tell;
        self.bars.suspended(|| tell(told));
    }

    /// Counts a file as not loaded.
    ///
    /// # Errors
    /// Where that ends everything.
    fn fail(&mut self, file: &Path, failure: Failure) -> Result<(), Failure> {
        let is_everybodys = match &failure {
            Failure::Interrupted(_) | Failure::OutputClosed => true,
            Failure::Remote(error) => matches!(
                error.kind,
                ErrorKind::Unavailable
                    | ErrorKind::Timeout
                    | ErrorKind::NotLeader
                    | ErrorKind::Exhausted
                    | ErrorKind::Incompatible
            ),
            Failure::Usage(_) | Failure::Local { .. } => false,
        };
        if is_everybodys || self.is_one || self.options.stops_on_error {
            return Err(failure);
        }
        let failed = NotLoaded::new(file.display().to_string(), failure);
        self.tell(Told::Failed(&failed));
        self.done.failed.push(failed);
        Ok(())
    }
}
