//! What has changed under a client's feet.

use prost_types::{FileDescriptorSet, field_descriptor_proto::Type};

use super::descriptors::{current, file};
use super::surface::{Surface, surface};

/// Promises of `released` that `now` does not keep.
pub(crate) fn broken(released: &FileDescriptorSet, now: &FileDescriptorSet) -> Vec<String> {
    let now: Surface = surface(now);
    let mut broken = Vec::new();
    for (what, was) in surface(released) {
        match now.get(&what) {
            Some(is) if *is == was => {}
            Some(is) => broken.push(format!("{what} was `{was}`, is `{is}`")),
            None => broken.push(format!("{what} was `{was}`, is gone")),
        }
    }
    broken
}

const SEGMENTS: &str = "tagma/segment/v1/segment_service.proto";
const TREE: &str = "tagma/segment/v1/expression.proto";

#[track_caller]
fn assert_broken(change: impl FnOnce(&mut FileDescriptorSet), expected: &[&str]) {
    let released = current();
    let mut now = current();
    change(&mut now);
    let broken = broken(&released, &now);
    assert_eq!(broken.len(), expected.len(), "{broken:?}");
    for (line, start) in broken.iter().zip(expected) {
        assert!(line.starts_with(start), "{line}");
    }
}

#[test]
fn nothing_is_broken_by_nothing_and_by_what_is_added() {
    assert_broken(|_| {}, &[]);
    let add = |set: &mut FileDescriptorSet| {
        let file = file(set, SEGMENTS);
        let mut message = file.message_type[0].clone();
        message.name = Some("ReadLater".to_owned());
        let mut field = message.field[0].clone();
        field.name = Some("later".to_owned());
        field.number = Some(99);
        file.message_type[0].field.push(field);
        file.message_type.push(message);
    };
    assert_broken(add, &[]);
}

#[test]
fn changed_and_removed_fields_are_found() {
    let read_at = "message tagma.segment.v1.ReadAt: field";
    let field = |change: fn(&mut prost_types::FieldDescriptorProto)| {
        move |set: &mut FileDescriptorSet| change(&mut file(set, SEGMENTS).message_type[0].field[3])
    };
    let fourth = format!("{read_at} 4 was `timezone TYPE_STRING");
    assert_broken(field(|f| f.name = Some("zone".to_owned())), &[&fourth]);
    assert_broken(field(|f| f.set_type(Type::Bytes)), &[&fourth]);
    assert_broken(field(|f| f.number = Some(40)), &[&fourth]);
    assert_broken(field(|f| f.json_name = Some("tz".to_owned())), &[&fourth]);
    let remove = |set: &mut FileDescriptorSet| {
        file(set, SEGMENTS).message_type[0].field.remove(3);
    };
    assert_broken(remove, &[&fourth]);
}

#[test]
fn changed_and_removed_declarations_are_found() {
    let service = "service tagma.segment.v1.SegmentService: rpc Count";
    let remove = |set: &mut FileDescriptorSet| {
        file(set, SEGMENTS).service[0].method.remove(0);
    };
    assert_broken(remove, &[service]);
    let stream = |set: &mut FileDescriptorSet| {
        file(set, SEGMENTS).service[0].method[0].server_streaming = Some(true);
    };
    assert_broken(stream, &[service]);
    let value = |set: &mut FileDescriptorSet| {
        file(set, TREE).enum_type[0].value.remove(1);
    };
    assert_broken(value, &["enum tagma.segment.v1.SetOperator: value 1"]);
    let options = |set: &mut FileDescriptorSet| {
        let options = file(set, TREE).options.as_mut().expect("options");
        options.java_package = Some("com.example".to_owned());
        options.go_package = None;
    };
    let files = [
        format!("file {TREE}: go_package"),
        format!("file {TREE}: java_package"),
    ];
    assert_broken(options, &[&files[0], &files[1]]);
    let moved = |set: &mut FileDescriptorSet| {
        let message = file(set, SEGMENTS).message_type.remove(0);
        file(set, TREE).message_type.push(message);
    };
    assert_broken(moved, &["message tagma.segment.v1.ReadAt: file"]);
}
