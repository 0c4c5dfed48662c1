//! Text of any encoding as UTF-8, a piece at a time.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding};

const PIECE_BYTES: usize = 1 << 16;

/// Stands for every sequence that is not valid in the encoding; never part of UTF-8.
pub(crate) const MALFORMED: u8 = 0xff;

/// Reads UTF-8, with [`MALFORMED`] where the input could not be read.
pub(crate) struct Transcoder<R> {
    input: R,
    decoder: Decoder,
    raw: Box<[u8]>,
    /// Of `raw`, what is not yet decoded.
    left: std::ops::Range<usize>,
    is_last: bool,
    is_done: bool,
    text: Vec<u8>,
    taken: usize,
}

impl<R: Read> Transcoder<R> {
    /// A byte order mark is text here.
    pub(crate) fn new(input: R, encoding: &'static Encoding) -> Self {
        Self {
            input,
            decoder: encoding.new_decoder_without_bom_handling(),
            raw: vec![0; PIECE_BYTES].into_boxed_slice(),
            left: 0..0,
            is_last: false,
            is_done: false,
            text: Vec::new(),
            taken: 0,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        if self.left.is_empty() && !self.is_last {
            let read = self.input.read(&mut self.raw)?;
            self.left = 0..read;
            self.is_last = read == 0;
        }
        self.taken = 0;
        self.text.resize(PIECE_BYTES, 0);
        let raw = &self.raw[self.left.clone()];
        let decoded =
            self.decoder
                .decode_to_utf8_without_replacement(raw, &mut self.text, self.is_last);
        let (result, read, written) = decoded;
        self.left.start += read;
        self.text.truncate(written);
        match result {
            DecoderResult::InputEmpty => self.is_done = self.is_last,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => self.text.push(MALFORMED),
        }
        Ok(())
    }
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.text.len() {
            if self.is_done {
                return Ok(0);
            }
            self.text.clear();
            self.taken = 0;
            self.refill()?;
        }
        let ready = &self.text[self.taken..];
        let length = ready.len().min(buffer.len());
        buffer[..length].copy_from_slice(&ready[..length]);
        self.taken += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{GB18030, SHIFT_JIS, UTF_16BE, UTF_16LE};
    use rand::{Rng, SeedableRng, rngs::StdRng};

    use super::*;

    /// Gives a few bytes at a time, so that sequences are cut everywhere.
    struct Dribble<'a>(&'a [u8], StdRng);

    impl Read for Dribble<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.1.random_range(1..4).min(self.0.len());
            buffer[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    fn read(bytes: &[u8], encoding: &'static Encoding, seed: u64) -> Vec<u8> {
        let mut text = Vec::new();
        let input = Dribble(bytes, StdRng::seed_from_u64(seed));
        let mut input = Transcoder::new(input, encoding);
        input.read_to_end(&mut text).expect("readable");
        text
    }

    fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn every_encoding_is_read_wherever_it_is_cut() {
        let seed: u64 = rand::random();
        let text = "id,城市\n1,上海𠀀\r\n".repeat(50);
        let shift = SHIFT_JIS.encode("東京|表\n").0.into_owned();
        assert_eq!(
            read(&shift, SHIFT_JIS, seed),
            "東京|表\n".as_bytes(),
            "seed {seed}"
        );
        for (encoding, bytes) in [
            (GB18030, GB18030.encode(&text).0.into_owned()),
            (UTF_16LE, utf_16(&text, u16::to_le_bytes)),
            (UTF_16BE, utf_16(&text, u16::to_be_bytes)),
        ] {
            let name = encoding.name();
            assert_eq!(
                read(&bytes, encoding, seed),
                text.as_bytes(),
                "{name}, seed {seed}"
            );
        }
    }

    #[test]
    fn what_cannot_be_read_is_marked_and_no_more() {
        assert_eq!(
            read(b"a\xff,\xc9\xcf\n", GB18030, 1),
            "a?,上\n"
                .replace('?', "\0")
                .bytes()
                .map(|byte| if byte == 0 { MALFORMED } else { byte })
                .collect::<Vec<_>>()
        );
        assert_eq!(read(b"a\0b", UTF_16LE, 1), b"a\xff");
        assert_eq!(read(b"", UTF_16LE, 1), b"");
    }
}
