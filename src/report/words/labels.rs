//! Every word that a report shows, in the campaign's language, and how amounts, shares and times are written.
//!
//! The words stand in `labels/sv.json` and `labels/en.json`, so that a translator needs no Rust. Words that the program
//! picks are typed here, so a word that is missing is found when the file is read; words that only the page's template
//! uses are a map, and the tests fill in the template in both languages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::answer::document::{
    ChangedAfter, DigitalSignature, Fate, IdentityStatus, Ink, Reconciled, SignedBy, Verdict,
};
use crate::finding::{Code, Finding, Severity};
use crate::pdf::facts::SignatureKind;
use crate::report::model::{AnswerStatus, Report};

const SWEDISH: &str = include_str!("labels/sv.json");
const ENGLISH: &str = include_str!("labels/en.json");

/// One language's words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::report) struct Labels {
    /// BCP 47 tag of the words, which may be another than the campaign's.
    pub language: String,
    percent: String,
    decimal: String,
    /// Between the values of a CSV row: what a spreadsheet of the language expects.
    pub separator: String,
    yes: String,
    no: String,
    page: String,
    status: StatusWords,
    fate: FateWords,
    identity: IdentityWords,
    signed: SignedWords,
    verdict: VerdictWords,
    ink: InkWords,
    severity: SeverityWords,
    received_by: BTreeMap<String, String>,
    pub sheets: Sheets,
    pub columns: Columns,
    /// The words of the page, by the names that its template uses.
    pub html: BTreeMap<String, String>,
    findings: BTreeMap<Code, String>,
}

/// Declares a group of words: one text for each name.
macro_rules! words {
    ($($group:ident { $($name:ident),* $(,)? })*) => {
        $(#[derive(Debug, Deserialize, Serialize)]
        #[serde(deny_unknown_fields)]
        pub(in crate::report) struct $group { $(pub $name: String,)* })*
    };
}

words! {
    StatusWords { answered, review, missing }
    FateWords { used, superseded, duplicate, review, rejected }
    IdentityWords { authentic, unverified, unknown, conflicting }
    SignedWords { hand, digital, none, unread }
    VerdictWords { intact, trusted, untrusted, weak, added, broken, damaged, not_judged }
    InkWords { present, absent, unclear, not_read }
    SeverityWords { info, warning, error }
    Sheets { recipients, documents, findings }
    Columns {
        code, name, status, choice, comment, received, late, commitment, document, findings, superseded,
        outcome, choice_read, received_by, identity, signed, ink, typed, digital, changes, sha256,
        severity, finding_code, finding, detail, page,
    }
}

impl Labels {
    /// The words of a report: in its campaign's language, with the choice that its rule counts in place of `{yes}`.
    pub fn of(report: &Report) -> Labels {
        let mut labels = Labels::for_language(&report.campaign.language);
        let yes = report.campaign.yes.as_deref().map(|value| lower_first(choice_label(report, value)));
        let yes = yes.unwrap_or_default();
        for text in labels.html.values_mut().chain([&mut labels.columns.commitment]) {
            *text = text.replace("{yes}", &yes);
        }
        labels
    }

    /// The words for a campaign's language: Swedish for `sv` and its variants, otherwise English.
    fn for_language(tag: &str) -> Labels {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        let source = if primary.eq_ignore_ascii_case("sv") { SWEDISH } else { ENGLISH };
        serde_json::from_str(source).expect("the built-in words are whole, as the tests see to")
    }

    pub fn yes_no(&self, yes: bool) -> &str {
        if yes { &self.yes } else { &self.no }
    }

    pub fn status(&self, status: AnswerStatus) -> &str {
        match status {
            AnswerStatus::Answered => &self.status.answered,
            AnswerStatus::Review => &self.status.review,
            AnswerStatus::Missing => &self.status.missing,
        }
    }

    pub fn fate(&self, fate: Fate) -> &str {
        match fate {
            Fate::Used => &self.fate.used,
            Fate::Superseded => &self.fate.superseded,
            Fate::Duplicate => &self.fate.duplicate,
            Fate::Review => &self.fate.review,
            Fate::Rejected => &self.fate.rejected,
        }
    }

    pub fn identity(&self, status: IdentityStatus) -> &str {
        match status {
            IdentityStatus::Authentic => &self.identity.authentic,
            IdentityStatus::Unverified => &self.identity.unverified,
            IdentityStatus::Unknown => &self.identity.unknown,
            IdentityStatus::Conflicting => &self.identity.conflicting,
        }
    }

    pub fn signed(&self, by: SignedBy) -> &str {
        match by {
            SignedBy::Hand => &self.signed.hand,
            SignedBy::Digital => &self.signed.digital,
            SignedBy::None => &self.signed.none,
            SignedBy::Unread => &self.signed.unread,
        }
    }

    /// What a digital signature is worth, and whose it says it is.
    pub fn digital(&self, signature: &DigitalSignature) -> String {
        let words = &self.verdict;
        let verdict = match signature.verdict {
            Verdict::Intact => &words.intact,
            Verdict::Trusted => &words.trusted,
            Verdict::Untrusted => &words.untrusted,
            Verdict::Weak => &words.weak,
            Verdict::Added => &words.added,
            Verdict::Broken => &words.broken,
            Verdict::Damaged => &words.damaged,
            Verdict::NotJudged => &words.not_judged,
        };
        let time = signature.time.as_deref().map(moment);
        let who = [signature.signer.clone(), signature.organisation.clone(), time];
        let who: Vec<String> = who.into_iter().flatten().collect();
        let stamp = (signature.kind == SignatureKind::Timestamp).then(|| self.word("timestamp").to_owned());
        let mut words: Vec<String> = stamp.into_iter().chain([verdict.clone()]).collect();
        let later = !matches!(signature.changed_after, ChangedAfter::Nothing | ChangedAfter::Unread);
        if later && matches!(signature.verdict, Verdict::Intact | Verdict::Trusted | Verdict::Untrusted | Verdict::Weak)
        {
            words.push(self.word("added_after").to_owned());
        }
        if !who.is_empty() {
            words.push(self.word("by_certificate").replace("{who}", &who.join(", ")));
        }
        if signature.time_proved {
            words.push(self.word("time_proved").to_owned());
        }
        words.join(" ")
    }

    pub fn ink(&self, ink: Ink) -> &str {
        match ink {
            Ink::Present => &self.ink.present,
            Ink::Absent => &self.ink.absent,
            Ink::Unclear => &self.ink.unclear,
            Ink::NotRead => &self.ink.not_read,
        }
    }

    pub fn severity(&self, severity: Severity) -> &str {
        match severity {
            Severity::Info => &self.severity.info,
            Severity::Warning => &self.severity.warning,
            Severity::Error => &self.severity.error,
        }
    }

    /// How a document's time is known; a way that has no words yet stands as it is.
    pub fn received_by<'a>(&'a self, way: &'a str) -> &'a str {
        self.received_by.get(way).map_or(way, String::as_str)
    }

    /// The sentence of a finding's code, without a final stop.
    pub fn sentence(&self, code: Code) -> &str {
        self.findings.get(&code).map_or_else(|| code.name(), String::as_str)
    }

    /// `Sentence: detail (page 3)`.
    pub fn finding(&self, finding: &Finding) -> String {
        let mut text = self.sentence(finding.code).to_owned();
        if let Some(detail) = &finding.detail {
            text.push_str(": ");
            text.push_str(detail);
        }
        if let Some(page) = finding.spot.page {
            let page = self.page.replace("{n}", &page.to_string());
            text.push_str(&format!(" ({page})"));
        }
        text
    }

    /// A word of the page's template; its name stands in for one that is missing.
    pub fn word<'a>(&'a self, name: &'a str) -> &'a str {
        self.html.get(name).map_or(name, String::as_str)
    }

    /// `62,4 procent`. A part never shows as nothing, nor as the whole: that would say that nothing is lacking.
    pub fn share(&self, share: f64) -> String {
        if !share.is_finite() {
            return "–".to_owned();
        }
        let percent = (share * 1000.0).round() / 10.0;
        let percent = match share {
            s if s > 0.0 && s < 1.0 => percent.clamp(0.1, 99.9),
            _ => percent,
        };
        let number = format!("{percent:.1}").replace('.', &self.decimal);
        self.percent.replace("{n}", &number).replace(' ', "\u{A0}")
    }
}

/// `1 234 567 kr`, with no-break spaces so that an amount never breaks across lines.
pub(in crate::report) fn amount(report: &Report, amount: i64) -> String {
    let currency = report.campaign.currency.as_deref().unwrap_or_default();
    format!("{}\u{A0}{currency}", grouped(amount))
}

fn grouped(amount: i64) -> String {
    let digits = amount.unsigned_abs().to_string();
    let mut text = String::from(if amount < 0 { "\u{2212}" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{A0}');
        }
        text.push(digit);
    }
    text
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// A date, with its time of day in UTC where that is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::report) struct Moment {
    pub date: jiff::civil::Date,
    pub time: Option<jiff::civil::Time>,
}

impl Moment {
    /// Reads `2026-02-11` or `2026-02-11T09:12:00Z`; nothing for any other text.
    pub fn read(text: &str) -> Option<Moment> {
        if let Ok(instant) = text.parse::<jiff::Timestamp>() {
            let utc = jiff::tz::TimeZone::UTC.to_datetime(instant);
            let time = Some(utc.time());
            return Some(Moment { date: utc.date(), time });
        }
        // The civil parser also takes a date out of a longer text, which would drop the rest unseen.
        let date = (text.len() == 10).then(|| text.parse().ok()).flatten()?;
        Some(Moment { date, time: None })
    }
}

/// `2026-02-11` or `2026-02-11 09:12 UTC`; another text stands as it is.
pub(in crate::report) fn moment(text: &str) -> String {
    match Moment::read(text) {
        Some(Moment { date, time: Some(time) }) => {
            format!("{date} {:02}:{:02} UTC", time.hour(), time.minute())
        }
        Some(Moment { date, time: None }) => date.to_string(),
        None => text.to_owned(),
    }
}

/// The label of a choice that was offered; a value that was not stands as it is.
pub(in crate::report) fn choice_label<'a>(report: &'a Report, value: &'a str) -> &'a str {
    let choices = &report.campaign.choices;
    let known = choices.iter().find(|choice| choice.value == value);
    known.map_or(value, |choice| &choice.label)
}

/// What was read of a choice: its label, or the candidates with a question mark each.
pub(in crate::report) fn choice_read(report: &Report, choice: &Reconciled) -> String {
    if let Some(value) = &choice.value {
        return choice_label(report, value).to_owned();
    }
    let candidates = choice.candidates.iter();
    let shown = candidates.map(|value| format!("{}?", choice_label(report, value)));
    shown.collect::<Vec<_>>().join(" / ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ReturnedPage;
    use crate::spot::Spot;

    #[test]
    fn both_languages_are_whole() {
        let (sv, en) = (Labels::for_language("sv-SE"), Labels::for_language("de"));
        assert_eq!((sv.language.as_str(), en.language.as_str()), ("sv", "en"));
        assert!(sv.html.keys().eq(en.html.keys()));
        assert!(sv.received_by.keys().eq(en.received_by.keys()));
        for labels in [&sv, &en] {
            for code in Code::ALL {
                let sentence = &labels.findings[code];
                assert!(!sentence.ends_with('.'), "{sentence}");
                assert!(sentence.starts_with(char::is_uppercase), "{sentence}");
            }
        }
    }

    #[test]
    fn amounts_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1\u{A0}234\u{A0}567");
        assert_eq!(grouped(-1_000), "\u{2212}1\u{A0}000");
        assert_eq!(grouped(i64::MIN).chars().count(), 1 + 19 + 6);
    }

    #[test]
    fn a_part_is_never_the_whole() {
        let (sv, en) = (Labels::for_language("sv"), Labels::for_language("en"));
        assert_eq!(sv.share(0.6244), "62,4\u{A0}procent");
        assert_eq!(en.share(0.6244), "62.4\u{A0}%");
        assert_eq!(en.share(0.99999), "99.9\u{A0}%");
        assert_eq!(en.share(0.00001), "0.1\u{A0}%");
        assert_eq!(en.share(1.0), "100.0\u{A0}%");
        assert_eq!(en.share(f64::NAN), "–");
    }

    #[test]
    fn times_say_their_zone() {
        assert_eq!(moment("2026-02-11"), "2026-02-11");
        assert_eq!(moment("2026-02-11T09:12:00Z"), "2026-02-11 09:12 UTC");
        assert_eq!(moment("2026-02-11T00:30:00+01:00"), "2026-02-10 23:30 UTC");
        assert_eq!(moment("2026-02-31"), "2026-02-31");
        assert_eq!(moment("i går"), "i går");
    }

    #[test]
    fn a_finding_says_what_and_where() {
        let labels = Labels::for_language("sv");
        let finding = Finding::new(Code::ChoiceBoth).detail("ja, nej").at(Spot::on(ReturnedPage::at(10), None, None));
        assert_eq!(labels.finding(&finding), "Mer än en ruta är markerad: ja, nej (sida 11)");
    }
}
