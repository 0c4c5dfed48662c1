//! The release that must not break: `proto/released.binpb`.
//!
//! `cargo xtask proto --update` writes it anew, which belongs to making a release: from then on
//! nothing in it may change.

use prost::Message;
use prost_types::FileDescriptorSet;

use super::breaking::broken;
use super::descriptors::{current, without_comments};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/released.binpb");

/// Set by `cargo xtask proto --update`.
const UPDATE: &str = "TAGMA_PROTO_UPDATE";

#[test]
fn what_was_released_is_still_there() {
    if std::env::var_os(UPDATE).is_some() {
        let bytes = without_comments(current()).encode_to_vec();
        std::fs::write(PATH, bytes).expect("released.binpb is written");
    }
    let bytes = std::fs::read(PATH).expect("proto/released.binpb");
    let released = FileDescriptorSet::decode(bytes.as_slice()).expect("a descriptor set");
    assert!(!released.file.is_empty());
    let broken = broken(&released, &current());
    assert!(
        broken.is_empty(),
        "clients of the last release break:\n{}",
        broken.join("\n")
    );
}
