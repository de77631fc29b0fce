//! The clock of what is rendered and sent: the campaign's date, or `SOURCE_DATE_EPOCH` for the dates in a file's metadata.
//!
//! `SOURCE_DATE_EPOCH` is the agreed name (reproducible-builds.org) for the second, counted from 1970 in UTC, that a
//! program is to write instead of the time it runs at. What is printed on the page is the campaign's and stays.

use std::ffi::OsStr;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::error::{Error, Result};

const NAME: &str = "SOURCE_DATE_EPOCH";

/// The moment that the environment asks for, in UTC; `None` when it asks for none.
///
/// # Errors
/// When it is there and no such number.
pub fn source_date() -> Result<Option<DateTime>> {
    std::env::var_os(NAME).map(|value| parse(&value)).transpose()
}

/// The day it is, in UTC; that of `SOURCE_DATE_EPOCH` where it is set.
///
/// # Errors
/// When `SOURCE_DATE_EPOCH` is no number of seconds.
pub fn today() -> Result<Date> {
    let now = || TimeZone::UTC.to_datetime(Timestamp::now());
    Ok(source_date()?.unwrap_or_else(now).date())
}

fn parse(value: &OsStr) -> Result<DateTime> {
    let text = value.to_string_lossy();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let second = text.parse().ok().filter(|_| digits).and_then(|second| Timestamp::from_second(second).ok());
    second.map(|second| TimeZone::UTC.to_datetime(second)).ok_or_else(|| {
        Error::plain(
            format!("`{NAME}` is `{text}`, which is no number of seconds since 1970"),
            format!("write digits only, for example {NAME}=1767916800, or unset it: the campaign's date is then used"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_a_moment_in_utc() {
        let moment = parse(OsStr::new("1767916800")).expect("a moment");
        assert_eq!(moment.to_string(), "2026-01-09T00:00:00");
    }

    #[test]
    fn what_is_no_number_of_seconds_is_refused() {
        for wrong in ["", "now", "-1", "1.5", "+1", " 1", "99999999999999", "99999999999999999999999"] {
            let error = parse(OsStr::new(wrong)).expect_err(wrong).to_string();
            assert!(error.contains("SOURCE_DATE_EPOCH"), "{error}");
        }
    }
}
