//! From documents to answers: which document counts for each recipient, and what becomes of the others.
//!
//! | situation | what becomes of it |
//! | --- | --- |
//! | a file that is byte for byte equal to an earlier one | duplicate |
//! | a document that belongs to nobody, or is unreadable | rejected, or review when it looks like ours |
//! | a recipient's latest document is an answer | used; earlier ones are superseded |
//! | a recipient's latest document is in review | review, and so is the recipient; earlier ones are superseded |
//! | several documents differ and nothing certain says which came last | review: a person must say which one counts |
//!
//! A late document is told; it counts, goes to review or is rejected as the campaign says. Only a date that the office gave
//! rejects anything: where the date is uncertain, a person must say.
//!
//! A later answer with another choice counts, and the change of mind is told.

use std::collections::BTreeMap;

use super::document::{Document, Outcome};
use crate::answer::document::Fate;
use crate::campaign::Late;
use crate::finding::{Code, Finding, Severity};
use crate::ids::RecipientCode;
use crate::inbox::{Received, Source};

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

/// Settles all documents. `deadline` is the last day, `2026-02-27`; `late` says what becomes of what comes after it.
///
/// Gives the documents in the order of their paths, and what is known of each recipient that sent something.
pub fn collect(
    mut arrived: Vec<Arrived>,
    deadline: &str,
    late: Late,
) -> (Vec<Settled>, BTreeMap<RecipientCode, RecipientDocuments>) {
    arrived.sort_by(|a, b| (&a.document.path, &a.document.part).cmp(&(&b.document.path, &b.document.part)));
    let mut fates: Vec<Fate> = arrived.iter().map(|a| first_fate(&a.document)).collect();
    mark_duplicates(&mut arrived, &mut fates);
    for (one, fate) in arrived.iter_mut().zip(&mut fates) {
        tell_late(one, fate, deadline, late);
    }
    let mut by_recipient: BTreeMap<RecipientCode, Vec<usize>> = BTreeMap::new();
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

/// Tells that a document came after the last day, and does with it what the campaign says.
fn tell_late(one: &mut Arrived, fate: &mut Fate, deadline: &str, late: Late) {
    let Some(received) = one.received.as_ref().filter(|received| received.day() > deadline) else { return };
    if one.document.outcome == Outcome::Rejected {
        return;
    }
    let mut finding = Finding::new(Code::Late).detail(received.day());
    let late = if late == Late::Reject && received.source != Source::Folder { Late::Review } else { late };
    if late != Late::Count {
        finding.severity = Severity::Error;
    }
    match (late, *fate) {
        (Late::Reject, _) => {
            *fate = Fate::Rejected;
            one.document.outcome = Outcome::Rejected;
        }
        (Late::Review, Fate::Used) => {
            *fate = Fate::Review;
            one.document.outcome = Outcome::Review;
        }
        _ => {}
    }
    one.document.findings.push(finding);
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
    let returned = duplicate_after(last, earlier, arrived, fates);
    if returned || together.iter().any(|&at| differ(&arrived[at].document, &arrived[last].document)) {
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

/// Whether an earlier document was sent once more, unchanged, after the latest: a change of mind back, or a slip.
fn duplicate_after(last: usize, earlier: &[usize], arrived: &[Arrived], fates: &[Fate]) -> bool {
    let again = |at: usize| {
        fates[at] == Fate::Duplicate
            && time_of(&arrived[at]) >= time_of(&arrived[last])
            && earlier.iter().any(|&e| {
                arrived[e].document.sha256 == arrived[at].document.sha256
                    && differ(&arrived[e].document, &arrived[last].document)
            })
    };
    (0..arrived.len()).any(again)
}

/// Whether nothing says for certain which of two came first: the same day, or a date that nobody in the office gave.
///
/// Only folders are named by the office. A file's own date is changed by copying, and its name is the sender's.
fn same_time(a: &Arrived, b: &Arrived) -> bool {
    match (&a.received, &b.received) {
        (Some(a), Some(b)) => a.source != Source::Folder || b.source != Source::Folder || a.day() == b.day(),
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

    fn arrived(path: &str, time: &str, outcome: Outcome, choice: Option<&str>) -> Arrived {
        let choice = choice.map(str::to_owned);
        let status = if choice.is_some() { Status::Single } else { Status::Empty };
        let document = Document {
            path: path.into(),
            part: None,
            sha256: path.into(),
            kind: "pdf".into(),
            outcome,
            recipient: RecipientCode::new("18"),
            identity: Identity::default(),
            choice: Reconciled { value: choice, status, ..Reconciled::default() },
            fields: BTreeMap::new(),
            signature: SignatureSeen::default(),
            changes: Vec::new(),
            evidence: Vec::new(),
            findings: Vec::new(),
        };
        Arrived { document, received: Some(Received { time: time.into(), source: Source::Folder }) }
    }

    fn fates(documents: Vec<Arrived>) -> (Vec<Fate>, RecipientDocuments) {
        let (settled, mut recipients) = collect(documents, "2026-02-27", Late::Count);
        let fates = settled.iter().map(|s| s.document.outcome).collect();
        (fates, recipients.remove("18").unwrap_or_default())
    }

    #[test]
    fn a_late_document_is_treated_as_the_campaign_says() {
        let one = |late: Late, source: Source, outcome: Outcome| {
            let mut document = arrived("a", "2026-02-28", outcome, Some("ja"));
            document.received.as_mut().expect("it has a date").source = source;
            let (settled, _) = collect(vec![document], "2026-02-27", late);
            let finding = settled[0].document.findings.iter().find(|f| f.code == Code::Late).cloned();
            (settled[0].document.outcome, finding.map(|f| f.holds_back()))
        };
        let answer = Outcome::Answer;
        assert_eq!(one(Late::Count, Source::Folder, answer), (Fate::Used, Some(false)));
        assert_eq!(one(Late::Review, Source::Folder, answer), (Fate::Review, Some(true)));
        assert_eq!(one(Late::Reject, Source::Folder, answer), (Fate::Rejected, Some(true)));
        // A file's own date and name are not the office's word.
        for source in [Source::File, Source::FileName] {
            assert_eq!(one(Late::Reject, source, answer), (Fate::Review, Some(true)));
        }
        assert_eq!(one(Late::Reject, Source::Folder, Outcome::Rejected), (Fate::Rejected, None));
    }

    #[test]
    fn a_rejected_late_answer_leaves_the_earlier_one_standing() {
        let documents = vec![
            arrived("a", "2026-02-20", Outcome::Answer, Some("ja")),
            arrived("b", "2026-03-03", Outcome::Answer, Some("nej")),
        ];
        let (settled, recipients) = collect(documents, "2026-02-27", Late::Reject);
        let fates: Vec<Fate> = settled.iter().map(|s| s.document.outcome).collect();
        assert_eq!(fates, [Fate::Used, Fate::Rejected]);
        assert_eq!((recipients["18"].current, recipients["18"].in_review), (Some(0), false));
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
        let (settled, _) =
            collect(vec![arrived("a", "2026-02-28", Outcome::Answer, Some("ja")), second], "2026-02-27", Late::Count);
        assert_eq!(settled[1].document.outcome, Fate::Duplicate);
        assert!(settled[0].document.findings.iter().any(|f| f.code == Code::Late));
    }
}
