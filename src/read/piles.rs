//! A pile of paper in one file: forms of several recipients that were scanned in one go. They are told apart page by page, by
//! the codes on them.
//!
//! Only what is paper and nothing else is told apart: a file with a form or with marks of identity of its own that names several
//! recipients was put together by a program, and goes to a person as a whole.

use std::collections::{BTreeMap, BTreeSet};

use super::Campaigner;
use crate::pdf::facts::PdfFacts;
use crate::pdf::seen::SheetFound;
use crate::token::find_tokens;

/// Pages of one document, by their indexes from 0.
pub type Pile = BTreeSet<usize>;

/// The pages of each document in a file; empty where they are not told apart. A page without a code goes with the one before it, and
/// those in front with the first.
pub fn apart(
    facts: &PdfFacts,
    texts: &BTreeMap<usize, String>,
    sheets: &[SheetFound],
    against: &Campaigner<'_>,
) -> Vec<Pile> {
    let tokens = |text: Option<&str>| find_tokens(text.unwrap_or_default(), against.key);
    let of_its_own = !facts.fields.is_empty()
        || !tokens(facts.keywords.as_deref()).is_empty()
        || facts.pages.iter().any(|page| !tokens(page.piece.as_deref()).is_empty())
        || against.manifest.documents.iter().any(|sent| Some(&sent.file_id) == facts.file_id.as_ref());
    if of_its_own {
        return Vec::new();
    }
    let mut owners: Vec<Option<String>> = vec![None; facts.pages.len()];
    for sheet in sheets {
        let text = texts.get(&sheet.page).map(String::as_str);
        let found = [sheet.code.as_deref(), text].into_iter().flat_map(tokens);
        let named: BTreeSet<String> = found
            .filter(|token| token.authentic && token.identity.campaign == against.manifest.campaign)
            .map(|token| token.identity.recipient)
            .collect();
        if named.len() > 1 {
            return Vec::new();
        }
        if let Some(owner) = owners.get_mut(sheet.page) {
            *owner = named.into_iter().next();
        }
    }
    gathered(&owners)
}

/// Pages by whose they are, in the order of their first pages.
fn gathered(owners: &[Option<String>]) -> Vec<Pile> {
    let mut piles: Vec<(&str, Pile)> = Vec::new();
    let Some(mut owner) = owners.iter().flatten().next().map(String::as_str) else { return Vec::new() };
    for (page, own) in owners.iter().enumerate() {
        owner = own.as_deref().unwrap_or(owner);
        match piles.iter_mut().find(|(known, _)| *known == owner) {
            Some((_, pile)) => {
                pile.insert(page);
            }
            None => piles.push((owner, Pile::from([page]))),
        }
    }
    if piles.len() < 2 { Vec::new() } else { piles.into_iter().map(|(_, pile)| pile).collect() }
}

/// What a pile is called: `page 3`, `pages 1, 4`.
pub fn name(pile: &Pile) -> String {
    let numbers: Vec<String> = pile.iter().map(|page| (page + 1).to_string()).collect();
    format!("{} {}", if numbers.len() == 1 { "page" } else { "pages" }, numbers.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(owners: &[&str]) -> Vec<String> {
        let owner = |owner: &&str| (!owner.is_empty()).then(|| (*owner).to_owned());
        gathered(&owners.iter().map(owner).collect::<Vec<_>>()).iter().map(name).collect()
    }

    #[test]
    fn pages_go_to_their_owners_and_others_with_those_before_them() {
        assert_eq!(told(&["", "18", "", "05", "18"]), ["pages 1, 2, 3, 5", "page 4"]);
        assert_eq!(told(&["18", "", "18"]), [""; 0], "one document");
        assert_eq!(told(&["", ""]), [""; 0]);
    }
}
