//! The binary `tagma`: sets up the process, then hands its arguments over.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    if let Err(error) = tagma_store::init_crash_points() {
        let message = format!("tagma: {error}\n");
        let _closed = std::io::Write::write_all(&mut std::io::stderr(), message.as_bytes());
        return ExitCode::from(2);
    }
    tagma_cli::run(std::env::args_os())
}
