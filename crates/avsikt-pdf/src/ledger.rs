//! What reading one file has cost so far, and what was odd about it.
//!
//! Every string of the answer is decoded through here, so that their sum stays within `Limits::text_bytes` whatever a
//! file does with inheritance and shared objects.

use crate::facts::{Contradiction, PdfProblem};
use crate::limits::Limits;
use crate::syntax::strings::{self, Decoded};

/// Different oddities that are told; a file with more is odd enough.
const ODDITIES: usize = 100;

/// The running account of one file.
#[derive(Debug)]
pub struct Ledger<'l> {
    pub limits: &'l Limits,
    text_left: usize,
    nodes_left: usize,
    oddities: Vec<String>,
    /// Places where careful readers of the format see different things.
    pub contradictions: Vec<Contradiction>,
}

impl<'l> Ledger<'l> {
    pub fn new(limits: &'l Limits) -> Self {
        Ledger {
            limits,
            text_left: limits.text_bytes,
            nodes_left: limits.fields,
            oddities: Vec::new(),
            contradictions: Vec::new(),
        }
    }

    /// Decodes a text string.
    pub fn text(&mut self, bytes: &[u8]) -> Result<Decoded, PdfProblem> {
        self.spend(bytes.len())?;
        Ok(strings::decode(bytes))
    }

    /// Decodes a name.
    pub fn name(&mut self, bytes: &[u8]) -> Result<String, PdfProblem> {
        self.spend(bytes.len())?;
        Ok(strings::decode_name(bytes))
    }

    /// Accounts for text that goes into the answer.
    pub fn spend(&mut self, bytes: usize) -> Result<(), PdfProblem> {
        let left = self.text_left.checked_sub(bytes);
        self.text_left = left.ok_or_else(|| {
            let limit = Limits::in_words(self.limits.text_bytes);
            PdfProblem::TooLarge(format!("its texts are over {limit}"))
        })?;
        Ok(())
    }

    /// Accounts for a node of the field tree or a widget.
    pub fn count_field(&mut self) -> Result<(), PdfProblem> {
        let left = self.nodes_left.checked_sub(1);
        self.nodes_left =
            left.ok_or_else(|| PdfProblem::TooLarge(format!("over {} fields and widgets", self.limits.fields)))?;
        Ok(())
    }

    /// Notes an oddity, once.
    pub fn odd(&mut self, what: String) {
        if self.oddities.len() < ODDITIES && !self.oddities.contains(&what) {
            self.oddities.push(what);
        }
    }

    /// Notes what careful readers see differently, once, and about which field.
    pub fn contradict(&mut self, what: impl Into<String>, field: Option<&str>) {
        let contradiction = Contradiction { what: what.into(), field: field.map(str::to_owned) };
        if self.contradictions.len() < ODDITIES && !self.contradictions.contains(&contradiction) {
            self.contradictions.push(contradiction);
        }
    }

    pub fn into_oddities(self) -> Vec<String> {
        self.oddities
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_paid_for_until_the_limit() {
        let limits = Limits { text_bytes: 4, ..Limits::default() };
        let mut ledger = Ledger::new(&limits);
        assert_eq!(ledger.text(b"abc").unwrap().text, "abc");
        assert!(matches!(ledger.name(b"de"), Err(PdfProblem::TooLarge(_))));
    }

    #[test]
    fn an_oddity_is_told_once() {
        let limits = Limits::default();
        let mut ledger = Ledger::new(&limits);
        ledger.odd("a".into());
        ledger.odd("a".into());
        assert_eq!(ledger.into_oddities(), ["a"]);
    }
}
