//! Bytes into text, in any encoding that the Encoding Standard knows. Nothing is replaced: a byte that
//! stands for no character, or for a control character that no file of rows holds, is an error.

use encoding_rs::{Decoder, DecoderResult, Encoding};

/// Decodes a file piece by piece.
pub(super) struct Decoding {
    encoding: &'static Encoding,
    decoder: Decoder,
    /// The line that is being read.
    line: u64,
}

impl Decoding {
    pub(super) fn new(encoding: &'static Encoding) -> Self {
        // A byte order mark of the same encoding is left out; that of another one is no character.
        Self { encoding, decoder: encoding.new_decoder_with_bom_removal(), line: 1 }
    }

    /// Adds the text of the next bytes; `is_last`: none follow. Else the line and what is wrong.
    pub(super) fn add(
        &mut self,
        bytes: &[u8],
        is_last: bool,
        text: &mut String,
    ) -> Result<(), (u64, String)> {
        let start = text.len();
        let mut rest = bytes;
        loop {
            let room = self.decoder.max_utf8_buffer_length_without_replacement(rest.len());
            text.reserve(room.unwrap_or(rest.len()).max(16));
            let (result, read) = self.decoder.decode_to_string_without_replacement(rest, text, is_last);
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => rest = &rest[read..],
                DecoderResult::Malformed(length, after) => {
                    let line = self.line + lines_in(&text[start..]);
                    let end = read.saturating_sub(usize::from(after));
                    let found = &rest[end.saturating_sub(usize::from(length))..end];
                    let shown: Vec<String> = found.iter().map(|byte| format!("0x{byte:02x}")).collect();
                    let what = if shown.is_empty() {
                        format!("ends inside a character of {}", self.encoding.name())
                    } else {
                        let name = self.encoding.name();
                        format!("holds the byte {}, which is no character of {name}", shown.join(" "))
                    };
                    return Err((line, what));
                }
            }
        }
        self.refuse_controls(&text[start..])?;
        self.line += lines_in(&text[start..]);
        Ok(())
    }

    /// Control characters that some decoders let through, and zeros.
    fn refuse_controls(&self, text: &str) -> Result<(), (u64, String)> {
        if let Some(at) = memchr::memchr(0, text.as_bytes()) {
            let name = self.encoding.name();
            let what = format!("holds a zero byte; expected a text file in {name} (is it UTF-16?)");
            return Err((self.line + lines_in(&text[..at]), what));
        }
        // U+0080 to U+009F begin with this byte.
        for at in memchr::memchr_iter(0xc2, text.as_bytes()) {
            if let Some(c) = text[at..].chars().next().filter(|c| c.is_control()) {
                let name = self.encoding.name();
                let code = u32::from(c);
                let what = format!(
                    "holds the control character U+{code:04X}, which is no character of {name} that a file of rows holds"
                );
                return Err((self.line + lines_in(&text[..at]), what));
            }
        }
        Ok(())
    }
}

fn lines_in(text: &str) -> u64 {
    memchr::memchr_iter(b'\n', text.as_bytes()).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(label: &str, pieces: &[&[u8]]) -> Result<String, (u64, String)> {
        let mut decoding = Decoding::new(Encoding::for_label(label.as_bytes()).expect("known"));
        let mut text = String::new();
        for piece in pieces {
            decoding.add(piece, false, &mut text)?;
        }
        decoding.add(b"", true, &mut text)?;
        Ok(text)
    }

    #[test]
    fn characters_may_lie_across_pieces() {
        assert_eq!(decoded("utf-8", &[b"A\xc3", b"\x89\n"]), Ok("AÉ\n".to_owned()));
        assert_eq!(decoded("utf-16le", &[b"\xff\xfeA", b"\0\xc9\0"]), Ok("AÉ".to_owned()));
        assert_eq!(decoded("windows-1252", &[b"\xc9\x80"]), Ok("É€".to_owned()));
    }

    #[test]
    fn a_byte_that_is_no_character_is_told_with_its_line() {
        let (line, what) = decoded("utf-8", &[b"a\nb\n", b"c\xff\n"]).expect_err("no character");
        assert_eq!((line, what.as_str()), (3, "holds the byte 0xff, which is no character of UTF-8"));
        let (line, what) = decoded("utf-8", &[b"a\n\xc3"]).expect_err("cut off");
        assert_eq!(line, 2, "{what}");
        // 0x81 is a C1 control in what the standard calls windows-1252.
        let (line, what) = decoded("windows-1252", &[b"a\n\x81"]).expect_err("a control");
        assert!(line == 2 && what.contains("U+0081"), "{what}");
        assert!(decoded("utf-8", &[b"a\0"]).is_err());
        assert!(decoded("shift_jis", &[b"\x82"]).is_err(), "half of a character");
    }
}
