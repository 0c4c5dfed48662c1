//! Multipart puts: parts are written to one stage as they come, which is then put like any other.
//!
//! Owns the check that all parts were written before anything is published.

use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures::FutureExt;
use object_store::{MultipartUpload, PutPayload, PutResult, UploadPart};
use tokio::task::spawn_blocking;

use super::error::{STORE, step};
use super::publish::{Mode, publish};
use super::staging::Stage;
use super::volume::Volume;
use crate::crash::crash_point;

/// A multipart put in progress; dropped, it leaves nothing behind.
#[derive(Debug)]
pub(super) struct Upload {
    volume: Arc<Volume>,
    destination: PathBuf,
    /// Bytes in all parts handed over so far.
    length: u64,
    /// None once completed or aborted.
    parts: Arc<Mutex<Option<Parts>>>,
}

#[derive(Debug)]
struct Parts {
    stage: Stage,
    /// Bytes in all parts written so far.
    written: u64,
}

impl Upload {
    /// An upload into `stage` that will end at `destination`.
    pub(super) fn new(volume: Arc<Volume>, stage: Stage, destination: PathBuf) -> Self {
        let parts = Arc::new(Mutex::new(Some(Parts { stage, written: 0 })));
        Self {
            volume,
            destination,
            length: 0,
            parts,
        }
    }
}

impl Parts {
    fn write(&mut self, offset: u64, payload: &PutPayload) -> object_store::Result<()> {
        let path = self.stage.path.as_path();
        self.stage
            .file
            .seek(SeekFrom::Start(offset))
            .map_err(step("seek in", path))?;
        payload
            .iter()
            .try_for_each(|chunk| self.stage.file.write_all(chunk))
            .map_err(step("write", path))?;
        self.written += payload.content_length() as u64;
        Ok(())
    }
}

#[async_trait]
impl MultipartUpload for Upload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let offset = self.length;
        self.length += data.content_length() as u64;
        let parts = Arc::clone(&self.parts);
        async move {
            spawn_blocking(move || {
                let mut parts = parts.lock().unwrap_or_else(PoisonError::into_inner);
                parts.as_mut().ok_or_else(ended)?.write(offset, &data)
            })
            .await?
        }
        .boxed()
    }

    async fn complete(&mut self) -> object_store::Result<PutResult> {
        let (volume, destination) = (Arc::clone(&self.volume), self.destination.clone());
        let (parts, length) = (Arc::clone(&self.parts), self.length);
        spawn_blocking(move || {
            let parts = parts.lock().unwrap_or_else(PoisonError::into_inner).take();
            let Parts { stage, written } = parts.ok_or_else(ended)?;
            if written != length {
                return Err(refused(format!("{written} of {length} bytes were written")));
            }
            crash_point("put.after_stage");
            publish(&volume, stage, &destination, Mode::Overwrite)
        })
        .await?
    }

    async fn abort(&mut self) -> object_store::Result<()> {
        let parts = Arc::clone(&self.parts);
        spawn_blocking(move || {
            let parts = parts.lock().unwrap_or_else(PoisonError::into_inner).take();
            parts.map(drop).ok_or_else(ended)
        })
        .await?
    }
}

fn ended() -> object_store::Error {
    refused("the upload was completed or aborted before".to_owned())
}

fn refused(why: String) -> object_store::Error {
    object_store::Error::Generic {
        store: STORE,
        source: why.into(),
    }
}
