//! Fixed-width codes: packing, and reading in place.
//!
//! A code is `raw − frame`, unsigned. Widths 1, 2 and 4 bits lie as bit planes (plane `j` holds bit
//! `j` of every code, in whole 64-bit words), so that any set of codes is a few word operations;
//! widths of whole bytes lie as little-endian arrays. Width 0: every code is 0, nothing is stored.

/// Widths that the format has, in bits.
pub(super) const WIDTHS: [u8; 10] = [0, 1, 2, 4, 8, 16, 24, 32, 48, 64];

/// The smallest width that holds `span`.
pub(super) fn width_for(span: u64) -> u8 {
    let bits = (64 - span.leading_zeros()) as u8;
    *WIDTHS
        .iter()
        .find(|width| **width >= bits)
        .expect("64 holds every span")
}

/// Bytes of `count` codes; `None` if there is no such width.
pub(super) fn packed_len(count: u32, width: u8) -> Option<usize> {
    if !WIDTHS.contains(&width) {
        return None;
    }
    let count = count as usize;
    Some(match width {
        0..=4 => usize::from(width) * count.div_ceil(64) * 8,
        _ => count * usize::from(width / 8),
    })
}

/// Appends the codes in `width` bits each.
pub(super) fn pack(codes: &[u64], width: u8, out: &mut Vec<u8>) {
    if width > 4 {
        let bytes = usize::from(width / 8);
        for code in codes {
            out.extend_from_slice(&code.to_le_bytes()[..bytes]);
        }
        return;
    }
    for plane in 0..width {
        for block in codes.chunks(64) {
            let word = block
                .iter()
                .enumerate()
                .fold(0_u64, |word, (bit, code)| word | (code >> plane & 1) << bit);
            out.extend_from_slice(&word.to_le_bytes());
        }
    }
}

/// Codes of one chunk, read in place.
#[derive(Debug, Clone, Copy)]
pub struct Codes<'a> {
    bytes: &'a [u8],
    width: u8,
    count: u32,
    frame: i64,
}

impl<'a> Codes<'a> {
    /// `bytes` has exactly the length that `count` and `width` ask for.
    pub(super) fn new(bytes: &'a [u8], width: u8, count: u32, frame: i64) -> Self {
        debug_assert_eq!(packed_len(count, width), Some(bytes.len()));
        Self {
            bytes,
            width,
            count,
            frame,
        }
    }

    /// The packed bytes.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Bits of a code: 0, 1, 2, 4, 8, 16, 24, 32, 48 or 64.
    pub fn width(&self) -> u8 {
        self.width
    }

    /// Number of codes.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// The raw value whose code is 0.
    pub fn frame(&self) -> i64 {
        self.frame
    }

    /// Words of one bit plane.
    pub(crate) fn plane_words(&self) -> usize {
        (self.count as usize).div_ceil(64)
    }

    /// The code at `index`, which is below [`Self::count`].
    pub fn code(&self, index: usize) -> u64 {
        let wide = |bytes: usize| {
            let mut code = [0; 8];
            code[..bytes].copy_from_slice(&self.bytes[index * bytes..][..bytes]);
            u64::from_le_bytes(code)
        };
        match self.width {
            0 => 0,
            8 => u64::from(self.bytes[index]),
            16 => wide(2),
            24 => wide(3),
            32 => wide(4),
            48 => wide(6),
            64 => wide(8),
            planes => (0..usize::from(planes)).fold(0, |code, plane| {
                let byte = self.bytes[plane * self.plane_words() * 8 + index / 8];
                code | u64::from(byte >> (index % 8) & 1) << plane
            }),
        }
    }

    /// The raw value at `index`, which is below [`Self::count`].
    pub fn raw(&self, index: usize) -> i64 {
        self.frame.wrapping_add(self.code(index).cast_signed())
    }

    /// The bytes of the packed form in which code `index` lies.
    pub(super) fn bytes_of(width: u8, index: usize) -> std::ops::Range<usize> {
        match width {
            // All planes of a chunk fit one page.
            0..=4 => 0..1,
            _ => {
                let bytes = usize::from(width / 8);
                index * bytes..(index + 1) * bytes
            }
        }
    }
}
