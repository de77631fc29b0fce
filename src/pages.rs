//! Which page of the declaration each page of the file is.

use std::collections::BTreeSet;

use crate::geometry::Rect;
use crate::ids::{ReturnedPage, SentPage};

/// For each page of the file, in order, the page as it was sent that it is; `None` where it is none or nobody knows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PageMap {
    sent: Vec<Option<SentPage>>,
    /// Pages of other documents in the same file.
    elsewhere: BTreeSet<ReturnedPage>,
    /// How pages that were drawn anew lie over those that were sent: from points of the one to points of the other.
    laid: Vec<(ReturnedPage, [f64; 6])>,
}

impl PageMap {
    pub fn new(pages: Vec<Option<SentPage>>) -> Self {
        PageMap { sent: pages, ..PageMap::default() }
    }

    /// Which page as it was sent a page of the file is.
    pub fn sent(&self, page: ReturnedPage) -> Option<SentPage> {
        self.sent.get(page.index()).copied().flatten()
    }

    /// The first page of the file that is this page as it was sent.
    pub fn returned(&self, page: SentPage) -> Option<ReturnedPage> {
        self.sent.iter().position(|sent| *sent == Some(page)).map(ReturnedPage::at)
    }

    /// Every page of the file with what it is.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (ReturnedPage, Option<SentPage>)> + ExactSizeIterator {
        self.sent.iter().enumerate().map(|(at, sent)| (ReturnedPage::at(at), *sent))
    }

    /// The same, knowing which pages belong to other documents in the file.
    #[must_use]
    pub fn without(self, elsewhere: BTreeSet<ReturnedPage>) -> Self {
        PageMap { elsewhere, ..self }
    }

    /// Whether a page belongs to another document in the file.
    pub fn is_elsewhere(&self, page: ReturnedPage) -> bool {
        self.elsewhere.contains(&page)
    }

    /// The same, knowing how pages lie over those that were sent.
    #[must_use]
    pub fn laid(self, laid: Vec<(ReturnedPage, [f64; 6])>) -> Self {
        PageMap { laid, ..self }
    }

    /// A rectangle of a page of the file, in points of the page as it was sent.
    pub fn rect(&self, page: ReturnedPage, rect: Rect) -> Rect {
        let Some((_, [a, b, c, d, e, f])) = self.laid.iter().find(|(laid, _)| *laid == page) else { return rect };
        let point = |x: f64, y: f64| (a * x + c * y + e, b * x + d * y + f);
        let (from, to) = (point(rect.x0, rect.y0), point(rect.x1, rect.y1));
        Rect::new(from.0, from.1, to.0, to.1)
    }

    /// The pages as they were sent, in the order in which the file has them.
    pub fn known(&self) -> Vec<SentPage> {
        self.sent.iter().flatten().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_on_a_page_that_was_scaled_and_turned() {
        let page = ReturnedPage::at(1);
        let pages =
            PageMap::new(vec![None, Some(SentPage::at(10))]).laid(vec![(page, [0.0, 2.0, -2.0, 0.0, 100.0, 5.0])]);
        let rect = Rect::new(10.0, 20.0, 14.0, 30.0);
        assert_eq!(pages.rect(page, rect), Rect::new(40.0, 25.0, 60.0, 33.0));
        assert_eq!(pages.rect(ReturnedPage::at(0), rect), rect);
        assert_eq!((pages.returned(SentPage::at(10)), pages.returned(SentPage::at(1))), (Some(page), None));
    }
}
