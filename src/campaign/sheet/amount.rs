//! Amounts as the cells of a price list hold them. Strict: a wrong amount would be sent to somebody.

use super::CellValue;

/// Ten thousand billion: more is a mistake, and sums stay far from what 64 bits hold.
const MOST: u64 = 10_000_000_000_000;

/// An amount as a cell holds it: a whole number, or a text in Swedish spelling (`1 234 567 kr`, `1 234 567,00`, `500:-`).
/// Otherwise what is wrong with it.
pub fn kronor(value: &CellValue) -> Result<u64, &'static str> {
    let text = match value {
        // Both limits are checked before the cast.
        CellValue::Number(number) => {
            return match *number {
                n if n < 0.0 => Err(NEGATIVE),
                n if n > MOST as f64 => Err(TOO_LARGE),
                n if n.fract() == 0.0 => Ok(n as u64),
                _ => Err(FRACTION),
            };
        }
        CellValue::Text(text) => text.trim(),
        CellValue::Other(_) | CellValue::Uncomputed | CellValue::Nought => return Err(NO_NUMBER),
    };
    let lower = text.to_lowercase();
    let unit = ["kronor", "kr", "sek", ":-", ",-"].into_iter().find_map(|unit| lower.strip_suffix(unit));
    let number = unit.unwrap_or(&lower).trim();
    if let Some(rest) = number.strip_prefix(['-', '−', '–']) {
        return Err(if whole(rest.trim()).is_some() { NEGATIVE } else { NO_NUMBER });
    }
    match number.split_once(',') {
        None if number.split_once('.').is_some_and(|(first, rest)| groups_of_thousands(first, rest, '.')) => {
            Err(THOUSANDS)?
        }
        None => whole(number).ok_or(NO_NUMBER)?,
        Some((kronor, öre)) if (1..=2).contains(&öre.len()) && öre.bytes().all(|byte| byte == b'0') => {
            whole(kronor).ok_or(NO_NUMBER)?
        }
        Some((kronor, thousands)) if groups_of_thousands(kronor, thousands, ',') => Err(THOUSANDS)?,
        Some((kronor, öre)) if öre.bytes().all(|byte| byte.is_ascii_digit()) && whole(kronor).is_some() => {
            Err(FRACTION)?
        }
        Some(_) => Err(NO_NUMBER)?,
    }
    .try_into()
    .ok()
    .filter(|amount| *amount <= MOST)
    .ok_or(TOO_LARGE)
}

const NEGATIVE: &str = "which is negative";
const FRACTION: &str = "which is not in whole kronor";
const TOO_LARGE: &str = "which is too large";
const NO_NUMBER: &str = "which is no number";
const THOUSANDS: &str = "which may mean thousands or decimals";

/// Whether a number could be parted by `mark` into groups of thousands: `60,000`, `1.234.567`.
fn groups_of_thousands(first: &str, rest: &str, mark: char) -> bool {
    let digits = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    digits(first) && rest.split(mark).all(|group| digits(group) && group.len() == 3)
}

/// Digits, in one run or in groups of three with spaces between.
fn whole(text: &str) -> Option<u128> {
    let groups: Vec<&str> = text.split([' ', '\u{a0}', '\u{202f}', '\u{2009}']).collect();
    let digits = |group: &&str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let (first, rest) = groups.split_first()?;
    let fits = groups.iter().all(digits)
        && (rest.is_empty() || first.len() <= 3)
        && rest.iter().all(|group| group.len() == 3)
        && text.len() <= 60;
    if fits { groups.concat().parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<u64, &'static str> {
        kronor(&CellValue::Text(text.into()))
    }

    #[test]
    fn amounts_are_read_as_swedes_write_them() {
        for text in [
            "1234567",
            "1 234 567",
            "1\u{a0}234\u{a0}567",
            "1\u{202f}234\u{202f}567 kr",
            "1 234 567,00",
            "1 234 567,00 kr",
            " 1234567 SEK ",
            "1234567:-",
            "1 234 567 Kronor",
        ] {
            assert_eq!(read(text), Ok(1_234_567), "{text}");
        }
        assert_eq!(read("0"), Ok(0));
        assert_eq!(kronor(&CellValue::Number(1_234_567.0)), Ok(1_234_567));
    }

    #[test]
    fn what_could_be_misread_is_refused() {
        for text in ["", "kr", "x", "12 34", "1 2345", "1e6", "0x10", "(500)", "1 234 56", "١٢"] {
            assert_eq!(read(text), Err(NO_NUMBER), "{text}");
        }
        assert_eq!(read("-500 kr"), Err(NEGATIVE));
        assert_eq!(read("−500"), Err(NEGATIVE));
        assert_eq!(read("1234,50"), Err(FRACTION));
        for text in ["1,234", "60,000", "60.000", "60,000 kr", "1.234.567", "1,234,567"] {
            assert_eq!(read(text), Err(THOUSANDS), "{text}");
        }
        assert_eq!(read("60,00"), Ok(60));
        assert_eq!(read("1234567,"), Err(FRACTION));
        assert_eq!(read("99999999999999"), Err(TOO_LARGE));
        assert_eq!(read(&"9".repeat(30)), Err(TOO_LARGE));
        assert_eq!(kronor(&CellValue::Number(0.5)), Err(FRACTION));
        assert_eq!(kronor(&CellValue::Number(-1.0)), Err(NEGATIVE));
        assert_eq!(kronor(&CellValue::Number(f64::NAN)), Err(FRACTION));
        assert_eq!(kronor(&CellValue::Number(f64::INFINITY)), Err(TOO_LARGE));
        assert_eq!(kronor(&CellValue::Other("the error #REF!".into())), Err(NO_NUMBER));
    }
}
