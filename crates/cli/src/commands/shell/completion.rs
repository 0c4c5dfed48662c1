//! `tagma completion`: the script that completes verbs and flags.

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::{app::Cli, console::Console, failure::Failure};

/// Print the completion script of a shell
///
/// For example, for bash:
///
///     tagma completion bash > ~/.local/share/bash-completion/completions/tagma
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct CompletionArgs {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(args: &CompletionArgs, console: &mut Console) -> Result<(), Failure> {
    let mut script = Vec::new();
    generate(args.shell, &mut Cli::command(), "tagma", &mut script);
    let written = console.data().write_all(&script);
    written.map_err(|error| Failure::output(&error))
}
