//! The byte layout: header, chunk entries, and the rules by which a reader trusts them.
//!
//! Documented with tables in `docs/formats/tag-section.md`. Must not hold data of chunks.

use tagma_core::schema::TagKind;

use super::{codes::packed_len, kind};
use crate::chunk::{ContainerForm, chunk_count, chunk_len};

/// First eight bytes of every tag section.
pub const MAGIC: [u8; 8] = *b"TAGMATAG";

/// Version of the format that this build writes and reads.
pub const FORMAT_VERSION: u16 = 1;

/// Bytes of the header.
pub(super) const HEADER_BYTES: usize = 80;

/// Bytes of a chunk's entry in the directory.
pub(super) const ENTRY_BYTES: usize = 64;

/// Bytes that share a checksum, counted from the start of a chunk's part.
pub(super) const PAGE_BYTES: usize = 64 * 1024;

/// Every part starts at a multiple of this: a cache line.
pub(super) const ALIGNMENT: usize = 64;

/// A chunk with fewer values than its ordinals divided by this is stored sparse.
pub(super) const SPARSE_FRACTION: u32 = 16;

/// The next multiple of [`ALIGNMENT`].
pub(super) fn align(offset: usize) -> usize {
    offset.next_multiple_of(ALIGNMENT)
}

/// What the first bytes of a section say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: TagKind,
    pub(super) population: u32,
    pub(super) rows: u64,
    pub(super) dictionary: Block,
    pub(super) texts: u32,
    pub(super) directory: Block,
}

/// A stretch of the section with one checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Block {
    pub(super) offset: u64,
    pub(super) len: u64,
    pub(super) crc: u32,
}

/// Why a header is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadHeader {
    Damaged(&'static str),
    Version(u16),
}

impl Header {
    pub(super) fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut out = Vec::with_capacity(HEADER_BYTES);
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
        out.extend_from_slice(&kind::to_bytes(self.kind));
        out.extend_from_slice(&[0; 3]);
        out.extend_from_slice(&self.population.to_le_bytes());
        out.extend_from_slice(&chunk_count(self.population).to_le_bytes());
        out.extend_from_slice(&self.rows.to_le_bytes());
        out.extend_from_slice(&self.dictionary.offset.to_le_bytes());
        out.extend_from_slice(&self.dictionary.len.to_le_bytes());
        out.extend_from_slice(&self.texts.to_le_bytes());
        out.extend_from_slice(&self.dictionary.crc.to_le_bytes());
        out.extend_from_slice(&self.directory.offset.to_le_bytes());
        out.extend_from_slice(&(self.directory.len as u32).to_le_bytes());
        out.extend_from_slice(&self.directory.crc.to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        let crc = crc32c::crc32c(&out);
        out.extend_from_slice(&crc.to_le_bytes());
        out.try_into().expect("the fields above are 80 bytes")
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, BadHeader> {
        use BadHeader::Damaged;
        let header = bytes.get(..HEADER_BYTES).ok_or(Damaged("too short"))?;
        if header[..8] != MAGIC {
            return Err(Damaged("not a tag section"));
        }
        let version = u16::from_le_bytes(read(header, 8));
        let crc = crc32c::crc32c(&header[..HEADER_BYTES - 4]);
        if crc != u32::from_le_bytes(read(header, HEADER_BYTES - 4)) {
            return Err(Damaged("checksum"));
        }
        if version != FORMAT_VERSION {
            return Err(BadHeader::Version(version));
        }
        let kind = kind::from_bytes(read(header, 10)).ok_or(Damaged("unknown kind"))?;
        let population = u32::from_le_bytes(read(header, 16));
        if u32::from_le_bytes(read(header, 20)) != chunk_count(population) {
            return Err(Damaged("number of chunks"));
        }
        Ok(Self {
            kind,
            population,
            rows: u64::from_le_bytes(read(header, 24)),
            dictionary: Block {
                offset: u64::from_le_bytes(read(header, 32)),
                len: u64::from_le_bytes(read(header, 40)),
                crc: u32::from_le_bytes(read(header, 52)),
            },
            texts: u32::from_le_bytes(read(header, 48)),
            directory: Block {
                offset: u64::from_le_bytes(read(header, 56)),
                len: u64::from(u32::from_le_bytes(read(header, 64))),
                crc: u32::from_le_bytes(read(header, 68)),
            },
        })
    }
}

/// `N` bytes at `at`; the caller has checked the length.
pub(super) fn read<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&bytes[at..at + N]);
    out
}

/// How the codes of a chunk lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum CodeLayout {
    /// There are none: no values, or a bool.
    None = 0,
    /// One for every ordinal of the chunk; 0 where there is no value.
    Dense = 1,
    /// One for every value, in the order of the presence array.
    Sparse = 2,
}

/// A chunk's entry in the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) rows: u32,
    pub(super) presence: ContainerForm,
    pub(super) layout: CodeLayout,
    pub(super) width: u8,
    /// Bool: the [`ContainerForm`] of the true ones. Category: 1 with a value index. Else 0.
    pub(super) extra: u8,
    pub(super) offset: u64,
    pub(super) presence_len: u32,
    pub(super) codes_len: u32,
    pub(super) extra_len: u32,
    pub(super) first_page: u32,
    pub(super) min: i64,
    pub(super) max: i64,
    pub(super) sum: i128,
}

impl Entry {
    /// The entry of a chunk without values that would start at `offset`.
    pub(super) fn empty(offset: u64, first_page: u32) -> Self {
        Self {
            rows: 0,
            presence: ContainerForm::Empty,
            layout: CodeLayout::None,
            width: 0,
            extra: 0,
            offset,
            presence_len: 0,
            codes_len: 0,
            extra_len: 0,
            first_page,
            min: 0,
            max: 0,
            sum: 0,
        }
    }

    /// Offsets of presence, codes and extra, and the end.
    pub(super) fn parts(&self) -> [usize; 4] {
        let presence = self.offset as usize;
        let codes = align(presence + self.presence_len as usize);
        let extra = align(codes + self.codes_len as usize);
        [
            presence,
            codes,
            extra,
            align(extra + self.extra_len as usize),
        ]
    }

    /// First pages of presence, codes and extra, and the page after them.
    pub(super) fn pages(&self) -> [usize; 4] {
        let pages = |len: u32| (len as usize).div_ceil(PAGE_BYTES);
        let presence = self.first_page as usize;
        let codes = presence + pages(self.presence_len);
        let extra = codes + pages(self.codes_len);
        [presence, codes, extra, extra + pages(self.extra_len)]
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.rows.to_le_bytes());
        out.extend_from_slice(&[
            self.presence as u8,
            self.layout as u8,
            self.width,
            self.extra,
        ]);
        out.extend_from_slice(&self.offset.to_le_bytes());
        for number in [
            self.presence_len,
            self.codes_len,
            self.extra_len,
            self.first_page,
        ] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&self.min.to_le_bytes());
        out.extend_from_slice(&self.max.to_le_bytes());
        out.extend_from_slice(&self.sum.to_le_bytes());
    }

    /// Reads an entry; only its own fields are checked.
    pub(super) fn decode(bytes: &[u8; ENTRY_BYTES]) -> Option<Self> {
        let number = |at| u32::from_le_bytes(read(bytes, at));
        Some(Self {
            rows: number(0),
            presence: ContainerForm::from_number(bytes[4])?,
            layout: match bytes[5] {
                0 => CodeLayout::None,
                1 => CodeLayout::Dense,
                2 => CodeLayout::Sparse,
                _ => return None,
            },
            width: bytes[6],
            extra: bytes[7],
            offset: u64::from_le_bytes(read(bytes, 8)),
            presence_len: number(16),
            codes_len: number(20),
            extra_len: number(24),
            first_page: number(28),
            min: i64::from_le_bytes(read(bytes, 32)),
            max: i64::from_le_bytes(read(bytes, 40)),
            sum: i128::from_le_bytes(read(bytes, 48)),
        })
    }

    /// Whether the entry can be that of `chunk` in a section with this header: afterwards every
    /// length, width and bound can be relied on.
    pub(super) fn check(&self, header: &Header, chunk: u32) -> Result<(), &'static str> {
        let len = chunk_len(header.population, chunk);
        if self.rows > len {
            return Err("more values than ordinals");
        }
        if self.rows == 0 {
            let empty = Self::empty(self.offset, self.first_page);
            return if *self == empty {
                Ok(())
            } else {
                Err("an empty chunk with data")
            };
        }
        if (self.presence == ContainerForm::Full) != (self.rows == len)
            || !container_len_fits(self.presence, self.presence_len, self.rows)
        {
            return Err("presence does not fit the number of values");
        }
        let (floor, ceiling) = kind::raw_limits(header.kind, header.texts);
        if self.min > self.max || self.min < floor || self.max > ceiling {
            return Err("bounds outside the kind");
        }
        self.check_codes(header.kind, len)
    }

    fn check_codes(&self, kind: TagKind, len: u32) -> Result<(), &'static str> {
        if kind == TagKind::Bool {
            let trues = u32::try_from(self.sum).map_err(|_| "more true values than values")?;
            let form = ContainerForm::from_number(self.extra).ok_or("form of the true values")?;
            let fits = self.layout == CodeLayout::None
                && self.codes_len == 0
                && trues <= self.rows
                && container_len_fits(form, self.extra_len, trues);
            return if fits {
                Ok(())
            } else {
                Err("true values do not fit")
            };
        }
        let count = match self.layout {
            CodeLayout::Dense => len,
            CodeLayout::Sparse if self.presence == ContainerForm::Array => self.rows,
            _ => return Err("layout of the codes"),
        };
        let codes_len = packed_len(count, self.width).ok_or("width of the codes")?;
        if codes_len != self.codes_len as usize {
            return Err("length of the codes");
        }
        let span = self.max.wrapping_sub(self.min).cast_unsigned();
        if self.width < 64 && span >> self.width != 0 {
            return Err("bounds wider than the codes");
        }
        let indexed = kind == TagKind::Category && self.extra == 1;
        if indexed == (self.extra_len == 0) || (!indexed && self.extra != 0) {
            return Err("value index");
        }
        Ok(())
    }
}

/// Whether a container of this form can have this payload length.
fn container_len_fits(form: ContainerForm, len: u32, count: u32) -> bool {
    match form {
        ContainerForm::Empty => len == 0 && count == 0,
        ContainerForm::Full => len == 0,
        ContainerForm::Array => len == count * 2 && len <= 8192,
        ContainerForm::Bitmap => len == 8192,
        ContainerForm::Runs => len % 4 == 2 && len < 8192,
    }
}
