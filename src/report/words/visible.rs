//! Makes what cannot be seen visible, so that a report never shows another text than the one it holds.
//!
//! Takes any text, gives the text with control, bidirectional and zero-width characters written out as `‹U+202E›`.
//! Bidirectional controls can make `gpj.exe` look like `exe.jpg` or a no look like a yes (Trojan Source,
//! CVE-2021-42574; Unicode UAX #9 and UTS #55). Line breaks become line feeds and tabs stay. Nothing is taken away.

use std::borrow::Cow;
use std::fmt::Write;

/// The text as a person can trust it.
pub(in crate::report) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c == '\r' || is_hidden(c)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.replace("\r\n", "\n").chars() {
        if c == '\r' {
            shown.push('\n');
        } else if is_hidden(c) {
            write!(shown, "‹U+{:04X}›", u32::from(c)).expect("a String takes whatever is written");
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Whether a character shows nothing itself but may change what stands around it.
///
/// Joiners (U+200C, U+200D) and the soft hyphen stay: names and emoji need the first, typeset text the second.
fn is_hidden(c: char) -> bool {
    match c {
        '\n' | '\t' | '\r' => false,
        '\u{061C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' => true,
        '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' => true,
        '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{FFFE}' | '\u{FFFF}' => true,
        '\u{E0000}'..='\u{E007F}' => true,
        _ => c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_written_out() {
        assert_eq!(visible("ja\u{202E}jen\u{202C}"), "ja‹U+202E›jen‹U+202C›");
        assert_eq!(visible("\u{0}a\u{7F}\u{85}"), "‹U+0000›a‹U+007F›‹U+0085›");
        assert_eq!(visible("\u{FEFF}x\u{200B}y\u{E0041}"), "‹U+FEFF›x‹U+200B›y‹U+E0041›");
    }

    #[test]
    fn line_breaks_become_line_feeds() {
        assert_eq!(visible("a\r\nb\rc\nd"), "a\nb\nc\nd");
    }

    #[test]
    fn plain_text_is_left_alone() {
        assert!(matches!(visible("Åre – ”ja”\tnu"), Cow::Borrowed(_)));
    }
}
