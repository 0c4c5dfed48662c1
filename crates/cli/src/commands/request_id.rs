//! The random name of a change, by which a retry is told from a second change.

/// 128 random bits in hexadecimal.
pub(crate) fn request_id() -> String {
    format!("{:032x}", rand::random::<u128>())
}
