//! What an answer on paper needs, as the campaign says: which fields must be clear, and which comment belongs to which option.

use std::collections::BTreeMap;

use crate::campaign::declaration::Form;
use crate::ids::FieldName;

/// What is needed of a return that came on paper, where texts are pictures that people read.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// Without a list every field is needed.
    required: Option<Vec<FieldName>>,
    /// The comment of each option.
    comments: BTreeMap<String, FieldName>,
}

impl Needs {
    pub fn of(form: &Form) -> Self {
        let comment = |option: &crate::campaign::declaration::ChoiceOption| {
            Some((option.value.clone(), option.comment.as_ref()?.field.as_str().into()))
        };
        Needs {
            required: form.required.as_ref().map(|names| names.iter().map(|name| name.as_str().into()).collect()),
            comments: form.choice.options.iter().filter_map(comment).collect(),
        }
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
