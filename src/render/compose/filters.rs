//! The filters of texts: amounts, dates and shares as a language writes them.
//!
//! | filter | takes | Swedish | other languages |
//! | --- | --- | --- | --- |
//! | `kronor` | whole kronor | `1 234 567 kr` | `SEK 1 234 567` |
//! | `date` | `2026-02-27` | `27 februari 2026` | `27 February 2026` |
//! | `percent` | a share, `0.125` | `12,5 %` | `12.5%` |
//!
//! All with no-break spaces, so that nothing is torn apart at the end of a line. Swedish follows Svenska skrivregler,
//! English the European Union's Interinstitutional Style Guide (the currency's code first, spaces between thousands).
//! A value may be a number or the same as a text, which is how recipients' own data come.

use jiff::civil::Date;
use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use crate::campaign::prices::grouped;

/// The filters that there are, besides Tera's own.
pub const NAMES: [&str; 3] = ["kronor", "date", "percent"];

/// Adds the filters for one language.
pub fn register(tera: &mut Tera, language: &str, currency: &str) {
    let (of, unit) = (language.to_owned(), currency.to_owned());
    tera.register_filter("kronor", move |amount: &Value, _: Kwargs, _: &State| {
        Ok::<_, Error>(money(whole_kronor(amount)?, &unit, &of))
    });
    let of = language.to_owned();
    tera.register_filter("date", move |day: &Value, _: Kwargs, _: &State| match day.as_str() {
        Some(day) => long_date(day, &of),
        None => Err(Error::message(format!("`{day}` is not a date; write year-month-day, for example 2026-02-27"))),
    });
    let of = language.to_owned();
    tera.register_filter("percent", move |share: &Value, _: Kwargs, _: &State| percent(number(share)?, &of));
}

/// An amount with its currency.
pub fn money(amount: u64, currency: &str, language: &str) -> String {
    if is_swedish(language) {
        return format!("{}\u{a0}{currency}", grouped(amount));
    }
    let code = if currency == "kr" { "SEK" } else { currency };
    format!("{code}\u{a0}{}", grouped(amount))
}

fn whole_kronor(value: &Value) -> TeraResult<u64> {
    let text = value.as_str().map(|text| text.replace([' ', '\u{a0}', '\u{202f}'], ""));
    let whole = text.map_or_else(|| value.as_u64(), |text| text.parse().ok());
    whole.ok_or_else(|| Error::message(format!("`{value}` is not an amount in whole kronor")))
}

fn number(value: &Value) -> TeraResult<f64> {
    let text = value.as_str().map(|text| text.trim().replace(',', "."));
    let number = text.map_or_else(|| value.as_f64(), |text| text.parse().ok());
    let number = number.filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| Error::message(format!("`{value}` is not a number; a share is written 0.125")))
}

const MONTHS_SV: [&str; 12] = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A day in words.
fn long_date(day: &str, language: &str) -> TeraResult<String> {
    let date = Some(day).filter(|day| day.len() == 10).and_then(|day| day.parse::<Date>().ok());
    let date = date.ok_or_else(|| {
        Error::message(format!("`{day}` is not a date; write year-month-day, for example 2026-02-27"))
    })?;
    let months = if is_swedish(language) { MONTHS_SV } else { MONTHS_EN };
    let month = months[usize::from(date.month().unsigned_abs()) - 1];
    Ok(format!("{}\u{a0}{month}\u{a0}{}", date.day(), date.year()))
}

/// A share of one, in hundredths with at most one decimal.
fn percent(share: f64, language: &str) -> TeraResult<String> {
    if !share.is_finite() {
        return Err(Error::message("this share is no number: is something divided by 0?"));
    }
    let number = format!("{:.1}", share * 100.0);
    let number = number.strip_suffix(".0").unwrap_or(&number);
    let number = if number == "-0" { "0" } else { number };
    Ok(if is_swedish(language) { format!("{}\u{a0}%", number.replace('.', ",")) } else { format!("{number}%") })
}

pub fn is_swedish(language: &str) -> bool {
    language == "sv" || language.starts_with("sv-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(language: &str, text: &str) -> Result<String, String> {
        let mut tera = Tera::default();
        register(&mut tera, language, "kr");
        let mut context = tera::Context::new();
        context.insert("own", &1_234_567u64);
        context.insert("all", &9_876_536u64);
        context.insert("day", "2026-02-27");
        context.insert("fee", "12 500");
        context.insert("share", "0,125");
        let filled = tera.render_str(text, &context, false);
        filled.map(|text| text.replace('\u{a0}', "_")).map_err(|error| error.to_string())
    }

    #[test]
    fn amounts_dates_and_shares_are_written_as_the_language_does() {
        for (text, swedish, english) in [
            ("{{ own | kronor }}", "1_234_567_kr", "SEK_1_234_567"),
            ("{{ fee | kronor }}", "12_500_kr", "SEK_12_500"),
            ("{{ 0 | kronor }}", "0_kr", "SEK_0"),
            ("{{ day | date }}", "27_februari_2026", "27_February_2026"),
            ("{{ (own / all) | percent }}", "12,5_%", "12.5%"),
            ("{{ share | percent }}", "12,5_%", "12.5%"),
            ("{{ 1 | percent }}", "100_%", "100%"),
            ("{{ 0.0004 | percent }}", "0_%", "0%"),
        ] {
            assert_eq!(filled("sv", text).as_deref(), Ok(swedish), "{text}");
            assert_eq!(filled("sv-FI", text).as_deref(), Ok(swedish), "{text}");
            assert_eq!(filled("en-GB", text).as_deref(), Ok(english), "{text}");
        }
        assert_eq!(money(5, "EUR", "sv"), "5\u{a0}EUR");
        assert_eq!(money(5, "EUR", "en"), "EUR\u{a0}5");
    }

    #[test]
    fn what_a_filter_cannot_write_is_told() {
        for (text, why) in [
            ("{{ day | kronor }}", "`2026-02-27` is not an amount in whole kronor"),
            ("{{ 1.5 | kronor }}", "`1.5` is not an amount in whole kronor"),
            ("{{ own | date }}", "`1234567` is not a date; write year-month-day"),
            ("{{ \"27/2\" | date }}", "`27/2` is not a date"),
            ("{{ day | percent }}", "`2026-02-27` is not a number"),
        ] {
            let error = filled("sv", text).expect_err(text);
            assert!(error.contains(why), "{error}");
        }
    }
}
