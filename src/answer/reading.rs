//! Readings: evidence that one layer gives about one field. They are kept, from where they are made to the report.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::FieldName;
use crate::spot::Spot;

/// What looked. No layer knows another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// The fields of the interactive form.
    Form,
    /// What was laid over the page: text boxes, ink, stamps.
    Annotations,
    /// Text printed on the page that was not there when it was sent.
    Text,
    /// The same text as another library reads it.
    PlainText,
    /// What the page shows.
    Pixels,
    /// What a hand left on a page that came on paper.
    Paper,
    /// What another program read from a picture of that.
    Recognised,
}

impl Layer {
    pub fn name(self) -> &'static str {
        match self {
            Layer::Form => "form",
            Layer::Annotations => "annotations",
            Layer::Text => "text",
            Layer::PlainText => "plain-text",
            Layer::Pixels => "pixels",
            Layer::Paper => "paper",
            Layer::Recognised => "recognised",
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What one layer saw of one field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    pub layer: Layer,
    pub field: FieldName,
    #[serde(flatten)]
    pub spot: Spot,
    pub seen: Seen,
    /// What stands in the file, or was measured on the page, where that is not what was seen word for word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// Why the layer is not sure of what it saw; in files, `why` says it in words too. A doubtful reading sends its field to a
    /// person.
    #[serde(flatten, with = "doubt_and_why")]
    pub doubt: Option<Doubt>,
}

impl Reading {
    pub fn new(layer: Layer, field: &FieldName, spot: Spot, seen: Seen) -> Self {
        Reading { layer, field: field.clone(), spot, seen, raw: None, doubt: None }
    }

    #[must_use]
    pub fn raw(mut self, raw: impl Into<String>) -> Self {
        self.raw = Some(raw.into());
        self
    }

    #[must_use]
    pub fn doubted(mut self, doubt: Option<Doubt>) -> Self {
        self.doubt = doubt;
        self
    }

    pub fn is_clear(&self) -> bool {
        self.doubt.is_none()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    /// The marked boxes of a choice, sorted, each once; empty when none is marked.
    Marks(Vec<String>),
    /// A text, trimmed and not empty.
    Text(String),
    /// Something is written there, but not what.
    Ink,
    /// Nothing is seen there.
    Blank,
    /// The form's field is there and holds nothing. It may have been answered in another way.
    Untouched,
    /// The text that a field draws. Programs draw with broken fonts, so it gives no value; it only raises doubt.
    Shown(String),
}

/// Why a layer is not sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// A box has too little ink for a mark and too much for none.
    Faint,
    /// There is much ink around a box: it was scribbled over, or something else lies there.
    InkAround,
    /// There is much ink in a box, and it does not reach from side to side: a mark, or a scribble over one.
    MayBeScribble,
    /// Some of the place lies outside the picture.
    OutsideThePicture,
    /// What was laid over the page does not lie squarely on one place.
    BesideThePlace,
    /// Control characters, direction marks, bytes without a meaning, or more than a person types.
    Suspicious,
    /// The field's rich text is not its value.
    RichText,
    /// The text goes on where it cannot be seen.
    Cut,
    /// The text goes on beyond the field's edge.
    BeyondTheField,
    /// The page does not tell its letters with certainty.
    LettersUncertain,
    /// A program read it from a picture.
    Recognised,
}

/// A doubt as two keys: its code, and the reason in words, which reading back does not need.
mod doubt_and_why {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Doubt;

    #[derive(Serialize, Deserialize)]
    struct Written {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        doubt: Option<Doubt>,
        #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
        why: Option<&'static str>,
    }

    pub fn serialize<S: Serializer>(doubt: &Option<Doubt>, serializer: S) -> Result<S::Ok, S::Error> {
        Written { doubt: *doubt, why: doubt.map(Doubt::why) }.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Doubt>, D::Error> {
        Written::deserialize(deserializer).map(|written| written.doubt)
    }
}

impl Doubt {
    /// The reason in plain English, for `inspect`.
    pub fn why(self) -> &'static str {
        match self {
            Doubt::Faint => "too little ink for a mark, too much for none",
            Doubt::InkAround => "there is much ink around the box, as where a slip is scribbled out",
            Doubt::MayBeScribble => "there is much ink in the middle of the box, as where a slip is scribbled out",
            Doubt::OutsideThePicture => "some of it lies outside the picture",
            Doubt::BesideThePlace => "it does not lie squarely on one place",
            Doubt::Suspicious => "it holds what nobody types, or more than anybody types",
            Doubt::RichText => "the field's rich text is not its value",
            Doubt::Cut => "it goes on where it cannot be seen",
            Doubt::BeyondTheField => "it goes on beyond the field's edge",
            Doubt::Recognised => "a program read it from a picture",
            Doubt::LettersUncertain => "the page does not tell its letters with certainty",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubt_is_written_with_its_reason_and_read_back() {
        let reading = Reading::new(Layer::Text, &"titel".into(), Spot::default(), Seen::Text("VD".into()));
        for reading in [reading.clone(), reading.doubted(Some(Doubt::Cut))] {
            let json = serde_json::to_value(&reading).expect("plain data");
            assert_eq!(json.get("why").and_then(|why| why.as_str()), reading.doubt.map(Doubt::why));
            assert_eq!(json.get("doubt").is_some(), reading.doubt.is_some());
            assert_eq!(serde_json::from_value::<Reading>(json).expect("as written"), reading);
        }
    }
}
