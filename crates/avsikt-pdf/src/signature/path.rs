//! Whether a signer's certificate leads to one that the office trusts (RFC 5280 6), at the time of the signature.
//!
//! Stricter than it must be where that costs no honest signer: names must be equal byte for byte, and a certificate that constrains
//! names or has a critical extension that is not known here ends the path. Whether a certificate was revoked is not asked: that
//! would take a network.

use jiff::Timestamp;

use super::certificate::{Certificate, Use};
use super::roots::Roots;
use super::verify;
use crate::facts::TrustFacts;

/// Signatures that are checked for one path: forty authorities of one name could otherwise be tried in any order.
const CHECKS: usize = 200;
/// Certificates between the signer's and the trusted one.
const BETWEEN: usize = 8;

/// Finds a path from a certificate. `moment` is when it must be valid.
pub fn find(own: &Certificate<'_>, others: &[Certificate<'_>], roots: &Roots, moment: Option<Timestamp>) -> TrustFacts {
    let trusted: Vec<Certificate<'_>> = roots.iter().filter_map(Certificate::read).collect();
    let mut search = Search { others, trusted: &trusted, moment, checks: 0, why: None };
    let mut path = vec![*own];
    let found = search.signs(own).and_then(|()| search.from(&mut path));
    TrustFacts {
        trusted: found.is_ok(),
        why: found.err().map(|why| search.why.unwrap_or(why).to_owned()),
        path: path.iter().map(|certificate| certificate.signer().name.unwrap_or_default()).collect(),
    }
}

struct Search<'s, 'd> {
    others: &'s [Certificate<'d>],
    trusted: &'s [Certificate<'s>],
    moment: Option<Timestamp>,
    checks: usize,
    /// What ended a path that came furthest: more telling than that there was none.
    why: Option<&'static str>,
}

impl<'d> Search<'_, 'd> {
    /// Whether a certificate may sign documents.
    fn signs(&self, own: &Certificate<'_>) -> Result<(), &'static str> {
        self.usable(own)?;
        match own.usage() {
            Some(usage) if !usage.contains(&Use::DigitalSignature) && !usage.contains(&Use::NonRepudiation) => {
                Err("its certificate is not for signing")
            }
            _ => Ok(()),
        }
    }

    /// Whether a certificate can stand in a path at all.
    fn usable(&self, certificate: &Certificate<'_>) -> Result<(), &'static str> {
        let moment = self.moment.ok_or("nothing tells when it was signed")?;
        if !certificate.valid_at(moment) {
            return Err("a certificate was not valid when it was signed");
        }
        if certificate.constrains_names() {
            return Err("a certificate constrains names, which is not supported");
        }
        match certificate.known_extensions() {
            true => Ok(()),
            false => Err("a certificate has a critical extension that is not supported"),
        }
    }

    /// Goes on from the path's last certificate.
    fn from(&mut self, path: &mut Vec<Certificate<'d>>) -> Result<(), &'static str> {
        let last = path[path.len() - 1];
        if self.trusted.iter().any(|root| root.whole == last.whole) {
            return Ok(());
        }
        let mut why = "it leads to no certificate that is trusted here";
        for root in self.trusted {
            if root.subject.whole != last.issuer {
                continue;
            }
            let ended = match self.issued(&last, root) {
                // A trusted certificate of an older kind says nothing of what it is for.
                Ok(()) => self.usable(root).and_then(|()| root.issues(path.len() - 1, true)),
                Err(ended) => Err(ended),
            };
            match ended {
                Ok(()) => return Ok(()),
                Err(ended) => why = self.note(ended),
            }
        }
        if path.len() > BETWEEN {
            return Err(why);
        }
        for issuer in self.others {
            let met = path.iter().any(|one| one.whole == issuer.whole);
            if met || issuer.subject.whole != last.issuer {
                continue;
            }
            let ended = self.usable(issuer).and_then(|()| issuer.issues(path.len() - 1, false));
            match ended.and_then(|()| self.issued(&last, issuer)) {
                Ok(()) => {
                    path.push(*issuer);
                    match self.from(path) {
                        Ok(()) => return Ok(()),
                        Err(ended) => why = ended,
                    }
                    path.pop();
                }
                Err(ended) => why = self.note(ended),
            }
        }
        Err(why)
    }

    fn note(&mut self, why: &'static str) -> &'static str {
        self.why.get_or_insert(why)
    }

    /// Whether the issuer's key signed a certificate.
    fn issued(&mut self, certificate: &Certificate<'_>, issuer: &Certificate<'_>) -> Result<(), &'static str> {
        self.checks += 1;
        if self.checks > CHECKS {
            return Err("its certificates can be put together in too many ways");
        }
        let parts = certificate.signed().ok_or("a certificate is damaged")?;
        let verified = verify::verify(issuer.key, &parts.algorithm, None, &[parts.tbs], parts.signature);
        match verified {
            Ok(verified) if !verified.valid => Err("a certificate was not signed by the one whose name it gives"),
            Ok(verified) if verified.weak => {
                Err("a certificate was signed by an algorithm that can no longer be relied on")
            }
            Ok(_) => Ok(()),
            Err(_) => Err("a certificate was signed by an algorithm that is not supported"),
        }
    }
}
