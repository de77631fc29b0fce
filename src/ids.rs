//! Names and numbers that must not be mixed up: recipients' codes, fields' names, and two kinds of page numbers.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

/// A text type of its own that reads like a text.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

text_id! {
    /// A recipient's code: A–Z, 0–9 and hyphens, at most 12 characters. It stands in file names, which some systems
    /// compare without regard to case, and in tokens, whose alphabet has no small letters.
    RecipientCode
}

impl RecipientCode {
    pub fn new(code: &str) -> Option<Self> {
        let allowed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
        let fits = (1..=12).contains(&code.len()) && code.chars().all(allowed) && !code.starts_with('-');
        fits.then(|| RecipientCode(code.to_owned()))
    }
}

text_id! {
    /// The name that a field of the form was sent with.
    FieldName
}

impl From<&str> for FieldName {
    fn from(name: &str) -> Self {
        FieldName(name.to_owned())
    }
}

impl From<String> for FieldName {
    fn from(name: String) -> Self {
        FieldName(name)
    }
}

/// A page number: an index from 0 inside, from 1 wherever people and files see it.
macro_rules! page_number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "usize", into = "usize")]
        pub struct $name(usize);

        impl $name {
            /// The page with this index, from 0.
            pub fn at(index: usize) -> Self {
                $name(index)
            }

            /// The page with this number, from 1; there is no page 0.
            pub fn numbered(number: usize) -> Option<Self> {
                number.checked_sub(1).map($name)
            }

            pub fn index(self) -> usize {
                self.0
            }

            pub fn number(self) -> usize {
                self.0 + 1
            }
        }

        impl TryFrom<usize> for $name {
            type Error = &'static str;

            fn try_from(number: usize) -> Result<Self, Self::Error> {
                Self::numbered(number).ok_or("pages are numbered from 1")
            }
        }

        impl From<$name> for usize {
            fn from(page: $name) -> usize {
                page.number()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.number().fmt(f)
            }
        }
    };
}

page_number! {
    /// A page of the file that came back.
    ReturnedPage
}

page_number! {
    /// A page of the declaration as it was sent.
    SentPage
}

/// One place of a field: a text's rectangle, or one box of a choice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaceId {
    pub field: FieldName,
    /// Which of the field's places, from 0.
    pub at: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_numbered_from_one_in_files() {
        let page = SentPage::at(10);
        assert_eq!((serde_json::to_string(&page).expect("a number"), page.number()), ("11".into(), 11));
        assert_eq!(serde_json::from_str::<SentPage>("11").expect("a number"), page);
        assert!(serde_json::from_str::<SentPage>("0").is_err());
    }

    #[test]
    fn codes_fit_file_names_and_tokens() {
        for good in ["01", "A", "SE-0114"] {
            assert!(RecipientCode::new(good).is_some(), "{good}");
        }
        for bad in ["", "a", "Å", "1 2", "../x", "-1", "1234567890123"] {
            assert!(RecipientCode::new(bad).is_none(), "{bad}");
        }
    }
}
