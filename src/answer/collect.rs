//! From documents to answers: which document counts for each recipient, and what becomes of the others.
//!
//! | situation | what becomes of it |
//! | --- | --- |
//! | a file that is byte for byte equal to an earlier one | duplicate |
//! | a document that belongs to nobody, or is unreadable | rejected, or review when it looks like ours |
//! | a recipient's latest document is an answer | used; earlier ones are superseded |
//! | a recipient's latest document is in review | review, and so is the recipient; earlier ones are superseded |
//! | several documents came last together and their answers differ | review: nothing says which one counts |
//!
//! A later answer with another choice counts, and the change of mind is told.

use std::collections::BTreeMap;

use super::document::{Document, Outcome};
use crate::answer::document::Fate;
use crate::finding::{Code, Finding};
use crate::inbox::Received;

/// A document with the time it came.
#[derive(Debug, Clone)]
pub struct Arrived {
    pub document: Document,
    pub received: Option<Received>,
}

/// A document and what became of it.
#[derive(Debug, Clone)]
pub struct Settled {
    pub document: Document<Fate>,
    pub received: Option<Received>,
}

/// What is known of one recipient: places in the list of settled documents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecipientDocuments {
    /// The document that counts, or that a person must settle.
    pub current: Option<usize>,
    pub in_review: bool,
    pub superseded: Vec<usize>,
    pub findings: Vec<Code>,
}

/// Settles all documents. `deadline` is the last day, `2026-02-27`.
///
/// Gives the documents in the order of their paths, and what is known of each recipient that sent something.
pub fn collect(mut arrived: Vec<Arrived>, deadline: &str) -> (Vec<Settled>, BTreeMap<String, RecipientDocuments>) {
    arrived.sort_by(|a, b| (&a.document.path, &a.document.part).cmp(&(&b.document.path, &b.document.part)));
    let mut fates: Vec<Fate> = arrived.iter().map(|a| first_fate(&a.document)).collect();
    mark_duplicates(&mut arrived, &mut fates);
    for one in &mut arrived {
        if one.document.outcome != Outcome::Rejected && one.received.as_ref().is_some_and(|r| r.day() > deadline) {
            let day = one.received.as_ref().map(|r| r.day().to_owned()).unwrap_or_default();
            one.document.findings.push(Finding::new(Code::Late).detail(day));
        }
    }
    let mut by_recipient: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, one) in arrived.iter().enumerate() {
        if let Some(code) = &one.document.recipient
            && matches!(fates[at], Fate::Used | Fate::Review)
        {
            by_recipient.entry(code.clone()).or_default().push(at);
        }
    }
    let recipients =
        by_recipient.into_iter().map(|(code, own)| (code, settle(own, &mut arrived, &mut fates))).collect();
    let settled = arrived
        .into_iter()
        .zip(fates)
        .map(|(one, fate)| Settled { document: one.document.with_outcome(fate), received: one.received })
        .collect();
    (settled, recipients)
}

fn first_fate(document: &Document) -> Fate {
    match document.outcome {
        Outcome::Answer => Fate::Used,
        Outcome::Review => Fate::Review,
        Outcome::Rejected => Fate::Rejected,
    }
}

/// Equal files count once: the one that came first, by time and then by path.
fn mark_duplicates(arrived: &mut [Arrived], fates: &mut [Fate]) {
    let mut order: Vec<usize> = (0..arrived.len()).collect();
    order.sort_by_key(|&at| (time_of(&arrived[at]), at));
    let mut first: BTreeMap<(String, Option<String>), String> = BTreeMap::new();
    for at in order {
        let document = &mut arrived[at].document;
        // Files that could not be hashed are each their own.
        if document.sha256.is_empty() {
            continue;
        }
        let key = (document.sha256.clone(), document.part.clone());
        if let Some(original) = first.get(&key) {
            fates[at] = Fate::Duplicate;
            document.findings.push(Finding::new(Code::Duplicate).detail(original.as_str()));
        } else {
            first.insert(key, document.path.clone());
        }
    }
}

fn time_of(arrived: &Arrived) -> String {
    arrived.received.as_ref().map(|r| r.time.clone()).unwrap_or_default()
}

/// Chooses among one recipient's documents.
fn settle(mut own: Vec<usize>, arrived: &mut [Arrived], fates: &mut [Fate]) -> RecipientDocuments {
    own.sort_by_key(|&at| (time_of(&arrived[at]), at));
    let Some((&last, earlier)) = own.split_last() else { return RecipientDocuments::default() };
    let together: Vec<usize> = earlier.iter().copied().filter(|&at| same_time(&arrived[at], &arrived[last])).collect();
    let mut result = RecipientDocuments { current: Some(last), ..RecipientDocuments::default() };
    if together.iter().any(|&at| differ(&arrived[at].document, &arrived[last].document)) {
        result.in_review = true;
        result.findings.push(Code::OrderUnknown);
        for &at in together.iter().chain([&last]) {
            fates[at] = Fate::Review;
            arrived[at].document.findings.push(Finding::new(Code::OrderUnknown));
        }
    }
    let decided = fates[last] == Fate::Used;
    result.in_review |= fates[last] == Fate::Review;
    let current = arrived[last].document.path.clone();
    for &at in earlier {
        if result.in_review && together.contains(&at) {
            continue;
        }
        if decided
            && arrived[at]
                .document
                .choice
                .value
                .as_ref()
                .is_some_and(|v| Some(v) != arrived[last].document.choice.value.as_ref())
        {
            result.findings.push(Code::ChangeOfMind);
        }
        fates[at] = Fate::Superseded;
        arrived[at].document.findings.push(Finding::new(Code::Superseded).detail(current.as_str()));
        result.superseded.push(at);
    }
    result.findings.dedup();
    if result.findings.contains(&Code::ChangeOfMind) {
        arrived[last].document.findings.push(Finding::new(Code::ChangeOfMind));
    }
    result
}

/// Whether nothing says which of two came first: equal times, or the same day when one of them has only a day.
fn same_time(a: &Arrived, b: &Arrived) -> bool {
    match (&a.received, &b.received) {
        (Some(a), Some(b)) => {
            let only_day = a.time.len() == 10 || b.time.len() == 10;
            if only_day { a.day() == b.day() } else { a.time == b.time }
        }
        _ => true,
    }
}

/// Whether two documents answer differently, or are not both clear.
fn differ(a: &Document, b: &Document) -> bool {
    let clear = a.outcome == Outcome::Answer && b.outcome == Outcome::Answer;
    let fields = |d: &Document| d.fields.iter().map(|(n, f)| (n.clone(), f.value.clone())).collect::<Vec<_>>();
    !clear || a.choice.value != b.choice.value || fields(a) != fields(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::document::{Identity, Reconciled, SignatureSeen, Status};
    use crate::inbox::Source;

    fn arrived(path: &str, time: &str, outcome: Outcome, choice: Option<&str>) -> Arrived {
        let choice = choice.map(str::to_owned);
        let status = if choice.is_some() { Status::Single } else { Status::Empty };
        let document = Document {
            path: path.into(),
            part: None,
            sha256: path.into(),
            kind: "pdf".into(),
            outcome,
            recipient: Some("18".into()),
            identity: Identity::default(),
            choice: Reconciled { value: choice, status, ..Reconciled::default() },
            fields: BTreeMap::new(),
            signature: SignatureSeen::default(),
            changes: Vec::new(),
            findings: Vec::new(),
        };
        Arrived { document, received: Some(Received { time: time.into(), source: Source::Name }) }
    }

    fn fates(documents: Vec<Arrived>) -> (Vec<Fate>, RecipientDocuments) {
        let (settled, mut recipients) = collect(documents, "2026-02-27");
        let fates = settled.iter().map(|s| s.document.outcome).collect();
        (fates, recipients.remove("18").unwrap_or_default())
    }

    #[test]
    fn the_latest_answer_counts_and_a_change_of_mind_is_told() {
        let (fates, known) = fates(vec![
            arrived("a", "2026-02-20", Outcome::Answer, Some("ja")),
            arrived("b", "2026-02-03", Outcome::Answer, Some("nej")),
        ]);
        assert_eq!(fates, [Fate::Used, Fate::Superseded]);
        assert_eq!((known.current, known.in_review), (Some(0), false));
        assert_eq!(known.findings, [Code::ChangeOfMind]);
    }

    #[test]
    fn answers_of_one_day_that_differ_go_to_a_person() {
        let (fates, known) = fates(vec![
            arrived("a", "2026-02-20", Outcome::Answer, Some("ja")),
            arrived("b", "2026-02-20T10:00:00Z", Outcome::Answer, Some("nej")),
        ]);
        assert_eq!(fates, [Fate::Review, Fate::Review]);
        assert!(known.in_review);
    }

    #[test]
    fn a_later_document_in_review_is_never_passed_over() {
        let (fates, known) = fates(vec![
            arrived("a", "2026-02-03", Outcome::Answer, Some("ja")),
            arrived("b", "2026-02-20", Outcome::Review, None),
        ]);
        assert_eq!(fates, [Fate::Superseded, Fate::Review]);
        assert_eq!((known.current, known.in_review), (Some(1), true));
    }

    #[test]
    fn equal_files_count_once_and_late_ones_are_told() {
        let mut second = arrived("b", "2026-03-01", Outcome::Answer, Some("ja"));
        second.document.sha256 = "a".into();
        let (settled, _) = collect(vec![arrived("a", "2026-02-28", Outcome::Answer, Some("ja")), second], "2026-02-27");
        assert_eq!(settled[1].document.outcome, Fate::Duplicate);
        assert!(settled[0].document.findings.iter().any(|f| f.code == Code::Late));
    }
}
