//! The certificates that the office trusts: of certification authorities, or of signers themselves.

use serde::{Deserialize, Serialize};

use super::certificate::Certificate;

/// Trusted certificates, each as DER.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Roots(Vec<Vec<u8>>);

const BEGIN: &str = "-----BEGIN ";

impl Roots {
    /// More are no office's own.
    pub const MOST: usize = 200;

    /// Adds those of a PEM file (RFC 7468); what stands between them is passed over. Tells how many there were.
    ///
    /// # Errors
    /// In words, what is wrong with the first that cannot be read.
    pub fn add(&mut self, text: &str) -> Result<usize, String> {
        let mut added = 0;
        for block in text.match_indices(BEGIN).map(|(at, _)| &text[at..]) {
            let end = block[BEGIN.len()..].find(BEGIN).map_or(block.len(), |at| at + BEGIN.len());
            let block = block[..end].trim_end();
            let number = added + 1;
            // Some programs write remarks behind the last line.
            let last = block.find("-----END ").and_then(|at| Some(at + 9 + block[at + 9..].find("-----")? + 5));
            let block = &block[..last.ok_or_else(|| format!("certificate {number} has no end"))?];
            let (label, der) =
                pem_rfc7468::decode_vec(block.as_bytes()).map_err(|why| format!("certificate {number}: {why}"))?;
            if label != "CERTIFICATE" {
                return Err(format!("it holds a {}, which is no certificate", label.to_lowercase()));
            }
            if Certificate::read(&der).is_none() {
                return Err(format!("certificate {number} is damaged"));
            }
            self.0.push(der);
            added += 1;
        }
        match (added, self.0.len()) {
            (0, _) => Err("it holds no certificate in PEM".to_owned()),
            (_, all) if all > Self::MOST => Err(format!("there are over {} trusted certificates", Self::MOST)),
            _ => Ok(added),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_refused_in_words() {
        let told = |text: &str| Roots::default().add(text).expect_err("it is none");
        assert_eq!(told("en anteckning"), "it holds no certificate in PEM");
        let key = "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";
        assert_eq!(told(key), "it holds a private key, which is no certificate");
        assert_eq!(told(&key.replace("PRIVATE KEY", "CERTIFICATE")), "certificate 1 is damaged");
        assert_eq!(told("-----BEGIN CERTIFICATE-----\nMAA="), "certificate 1 has no end");
    }
}
