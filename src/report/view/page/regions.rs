//! A recipient's row and what stands under it: comment, fields, signature, documents, findings and crops; and the list of
//! all documents.

use serde::Serialize;

use super::{Chip, Remark, Shown, answer_chip, choice_kind, fate_chip, remarks};
use crate::answer::document::Document as Read;
use crate::report::model::{Answer, AnswerStatus, Report, ReportedDocument};
use crate::report::view::tables::{name_of, place, text_fields};
use crate::report::words::labels::{Labels, amount, choice_label, choice_read, moment};

#[derive(Serialize)]
pub(in crate::report) struct Row<'a> {
    code: &'a str,
    name: &'a str,
    answer: Chip<'a>,
    late: bool,
    received: Option<String>,
    amount: Option<String>,
    /// The same as a number, to sort by.
    kronor: i64,
    /// What the place to open is called.
    more: String,
    comment: Option<&'a str>,
    /// A comment that is written by hand.
    comment_picture: Option<Picture>,
    comment_suggestion: Option<&'a str>,
    fields: Vec<Entry>,
    signed: Option<&'a str>,
    digital: Vec<String>,
    findings: Vec<Remark<'a>>,
    pictures: Vec<Picture>,
    documents: Vec<Document<'a>>,
}

/// A field's label and what it says.
#[derive(Serialize)]
pub(in crate::report) struct Entry {
    pub label: String,
    pub value: String,
}

/// What a person sees in a field.
#[derive(Serialize)]
pub(in crate::report) struct Picture {
    pub address: String,
    /// The field's label.
    pub label: String,
    /// What is told to those who do not see it.
    pub alt: String,
}

#[derive(Serialize)]
pub(in crate::report) struct Document<'a> {
    place: String,
    /// From the report's folder to the file, where that is in the inbox.
    link: Option<String>,
    code: Option<&'a str>,
    name: Option<&'a str>,
    fate: Chip<'a>,
    choice: String,
    received: Option<String>,
    received_by: Option<&'a str>,
    identity: &'a str,
    findings: Vec<Remark<'a>>,
}

/// Every kind of answer that a recipient can have, for the filter.
pub(in crate::report) fn kinds<'a>(report: &'a Report, labels: &'a Labels) -> Vec<Chip<'a>> {
    let choices = report.campaign.choices.iter();
    let choices = choices.map(|choice| Chip { kind: choice_kind(report, &choice.value), label: &choice.label });
    let review = Chip { kind: "review", label: labels.status(AnswerStatus::Review) };
    let missing = Chip { kind: "missing", label: labels.status(AnswerStatus::Missing) };
    choices.chain([review, missing]).collect()
}

pub(in crate::report) fn rows<'a>(report: &'a Report, labels: &'a Labels, shown: Shown<'_>) -> Vec<Row<'a>> {
    report.answers.iter().map(|answer| row(report, labels, answer, shown)).collect()
}

fn row<'a>(report: &'a Report, labels: &'a Labels, answer: &'a Answer, shown: Shown<'_>) -> Row<'a> {
    let offered = answer.amounts.as_ref().map(|amounts| amounts.commitment);
    let given = text_fields(report).into_iter().filter_map(|field| {
        let value = answer.fields.get(&field.name)?.clone();
        Some(Entry { label: field.label, value })
    });
    let signature = answer.signature.as_ref();
    let digital = signature.map_or(&[][..], |seen| &seen.digital);
    let theirs = |found: &&ReportedDocument| found.document.recipient.as_ref() == Some(&answer.recipient);
    let documents: Vec<&ReportedDocument> = report.documents.iter().filter(theirs).collect();
    Row {
        code: &answer.recipient,
        name: &answer.name,
        answer: answer_chip(report, labels, answer),
        late: answer.late,
        received: answer.received.as_deref().map(moment),
        amount: offered.map(|offered| amount(report, offered)),
        kronor: offered.unwrap_or(0),
        more: labels.word("more").replace("{name}", &answer.name),
        comment: answer.comment.as_deref(),
        comment_picture: picture(labels, labels.word("comment").to_owned(), answer.comment_picture.as_deref(), shown),
        comment_suggestion: answer.comment_suggestion.as_deref(),
        fields: given.collect(),
        signed: signature.map(|seen| labels.signed(seen.by)),
        digital: digital.iter().map(|seen| labels.digital(seen)).collect(),
        findings: remarks(labels, &answer.findings),
        pictures: documents.iter().flat_map(|found| pictures(report, labels, &found.document, shown)).collect(),
        documents: documents.into_iter().map(|found| document(report, labels, found)).collect(),
    }
}

pub(in crate::report) fn document<'a>(
    report: &'a Report,
    labels: &'a Labels,
    found: &'a ReportedDocument,
) -> Document<'a> {
    let code = found.document.recipient.as_deref();
    let way = found.received_by.as_deref();
    Document {
        place: place(found),
        link: link(&found.document.path),
        code,
        name: code.and_then(|code| name_of(report, code)),
        fate: fate_chip(labels, found.document.outcome),
        choice: choice_read(report, &found.document.choice),
        received: found.received.as_deref().map(moment),
        received_by: way.map(|way| labels.received_by(way)),
        identity: labels.identity(found.document.identity.status),
        findings: remarks(labels, &found.document.findings),
    }
}

/// The crops of one document: the choice, the fields, the signature.
pub(in crate::report) fn pictures<O>(
    report: &Report,
    labels: &Labels,
    document: &Read<O>,
    shown: Shown<'_>,
) -> Vec<Picture> {
    let choice = [(labels.columns.choice.clone(), &document.choice.picture)];
    let fields = document.fields.iter().map(|(name, read)| (label_of(report, name), &read.picture));
    let signature = [(labels.columns.ink.clone(), &document.signature.picture)];
    let all = choice.into_iter().chain(fields).chain(signature);
    all.filter_map(|(label, path)| picture(labels, label, path.as_deref(), shown)).collect()
}

fn picture(labels: &Labels, label: String, path: Option<&str>, shown: Shown<'_>) -> Option<Picture> {
    let address = shown(path?)?;
    let alt = labels.word("picture_alt").replace("{field}", &label);
    Some(Picture { address, label, alt })
}

/// The label of a form's field or of a choice's comment; a name that has none stands as it is.
pub(in crate::report) fn label_of(report: &Report, name: &str) -> String {
    let field = report.campaign.fields.iter().find(|field| field.name == name);
    field.map_or_else(|| choice_label(report, name).to_owned(), |field| field.label.clone())
}

/// A link from the report's folder to a file of the inbox. Everything but plain letters and digits is escaped
/// (RFC 3986), so a file's name cannot become another address.
fn link(path: &str) -> Option<String> {
    let inside = path.starts_with("inbox/") && path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if !inside {
        return None;
    }
    let mut link = String::from("../../");
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => link.push(char::from(byte)),
            byte => link.push_str(&format!("%{byte:02X}")),
        }
    }
    Some(link)
}

#[cfg(test)]
mod tests {
    use super::link;

    #[test]
    fn links_lead_into_the_inbox_alone() {
        assert_eq!(link("inbox/svar 1%.pdf").as_deref(), Some("../../inbox/svar%201%25.pdf"));
        assert_eq!(link("inbox/Å\"#?.pdf").as_deref(), Some("../../inbox/%C3%85%22%23%3F.pdf"));
        for outside in ["javascript:alert(1)", "inbox/../templates/x.key", "/etc/passwd", "inbox//x", "https://x"] {
            assert_eq!(link(outside), None, "{outside}");
        }
    }
}
