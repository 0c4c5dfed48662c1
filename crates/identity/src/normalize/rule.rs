//! `TypeRule`: one identifier type ready to normalise values at full speed.

use std::collections::BTreeSet;

use tagma_core::ErrorKind;
use tagma_core::schema::{BlockedPatterns, IdentifierType, InvalidPattern, Normalizer};

use super::region::Region;
use super::{NORMALIZE_VERSION, Normalized, normalize};

/// Normaliser, region, blocked values and patterns of one [`IdentifierType`].
#[derive(Debug, Clone)]
pub struct TypeRule {
    number: u16,
    priority: u16,
    normalizer: Normalizer,
    region: Option<String>,
    blocked: BTreeSet<String>,
    patterns: BlockedPatterns,
}

/// Why a declared type cannot be used by this version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRule {
    /// The type's hashes were made by other normalisers than this version has.
    #[error("normalisers of version {wanted}, this version has {NORMALIZE_VERSION}")]
    Version {
        /// Version that the type names.
        wanted: u16,
    },
    /// The default region of a phone type is not in the table.
    #[error("`{region}` is not a region with a known calling code")]
    Region {
        /// As declared.
        region: String,
    },
    /// A blocked pattern is no regular expression.
    #[error("its blocked patterns cannot be used")]
    Pattern(#[from] InvalidPattern),
}

impl InvalidRule {
    /// Incompatible for a version, Invalid for a region or a pattern.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Version { .. } => ErrorKind::Incompatible,
            Self::Region { .. } => ErrorKind::Invalid,
            Self::Pattern(source) => source.kind(),
        }
    }
}

impl TypeRule {
    /// Prepares a declared type. Its blocked values count as written and as normalised.
    ///
    /// # Errors
    /// [`InvalidRule`] for an unknown version, an unknown region of a phone type, or a pattern that
    /// is none.
    pub fn new(declared: &IdentifierType) -> Result<Self, InvalidRule> {
        if declared.normalize_version != NORMALIZE_VERSION {
            return Err(InvalidRule::Version {
                wanted: declared.normalize_version,
            });
        }
        let region = declared.region.as_deref();
        if let (Normalizer::Phone, Some(region)) = (declared.normalize, region)
            && Region::named(region).is_none()
        {
            return Err(InvalidRule::Region {
                region: region.to_owned(),
            });
        }
        let mut blocked = BTreeSet::new();
        for value in &declared.blocked {
            if let Normalized::Value(value) = normalize(declared.normalize, region, value) {
                blocked.insert(value.into_owned());
            }
            blocked.insert(value.clone());
        }
        Ok(Self {
            number: declared.number,
            priority: declared.priority,
            normalizer: declared.normalize,
            region: declared.region.clone(),
            patterns: BlockedPatterns::new(&declared.blocked_patterns)?,
            blocked,
        })
    }

    /// Number of the type in hashes and map files.
    pub fn number(&self) -> u16 {
        self.number
    }

    /// 1 is strongest.
    pub fn priority(&self) -> u16 {
        self.priority
    }

    /// What `raw` is as a value of this type.
    pub fn normalize<'a>(&self, raw: &'a str) -> Normalized<'a> {
        match normalize(self.normalizer, self.region.as_deref(), raw) {
            Normalized::Value(value) if self.blocked.contains(value.as_ref()) => {
                Normalized::Blocked("blocked for its type")
            }
            Normalized::Value(value) if self.patterns.block(&value) => {
                Normalized::Blocked("blocked by a pattern of its type")
            }
            other => other,
        }
    }
}
