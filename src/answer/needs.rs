//! What an answer needs, as the campaign says: whether it must be signed, which fields must be clear on paper, and which comment
//! belongs to which option.

use std::collections::BTreeMap;

use crate::campaign::declaration::FormFieldKind;
use crate::campaign::{Campaign, Signing};
use crate::ids::FieldName;

/// What is needed of a return.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// Somebody must have signed.
    signed: bool,
    /// The fields that are needed of one that came on paper, where texts are pictures that people read; without a list every field.
    required: Option<Vec<FieldName>>,
    /// The comment of each option.
    comments: BTreeMap<String, FieldName>,
}

impl Needs {
    pub fn of(campaign: &Campaign) -> Self {
        let form = &campaign.declaration.form;
        // A form that has no place for a signature asks for none.
        let place = form.fields.iter().any(|field| field.kind == FormFieldKind::Signature);
        let comment = |option: &crate::campaign::declaration::ChoiceOption| {
            Some((option.value.clone(), option.comment.as_ref()?.field.as_str().into()))
        };
        Needs {
            signed: campaign.signature == Signing::Required && place,
            required: form.required.as_ref().map(|names| names.iter().map(|name| name.as_str().into()).collect()),
            comments: form.choice.options.iter().filter_map(comment).collect(),
        }
    }

    /// Whether somebody must have signed.
    pub fn signed(&self) -> bool {
        self.signed
    }

    /// Whether a field must be clear.
    pub fn field(&self, name: &FieldName) -> bool {
        self.required.as_ref().is_none_or(|required| required.contains(name))
    }

    /// The comments of the options that were not chosen.
    pub fn other_comments(&self, choice: &str) -> impl Iterator<Item = &FieldName> {
        self.comments.iter().filter(move |(option, _)| *option != choice).map(|(_, comment)| comment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_list_every_field_is_needed() {
        assert!(Needs::default().field(&"titel".into()));
        let needs = Needs { required: Some(vec!["avsikt".into()]), ..Needs::default() };
        assert!(needs.field(&"avsikt".into()) && !needs.field(&"titel".into()));
    }
}
