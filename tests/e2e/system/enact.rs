//! Carrying out the steps of a history, and checking what Tagma says about each.

use anyhow::{Context, Result, ensure};
use serde_json::Value as Json;
use tagma_core::LogIndex;
use tagma_proto::pb::ingest::v1::{WriteRequest, WriteResponse};
use tagma_tests::generate::history::{Change, KnownBy, Row, Step, Table, Way};

use super::site::{Producer, Site};
use super::{csv, encode};

impl Site<'_> {
    /// Carries out one step.
    pub(super) fn enact(&mut self, step: &Step) -> Result<()> {
        let told = || format!("change {}", step.first);
        let indexes = self.entries_of(step).with_context(told)?;
        self.moments.add(step, &indexes)
    }

    /// The index of the log that each change of the step became.
    fn entries_of(&mut self, step: &Step) -> Result<Vec<u64>> {
        Ok(match &step.change {
            Change::Define(text) => vec![self.line.apply(text)?],
            Change::Load { table, way, writes } => self.load(step, *table, *way, writes)?,
            Change::Run { tags, as_of } => {
                let names = tags.iter().map(ToString::to_string).collect();
                vec![self.line.run(names, as_of.0)?]
            }
            Change::Delete(name) => vec![self.line.delete_segment(name.as_str())?],
            Change::RollBack(name) => vec![self.line.roll_back(name.as_str())?],
        })
    }

    fn load(
        &mut self,
        step: &Step,
        table: usize,
        way: Way,
        writes: &[Vec<Row>],
    ) -> Result<Vec<u64>> {
        let declared = &self.history.tables[table];
        let answers = match way {
            Way::Parquet | Way::Csv => vec![self.load_file(step, declared, way, writes)?],
            Way::AtOnce => {
                let requests = self.requests(table, writes)?;
                self.line.write(&requests)?
            }
            Way::OneByOne => {
                let mut answers = Vec::new();
                for request in self.requests(table, writes)? {
                    answers.extend(self.line.write(&[request])?);
                }
                answers
            }
        };
        ensure!(answers.len() == writes.len(), "{} answers", answers.len());
        let changes = (step.first.0..).map(LogIndex);
        for ((rows, answer), change) in writes.iter().zip(&answers).zip(changes) {
            self.check_answer(rows, answer, change)?;
        }
        Ok(answers.iter().map(|answer| answer.log_index).collect())
    }

    fn check_answer(&self, rows: &[Row], answer: &WriteResponse, change: LogIndex) -> Result<()> {
        let counts = rows.iter().filter(|row| row.known_by != KnownBy::Nobody);
        let taken = counts.count() as u64;
        let people = self.history.world.people.values();
        let created = people.filter(|life| life.from == change).count() as u64;
        let expected = (taken, rows.len() as u64 - taken, created);
        let found = (answer.rows, answer.rejected, answer.created);
        ensure!(
            found == expected,
            "(rows, rejected, created) of change {change}: {found:?}, not {expected:?}"
        );
        Ok(())
    }

    fn requests(&mut self, table: usize, writes: &[Vec<Row>]) -> Result<Vec<WriteRequest>> {
        let declared = &self.history.tables[table];
        let producer = match self.producers.get(&table) {
            Some(producer) => *producer,
            None => {
                let opened = self.line.open_producer(declared.name)?;
                Producer {
                    number: opened.producer,
                    epoch: opened.epoch,
                    sequence: opened.last_sequence,
                }
            }
        };
        let mut requests = Vec::new();
        for (sequence, rows) in (producer.sequence + 1..).zip(writes) {
            let rows_ipc = encode::stream(&encode::batch(declared, rows)?)?;
            requests.push(WriteRequest {
                producer: producer.number,
                epoch: producer.epoch,
                sequence,
                table: declared.name.to_owned(),
                rows_ipc: rows_ipc.into(),
                first_row: 1,
                source_rows: Vec::new(),
                rejected: Vec::new(),
            });
        }
        let sequence = producer.sequence + writes.len() as u64;
        self.producers.insert(
            table,
            Producer {
                sequence,
                ..producer
            },
        );
        Ok(requests)
    }

    fn load_file(
        &self,
        step: &Step,
        table: &Table,
        way: Way,
        writes: &[Vec<Row>],
    ) -> Result<WriteResponse> {
        let rows = writes.concat();
        let ending = if way == Way::Csv { "csv" } else { "parquet" };
        let name = format!("change-{}.{ending}", step.first);
        let path = self.server.folder().join(name);
        match way {
            Way::Csv => csv::write(table, &rows, &path)?,
            _ => encode::parquet(&encode::batch(table, &rows)?, &path)?,
        }
        let path = path.to_string_lossy();
        let arguments = [
            "load",
            &path,
            "--table",
            table.name,
            "--null-value",
            csv::NULL,
        ];
        let answer = self.server.client().ask(&arguments)?;
        let report = &answer["loads"][0];
        let number = |field: &str| {
            let number = report.get(field).and_then(Json::as_u64);
            number.with_context(|| format!("no `{field}` in {answer}"))
        };
        Ok(WriteResponse {
            log_index: number("index")?,
            rows: number("rows")?,
            rejected: number("rejected")?,
            created: number("created")?,
            durability: String::new(),
        })
    }
}
