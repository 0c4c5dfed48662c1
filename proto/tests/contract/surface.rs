//! Everything about the protos that a client may rely on, as one flat map.
//!
//! Comments, order and reserved numbers are not in it.

use std::collections::BTreeMap;

use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
    FileDescriptorSet, ServiceDescriptorProto,
};

/// What is promised, by what it is promised about.
pub(crate) type Surface = BTreeMap<String, String>;

/// The surface of files.
pub(crate) fn surface(set: &FileDescriptorSet) -> Surface {
    let mut surface = Surface::new();
    for file in &set.file {
        add_file(&mut surface, file);
    }
    surface
}

fn add_file(surface: &mut Surface, file: &FileDescriptorProto) {
    let (name, package) = (file.name(), file.package());
    let options = file.options.clone().unwrap_or_default();
    let mut promise = |what: &str, value: &str| {
        surface.insert(format!("file {name}: {what}"), value.to_owned());
    };
    promise("package", package);
    promise("syntax", file.syntax());
    promise("go_package", options.go_package());
    promise("java_package", options.java_package());
    promise(
        "java_multiple_files",
        &options.java_multiple_files().to_string(),
    );
    for message in &file.message_type {
        add_message(surface, name, package, message);
    }
    for of in &file.enum_type {
        add_enum(surface, name, package, of);
    }
    for service in &file.service {
        add_service(surface, name, package, service);
    }
}

fn add_message(surface: &mut Surface, file: &str, scope: &str, message: &DescriptorProto) {
    let name = format!("{scope}.{}", message.name());
    surface.insert(format!("message {name}: file"), file.to_owned());
    for field in &message.field {
        let oneof = field.oneof_index.and_then(|index| {
            let index = usize::try_from(index).ok()?;
            message.oneof_decl.get(index).map(|oneof| oneof.name())
        });
        let number = field.number();
        surface.insert(
            format!("message {name}: field {number}"),
            field_text(field, oneof),
        );
    }
    for nested in &message.nested_type {
        add_message(surface, file, &name, nested);
    }
    for of in &message.enum_type {
        add_enum(surface, file, &name, of);
    }
}

fn field_text(field: &FieldDescriptorProto, oneof: Option<&str>) -> String {
    let kind = field.r#type().as_str_name();
    let label = field.label().as_str_name();
    let packed = field.options.as_ref().and_then(|options| options.packed);
    format!(
        "{} {kind}{} {label} json={} oneof={} optional={} packed={packed:?}",
        field.name(),
        field.type_name(),
        field.json_name(),
        oneof.unwrap_or("-"),
        field.proto3_optional(),
    )
}

fn add_enum(surface: &mut Surface, file: &str, scope: &str, of: &EnumDescriptorProto) {
    let name = format!("{scope}.{}", of.name());
    surface.insert(format!("enum {name}: file"), file.to_owned());
    for value in &of.value {
        let number = value.number();
        surface.insert(
            format!("enum {name}: value {number}"),
            value.name().to_owned(),
        );
    }
}

fn add_service(surface: &mut Surface, file: &str, scope: &str, service: &ServiceDescriptorProto) {
    let name = format!("{scope}.{}", service.name());
    surface.insert(format!("service {name}: file"), file.to_owned());
    for method in &service.method {
        let text = format!(
            "{} → {}, streams: {} {}",
            method.input_type(),
            method.output_type(),
            method.client_streaming(),
            method.server_streaming()
        );
        surface.insert(format!("service {name}: rpc {}", method.name()), text);
    }
}
