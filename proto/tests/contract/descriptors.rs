//! The descriptors of our own files.

use prost::Message;
use prost_types::{FileDescriptorProto, FileDescriptorSet};

/// Every proto of ours, with comments.
pub(crate) fn current() -> FileDescriptorSet {
    let mut set = FileDescriptorSet::decode(tagma_proto::DESCRIPTORS).expect("descriptors");
    set.file.retain(|file| file.name().starts_with("tagma/"));
    set
}

/// The same without comments: what is kept of a release.
pub(crate) fn without_comments(mut set: FileDescriptorSet) -> FileDescriptorSet {
    for file in &mut set.file {
        file.source_code_info = None;
    }
    set
}

/// The file of that name.
pub(crate) fn file<'a>(set: &'a mut FileDescriptorSet, name: &str) -> &'a mut FileDescriptorProto {
    let mut files = set.file.iter_mut();
    files.find(|file| file.name() == name).expect("the file")
}
