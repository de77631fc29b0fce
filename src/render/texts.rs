//! Texts with Tera expressions: what a person may write between `{{` and `}}`, and the problems they may have.

use std::sync::OnceLock;

use jiff::civil::Date;
use regex::Regex;
use serde_json::{Value, json};
use tera::{Context, ErrorKind, Kwargs, State, Tera};

use crate::campaign::declaration::Text;
use crate::campaign::prices::grouped;
use crate::campaign::{Campaign, prices::Amounts};
use crate::diagnostic::{Place, Problems};

/// Fills in texts for one campaign.
pub struct Texts {
    tera: Tera,
    /// The variables' names, for hints.
    names: String,
}

impl Texts {
    pub fn new(campaign: &Campaign) -> Self {
        let mut tera = Tera::default();
        tera.set_escape_fn(escape_markdown);
        let currency = campaign.prices.as_ref().map_or_else(|| "kr".to_owned(), |p| p.currency.clone());
        tera.register_filter("kronor", move |amount: u64, _: Kwargs, _: &State| money(amount, &currency));
        let language = campaign.language.clone();
        tera.register_filter("date", move |day: &str, _: Kwargs, _: &State| long_date(day, &language));
        let language = campaign.language.clone();
        tera.register_filter("percent", move |share: f64, _: Kwargs, _: &State| percent(share, &language));
        let names = "campaign, sender, recipient and prices".to_owned();
        Texts { tera, names }
    }

    /// What recipient number `index` sees behind the expressions.
    pub fn context(&self, campaign: &Campaign, index: usize) -> Context {
        let mut context = Context::new();
        let recipient = &campaign.recipients[index];
        let mut person: serde_json::Map<String, Value> =
            recipient.extra.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        person.insert("code".into(), json!(recipient.code.as_str()));
        person.insert("name".into(), json!(recipient.name));
        person.insert("email".into(), json!(recipient.email));
        person.insert("key".into(), json!(recipient.key));
        context.insert("recipient", &person);
        context.insert("sender", &json!({"name": campaign.sender.name, "unit": campaign.sender.unit}));
        context.insert(
            "campaign",
            &json!({
                "id": campaign.id, "title": campaign.title, "return_to": campaign.return_to,
                "date": campaign.date.to_string(), "deadline": campaign.deadline.to_string(),
                "recipients": campaign.recipients.len(),
            }),
        );
        if let Some(prices) = &campaign.prices {
            let lines: serde_json::Map<String, Value> = prices
                .lines
                .iter()
                .map(|line| (line.id.clone(), price_context(&line.whole, &line.shares[index])))
                .collect();
            context.insert("prices", &lines);
        }
        context
    }

    /// The text with its expressions filled in; values are escaped so that Markdown takes them as they are.
    pub fn markdown(&self, text: &Text, context: &Context, problems: &mut Problems) -> String {
        self.fill(text, context, true, problems)
    }

    /// The text with its expressions filled in, for places where Markdown has no meaning.
    pub fn plain(&self, text: &Text, context: &Context, problems: &mut Problems) -> String {
        self.fill(text, context, false, problems)
    }

    fn fill(&self, text: &Text, context: &Context, escape: bool, problems: &mut Problems) -> String {
        if !text.source.contains("{{") && !text.source.contains("{%") && !text.source.contains("{#") {
            return text.source.clone();
        }
        match self.tera.render_str(&text.source, context, escape) {
            Ok(filled) => filled,
            Err(error) => {
                self.tell(text, context, &error, problems);
                String::new()
            }
        }
    }

    /// Tera stops at the first mistake of a text. Where a text has only simple expressions, each is tried on its own, so
    /// that every mistake is told.
    fn tell(&self, text: &Text, context: &Context, error: &tera::Error, problems: &mut Problems) {
        let mut told = false;
        if !text.source.contains("{%") {
            for expression in expressions().find_iter(&text.source) {
                if let Err(error) = self.tera.render_str(expression.as_str(), context, false) {
                    let before = &text.source[..expression.start()];
                    let line = before.matches('\n').count() + 1;
                    let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
                    let place = text.place_of(line, column, expression.as_str().chars().count());
                    self.problem(place, &error, problems);
                    told = true;
                }
            }
        }
        if !told {
            let place = match error.kind() {
                ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
                    let span = report.span();
                    text.place_of(span.start_line, span.start_col, span.range.len())
                }
                _ => text.place.clone(),
            };
            self.problem(place, error, problems);
        }
    }

    fn problem(&self, place: Place, error: &tera::Error, problems: &mut Problems) {
        let message = match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => report.message().to_owned(),
            other => other.to_string().lines().next().unwrap_or_default().replace("error: ", ""),
        };
        let message = message.trim_end_matches('.');
        let hint = format!("an expression may use {}, and the filters kronor, date and percent", self.names);
        problems.error(Some(place), format!("this expression cannot be filled in: {}", lower_first(message)), hint);
    }
}

fn expressions() -> &'static Regex {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    PATTERN.get_or_init(|| Regex::new(r"\{\{[^{}]*\}\}").expect("the pattern is valid"))
}

fn price_context(whole: &Amounts, own: &Amounts) -> Value {
    let forecast: serde_json::Map<String, Value> = whole
        .forecast
        .iter()
        .map(|(year, all)| (year.to_string(), json!({"all": all, "own": own.forecast.get(year)})))
        .collect();
    json!({"total": {"all": whole.sum(), "own": own.sum()}, "forecast": forecast})
}

/// `1 234 567 kr`, with no-break spaces.
pub fn money(amount: u64, currency: &str) -> String {
    format!("{}\u{a0}{currency}", grouped(amount))
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

/// `27 februari 2026`; no-break spaces, so that a date is not torn apart at the end of a line.
pub fn long_date(day: &str, language: &str) -> tera::TeraResult<String> {
    let date: Date = day.parse().map_err(|_| tera::Error::message(format!("`{day}` is not a date")))?;
    let months = if is_swedish(language) { MONTHS_SV } else { MONTHS_EN };
    let month = months[usize::from(date.month().unsigned_abs()) - 1];
    Ok(format!("{}\u{a0}{month}\u{a0}{}", date.day(), date.year()))
}

fn percent(share: f64, language: &str) -> String {
    let number = format!("{:.1}", share * 100.0);
    let number = number.strip_suffix(".0").unwrap_or(&number);
    if is_swedish(language) { format!("{}\u{a0}%", number.replace('.', ",")) } else { format!("{number}%") }
}

pub fn is_swedish(language: &str) -> bool {
    language == "sv" || language.starts_with("sv-")
}

/// A backslash before whatever Markdown would take for markup.
fn escape_markdown(text: &str, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    for c in text.chars() {
        if "\\`*_[]<>|#&~".contains(c) {
            out.write_all(b"\\")?;
        }
        write!(out, "{c}")?;
    }
    Ok(())
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_lowercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_dates_are_written_the_swedish_way() {
        assert_eq!(money(1_234_567, "kr"), "1\u{a0}234\u{a0}567\u{a0}kr");
        assert_eq!(long_date("2026-02-27", "sv").expect("a date"), "27\u{a0}februari\u{a0}2026");
        assert_eq!(long_date("2026-02-27", "en").expect("a date"), "27\u{a0}February\u{a0}2026");
        assert!(long_date("27/2", "sv").is_err());
        assert_eq!(percent(0.624, "sv"), "62,4\u{a0}%");
        assert_eq!(percent(0.5, "en"), "50%");
    }

    #[test]
    fn values_cannot_become_markup() {
        let mut out = Vec::new();
        escape_markdown("A*B_[c](d)", &mut out).expect("memory is writable");
        assert_eq!(String::from_utf8(out).expect("UTF-8"), "A\\*B\\_\\[c\\](d)");
    }
}
