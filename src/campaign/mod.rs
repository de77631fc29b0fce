//! What is sent to whom: a campaign as people wrote it, checked and turned into values.
//!
//! ```text
//! templates/ID/campaign.yaml ─┐
//!            recipients.yaml ─┤  yaml (tree with places) ─ decode (values, problems) ─ load ─▶ Campaign + Problems
//!            prices.yaml     ─┤
//!            declaration.yaml┘                                                        ▲
//!            a price list (Excel, CSV) ─ sheet (cells with places) ─ price_list ──────┘
//! templates/ID/campaign.key ──▶ CampaignKey
//! ```
//!
//! Takes the files' text, gives a [`Campaign`]. It knows nothing of PDF, and nothing of Tera beyond where texts stand:
//! the texts themselves are composed in `render`.

pub mod declaration;
mod decode;
mod encoding;
mod load;
mod mistakes;
mod price_list;
pub mod prices;
pub mod recipients;
pub mod rule;
mod sheet;
mod written;
mod yaml;

use std::sync::Arc;

use jiff::civil::Date;

use crate::diagnostic::{Place, SourceFile};
use crate::token::CampaignKey;
use declaration::Declaration;
use prices::Prices;
use recipients::Recipient;

pub(crate) use decode::closest;
pub use load::{Loaded, load};
pub use rule::{Late, Rule, Signing};

/// One campaign, whole.
#[derive(Debug, Clone)]
pub struct Campaign {
    /// a–z, 0–9 and hyphens, at most 20 characters: it stands in tokens and folder names.
    pub id: String,
    pub title: String,
    /// BCP 47 tag, `sv` for instance.
    pub language: String,
    pub sender: Sender,
    /// The document's date: the one clock of everything that is rendered.
    pub date: Date,
    /// Last day to answer.
    pub deadline: Date,
    /// Where answers are sent.
    pub return_to: String,
    pub rule: Rule,
    /// What becomes of an answer after the last day.
    pub late: Late,
    /// Whether an answer must be signed.
    pub signature: Signing,
    /// The choice that the rule and the commitments count. A campaign without either may have none.
    pub yes: Option<String>,
    /// What the texts may use behind `{{ values.… }}`: contacts, links, whatever the office keeps in one place.
    pub values: serde_json::Map<String, serde_json::Value>,
    /// Passed to the style as it is written: colours, typeface, logo.
    pub look: Vec<Look>,
    pub recipients: Vec<Recipient>,
    pub prices: Option<Prices>,
    pub declaration: Declaration,
    pub key: CampaignKey,
    /// The campaign's folder, relative to the workspace.
    pub folder: String,
    /// The files it was read from.
    pub sources: Vec<Arc<SourceFile>>,
}

/// One line under `look:`.
#[derive(Debug, Clone)]
pub struct Look {
    pub key: String,
    /// Empty where nothing stands after the colon; an unquoted `#…` is a comment and counts as nothing.
    pub value: String,
    pub place: Place,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sender {
    pub name: String,
    pub unit: Option<String>,
}

impl Campaign {
    /// What stands under `look:` for a key.
    pub fn look(&self, key: &str) -> Option<&Look> {
        self.look.iter().find(|look| look.key == key)
    }

    /// The language of one recipient's document.
    pub fn language_of(&self, index: usize) -> &str {
        self.recipients[index].language.as_deref().unwrap_or(&self.language)
    }
}
