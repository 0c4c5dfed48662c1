//! From the command line to a command: flags that all have, the run time, the exit code.

use std::{ffi::OsString, io::Write, process::ExitCode, time::Duration};

use clap::{Parser, Subcommand};
use tokio::runtime::Builder;
use tokio_util::sync::CancellationToken;

use crate::{
    args::parse_duration,
    commands::{
        bench::{self, BenchVerb},
        cluster::{self, ClusterVerb},
        dead_letter::{self, DeadLetterVerb},
        demo::{self, DemoVerb},
        document::{apply, validate},
        identity::{self, IdentityVerb},
        load::{self, LoadVerb, files::LoadArgs},
        segment::{self, SegmentVerb},
        serve,
        shell::completion,
        table::{self, TableVerb},
        tag::{self, TagVerb},
    },
    connection::Connection,
    console::{Console, Format},
    failure::Failure,
};

/// Tagma joins customer records into people, computes tags on them by SQL, and answers audience
/// questions exactly.
///
/// Data goes to standard output, everything else to standard error. Exit codes: 0 done, 1 failed,
/// 2 wrong usage.
#[derive(Debug, Parser)]
#[command(
    name = "tagma",
    version,
    max_term_width = 100,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Everywhere")]
struct GlobalArgs {
    /// Coordinators to ask: URLs, comma-separated, tried in turn
    #[arg(
        long,
        global = true,
        env = "TAGMA_ENDPOINT",
        value_name = "URL,…",
        default_value = "http://127.0.0.1:7700"
    )]
    endpoint: String,
    /// How answers look
    #[arg(long, global = true, value_enum, default_value_t)]
    output: Format,
    /// Limit of one request, retries included: 500ms, 30s, 2m [default: 30s, tag runs: 24h]
    #[arg(long, global = true, value_name = "TIME", value_parser = parse_duration)]
    request_timeout: Option<Duration>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Up(serve::up::UpArgs),
    Coordinator(serve::coordinator::CoordinatorArgs),
    Worker(serve::worker::WorkerArgs),
    Load(Box<LoadArgs>),
    Validate(validate::ValidateArgs),
    Apply(apply::ApplyArgs),
    #[command(subcommand)]
    Tag(TagVerb),
    Count(segment::count::CountArgs),
    Members(segment::members::MembersArgs),
    Contains(segment::contains::ContainsArgs),
    Explain(segment::explain::ExplainArgs),
    #[command(subcommand)]
    Segment(SegmentVerb),
    #[command(subcommand)]
    Identity(IdentityVerb),
    #[command(subcommand)]
    DeadLetter(DeadLetterVerb),
    #[command(subcommand)]
    Table(TableVerb),
    #[command(subcommand)]
    Cluster(ClusterVerb),
    #[command(subcommand)]
    Demo(DemoVerb),
    #[command(subcommand)]
    Bench(BenchVerb),
    Completion(completion::CompletionArgs),
}

impl Command {
    fn is_server(&self) -> bool {
        matches!(self, Self::Up(_) | Self::Coordinator(_) | Self::Worker(_))
    }

    fn stops_in_order(&self) -> bool {
        matches!(self, Self::Load(args) if args.verb.is_none())
    }
}

/// Stack of each thread: planning of SQL is recursive.
const THREAD_STACK_BYTES: usize = 16 * 1024 * 1024;

/// Runs a command line on the standard streams; the first argument is the program's name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return misunderstood(&arguments, &error),
    };
    let mut console = Console::standard(cli.global.output);
    let Err(failure) = on_runtime(&cli, &mut console) else {
        return ExitCode::SUCCESS;
    };
    console.failed(&failure);
    ExitCode::from(failure.exit_code())
}

/// Runs a command line on any two streams; answers the exit code.
///
/// Needs a runtime of several threads; leaves Ctrl-C to the caller.
pub async fn run_on(
    arguments: impl IntoIterator<Item = OsString>,
    data: Box<dyn Write + Send>,
    rest: Box<dyn Write + Send>,
) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let (format, parsed) = match Cli::try_parse_from(&arguments) {
        Ok(cli) => (cli.global.output, Ok(cli)),
        Err(error) => (format_of(&arguments), Err(usage(&error))),
    };
    let mut console = Console::to(data, rest, format);
    let done = match parsed {
        Ok(cli) => Box::pin(execute(&cli, &mut console, &CancellationToken::new())).await,
        Err(failure) => Err(failure),
    };
    let Err(failure) = done else {
        return 0;
    };
    console.failed(&failure);
    failure.exit_code()
}

fn on_runtime(cli: &Cli, console: &mut Console) -> Result<(), Failure> {
    let runtime = Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(THREAD_STACK_BYTES)
        .build();
    let runtime = runtime.map_err(|error| Failure::internal("cannot start threads", error))?;
    let done = match cli.command.is_server() {
        // A server takes Ctrl-C itself, to stop in order.
        true => {
            let never = CancellationToken::new();
            runtime.block_on(Box::pin(execute(cli, console, &never)))
        }
        false => runtime.block_on(until_interrupted(cli, console)),
    };
    // A file that is still being read must not hold the process up.
    runtime.shutdown_background();
    done
}

/// Commands that can stop in order are asked to, and take their time until a second Ctrl-C.
async fn until_interrupted(cli: &Cli, console: &mut Console) -> Result<(), Failure> {
    let stop = CancellationToken::new();
    let interrupted = || Failure::Interrupted(last_words(&cli.command));
    let mut running = Box::pin(execute(cli, console, &stop));
    tokio::select! {
        done = &mut running => return done,
        _ = tokio::signal::ctrl_c() => {}
    }
    if !cli.command.stops_in_order() {
        return Err(interrupted());
    }
    stop.cancel();
    // A closed standard error leaves nobody to tell.
    let _told = writeln!(
        std::io::stderr(),
        "stopping after the rows that are on their way; Ctrl-C again stops at once"
    );
    tokio::select! {
        done = &mut running => done,
        _ = tokio::signal::ctrl_c() => Err(interrupted()),
    }
}

fn last_words(command: &Command) -> String {
    let words = match command {
        Command::Load(args) if args.verb.is_none() => {
            "interrupted: run the same command again to go on where it stopped"
        }
        Command::Tag(TagVerb::Run(_)) => {
            "interrupted: the run may still go on; see `tagma tag list`"
        }
        _ => "interrupted",
    };
    words.to_owned()
}

/// Runs a parsed command on any console; `stop` asks it to end in order.
async fn execute(
    cli: &Cli,
    console: &mut Console,
    stop: &CancellationToken,
) -> Result<(), Failure> {
    let global = &cli.global;
    let line = Connection::new(&global.endpoint, global.request_timeout)?;
    match &cli.command {
        Command::Up(args) => serve::up::run(args, console).await,
        Command::Coordinator(args) => serve::coordinator::run(args, console).await,
        Command::Worker(args) => serve::worker::run(args, console).await,
        Command::Load(args) => match &args.verb {
            Some(LoadVerb::List(_)) => load::list::run(&line, console).await,
            None => load::files::run(args, &line, console, stop).await,
        },
        Command::Validate(args) => validate::run(args, console),
        Command::Apply(args) => apply::run(args, &line, console).await,
        Command::Tag(verb) => match verb {
            TagVerb::List(_) => tag::list::run(&line, console).await,
            TagVerb::Show(args) => tag::show::run(args, &line, console).await,
            TagVerb::Run(args) => tag::run::run(args, &line, console).await,
            TagVerb::History(args) => tag::history::run(args, &line, console).await,
            TagVerb::Rollback(args) => tag::rollback::run(args, &line, console).await,
        },
        Command::Count(args) => segment::count::run(args, &line, console).await,
        Command::Members(args) => segment::members::run(args, &line, console).await,
        Command::Contains(args) => segment::contains::run(args, &line, console).await,
        Command::Explain(args) => segment::explain::run(args, &line, console).await,
        Command::Segment(verb) => match verb {
            SegmentVerb::List(_) => segment::list::run(&line, console).await,
            SegmentVerb::Show(args) => segment::show::run(args, &line, console).await,
            SegmentVerb::Delete(args) => segment::delete::run(args, &line, console).await,
        },
        Command::Identity(verb) => match verb {
            IdentityVerb::Resolve(args) => identity::resolve::run(args, &line, console).await,
            IdentityVerb::Explain(args) => identity::explain::run(args, &line, console).await,
            IdentityVerb::Types(_) => identity::types::run(&line, console).await,
            IdentityVerb::Merge(args) => identity::merge::run(args, &line, console).await,
            IdentityVerb::Unmerge(args) => identity::unmerge::run(args, &line, console).await,
            IdentityVerb::Lift(args) => identity::lift::run(args, &line, console).await,
            IdentityVerb::Unbind(args) => identity::unbind::run(args, &line, console).await,
            IdentityVerb::Release(args) => identity::release::run(args, &line, console).await,
        },
        Command::DeadLetter(verb) => match verb {
            DeadLetterVerb::List(args) => dead_letter::list::run(args, &line, console).await,
            DeadLetterVerb::Export(args) => dead_letter::export::run(args, &line, console).await,
        },
        Command::Table(verb) => match verb {
            TableVerb::List(_) => table::list::run(&line, console).await,
            TableVerb::Show(args) => table::show::run(args, &line, console).await,
        },
        Command::Cluster(ClusterVerb::Status(_)) => cluster::status::run(&line, console).await,
        Command::Demo(verb) => match verb {
            DemoVerb::Generate(args) => demo::generate::run(args, console).await,
            DemoVerb::Score(args) => demo::score::run(args, console),
        },
        Command::Bench(BenchVerb::Count(args)) => bench::count::run(args, &line, console).await,
        Command::Bench(BenchVerb::Contains(args)) => {
            bench::contains::run(args, &line, console).await
        }
        Command::Completion(args) => completion::run(args, console),
    }
}

/// Help and version go to standard output; what cannot be parsed is exit code 2.
fn misunderstood(arguments: &[OsString], error: &clap::Error) -> ExitCode {
    if error.exit_code() == 0 || format_of(arguments) == Format::Table {
        // A closed stream leaves nobody to tell.
        let _told = error.print();
        return ExitCode::from(if error.exit_code() == 0 { 0 } else { 2 });
    }
    let failure = usage(error);
    Console::standard(Format::Json).failed(&failure);
    ExitCode::from(failure.exit_code())
}

fn usage(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    let message = text.trim();
    Failure::Usage(
        message
            .strip_prefix("error: ")
            .unwrap_or(message)
            .to_owned(),
    )
}

/// The format that a command line asks for that is wrong otherwise.
fn format_of(arguments: &[OsString]) -> Format {
    let is_flag = |pair: &[OsString]| pair[0] == "--output" && pair[1] == "json";
    if arguments.windows(2).any(is_flag) || arguments.iter().any(|a| a == "--output=json") {
        return Format::Json;
    }
    Format::Table
}

#[cfg(test)]
#[path = "app_tests.rs"]
mod tests;
