//! Bytes → layer, for any bytes: a frame around them has its own checksum, this checks shape.

use tagma_core::OneId;
use tagma_core::limits::SHARDS_MAX;

use super::encode::{IDENTIFIER_BYTES, IDENTIFIERS, MAGIC, PEOPLE, PERSON_BYTES, UNBOUND, VERSION};
use super::{Error, Layer, LayerBuilder, NewIdentifier};
use crate::codec::{Reader, Short};
use crate::forest::{CHANGE_BYTES, ForestChange};
use crate::key::IdentifierHash;

impl From<Short> for Error {
    fn from(_: Short) -> Self {
        Self::Damaged("it ends too early")
    }
}

impl Layer {
    /// The inverse of [`Layer::encode`]: accepts exactly what that writes.
    ///
    /// # Errors
    /// [`Error::Damaged`], or [`Error::Version`] for a version or section of another Tagma.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(bytes);
        if reader.array::<8>()? != MAGIC {
            return Err(Error::Damaged("not an identity section"));
        }
        let version = reader.u16()?;
        if version != VERSION {
            return Err(Error::Version { version, kind: 0 });
        }
        let shard_count = reader.u16()?;
        let sections = reader.u32()?;
        let first_creation = reader.u64()?;
        let mut builder = LayerBuilder::new(shard_count, first_creation);
        let mut last_kind = 0;
        for _ in 0..sections {
            let (kind, reserved, count) = (reader.u16()?, reader.u16()?, reader.u32()?);
            if kind > UNBOUND {
                return Err(Error::Version { version, kind });
            }
            if kind <= last_kind || reserved != 0 || count == 0 {
                return Err(Error::Damaged("sections out of order"));
            }
            last_kind = kind;
            read_records(kind, count as usize, &mut reader, &mut builder)?;
        }
        if reader.remaining() > 0 {
            return Err(Error::Damaged("bytes after the last section"));
        }
        let layer = builder.finish().map_err(|error| match error {
            Error::Twice(_) => Error::Damaged("one identifier twice"),
            other => other,
        })?;
        let fits = match layer.people.is_empty() {
            true => (shard_count, first_creation) == (0, 0),
            false => (1..=SHARDS_MAX).contains(&shard_count),
        };
        fits.then_some(layer)
            .ok_or(Error::Damaged("a shard count that does not fit"))
    }
}

fn read_records(
    kind: u16,
    count: usize,
    reader: &mut Reader<'_>,
    builder: &mut LayerBuilder,
) -> Result<(), Error> {
    let width = match kind {
        PEOPLE => PERSON_BYTES,
        IDENTIFIERS | UNBOUND => IDENTIFIER_BYTES,
        _ => CHANGE_BYTES,
    };
    let length = count.checked_mul(width).ok_or(Error::TooLarge)?;
    let mut records = Reader::new(reader.bytes(length)?);
    let mut last = None;
    for _ in 0..count {
        match kind {
            PEOPLE => builder.create(one_id(&mut records)?),
            IDENTIFIERS | UNBOUND => {
                let identifier = NewIdentifier {
                    hash: IdentifierHash(records.array()?),
                    type_number: records.u16()?,
                    origin: one_id(&mut records)?,
                };
                if last.is_some_and(|last| last >= identifier.hash) {
                    return Err(Error::Damaged("identifiers out of order"));
                }
                last = Some(identifier.hash);
                match kind {
                    UNBOUND => builder.unbind(identifier),
                    _ => builder.attach(identifier),
                }
            }
            _ => {
                let change = ForestChange::from_bytes(&records.array()?);
                builder.change(change.ok_or(Error::Damaged("not a change of the forest"))?);
            }
        }
    }
    Ok(())
}

fn one_id(records: &mut Reader<'_>) -> Result<OneId, Error> {
    OneId::from_i64(records.i64()?).ok_or(Error::Damaged("not a OneID"))
}
