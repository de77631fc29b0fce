//! Paper whose code cannot be read: whether it shows the form, and whose it may be. A suggestion, never a proof.

use std::collections::BTreeSet;

use super::Campaigner;
use super::looked::original_of;
use super::paper::TRUSTED;
use crate::finding::{Code, Finding};
use crate::ids::{RecipientCode, ReturnedPage, SentPage};
use crate::pages::PageMap;
use crate::pdf::seen::{SheetAsk, SheetFound, SheetPageAsk, SheetSeen};
use crate::pdf::worker::{Failure, Session, WorkerError};
use crate::spot::Spot;
use crate::stamped;
use crate::token::{PREFIX, PageIdentity};

/// A code this alike may be the one that cannot be read, if no other is nearly as alike. Measured elsewhere on 53 hard pages:
/// 51 were alike by 0.45 or more to their own code, and none by more than 0.32 to another.
const ALIKE: f64 = 0.45;
const AHEAD: f64 = 0.1;
/// Pages that are laid over the form: each takes a tenth of a second.
const LOOKED_AT: usize = 4;

/// What is found about the pages of a file that are pictures and carry no code that can be read. `pages` tells those that are
/// known in another way.
///
/// # Errors
/// When the workers do not work.
pub fn findings(
    file: &mut Session<'_, '_>,
    sheets: &[SheetFound],
    pages: &PageMap,
    against: &Campaigner<'_>,
) -> Result<Vec<Finding>, WorkerError> {
    let unknown = |sheet: &&SheetFound| sheet.code.is_none() && pages.sent(ReturnedPage::at(sheet.page)).is_none();
    let (unusable, unread): (Vec<_>, Vec<_>) =
        sheets.iter().filter(unknown).partition(|sheet| sheet.unusable.is_some());
    let at = |sheet: &SheetFound, why: String| {
        Finding::new(Code::IdentityUnverified).at(Spot::on(ReturnedPage::at(sheet.page), None, None)).detail(why)
    };
    let mut findings: Vec<Finding> =
        unusable.into_iter().map(|sheet| at(sheet, sheet.unusable.clone().unwrap_or_default())).collect();
    for (number, sheet) in unread.into_iter().enumerate() {
        if number == LOOKED_AT {
            findings.push(at(sheet, "this picture and those after it have no code, and were not looked at".to_owned()));
            break;
        }
        if let Some(like) = form(file, sheet.page, against)? {
            let whose = like.map_or(String::new(), |code| format!("; it looks like the code of {code}"));
            findings.push(at(sheet, format!("it shows the form, and its code cannot be read{whose}")));
        }
    }
    Ok(findings)
}

/// Whether a page shows the form; if it does, whose it may be.
fn form(
    file: &mut Session<'_, '_>,
    page: usize,
    against: &Campaigner<'_>,
) -> Result<Option<Option<RecipientCode>>, WorkerError> {
    let Some(sent) = against.manifest.documents.first() else { return Ok(None) };
    let Ok(original) = original_of(sent, against) else { return Ok(None) };
    let forms: BTreeSet<SentPage> = sent.places().map(|(_, _, place)| place.page).collect();
    for sent_page in forms {
        let Some(printed) = sent.page(sent_page) else { continue };
        let token = |recipient: &RecipientCode| {
            let campaign = against.manifest.campaign.clone();
            PageIdentity { campaign, recipient: recipient.to_string(), page: sent_page.index() + 1 }.token(against.key)
        };
        let codes = against.manifest.documents.iter().map(|sent| stamped::modules(&token(&sent.recipient)));
        let ask = SheetPageAsk {
            page,
            original: sent_page.index(),
            crop: printed.crop,
            marks: stamped::corner_marks(&printed.crop).to_vec(),
            code: stamped::code_place(&printed.crop),
            codes: codes.collect(),
            ..SheetPageAsk::default()
        };
        let seen = match file.look_at_sheets(&original, &SheetAsk { prefix: PREFIX.to_owned(), pages: vec![ask] }) {
            Ok(seen) => seen,
            Err(Failure::File(_)) => continue,
            Err(Failure::Worker(error)) => return Err(error),
        };
        let fits = |seen: &&SheetSeen| seen.laid.is_some_and(|laid| laid.trust >= TRUSTED);
        if let Some(seen) = seen.iter().find(fits) {
            let best = most_alike(&seen.alike).and_then(|best| against.manifest.documents.get(best));
            return Ok(Some(best.map(|sent| sent.recipient.clone())));
        }
    }
    Ok(None)
}

/// The code that is alike, if one is and stands out.
fn most_alike(rates: &[f64]) -> Option<usize> {
    let (best, rate) = rates.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let others = rates.iter().enumerate().filter(|(at, _)| *at != best);
    let next = others.map(|(_, rate)| *rate).max_by(f64::total_cmp).unwrap_or(0.0);
    (rate >= ALIKE && rate >= next + AHEAD).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_code_that_stands_out_is_suggested() {
        assert_eq!(most_alike(&[0.1, 0.7, 0.2]), Some(1));
        assert_eq!(most_alike(&[0.1, 0.4, 0.2]), None);
        assert_eq!(most_alike(&[0.65, 0.7]), None);
        assert_eq!(most_alike(&[]), None);
    }
}
