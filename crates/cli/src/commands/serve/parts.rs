//! What the roles have in common: opening the store, telling that they are ready, stopping.

use std::{
    error::Error,
    future::Future,
    path::{Path, PathBuf},
};

use tagma_core::ErrorKind;
use tagma_store::Store;
use tokio::task::spawn_blocking;

use super::{grpc::RunningListener, signals};
use crate::{console::Console, failure::Failure};

/// Opens a local object store and proves that it can be trusted.
///
/// # Errors
/// Where it cannot be used.
pub(super) async fn open_store(path: PathBuf) -> Result<Store, Failure> {
    let shown = path.clone();
    let opened = spawn_blocking(move || Store::open_local(&path)).await;
    let opened = opened.map_err(|error| Failure::internal("opening the store", error))?;
    let store = opened.map_err(|error| of(&shown, error.kind(), &error))?;
    store
        .probe()
        .await
        .map_err(|error| of(&shown, error.kind(), &error))?;
    Ok(store)
}

/// An error of a part, with all its sources.
pub(super) fn failed(what: &str, kind: ErrorKind, error: &dyn Error) -> Failure {
    let mut message = format!("{what}: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        message = format!("{message}: {cause}");
        source = cause.source();
    }
    Failure::local(kind, message)
}

fn of(path: &Path, kind: ErrorKind, error: &dyn Error) -> Failure {
    failed(
        &format!("cannot use the store `{}`", path.display()),
        kind,
        error,
    )
}

/// Waits until `ready`, says so, waits to be asked to stop, then lets calls finish.
///
/// # Errors
/// Of `ready`; where signals cannot be received.
pub(super) async fn run_until_stopped(
    listener: RunningListener,
    ready: impl Future<Output = Result<(), Failure>>,
    line: &str,
    console: &mut Console,
) -> Result<(), Failure> {
    let stopped = signals::asked_to_stop();
    tokio::pin!(stopped);
    let outcome = tokio::select! {
        outcome = &mut stopped => outcome,
        became = ready => match became {
            Ok(()) => {
                listener.is_ready().await;
                console.note(line);
                stopped.await
            }
            Err(failure) => Err(failure),
        },
    };
    console.note("stopping");
    listener.shutdown().await;
    outcome
}
