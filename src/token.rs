//! Page identity: which campaign, recipient and page a page is, authenticated with the campaign's key.
//!
//! A token is printed on each page (as a QR code and as text) and stored in the file. It reads
//! `AV1:CAMPAIGN:RECIPIENT:PAGE:MAC`, in the alphanumeric set of QR codes (ISO/IEC 18004 7.4.4), where `MAC` is the first
//! 65 bits of an HMAC-SHA256 in Crockford's base 32. Whoever lacks the key cannot make one recipient's page into another's.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use avsikt_pdf::digest::{hex, sha256};

/// Crockford's alphabet: no I, L, O or U, so that a person can read a token aloud.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of the MAC: 13 × 5 bits.
const MAC_CHARS: usize = 13;
/// What every token begins with.
pub const PREFIX: &str = "AV1";

/// A campaign's secret: 32 random bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct CampaignKey {
    bytes: [u8; 32],
    /// The key stands in a public repository; its tokens prove nothing outside a demonstration.
    pub demonstration: bool,
}

impl fmt::Debug for CampaignKey {
    /// Never shows the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CampaignKey({})", self.fingerprint())
    }
}

impl CampaignKey {
    pub fn new(bytes: [u8; 32], demonstration: bool) -> Self {
        CampaignKey { bytes, demonstration }
    }

    /// A fresh key from the system's random source.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(CampaignKey::new(bytes, false))
    }

    /// Reads a key file: 64 hexadecimal digits on a line of their own; lines that begin with `#` are remarks, and the
    /// remark `# demonstration` marks a key that is no secret.
    pub fn parse(text: &str) -> Option<Self> {
        let demonstration = text.lines().any(|line| line.trim().eq_ignore_ascii_case("# demonstration"));
        let mut keys = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let bytes: [u8; 32] = from_hex(keys.next()?)?.try_into().ok()?;
        keys.next().is_none().then_some(CampaignKey { bytes, demonstration })
    }

    /// The key as 64 hexadecimal digits, for the key file.
    pub fn to_hex(&self) -> String {
        hex(&self.bytes)
    }

    /// Eight bytes that tell keys apart and give nothing away.
    pub fn fingerprint(&self) -> String {
        hex(&Sha256::digest(self.bytes)[..8])
    }

    /// The file identifier (`/ID`, ISO 32000-2 14.4) of one recipient's document: 16 bytes that only the key's holder can
    /// make. `edition` distinguishes documents with another content.
    pub fn file_id(&self, campaign: &str, recipient: &str, edition: &str) -> [u8; 16] {
        let mac = self.mac(&["file", campaign, recipient, edition]);
        let mut id = [0; 16];
        id.copy_from_slice(&mac[..16]);
        id
    }

    /// HMAC-SHA256 over the parts, each followed by a byte that no part can hold.
    fn mac(&self, parts: &[&str]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.bytes).expect("HMAC takes keys of any length");
        for part in parts {
            mac.update(part.as_bytes());
            mac.update(&[0]);
        }
        mac.finalize().into_bytes().into()
    }
}

/// What a token names. `page` counts from 1; 0 stands for the document as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PageIdentity {
    pub campaign: String,
    pub recipient: String,
    pub page: usize,
}

impl PageIdentity {
    /// The token's text.
    pub fn token(&self, key: &CampaignKey) -> String {
        let (campaign, page) = (self.campaign.to_ascii_uppercase(), self.page.to_string());
        let mac = key.mac(&["page", &campaign, &self.recipient, &page]);
        format!("{PREFIX}:{campaign}:{}:{page}:{}", self.recipient, base32(&mac))
    }
}

/// A token as it was found: its claim, and whether the key proves it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FoundToken {
    pub identity: PageIdentity,
    pub authentic: bool,
}

/// Reads one token; `None` when the text is no token at all.
pub fn read_token(text: &str, key: &CampaignKey) -> Option<FoundToken> {
    let mut parts = text.trim().split(':');
    let (prefix, campaign, recipient, page, mac) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    if prefix != PREFIX || parts.next().is_some() || mac.len() != MAC_CHARS {
        return None;
    }
    let identity = PageIdentity {
        campaign: campaign.to_ascii_lowercase(),
        recipient: recipient.to_owned(),
        page: page.parse().ok()?,
    };
    let authentic = identity.token(key) == text.trim();
    Some(FoundToken { identity, authentic })
}

/// Every token in a text, in order: what a page's printed text is searched with.
pub fn find_tokens(text: &str, key: &CampaignKey) -> Vec<FoundToken> {
    text.match_indices(&format!("{PREFIX}:"))
        .filter_map(|(at, _)| {
            let rest = &text[at..];
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == ':' || c == '-'));
            read_token(&rest[..end.unwrap_or(rest.len())], key)
        })
        .collect()
}

fn base32(bytes: &[u8]) -> String {
    let bit = |i: usize| (bytes[i / 8] >> (7 - i % 8)) & 1;
    (0..MAC_CHARS)
        .map(|c| (0..5).fold(0, |value, b| value << 1 | bit(c * 5 + b)))
        .map(|value| char::from(ALPHABET[usize::from(value)]))
        .collect()
}

/// Bytes from hexadecimal digits; `None` when they are none.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> CampaignKey {
        CampaignKey::new([7; 32], true)
    }

    fn identity(recipient: &str, page: usize) -> PageIdentity {
        PageIdentity { campaign: "siths-paket-2".into(), recipient: recipient.into(), page }
    }

    #[test]
    fn a_token_fits_a_small_code() {
        let token = identity("18", 12).token(&key());
        assert!(token.starts_with("AV1:SITHS-PAKET-2:18:12:"), "{token}");
        // QR version 3 with error correction Q holds 47 alphanumeric characters.
        assert!(token.len() <= 47, "{token}");
    }

    /// Frozen: what was sent must be recognised by every later version.
    #[test]
    fn identities_are_frozen() {
        assert_eq!(identity("18", 12).token(&key()), "AV1:SITHS-PAKET-2:18:12:E8XXM1D7VDNRR");
        assert_eq!(hex(&key().file_id("siths-paket-2", "18", "0123456789abcdef")), "8bfc0f57a992e87f37c8529e1cc58f94");
        assert_eq!(key().fingerprint(), "4bb06f8e4e3a7715");
    }

    #[test]
    fn one_recipients_page_cannot_be_made_into_anothers() {
        let token = identity("18", 12).token(&key());
        for forged in [token.replace(":18:", ":19:"), token.replace(":12:", ":11:")] {
            let found = read_token(&forged, &key()).expect("it still looks like a token");
            assert!(!found.authentic, "{forged}");
        }
    }

    #[test]
    fn tokens_are_found_in_running_text() {
        let token = identity("18", 12).token(&key());
        let found = find_tokens(&format!("sida 4 (13)\n{token} slut AV1:trasig"), &key());
        assert_eq!(found, [FoundToken { identity: identity("18", 12), authentic: true }]);
    }

    #[test]
    fn key_files_may_hold_remarks() {
        let text = format!("# demonstration\r\n# not secret\r\n{}\r\n", key().to_hex());
        assert_eq!(CampaignKey::parse(&text), Some(key()));
        assert_eq!(CampaignKey::parse("# nothing"), None);
        assert_eq!(CampaignKey::parse("åäö"), None);
    }

    proptest! {
        #[test]
        fn a_token_is_read_back(campaign in "[a-z0-9-]{1,20}", recipient in "[A-Z0-9]{1,8}", page in 0usize..3000) {
            let identity = PageIdentity { campaign, recipient, page };
            let found = read_token(&identity.token(&key()), &key()).expect("own token");
            prop_assert!(found.authentic);
            prop_assert_eq!(found.identity, identity);
        }

        #[test]
        fn another_key_proves_nothing(bytes in any::<[u8; 32]>()) {
            prop_assume!(bytes != [7; 32]);
            let token = identity("01", 1).token(&CampaignKey::new(bytes, false));
            prop_assert!(!read_token(&token, &key()).expect("a token").authentic);
        }

        #[test]
        fn no_text_makes_the_reader_stumble(text in ".*") {
            let _ = (read_token(&text, &key()), find_tokens(&text, &key()));
        }
    }
}
