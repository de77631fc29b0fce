//! An invented report to test the writers with: 21 regions and every kind of answer, document and attack.

use std::collections::BTreeMap;

use crate::answer::document::{
    Change, ChangedAfter, DigitalSignature, Document, Fate, Identity, IdentityStatus, Ink, Reconciled, SignatureSeen,
    SignedBy, Stamp, Status, Verdict,
};
use crate::finding::{Code, Finding};
use crate::geometry::Rect;
use crate::ids::{FieldName, RecipientCode, ReturnedPage, SentPage};
use crate::pdf::facts::{Coverage, SignatureKind};
use crate::report::model::*;
use crate::spot::Spot;

mod said;
use said::{COMMENTS, REGIONS, TILES};

const NO: [&str; 2] = ["09", "18"];
const REVIEW: [&str; 3] = ["04", "14", "21"];
const MISSING: [&str; 4] = ["10", "17", "23", "24"];
const TOTAL: i64 = 32_219_700;

pub(in crate::report) fn sample_report() -> Report {
    let answers: Vec<Answer> = REGIONS.iter().map(|region| answer(region.0, region.1)).collect();
    let documents = documents(&answers);
    let said = |choice: &str| {
        let chosen = answers.iter().filter(|a| a.choice.as_deref() == Some(choice));
        (choice.to_owned(), chosen.count())
    };
    let yes = answers.iter().filter(|a| a.choice.as_deref() == Some("ja"));
    let committed = yes.filter_map(|a| Some(a.amounts.as_ref()?.commitment)).sum();
    let years = BTreeMap::from([("2027".to_owned(), OfTotal { committed: 0, total: TOTAL / 2 })]);
    let lines = vec![LineTotals {
        id: "utveckling".to_owned(),
        label: "Utveckling".to_owned(),
        commitment: true,
        amounts: Some(OfTotal { committed, total: TOTAL }),
        years,
    }];
    let codes = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
    Report {
        schema: SCHEMA.to_owned(),
        campaign: campaign(),
        totals: Totals {
            recipients: answers.len(),
            by_choice: ["ja", "nej"].map(said).into(),
            missing: MISSING.len(),
            review: REVIEW.len(),
            unsigned: answers.iter().filter(|it| it.status == AnswerStatus::Answered && !signed(&it.recipient)).count(),
            amounts: Some(AmountTotals { committed, total: TOTAL, share: committed as f64 / TOTAL as f64, lines }),
        },
        outcome: CampaignOutcome {
            holds: false,
            open: false,
            against: codes(&NO),
            in_review: codes(&REVIEW),
            missing: codes(&MISSING),
            ..crate::report::model::outcome::outcome(crate::campaign::Rule::All, Some("ja"), &answers)
        },
        accounting: accounting(&documents),
        answers,
        documents,
    }
}

fn campaign() -> CampaignSummary {
    let fields = [
        ("namnfortydligande", "Namnförtydligande"),
        ("titel", "Titel"),
        ("telefon", "Telefonnummer"),
        ("epost", "E-post"),
        ("datum", "Underskriftsdatum"),
    ];
    CampaignSummary {
        id: "siths-paket-2".to_owned(),
        title: "Avsiktsförklaring gällande förenklad utgivning SITHS Paket 2".to_owned(),
        sender: "Inera".to_owned(),
        language: "sv".to_owned(),
        deadline: "2026-02-27".to_owned(),
        rule: "all".to_owned(),
        late: "count".to_owned(),
        signature: "optional".to_owned(),
        choices: [("ja", "Ja"), ("nej", "Nej")]
            .map(|(value, label)| Choice { value: value.to_owned(), label: label.to_owned() })
            .into(),
        yes: Some("ja".to_owned()),
        currency: Some("kr".to_owned()),
        fields: fields.map(|(name, label)| FieldLabel { name: name.into(), label: label.to_owned() }).into(),
        draft: false,
    }
}

fn answer(code: &str, name: &str) -> Answer {
    let status = match code {
        _ if REVIEW.contains(&code) => AnswerStatus::Review,
        _ if MISSING.contains(&code) => AnswerStatus::Missing,
        _ => AnswerStatus::Answered,
    };
    let answered = status == AnswerStatus::Answered;
    let choice = if NO.contains(&code) { "nej" } else { "ja" };
    let comment = COMMENTS.iter().find(|(of, _)| *of == code);
    let returned = status != AnswerStatus::Missing;
    Answer {
        recipient: RecipientCode::new(code).expect("a code"),
        name: name.to_owned(),
        tile: TILES.iter().find(|(of, _)| *of == code).map(|(_, tile)| *tile),
        status,
        choice: answered.then(|| choice.to_owned()),
        fields: if answered { fields(code) } else { BTreeMap::new() },
        comment: comment.map(|(_, text)| (*text).to_owned()),
        comment_picture: None,
        comment_suggestion: None,
        signature: answered.then(|| signature(code)),
        received: returned.then(|| received(code)),
        late: code == "25",
        amounts: Some(amounts(code)),
        document: returned.then(|| path(code)),
        superseded: match code {
            "12" => vec!["inbox/2026-01-20/svar-skåne.pdf".to_owned()],
            _ => Vec::new(),
        },
        findings: answer_findings(code),
    }
}

fn fields(code: &str) -> BTreeMap<FieldName, String> {
    let mut fields = BTreeMap::from([
        ("titel".into(), "Hälso- och sjukvårdsdirektör".to_owned()),
        ("telefon".into(), format!("010-000 {code} 00")),
        ("epost".into(), format!("region{code}@example.org")),
        ("datum".into(), "2026-02-10".to_owned()),
        ("namnfortydligande".into(), format!("Åsa Exempel {code}")),
    ]);
    if code == "09" {
        fields.insert("namnfortydligande".into(), "-1+cmd|' /C calc'!A0".to_owned());
        fields.insert("kommentar_ja".into(), "Ändrad uppfattning".to_owned());
    }
    fields
}

fn signed(code: &str) -> bool {
    matches!(code, "01" | "13")
}

fn signature(code: &str) -> SignatureSeen {
    let digital = DigitalSignature {
        kind: SignatureKind::Signature,
        field: "namnteckning".to_owned(),
        intact: Some(true),
        valid: Some(true),
        trusted: None,
        coverage: Coverage::WholeFile,
        changed_after: ChangedAfter::Nothing,
        algorithm: Some("RSA 2048, SHA-256".to_owned()),
        weak: false,
        signer: Some("Siv <b>Exempelsson</b>".to_owned()),
        organisation: Some("Region Exempel".to_owned()),
        serial_number: None,
        email: None,
        time: Some("2026-02-11T09:12:00Z".to_owned()),
        time_proved: false,
        timestamp: Some(Stamp {
            time: "2026-02-11T09:13:00Z".to_owned(),
            intact: true,
            valid: Some(true),
            trusted: None,
            authority: Some("Tidsstämplar".to_owned()),
        }),
        verdict: Verdict::Intact,
        bottom_line: "intact; whether its signer is to be trusted is not checked".to_owned(),
    };
    SignatureSeen {
        by: match code {
            "01" => SignedBy::Hand,
            "13" => SignedBy::Digital,
            _ => SignedBy::None,
        },
        ink: if code == "01" { Ink::Present } else { Ink::Absent },
        typed: true,
        digital: if code == "13" { vec![digital] } else { Vec::new() },
        picture: (code == "01").then(|| "crops/0123456789ab-namnteckning.png".to_owned()),
    }
}

fn received(code: &str) -> String {
    match code {
        "25" => "2026-03-02T07:45:10Z".to_owned(),
        _ if code < "12" => "2026-02-11T09:12:00Z".to_owned(),
        _ => "2026-02-20".to_owned(),
    }
}

fn path(code: &str) -> String {
    match code {
        "01" => "inbox/2026-02-11/mejl från kansliet.eml#avsiktsförklaring.pdf".to_owned(),
        code => format!("inbox/svar-{code}.pdf"),
    }
}

fn amounts(code: &str) -> AnswerAmounts {
    let all: i64 = REGIONS.iter().map(|region| region.2).sum();
    let own = REGIONS.iter().find(|region| region.0 == code);
    let commitment = TOTAL * own.map_or(0, |region| region.2) / all;
    let line = LineAmounts {
        label: "Utveckling".to_owned(),
        total: Some(commitment),
        forecast: BTreeMap::from([
            ("2027".to_owned(), commitment / 2),
            ("2028".to_owned(), commitment - commitment / 2),
        ]),
    };
    AnswerAmounts { commitment, lines: BTreeMap::from([("utveckling".to_owned(), line)]) }
}

fn answer_findings(code: &str) -> Vec<Finding> {
    match code {
        "04" => vec![Finding::new(Code::OrderUnknown).detail("inbox/svar-04.pdf, inbox/svar-04 (2).pdf")],
        "25" => vec![Finding::new(Code::Late).detail("2026-03-02")],
        "12" => vec![Finding::new(Code::ChangeOfMind).detail("nej → ja")],
        _ => Vec::new(),
    }
}

fn documents(answers: &[Answer]) -> Vec<ReportedDocument> {
    let mut documents: Vec<_> = answers.iter().filter_map(of_answer).collect();
    let mut former = documents[0].clone();
    former.document.path = "inbox/2026-01-20/svar-skåne.pdf".to_owned();
    former.document.part = None;
    former.document.recipient = RecipientCode::new("12");
    former.document.outcome = Fate::Superseded;
    former.document.choice.value = Some("nej".to_owned());
    former.document.findings = vec![Finding::new(Code::Superseded)];
    let mut twin = documents[1].clone();
    twin.document.path = "inbox/kopia/svar-03.pdf".to_owned();
    twin.document.outcome = Fate::Duplicate;
    twin.document.findings = vec![Finding::new(Code::Duplicate).detail("inbox/svar-03.pdf")];
    documents.extend([former, twin]);
    documents.push(stranger("inbox/faktura\u{202E}fdp.exe", Code::NotAPdf));
    documents.push(stranger("inbox/<b>låst</b> & klar.pdf", Code::Encrypted));
    documents.sort_by(|a, b| a.document.path.cmp(&b.document.path));
    documents
}

fn of_answer(answer: &Answer) -> Option<ReportedDocument> {
    let whole = answer.document.clone()?;
    let (path, part) = match whole.split_once('#') {
        Some((path, part)) => (path.to_owned(), Some(part.to_owned())),
        None => (whole, None),
    };
    let review = answer.status == AnswerStatus::Review;
    let mut document = Document {
        path,
        part,
        sha256: format!("{:0>64}", answer.recipient),
        kind: "pdf".to_owned(),
        outcome: if review { Fate::Review } else { Fate::Used },
        recipient: Some(answer.recipient.clone()),
        identity: Identity {
            status: IdentityStatus::Authentic,
            by: vec!["file-id".to_owned(), "page-data".to_owned()],
            pages: (0..13).map(SentPage::at).collect(),
        },
        choice: read(answer.choice.clone(), &["ja", "nej"]),
        fields: BTreeMap::new(),
        signature: answer.signature.clone().unwrap_or_default(),
        changes: Vec::new(),
        evidence: Vec::new(),
        findings: Vec::new(),
    };
    put_in_review(&mut document);
    Some(ReportedDocument {
        received: answer.received.clone(),
        received_by: Some(if answer.recipient.as_str() < "12" { "file" } else { "name" }.to_owned()),
        document,
    })
}

/// What is wrong with the documents that are in review.
fn put_in_review(document: &mut Document<Fate>) {
    let box_at = Some(Rect::new(70.9, 500.1, 84.0, 514.0));
    match document.recipient.as_deref() {
        Some("14") => {
            document.findings = vec![
                Finding::new(Code::PagesMissing).detail("2, 3"),
                Finding::new(Code::ChoiceBoth).detail("ja, nej").at(Spot::on(
                    ReturnedPage::at(11),
                    Some(SentPage::at(11)),
                    box_at,
                )),
            ];
        }
        Some("21") => {
            document.choice = read(None, &["ja"]);
            document.fields.insert("titel".into(), read(None, &["=1+1", "Direktör <i>"]));
            document.changes = vec![Change {
                page: ReturnedPage::at(9),
                sent_page: SentPage::at(9),
                was: "1 234 500 kr".to_owned(),
                is: "123 450 kr".to_owned(),
            }];
            document.findings =
                vec![Finding::new(Code::ContentChanged).at(Spot::on(ReturnedPage::at(9), Some(SentPage::at(9)), None))];
        }
        _ => {}
    }
}

fn read(value: Option<String>, candidates: &[&str]) -> Reconciled {
    let unclear = value.is_none();
    Reconciled {
        status: if unclear { Status::Review } else { Status::Agreed },
        layers: vec!["form".to_owned(), "pixels".to_owned()],
        confidence: if unclear { 0.0 } else { 0.998 },
        candidates: candidates.iter().filter(|_| unclear).map(|c| (*c).to_owned()).collect(),
        spot: Spot::sent(Some(ReturnedPage::at(11)), SentPage::at(11), Rect::new(70.9, 500.1, 84.0, 514.0)),
        picture: unclear.then(|| "crops/0123456789ab-avsikt.png".to_owned()),
        value,
    }
}

fn stranger(path: &str, code: Code) -> ReportedDocument {
    ReportedDocument {
        received: None,
        received_by: None,
        document: Document {
            path: path.to_owned(),
            part: None,
            sha256: "f".repeat(64),
            kind: "other".to_owned(),
            outcome: Fate::Rejected,
            recipient: None,
            identity: Identity::default(),
            choice: Reconciled::default(),
            fields: BTreeMap::new(),
            signature: SignatureSeen::default(),
            changes: Vec::new(),
            evidence: Vec::new(),
            findings: vec![Finding::new(code).detail("MZ\u{90}\u{0}")],
        },
    }
}

fn accounting(documents: &[ReportedDocument]) -> Accounting {
    let count = |fate| documents.iter().filter(|d| d.document.outcome == fate).count();
    Accounting {
        files: documents.len(),
        documents: documents.len(),
        used: count(Fate::Used),
        superseded: count(Fate::Superseded),
        duplicate: count(Fate::Duplicate),
        review: count(Fate::Review),
        rejected: count(Fate::Rejected),
    }
}
