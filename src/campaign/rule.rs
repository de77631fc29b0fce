//! What `campaign.yaml` says of the answers: when the goal is reached (`rule:`), what becomes of a late one (`late:`), and whether
//! an answer must be signed (`signature:`).

use super::declaration::{Form, FormFieldKind};
use super::decode::Reader;
use super::yaml::{Node, Value};

/// When the campaign has reached its goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Every recipient must say yes.
    All,
    /// So large a share of the recipients must say yes, in ten-thousandths: a fraction of two is not always exact.
    Share(u32),
    /// Those who say yes must bind themselves to so many kronor together.
    Amount(u64),
    /// Nothing is demanded; the report counts.
    None,
}

/// What becomes of an answer that comes after the last day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Late {
    /// It counts, and is told.
    #[default]
    Count,
    /// A person must say whether it counts.
    Review,
    /// It does not count. Where nothing certain says when it came, a person must say.
    Reject,
}

/// Whether an answer must be signed to count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Signing {
    /// An answer without a signature goes to a person.
    #[default]
    Required,
    /// It counts, and the report tells how many there are.
    Optional,
}

/// A whole, in the share's own unit.
pub const WHOLE: u32 = 10_000;

impl Rule {
    pub fn name(self) -> &'static str {
        match self {
            Rule::All => "all",
            Rule::Share(_) => "share",
            Rule::Amount(_) => "amount",
            Rule::None => "none",
        }
    }
}

impl Late {
    pub fn name(self) -> &'static str {
        match self {
            Late::Count => "count",
            Late::Review => "review",
            Late::Reject => "reject",
        }
    }
}

/// `all`, `none`, or a map with one of `share` and `amount`.
pub(super) fn read(reader: &mut Reader<'_>, node: &Node, priced: bool) -> Option<Rule> {
    if !matches!(node.value, Value::Map(_)) {
        let text = reader.text(node)?;
        let rule = [Rule::All, Rule::None].into_iter().find(|rule| rule.name() == text);
        if rule.is_none() {
            let hint = "write all (every recipient must say yes), none, {share: 0.8} or {amount: 1000000}";
            reader.error(&node.span, format!("`{text}` is no rule"), hint);
        }
        return rule;
    }
    if let Some((whole, decimals)) = parted_by_a_comma(node) {
        let message = format!("`{whole},{decimals}` is read as two things: a comma parts them");
        reader.error(&node.span, message, format!("write {whole}.{decimals}"));
        return None;
    }
    let fields = reader.fields(node, "the rule", &["share", "amount"])?;
    match (fields.get("share"), fields.get("amount")) {
        (Some(share), None) => read_share(reader, share),
        (None, Some(amount)) => read_amount(reader, amount, priced),
        (Some(_), Some(_)) => {
            reader.error(&node.span, "the rule has both `share` and `amount`", "keep the one that decides");
            None
        }
        (None, None) => {
            reader.error(&node.span, "the rule says nothing", "write {share: 0.8} or {amount: 1000000}");
            None
        }
    }
}

/// `{share: 0,8}`: a key without a value that is a number, after a value that is one.
fn parted_by_a_comma(node: &Node) -> Option<(String, String)> {
    let Value::Map(entries) = &node.value else { return None };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    entries.windows(2).find_map(|pair| match (&pair[0].1.value, &pair[1]) {
        (Value::Scalar(whole), (key, after)) if after.value == Value::Null && digits(whole) && digits(&key.name) => {
            Some((whole.clone(), key.name.clone()))
        }
        _ => None,
    })
}

fn read_share(reader: &mut Reader<'_>, node: &Node) -> Option<Rule> {
    let text = reader.text(node)?;
    let share = ten_thousandths(&text).filter(|share| (1..=WHOLE).contains(share));
    if share.is_none() {
        let hint = "write the part of the recipients that must say yes, from 0.0001 to 1, for example 0.8";
        reader.error(&node.span, format!("`{text}` is not a share"), hint);
    }
    share.map(Rule::Share)
}

/// `0.8` or `0,8` with at most four decimals.
fn ten_thousandths(text: &str) -> Option<u32> {
    let (whole, decimals) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || decimals.len() > 4 {
        return None;
    }
    let decimals: u32 = format!("{decimals:0<4}").parse().ok()?;
    whole.parse::<u32>().ok()?.checked_mul(WHOLE)?.checked_add(decimals)
}

fn read_amount(reader: &mut Reader<'_>, node: &Node, priced: bool) -> Option<Rule> {
    let amount = reader.whole_number(node)?;
    if amount == 0 {
        reader.error(&node.span, "an amount of 0 demands nothing", "write the amount, or `rule: none`");
        return None;
    }
    if !priced {
        reader.error(&node.span, "the rule counts an amount, and there is no `prices.yaml`", "use share, all or none");
        return None;
    }
    Some(Rule::Amount(amount))
}

pub(super) fn read_late(reader: &mut Reader<'_>, node: &Node) -> Option<Late> {
    let text = reader.text(node)?;
    let late = [Late::Count, Late::Review, Late::Reject].into_iter().find(|late| late.name() == text);
    if late.is_none() {
        let hint = "write count (and tell), review (a person decides) or reject";
        reader.error(&node.span, format!("`{text}` is no way to treat late answers"), hint);
    }
    late
}

impl Signing {
    pub fn name(self) -> &'static str {
        match self {
            Signing::Required => "required",
            Signing::Optional => "optional",
        }
    }
}

pub(super) fn read_signing(reader: &mut Reader<'_>, node: &Node) -> Option<Signing> {
    let text = reader.text(node)?;
    let signing = [Signing::Required, Signing::Optional].into_iter().find(|signing| signing.name() == text);
    if signing.is_none() {
        let hint = "write required (an answer without a signature goes to a person) or optional (it counts)";
        reader.error(&node.span, format!("`{text}` does not say whether an answer must be signed"), hint);
    }
    signing
}

/// What is asked of the signature must be possible in the form.
pub(super) fn check_signing(reader: &mut Reader<'_>, node: &Node, signing: Signing, form: &Form) {
    let mut fields = form.fields.iter().filter(|field| field.kind == FormFieldKind::Signature);
    match signing {
        Signing::Required if fields.next().is_none() => {
            let hint = "add a field with `kind: signature` to declaration.yaml, or write optional";
            reader.error(&node.span, "`signature: required`, and the form has no field for one", hint);
        }
        Signing::Optional => {
            let named = |name: &String| form.required.iter().flatten().any(|required| required == name);
            if let Some(field) = fields.find(|field| named(&field.field)) {
                let message = format!("`signature: optional`, and the form's `required:` names `{}`", field.field);
                reader.error(&node.span, message, "take it out there, or write required");
            }
        }
        Signing::Required => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_exact() {
        for (text, share) in [("0.8", 8000), ("0,75", 7500), ("1", 10_000), ("1.0", 10_000), ("0.6667", 6667)] {
            assert_eq!(ten_thousandths(text), Some(share), "{text}");
        }
        for text in ["", ".8", "80%", "-0.5", "0.66667", "0.8.1", "1e0", "99999999999"] {
            assert_eq!(ten_thousandths(text), None, "{text}");
        }
    }
}
