//! Where something stands: on which page of the file, which page of the declaration that is, and where on it.

use serde::{Deserialize, Serialize};

use crate::geometry::Rect;
use crate::ids::{ReturnedPage, SentPage};

/// A place on a page, as far as it is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Spot {
    /// The page of the file that came back, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<ReturnedPage>,
    /// The same page of the declaration as it was sent, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_page: Option<SentPage>,
    /// In points of the page as it was sent, to a thousandth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rect: Option<Rect>,
}

impl Spot {
    /// A place on a page of the file.
    pub fn on(page: ReturnedPage, sent_page: Option<SentPage>, rect: Option<Rect>) -> Self {
        // Without the page as it was sent there is nothing that points could be counted on.
        let rect = rect.filter(|_| sent_page.is_some()).map(|rect| rect.rounded());
        Spot { page: Some(page), sent_page, rect }
    }

    /// A place of the declaration, and where in the file its page stands.
    pub fn sent(page: Option<ReturnedPage>, sent_page: SentPage, rect: Rect) -> Self {
        Spot { page, sent_page: Some(sent_page), rect: Some(rect.rounded()) }
    }
}
