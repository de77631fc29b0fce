//! The office's files as text, in whatever encoding their program saved them.
//!
//! A byte order mark decides (UTF-8, UTF-16 of either order). Without one, text that is valid UTF-8 is UTF-8, and everything
//! else is Windows-1252, which is what Notepad and Excel write in Sweden.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// The text of a file; `None` for what is no text: half a character of UTF-16, or a NUL byte, which no text holds.
pub fn decode(bytes: &[u8]) -> Option<String> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or((UTF_8, 0));
    let rest = &bytes[mark..];
    let text = encoding.decode_without_bom_handling_and_without_replacement(rest);
    let text = match text {
        Some(text) => text,
        None if encoding == UTF_8 => WINDOWS_1252.decode_without_bom_handling(rest).0,
        None => return None,
    };
    (!text.contains('\0')).then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_gives_the_same_text() {
        let text = "Pris: å €\n";
        let wide =
            |unit: fn(u16) -> [u8; 2]| format!("\u{feff}{text}").encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        let windows = b"Pris: \xe5 \x80\n".to_vec();
        for bytes in [
            text.into(),
            format!("\u{feff}{text}").into_bytes(),
            wide(u16::to_le_bytes),
            wide(u16::to_be_bytes),
            windows,
        ] {
            assert_eq!(decode(&bytes).as_deref(), Some(text), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_no_text_is_none() {
        assert_eq!(decode(b"PK\x03\x04\0\0"), None);
        // A lone surrogate, and half a unit.
        assert_eq!(decode(b"\xff\xfe\x00\xd8a\0"), None);
        assert_eq!(decode(b"\xff\xfea"), None);
    }
}
