//! Compiles the protos without a system `protoc`, and keeps the descriptor set for reflection.

use std::{env, error::Error, fs, path::PathBuf};

use prost::Message;

const FILES: [&str; 12] = [
    "tagma/catalog/v1/catalog_service.proto",
    "tagma/cluster/v1/cluster_service.proto",
    "tagma/common/v1/error.proto",
    "tagma/identity/v1/identity_service.proto",
    "tagma/ingest/v1/dead_letter_service.proto",
    "tagma/ingest/v1/ingest_service.proto",
    "tagma/journal/v1/journal_service.proto",
    "tagma/raft/v1/raft_service.proto",
    "tagma/segment/v1/expression.proto",
    "tagma/segment/v1/segment_service.proto",
    "tagma/shard/v1/shard_service.proto",
    "tagma/tag/v1/tag_service.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=tagma");
    let descriptors = protox::compile(FILES, ["."])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("descriptors.bin"), descriptors.encode_to_vec())?;
    tonic_prost_build::configure()
        .bytes(".")
        .compile_fds(descriptors)?;
    Ok(())
}
