//! `tagma members`: who is in an expression, to a file.

use std::{io::Write, sync::Arc};

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::{DataType, Field, Int64Type, Schema, SchemaRef},
    ipc::reader::StreamReader,
};
use serde::Serialize;
use tagma_core::{ErrorKind, time::print_timestamp};
use tagma_proto::pb::segment::v1::{MembersRequest, MembersResponse};

use crate::{
    args::ReadAtArgs,
    connection::Connection,
    console::Console,
    failure::Failure,
    output::{CsvMembers, Instant, MemberTarget, MemberWriter, Progress, open_file, thousands},
};

/// Write the people of an expression to a file
///
///     tagma members "segment('win_back')" --out win_back.csv --with monetary,recency \
///         --identifiers customer_id
///     tagma members "city = '上海'" --out - --identifiers phone | head
///
/// People come in OneID order. In CSV an empty field is no value, and several identifiers of a
/// type are joined by `;`, the latest first. The file appears when it is complete.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct MembersArgs {
    /// The expression
    #[arg(value_name = "EXPR")]
    expr: String,
    /// Where to: FILE.csv, FILE.parquet, or - for CSV on standard output
    #[arg(long, value_name = "FILE", value_parser = MemberTarget::parse)]
    out: MemberTarget,
    /// Tags to write with each person
    #[arg(long, value_name = "TAG,…", value_delimiter = ',')]
    with: Vec<String>,
    /// Identifier types to write with each person
    #[arg(long, value_name = "TYPE,…", value_delimiter = ',')]
    identifiers: Vec<String>,
    #[command(flatten)]
    at: ReadAtArgs,
}

#[derive(Debug, Serialize)]
struct Answer {
    file: String,
    count: u64,
    index: u64,
    as_of: Instant,
}

pub(crate) async fn run(
    args: &MembersArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let request = MembersRequest {
        expression: Some(args.expr.clone().into()),
        at: Some(args.at.resolve(connection).await?),
        with: args.with.clone(),
        identifiers: args.identifiers.clone(),
        after_oneid: 0,
    };
    let shows_progress = console.shows_progress();
    let received = {
        let open: Box<Open<'_>> = match &args.out {
            MemberTarget::StandardOutput => {
                let output: &mut dyn Write = console.data();
                Box::new(|schema| Ok(Box::new(CsvMembers::new(output, schema)?)))
            }
            MemberTarget::File { path, format } => {
                Box::new(|schema| open_file(path, *format, schema))
            }
        };
        receive(connection, request, open, shows_progress).await?
    };
    let MemberTarget::File { path, .. } = &args.out else {
        return Ok(());
    };
    let answer = Answer {
        file: path.display().to_string(),
        count: received.count,
        index: received.log_index,
        as_of: Instant::new(received.as_of_unix_us),
    };
    if console.json(&answer)? {
        return Ok(());
    }
    console.note(&format!(
        "wrote {} people to {}, at index {} as of {}",
        thousands(answer.count),
        answer.file,
        answer.index,
        print_timestamp(received.as_of_unix_us)
    ));
    Ok(())
}

/// Makes the writer once the columns are known.
type Open<'a> = dyn FnOnce(&SchemaRef) -> Result<Box<dyn MemberWriter + 'a>, Failure> + 'a;

/// What came in, message by message.
struct Received {
    rows: u64,
    count: u64,
    log_index: u64,
    as_of_unix_us: i64,
    last_oneid: i64,
}

/// Writes every member. A stream that breaks is opened again behind the last person, at the same
/// index.
async fn receive<'a>(
    connection: &Connection,
    mut request: MembersRequest,
    open: Box<Open<'a>>,
    shows_progress: bool,
) -> Result<Received, Failure> {
    let empty = schema_of(&request);
    let mut open = Some(open);
    let mut writer: Option<Box<dyn MemberWriter + 'a>> = None;
    let mut progress = Progress::hidden();
    let mut received: Option<Received> = None;
    let mut stream = connection.members(request.clone()).await?;
    loop {
        let message = match stream.next().await {
            Ok(Some(message)) => message,
            Ok(None) => break,
            Err(error) if error.kind == ErrorKind::Unavailable && received.is_some() => {
                stream = connection.members(request.clone()).await?;
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        if received.is_none() {
            progress = Progress::rows(shows_progress, message.count, "writing members");
        }
        let so_far = received.get_or_insert_with(|| Received::begin(&message));
        for batch in batches(&message)? {
            if let Some(open) = open.take() {
                writer = Some(open(&batch.schema())?);
            }
            so_far.take(&batch, &message)?;
            if let Some(writer) = &mut writer {
                writer.write(&batch)?;
            }
            progress.advance(batch.num_rows() as u64);
        }
        so_far.resume_in(&mut request);
    }
    progress.done();
    let writer = match (writer, open) {
        (Some(writer), _) => writer,
        (None, Some(open)) => open(&empty)?,
        (None, None) => return Err(Failure::internal("members", "no writer was opened")),
    };
    let received = received.ok_or_else(|| Failure::internal("members", "nothing was answered"))?;
    received.check()?;
    writer.finish()?;
    Ok(received)
}

impl Received {
    fn begin(first: &MembersResponse) -> Self {
        Self {
            rows: 0,
            count: first.count,
            log_index: first.log_index,
            as_of_unix_us: first.as_of_unix_us,
            last_oneid: 0,
        }
    }

    fn take(&mut self, batch: &RecordBatch, message: &MembersResponse) -> Result<(), Failure> {
        if message.log_index != self.log_index || message.count != self.count {
            return Err(Failure::internal("members", "two parts are of two indexes"));
        }
        let oneids = batch
            .column_by_name("oneid")
            .filter(|c| *c.data_type() == DataType::Int64);
        let Some(oneids) = oneids else {
            return Err(Failure::internal("members", "there is no column `oneid`"));
        };
        for oneid in oneids.as_primitive::<Int64Type>().values() {
            if *oneid <= self.last_oneid {
                return Err(Failure::internal("members", "OneIDs do not ascend"));
            }
            self.last_oneid = *oneid;
        }
        self.rows += batch.num_rows() as u64;
        Ok(())
    }

    fn resume_in(&self, request: &mut MembersRequest) {
        request.after_oneid = self.last_oneid;
        if let Some(at) = &mut request.at {
            at.log_index = Some(self.log_index);
            at.as_of_unix_us = Some(self.as_of_unix_us);
        }
    }

    fn check(&self) -> Result<(), Failure> {
        if self.rows == self.count {
            return Ok(());
        }
        let message = format!("{} people came of {}", self.rows, self.count);
        Err(Failure::internal("members", message))
    }
}

fn batches(message: &MembersResponse) -> Result<Vec<RecordBatch>, Failure> {
    if message.members_ipc.is_empty() {
        return Ok(Vec::new());
    }
    let damaged = |error| Failure::internal("the members' Arrow stream", error);
    let reader = StreamReader::try_new(message.members_ipc.as_ref(), None).map_err(damaged)?;
    let schema = reader.schema();
    let read: Result<Vec<RecordBatch>, _> = reader.collect();
    let mut read = read.map_err(damaged)?;
    if read.is_empty() {
        // A stream without batches still tells the columns.
        read.push(RecordBatch::new_empty(schema));
    }
    Ok(read)
}

/// The columns of nobody, where no message tells them.
fn schema_of(request: &MembersRequest) -> SchemaRef {
    let names = request.with.iter().chain(&request.identifiers);
    let texts = names.map(|name| Field::new(name, DataType::Utf8, true));
    let oneid = std::iter::once(Field::new("oneid", DataType::Int64, false));
    Arc::new(Schema::new(oneid.chain(texts).collect::<Vec<_>>()))
}

#[cfg(test)]
#[path = "members_tests.rs"]
mod tests;
