//! How our protos look: buf's STANDARD rules as far as they are about what is written in them,
//! and a comment on everything that a client meets.

use std::collections::{BTreeMap, BTreeSet};

use prost_types::{
    DescriptorProto, EnumDescriptorProto, FileDescriptorProto, FileDescriptorSet,
    ServiceDescriptorProto,
};

use super::descriptors::{current, file};
use super::names::{is_lower_snake, is_pascal, upper_snake};

/// What is wrong, a line each.
fn lint(set: &FileDescriptorSet) -> Vec<String> {
    let mut found: Vec<String> = set.file.iter().flat_map(lint_file).collect();
    found.extend(shared_messages(set));
    found
}

/// A file that is looked at.
struct Linter<'a> {
    file: &'a FileDescriptorProto,
    commented: BTreeSet<&'a [i32]>,
    found: Vec<String>,
}

fn lint_file(file: &FileDescriptorProto) -> Vec<String> {
    let info = file.source_code_info.as_ref();
    let places = info.map_or(&[][..], |info| &info.location);
    let commented = places
        .iter()
        .filter(|place| !place.leading_comments().trim().is_empty())
        .map(|place| place.path.as_slice());
    let mut linter = Linter {
        file,
        commented: commented.collect(),
        found: Vec::new(),
    };
    linter.header();
    for (index, message) in (0..).zip(&file.message_type) {
        linter.message(&[4, index], message);
    }
    for (index, of) in (0..).zip(&file.enum_type) {
        linter.enumeration(&[5, index], of);
    }
    for (index, service) in (0..).zip(&file.service) {
        linter.service(&[6, index], service);
    }
    linter.found
}

impl Linter<'_> {
    fn require(&mut self, holds: bool, what: &str, rule: &str) {
        if !holds {
            self.found
                .push(format!("{}: {what}: {rule}", self.file.name()));
        }
    }

    fn require_comment(&mut self, path: &[i32], what: &str) {
        let has_comment = self.commented.contains(path);
        self.require(has_comment, what, "has no comment before it");
    }

    /// Package, folder, options.
    fn header(&mut self) {
        let package = self.file.package().to_owned();
        let options = self.file.options.clone().unwrap_or_default();
        let parts: Vec<&str> = package.split('.').collect();
        let is_ours = matches!(parts[..], ["tagma", area, version]
            if is_lower_snake(area) && is_version(version));
        self.require(is_ours, "package", "is tagma.<area>.v<number>");
        let folder = parts.join("/");
        let path = self.file.name().to_owned();
        let (found, name) = path.rsplit_once('/').unwrap_or(("", &path));
        self.require(found == folder, "folder", "is the package with slashes");
        let stem = name.strip_suffix(".proto").unwrap_or_default();
        self.require(is_lower_snake(stem), "file name", "is lower_snake_case");
        self.require(self.file.syntax() == "proto3", "syntax", "is proto3");
        let alias = parts.get(1..).unwrap_or_default().concat();
        let go = format!("tagma.dev/proto/{folder};{alias}");
        self.require(
            options.go_package() == go,
            "go_package",
            &format!("is {go}"),
        );
        let java = format!("dev.{package}");
        self.require(
            options.java_package() == java,
            "java_package",
            &format!("is {java}"),
        );
        let split = options.java_multiple_files();
        self.require(split, "java_multiple_files", "is true");
        let plain = self.file.public_dependency.is_empty() && self.file.weak_dependency.is_empty();
        self.require(plain, "imports", "are neither public nor weak");
    }

    fn message(&mut self, path: &[i32], message: &DescriptorProto) {
        let options = message.options.as_ref();
        if options.is_some_and(|options| options.map_entry()) {
            return;
        }
        let name = message.name();
        self.require(is_pascal(name), name, "is PascalCase");
        let is_call = name.ends_with("Request") || name.ends_with("Response");
        if !is_call {
            self.require_comment(path, name);
        }
        for (index, field) in (0..).zip(&message.field) {
            let what = format!("{name}.{}", field.name());
            self.require(is_lower_snake(field.name()), &what, "is lower_snake_case");
            self.require_comment(&[path, &[2, index]].concat(), &what);
        }
        // Optional fields have a oneof each that nobody wrote.
        let optional: BTreeSet<i32> = message
            .field
            .iter()
            .filter(|field| field.proto3_optional())
            .filter_map(|field| field.oneof_index)
            .collect();
        for (index, oneof) in (0..).zip(&message.oneof_decl) {
            let what = format!("{name}.{}", oneof.name());
            if !optional.contains(&index) {
                self.require(is_lower_snake(oneof.name()), &what, "is lower_snake_case");
                self.require_comment(&[path, &[8, index]].concat(), &what);
            }
        }
        for (index, nested) in (0..).zip(&message.nested_type) {
            self.message(&[path, &[3, index]].concat(), nested);
        }
        for (index, of) in (0..).zip(&message.enum_type) {
            self.enumeration(&[path, &[4, index]].concat(), of);
        }
    }

    fn enumeration(&mut self, path: &[i32], of: &EnumDescriptorProto) {
        let name = of.name();
        let prefix = upper_snake(name);
        self.require(is_pascal(name), name, "is PascalCase");
        self.require_comment(path, name);
        let numbers: BTreeSet<i32> = of.value.iter().map(|value| value.number()).collect();
        self.require(numbers.len() == of.value.len(), name, "has no aliases");
        let zero = of
            .value
            .first()
            .map(|value| (value.number(), value.name().to_owned()));
        let expected = format!("{prefix}_UNSPECIFIED");
        let rule = format!("begins with {expected} = 0");
        self.require(zero == Some((0, expected)), name, &rule);
        for (index, value) in (0..).zip(&of.value) {
            let starts = value.name().starts_with(&format!("{prefix}_"));
            let upper = value.name() == value.name().to_ascii_uppercase();
            let rule = format!("is UPPER_SNAKE_CASE and starts with {prefix}_");
            self.require(starts && upper, value.name(), &rule);
            self.require_comment(&[path, &[2, index]].concat(), value.name());
        }
    }

    fn service(&mut self, path: &[i32], service: &ServiceDescriptorProto) {
        let name = service.name();
        let fits = is_pascal(name) && name.ends_with("Service");
        self.require(fits, name, "is PascalCase and ends in Service");
        self.require_comment(path, name);
        let package = self.file.package().to_owned();
        for (index, method) in (0..).zip(&service.method) {
            let rpc = method.name();
            let what = format!("{name}.{rpc}");
            self.require(is_pascal(rpc), &what, "is PascalCase");
            self.require_comment(&[path, &[2, index]].concat(), &what);
            let request = format!(".{package}.{rpc}Request");
            self.require(method.input_type() == request, &what, "takes <Rpc>Request");
            let response = format!(".{package}.{rpc}Response");
            self.require(
                method.output_type() == response,
                &what,
                "gives <Rpc>Response",
            );
        }
    }
}

/// Requests and responses that more than one RPC uses.
fn shared_messages(set: &FileDescriptorSet) -> Vec<String> {
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    let services = set.file.iter().flat_map(|file| &file.service);
    for method in services.flat_map(|service| &service.method) {
        *uses.entry(method.input_type()).or_default() += 1;
        *uses.entry(method.output_type()).or_default() += 1;
    }
    let shared = uses.into_iter().filter(|(_, uses)| *uses > 1);
    shared
        .map(|(name, uses)| format!("{name}: is used {uses} times; each RPC has its own"))
        .collect()
}

/// `v1`, `v2`, …
fn is_version(text: &str) -> bool {
    let number = text
        .strip_prefix('v')
        .and_then(|digits| digits.parse::<u32>().ok());
    number.is_some_and(|number| number > 0)
}

#[test]
fn the_protos_keep_every_rule() {
    let found = lint(&current());
    assert!(found.is_empty(), "{}", found.join("\n"));
}

const SEGMENTS: &str = "tagma/segment/v1/segment_service.proto";
const TREE: &str = "tagma/segment/v1/expression.proto";

#[track_caller]
fn assert_found(name: &str, change: impl FnOnce(&mut FileDescriptorProto), expected: &str) {
    let mut set = current();
    change(file(&mut set, name));
    let found = lint(&set);
    assert!(
        found.iter().any(|line| line.contains(expected)),
        "{found:?}"
    );
}

#[test]
fn headers_that_break_a_rule_are_found() {
    let version = |file: &mut FileDescriptorProto| file.package = Some("tagma.segment".to_owned());
    assert_found(TREE, version, "package: is tagma.<area>.v<number>");
    assert_found(TREE, version, "folder: is the package with slashes");
    let options = |file: &mut FileDescriptorProto| file.options = None;
    assert_found(
        TREE,
        options,
        "go_package: is tagma.dev/proto/tagma/segment/v1;segmentv1",
    );
    assert_found(TREE, options, "java_package: is dev.tagma.segment.v1");
    assert_found(TREE, options, "java_multiple_files: is true");
}

#[test]
fn declarations_that_break_a_rule_are_found() {
    let camel = |file: &mut FileDescriptorProto| {
        file.message_type[0].field[0].name = Some("logIndex".to_owned());
    };
    assert_found(SEGMENTS, camel, "ReadAt.logIndex: is lower_snake_case");
    let service =
        |file: &mut FileDescriptorProto| file.service[0].name = Some("Segment".to_owned());
    assert_found(SEGMENTS, service, "ends in Service");
    let shared = |file: &mut FileDescriptorProto| {
        let first = file.service[0].method[0].input_type.clone();
        file.service[0].method[1].input_type = first;
    };
    assert_found(
        SEGMENTS,
        shared,
        "SegmentService.Members: takes <Rpc>Request",
    );
    assert_found(SEGMENTS, shared, "is used 2 times");
    let zero = |file: &mut FileDescriptorProto| {
        file.enum_type[0].value.remove(0);
    };
    assert_found(
        TREE,
        zero,
        "SetOperator: begins with SET_OPERATOR_UNSPECIFIED = 0",
    );
    let prefix = |file: &mut FileDescriptorProto| {
        file.enum_type[0].value[1].name = Some("ALL".to_owned());
    };
    assert_found(TREE, prefix, "starts with SET_OPERATOR_");
    let silent = |file: &mut FileDescriptorProto| file.source_code_info = None;
    assert_found(
        SEGMENTS,
        silent,
        "ReadAt.timezone: has no comment before it",
    );
    assert_found(
        SEGMENTS,
        silent,
        "CountRequest.expression: has no comment before it",
    );
    assert_found(
        SEGMENTS,
        silent,
        "SegmentService.Count: has no comment before it",
    );
    assert_found(TREE, silent, "SET_OPERATOR_AND: has no comment before it");
}
