//! Whose document is this? Every mark of identity is looked at on its own; they must all name one recipient.
//!
//! | mark | stands in | proves |
//! | --- | --- | --- |
//! | `file-id` | `/ID[0]` | recipient and edition; only the key's holder can make it |
//! | `page-data` | each page's page-piece dictionary | recipient and page, by the key |
//! | `page-text` | the token printed under the QR code, as text, or a page that is drawn exactly as one that was sent | recipient and page, by the key |
//! | `page-code` | the code printed on a page that is a picture | recipient and page, by the key |
//! | `metadata` | keywords | recipient, by the key |
//! | `field` | the prefilled text field that holds a recipient's name | nothing: anybody can type it |

use std::collections::{BTreeMap, BTreeSet};

use super::Campaigner;
use super::form::{is_called, same_words};
use crate::answer::document::{Identity, IdentityStatus};
use crate::finding::{Code, Finding};
use crate::ids::{RecipientCode, ReturnedPage, SentPage};
use crate::manifest::{Manifest, SentKind};
use crate::pages::PageMap;
use crate::pdf::facts::{FieldValue, PdfFacts};
use crate::pdf::seen::SheetFound;
use crate::token::{FoundToken, find_tokens};

/// What identifying gave.
pub struct Identified {
    pub identity: Identity,
    pub recipient: Option<RecipientCode>,
    pub pages: PageMap,
    pub findings: Vec<Finding>,
}

/// One mark that names a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Claim {
    by: &'static str,
    recipient: String,
    authentic: bool,
    /// The page of the file that the mark stands on, and the page of what was sent that it names.
    page: Option<(ReturnedPage, SentPage)>,
}

pub fn identify(
    facts: &PdfFacts,
    texts: &BTreeMap<usize, String>,
    sheets: &[SheetFound],
    against: &Campaigner<'_>,
) -> Identified {
    let (mut claims, foreign) = claims(facts, texts, sheets, against);
    // A token of another campaign says more than a name that anybody can type.
    if foreign.is_some() && claims.iter().all(|claim| claim.by == "field") {
        claims.clear();
    }
    let proved: BTreeSet<&str> = claims.iter().filter(|c| c.authentic).map(|c| c.recipient.as_str()).collect();
    let claimed: BTreeSet<&str> = claims.iter().map(|c| c.recipient.as_str()).collect();
    let mut findings = Vec::new();
    let (status, recipient) = match (proved.len(), claimed.len()) {
        (0, 0) => {
            let ours = foreign.is_none() && looks_like_ours(facts, against.manifest);
            findings.push(if ours { Finding::new(Code::IdentityUnverified) } else { not_ours(foreign) });
            (if ours { IdentityStatus::Unverified } else { IdentityStatus::Unknown }, None)
        }
        (0, 1) => {
            findings.push(Finding::new(Code::IdentityUnverified));
            (IdentityStatus::Unverified, claimed.first().map(|r| (*r).to_owned()))
        }
        (1, _) => {
            let recipient = proved.first().map(|r| (*r).to_owned());
            // Typed names are judged below; a token that names somebody else and is not proved was tampered with.
            let contradicted = claims.iter().any(|c| Some(&c.recipient) != recipient.as_ref() && c.by != "field");
            if contradicted {
                findings.push(conflict(&claimed));
            }
            (if contradicted { IdentityStatus::Conflicting } else { IdentityStatus::Authentic }, recipient)
        }
        _ => {
            findings.push(several(&claims, &claimed));
            (IdentityStatus::Conflicting, None)
        }
    };
    let pages = pages(facts, &claims, recipient.as_deref(), against.manifest);
    let by: BTreeSet<&str> = claims.iter().filter(|c| Some(&c.recipient) == recipient.as_ref()).map(|c| c.by).collect();
    let identity = Identity { status, by: by.into_iter().map(str::to_owned).collect(), pages: pages.known() };
    // A code that no recipient of this campaign has was told above; nothing was sent to it.
    let recipient = recipient.and_then(|code| RecipientCode::new(&code));
    Identified { identity, recipient, pages, findings }
}

/// Every mark that names a recipient of this campaign, and the name of another campaign if one was met.
fn claims(
    facts: &PdfFacts,
    texts: &BTreeMap<usize, String>,
    sheets: &[SheetFound],
    against: &Campaigner<'_>,
) -> (Vec<Claim>, Option<String>) {
    let mut claims = Vec::new();
    let mut foreign = None;
    let mut take = |by: &'static str, at: Option<usize>, found: FoundToken| {
        if found.identity.campaign != against.manifest.campaign {
            foreign = Some(found.identity.campaign);
            return;
        }
        // The whole document's token (page 0) names a recipient and no page.
        let page = at.map(ReturnedPage::at).zip(SentPage::numbered(found.identity.page));
        claims.push(Claim { by, recipient: found.identity.recipient, authentic: found.authentic, page });
    };
    for token in find_tokens(facts.keywords.as_deref().unwrap_or_default(), against.key) {
        take("metadata", None, token);
    }
    for (at, page) in facts.pages.iter().enumerate() {
        for token in find_tokens(page.piece.as_deref().unwrap_or_default(), against.key) {
            take("page-data", Some(at), token);
        }
        for token in find_tokens(texts.get(&at).map_or("", String::as_str), against.key) {
            take("page-text", Some(at), token);
        }
    }
    for sheet in sheets {
        for token in find_tokens(sheet.code.as_deref().unwrap_or_default(), against.key) {
            take("page-code", Some(sheet.page), token);
        }
    }
    for (at, page) in facts.pages.iter().enumerate() {
        let drawn = page.content_sha256.as_ref().and_then(|content| against.manifest.page_drawn(content));
        claims.extend(drawn.map(|(sent, sent_page)| Claim {
            by: "page-text",
            recipient: sent.recipient.to_string(),
            authentic: true,
            page: Some((ReturnedPage::at(at), sent_page)),
        }));
    }
    let claim = |by, recipient: &str, authentic| Claim { by, recipient: recipient.to_owned(), authentic, page: None };
    if let Some(sent) = against.manifest.documents.iter().find(|sent| Some(&sent.file_id) == facts.file_id.as_ref()) {
        claims.push(claim("file-id", &sent.recipient, true));
    }
    if let Some(recipient) = named_recipient(facts, against.manifest) {
        claims.push(claim("field", recipient, false));
    }
    (claims, foreign)
}

/// The recipient whose prefilled values stand in the form.
fn named_recipient<'m>(facts: &PdfFacts, manifest: &'m Manifest) -> Option<&'m str> {
    let sent = manifest.documents.iter().find(|sent| {
        let mut prefilled = sent.fields.iter().filter(|f| f.value.is_some()).peekable();
        prefilled.peek().is_some()
            && prefilled.all(|field| {
                facts.fields.iter().any(|found| {
                    let value = field.value.as_deref().unwrap_or_default();
                    is_called(&found.name, &field.name)
                        && matches!(&found.value, FieldValue::Text { text, .. } if same_words(text, value))
                })
            })
    })?;
    Some(&sent.recipient)
}

/// Whether the file has our form, though nothing in it names a recipient: at least half of the fields by name.
fn looks_like_ours(facts: &PdfFacts, manifest: &Manifest) -> bool {
    let Some(sent) = manifest.documents.first() else { return false };
    let known = |name: &str| facts.fields.iter().any(|field| is_called(&field.name, name));
    let found = sent.fields.iter().filter(|field| field.kind != SentKind::Signature && known(&field.name)).count();
    found * 2 >= sent.fields.len() && found > 0
}

fn not_ours(foreign: Option<String>) -> Finding {
    let finding = Finding::new(Code::NotADeclaration);
    match foreign {
        Some(campaign) => finding.detail(campaign),
        None => finding,
    }
}

fn conflict(claimed: &BTreeSet<&str>) -> Finding {
    Finding::new(Code::IdentityConflict).detail(claimed.iter().copied().collect::<Vec<_>>().join(", "))
}

/// Several recipients: pages of several documents in one file, or marks that contradict each other on one page.
fn several(claims: &[Claim], claimed: &BTreeSet<&str>) -> Finding {
    let by_page = |recipient: &str| {
        let pages = claims.iter().filter(|c| c.recipient == recipient && c.authentic);
        pages.filter_map(|c| c.page.map(|(at, _)| at)).collect::<BTreeSet<_>>()
    };
    let sets: Vec<BTreeSet<ReturnedPage>> = claimed.iter().map(|r| by_page(r)).filter(|s| !s.is_empty()).collect();
    let apart = sets.iter().enumerate().all(|(i, a)| sets[i + 1..].iter().all(|b| a.is_disjoint(b)));
    if sets.len() > 1 && apart {
        Finding::new(Code::SeveralDeclarations).detail(claimed.iter().copied().collect::<Vec<_>>().join(", "))
    } else {
        conflict(claimed)
    }
}

/// Which page each page is: by its proved token, else by its content.
fn pages(facts: &PdfFacts, claims: &[Claim], recipient: Option<&str>, manifest: &Manifest) -> PageMap {
    let sent = recipient.and_then(|code| manifest.sent_to(code));
    let token = |at: usize| {
        let own = claims.iter().filter(|c| c.authentic && Some(c.recipient.as_str()) == recipient);
        own.filter_map(|c| c.page).find(|(page, _)| page.index() == at).map(|(_, number)| number)
    };
    let content = |at: usize| {
        let digest = facts.pages[at].content_sha256.as_ref()?;
        sent?.pages.iter().position(|page| page.content == *digest).map(SentPage::at)
    };
    PageMap::new((0..facts.pages.len()).map(|at| token(at).or_else(|| content(at))).collect())
}
