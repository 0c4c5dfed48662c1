//! The nonce that tells one writer's object from another's under the same key.
//!
//! Owns its drawing and its printed form. It is no secret and no identity: two attempts of one
//! writer to put the same bytes share it, everything else has its own.

use std::fmt;

/// 16 random bytes in the header of an object.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Nonce(pub [u8; 16]);

impl Nonce {
    /// A nonce that nobody else has drawn.
    pub fn random() -> Self {
        Self(rand::random())
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Nonce({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn displays_as_hexadecimal() {
        let mut bytes = [0; 16];
        bytes[0] = 0xab;
        bytes[15] = 0x01;
        assert_eq!(Nonce(bytes).to_string(), "ab000000000000000000000000000001");
    }

    #[test]
    fn two_draws_differ() {
        assert_ne!(Nonce::random(), Nonce::random());
    }
}
