//! Which page of the declaration each page of the file is.

use crate::ids::{ReturnedPage, SentPage};

/// For each page of the file, in order, the page as it was sent that it is; `None` where it is none or nobody knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageMap(Vec<Option<SentPage>>);

impl PageMap {
    pub fn new(pages: Vec<Option<SentPage>>) -> Self {
        PageMap(pages)
    }

    /// Which page as it was sent a page of the file is.
    pub fn sent(&self, page: ReturnedPage) -> Option<SentPage> {
        self.0.get(page.index()).copied().flatten()
    }

    /// The first page of the file that is this page as it was sent.
    pub fn returned(&self, page: SentPage) -> Option<ReturnedPage> {
        self.0.iter().position(|sent| *sent == Some(page)).map(ReturnedPage::at)
    }

    /// Every page of the file with what it is.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (ReturnedPage, Option<SentPage>)> + ExactSizeIterator {
        self.0.iter().enumerate().map(|(at, sent)| (ReturnedPage::at(at), *sent))
    }

    /// The pages as they were sent, in the order in which the file has them.
    pub fn known(&self) -> Vec<SentPage> {
        self.0.iter().flatten().copied().collect()
    }
}
