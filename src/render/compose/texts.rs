//! Texts with Tera expressions: what a person may write between `{{` and `}}`, and the problems they may have.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use regex::Regex;
use serde_json::{Value, json};
use tera::{Context, ErrorKind, Tera};

use crate::campaign::declaration::Text;
use crate::campaign::prices::Amounts;
use crate::campaign::{Campaign, closest};
use crate::diagnostic::{Place, Problems};
use crate::render::compose::filters;

/// Fills in texts for one campaign.
pub struct Texts {
    tera: Tera,
    /// The variables' names, for hints.
    names: String,
    /// The years that each price line has, as a hint names them.
    years: BTreeMap<String, String>,
}

impl Texts {
    /// `language` is what amounts, dates and shares are written in.
    pub fn new(campaign: &Campaign, language: &str) -> Self {
        let mut tera = Tera::default();
        tera.set_escape_fn(escape_markdown);
        let currency = campaign.prices.as_ref().map_or("kr", |prices| prices.currency.as_str());
        filters::register(&mut tera, language, currency);
        let names = "campaign, sender, recipient, prices, values and language".to_owned();
        let lines = campaign.prices.iter().flat_map(|prices| &prices.lines);
        let years = lines
            .map(|line| {
                (line.id.clone(), line.whole.forecast.keys().map(i16::to_string).collect::<Vec<_>>().join(", "))
            })
            .collect();
        Texts { tera, names, years }
    }

    /// What recipient number `index` sees behind the expressions. The recipient's own paragraph may have expressions as
    /// well; it is filled in here.
    pub fn context(&self, campaign: &Campaign, index: usize, problems: &mut Problems) -> Context {
        let mut context = Context::new();
        let recipient = &campaign.recipients[index];
        let mut person: serde_json::Map<String, Value> =
            recipient.extra.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        person.insert("code".into(), json!(recipient.code.as_str()));
        person.insert("name".into(), json!(recipient.name));
        person.insert("email".into(), json!(recipient.email));
        person.insert("key".into(), json!(recipient.key));
        person.insert("contact".into(), json!(recipient.contact));
        person.insert("note".into(), json!(recipient.note));
        person.insert("paragraph".into(), Value::Null);
        let language = campaign.language_of(index);
        person.insert("language".into(), json!(language));
        context.insert("language", language.split('-').next().unwrap_or_default());
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
        context.insert("values", &campaign.values);
        if let Some(prices) = &campaign.prices {
            let lines: serde_json::Map<String, Value> = prices
                .lines
                .iter()
                .map(|line| (line.id.clone(), price_context(&line.whole, &line.shares[index])))
                .collect();
            context.insert("prices", &lines);
        }
        if let Some(paragraph) = &recipient.paragraph {
            // It is Markdown already, so it is put in as it is.
            let filled = tera::Value::safe_string(self.markdown(paragraph, &context, problems).trim());
            let person = tera::Value::from_serializable(&person).into_map().unwrap_or_default();
            let person = person.into_iter().chain([("paragraph".into(), filled)]).collect::<tera::Map>();
            context.insert_value("recipient", tera::Value::from(person));
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
                    match self.unknown_year(expression.as_str()) {
                        Some((message, hint)) => problems.error(Some(place), message, hint),
                        None => self.problem(place, &error, problems),
                    }
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

    /// A year that a price line does not have: what is wrong, and the years that are there.
    fn unknown_year(&self, expression: &str) -> Option<(String, String)> {
        let [line, year] = forecast().captures(expression)?.extract::<2>().1;
        let years = self.years.get(line)?;
        let there = years.split(", ").any(|one| one == year);
        (!there).then(|| (format!("the price line `{line}` has no year {year}"), format!("its years are: {years}")))
    }

    fn problem(&self, place: Place, error: &tera::Error, problems: &mut Problems) {
        let message = match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => report.message().to_owned(),
            other => other.to_string().lines().next().unwrap_or_default().replace("error: ", ""),
        };
        let message = lower_first(message.trim_end_matches('.'));
        let unknown = message.strip_prefix("unknown filter `").and_then(|rest| rest.split('`').next());
        let near = unknown.and_then(|name| closest(name, &filters::NAMES));
        let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
        let hint = format!("{near}an expression may use {}, and the filters kronor, date and percent", self.names);
        problems.error(Some(place), format!("this expression cannot be filled in: {message}"), hint);
    }
}

fn expressions() -> &'static Regex {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    PATTERN.get_or_init(|| Regex::new(r"\{\{[^{}]*\}\}").expect("the pattern is valid"))
}

fn forecast() -> &'static Regex {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    PATTERN.get_or_init(|| Regex::new(r#"prices\.(\w+)\.forecast(?:\["|\['|\.)(\d+)"#).expect("the pattern is valid"))
}

fn price_context(whole: &Amounts, own: &Amounts) -> Value {
    let forecast: serde_json::Map<String, Value> = whole
        .forecast
        .iter()
        .map(|(year, all)| (year.to_string(), json!({"all": all, "own": own.forecast.get(year)})))
        .collect();
    json!({"total": {"all": whole.sum(), "own": own.sum()}, "forecast": forecast})
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
    fn values_cannot_become_markup() {
        let mut out = Vec::new();
        escape_markdown("A*B_[c](d)", &mut out).expect("memory is writable");
        assert_eq!(String::from_utf8(out).expect("UTF-8"), "A\\*B\\_\\[c\\](d)");
    }
}
