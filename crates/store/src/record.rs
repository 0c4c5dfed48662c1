//! Objects with one section: manifests, checkpoints and other records read and written whole.
//!
//! Owns only the convention that the section has id 0.

use bytes::Bytes;

use crate::error::{Error, Result};
use crate::object::{Nonce, ObjectBuilder, ObjectKind, ObjectReader};

const SECTION: u64 = 0;

/// Frames `content` as an object of one section.
pub fn encode_single(kind: ObjectKind, nonce: Nonce, content: &[u8]) -> Bytes {
    let mut builder = ObjectBuilder::new(kind, nonce);
    builder.section(SECTION, content);
    builder.finish()
}

/// Verifies an object made by [`encode_single`] and gives back nonce and content.
///
/// `name` is the object's key, for messages.
///
/// # Errors
/// `Corrupt` if it is damaged, of another kind, or has other sections; `Version` if it is of
/// another format.
pub fn decode_single(kind: ObjectKind, object: Bytes, name: &str) -> Result<(Nonce, Bytes)> {
    let reader = ObjectReader::parse(object, kind, name)?;
    if reader.section_ids().len() != 1 {
        let what = format!(
            "it has {} sections instead of one",
            reader.section_ids().len()
        );
        return Err(Error::corrupt(name, what));
    }
    Ok((reader.nonce(), reader.section(SECTION)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        let nonce = Nonce::random();
        let object = encode_single(ObjectKind::ShardManifest, nonce, b"content");
        let (found, content) =
            decode_single(ObjectKind::ShardManifest, object, "m").expect("decodes");
        assert_eq!(found, nonce);
        assert_eq!(content, "content");
    }

    #[test]
    fn an_object_with_two_sections_is_no_record() {
        let mut builder = ObjectBuilder::new(ObjectKind::Run, Nonce::random());
        builder.section(0, b"a");
        builder.section(1, b"b");
        let error = decode_single(ObjectKind::Run, builder.finish(), "m").expect_err("refused");
        assert_eq!(
            error.to_string(),
            "object m is damaged: it has 2 sections instead of one"
        );
    }
}
