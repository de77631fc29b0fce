//! Prices in whole kronor: lines for all recipients together, and each recipient's share. From `prices.yaml`.
//!
//! A share is either written down (here, or in the office's own list) or computed from an allocation key by largest
//! remainder (Hamilton's method), so that the parts sum exactly to the whole. The total and every year's forecast are
//! divided each on its own.

use std::collections::BTreeMap;

use super::decode::{Fields, Reader};
use super::price_list::{self, Folder};
use super::recipients::Recipient;
use super::written;
use super::yaml::Node;

#[derive(Debug, Clone)]
pub struct Prices {
    pub currency: String,
    /// Shown under the price table; Markdown without Tera.
    pub note: Option<String>,
    pub years: Vec<i16>,
    pub lines: Vec<PriceLine>,
}

#[derive(Debug, Clone)]
pub struct PriceLine {
    pub id: String,
    pub label: String,
    /// A yes binds the recipient to its share of this line's total.
    pub commitment: bool,
    /// For all recipients together.
    pub whole: Amounts,
    /// One for each recipient, in the recipients' order.
    pub shares: Vec<Amounts>,
}

/// The amounts of one line, for all or for one recipient.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Amounts {
    pub total: Option<u64>,
    pub forecast: BTreeMap<i16, u64>,
}

impl Amounts {
    /// What the line costs: its total, or the sum of its years.
    pub fn sum(&self) -> u64 {
        self.total.unwrap_or_else(|| self.forecast.values().sum())
    }
}

impl Prices {
    /// What a yes binds the recipient at `index` to.
    pub fn commitment(&self, index: usize) -> u64 {
        self.lines.iter().filter(|line| line.commitment).map(|line| line.shares[index].sum()).sum()
    }
}

/// Divides `whole` by the keys so that the parts sum to it: each gets its exact share rounded down, and what is left goes
/// one each to the largest remainders, the earlier first where they are equal. `None` when the keys sum to 0.
///
/// 128-bit products: an amount times a population does not fit 64 bits.
pub fn allocate(whole: u64, keys: &[u64]) -> Option<Vec<u64>> {
    let sum: u128 = keys.iter().map(|k| u128::from(*k)).sum();
    if sum == 0 {
        return None;
    }
    let products: Vec<u128> = keys.iter().map(|k| u128::from(whole) * u128::from(*k)).collect();
    let mut parts: Vec<u64> = Vec::with_capacity(keys.len());
    for product in &products {
        parts.push(u64::try_from(product / sum).expect("a part is not larger than the whole"));
    }
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by_key(|&i| (std::cmp::Reverse(products[i] % sum), i));
    let left = whole - parts.iter().sum::<u64>();
    for &i in order.iter().take(usize::try_from(left).expect("fewer kronor are left than there are recipients")) {
        parts[i] += 1;
    }
    Some(parts)
}

const KNOWN: &[&str] = &["currency", "note", "years", "lines", "allocation", "amounts", "price_list"];

/// Reads the file's root.
pub(super) fn read(
    reader: &mut Reader<'_>,
    root: &Node,
    recipients: &[Recipient],
    folder: &Folder<'_>,
) -> Option<Prices> {
    let fields = reader.fields(root, "prices.yaml", KNOWN)?;
    let currency = reader.optional_text(&fields, "currency").unwrap_or_else(|| "kr".into());
    let note = reader.optional_text(&fields, "note");
    let years = read_years(reader, &fields);
    let mut lines = read_lines(reader, &fields, &years);
    check_commitment(reader, &fields, &lines);
    let ways = ["allocation", "amounts", "price_list"].map(|way| fields.get(way).map(|node| (way, node)));
    match ways.iter().flatten().collect::<Vec<_>>().as_slice() {
        [("allocation", node)] => share_by_key(reader, node, recipients, &mut lines),
        [("amounts", node)] => written::share(reader, node, recipients, &years, &mut lines),
        [(_, node)] => {
            if price_list::share(reader, node, folder, recipients, &mut lines) {
                written::check_sums(reader, &node.span, recipients, &lines);
            }
        }
        [(first, _), (second, node), ..] => reader.error(
            &node.span,
            format!("both `{first}` and `{second}` are given"),
            "keep one: `allocation: key` to divide by key, `amounts:` to state each amount, `price_list:` for a file",
        ),
        [] => reader.error(
            &root.span,
            "nothing says how the prices are divided",
            "add `allocation: key`, `amounts:` with each recipient's amounts, or `price_list:` with your own file",
        ),
    }
    // A line that could not be divided has no shares. That has been told, and nothing is rendered; noughts stand in, so
    // that the texts can be checked as well.
    for line in &mut lines {
        let nought = Amounts {
            total: line.whole.total.map(|_| 0),
            forecast: line.whole.forecast.keys().map(|year| (*year, 0)).collect(),
        };
        line.shares.resize(recipients.len(), nought);
    }
    Some(Prices { currency, note, years, lines })
}

fn read_years(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Vec<i16> {
    let Some(node) = reader.required(fields, "years") else { return Vec::new() };
    let items = reader.list(node, "`years`").unwrap_or_default();
    items.iter().filter_map(|item| i16::try_from(reader.whole_number(item)?).ok()).collect()
}

fn read_lines(reader: &mut Reader<'_>, fields: &Fields<'_>, years: &[i16]) -> Vec<PriceLine> {
    let Some(node) = reader.required(fields, "lines") else { return Vec::new() };
    let items = reader.list(node, "`lines`").unwrap_or_default();
    items.iter().filter_map(|item| read_line(reader, item, years)).collect()
}

fn read_line(reader: &mut Reader<'_>, node: &Node, years: &[i16]) -> Option<PriceLine> {
    let fields = reader.fields(node, "a price line", &["id", "label", "commitment", "total", "forecast"])?;
    let id = reader.required_text(&fields, "id");
    let label = reader.required_text(&fields, "label");
    let commitment = fields.get("commitment").and_then(|n| reader.truth(n)).unwrap_or(false);
    let whole = read_amounts(reader, &fields, years);
    if whole == Amounts::default() {
        reader.error(&node.span, "this line has no amounts", "give `total:`, `forecast:` or both");
    }
    warn_of_difference(reader, &fields, &whole);
    Some(PriceLine { id: id?, label: label?, commitment, whole, shares: Vec::new() })
}

pub(super) fn read_amounts(reader: &mut Reader<'_>, fields: &Fields<'_>, years: &[i16]) -> Amounts {
    let total = fields.get("total").and_then(|node| reader.whole_number(node));
    let Some(node) = fields.get("forecast") else { return Amounts { total, ..Amounts::default() } };
    let mut forecast = reader.years(node, "`forecast`");
    let unknown: Vec<i16> = forecast.keys().copied().filter(|year| !years.contains(year)).collect();
    for year in &unknown {
        reader.error(
            &node.span,
            format!("the year {year} is not in `years`"),
            "add it to `years:` or take it out here",
        );
    }
    if !unknown.is_empty() {
        // It may be a slip for another year, which the texts ask for: noughts stand in, so that this is told once.
        for year in years {
            forecast.entry(*year).or_insert(0);
        }
    }
    Amounts { total, forecast }
}

/// Forecasts are rounded in real campaigns: a difference is worth telling and no error.
fn warn_of_difference(reader: &mut Reader<'_>, fields: &Fields<'_>, whole: &Amounts) {
    let (Some(total), Some(node)) = (whole.total, fields.get("forecast")) else { return };
    let sum: u64 = whole.forecast.values().sum();
    if sum != total {
        let (difference, word) = (sum.abs_diff(total), if sum < total { "less" } else { "more" });
        reader.warning(
            &node.span,
            format!(
                "the forecasts sum to {}, which is {} {word} than the total of {}",
                grouped(sum),
                grouped(difference),
                grouped(total)
            ),
            "this is fine if the forecasts are rounded; otherwise correct the total or the years",
        );
    }
}

fn check_commitment(reader: &mut Reader<'_>, fields: &Fields<'_>, lines: &[PriceLine]) {
    if let Some(node) = fields.get("lines")
        && !lines.is_empty()
        && !lines.iter().any(|line| line.commitment)
    {
        reader.error(
            &node.span,
            "no price line is a commitment",
            "add `commitment: true` to the line that a yes binds the recipient to",
        );
    }
}

fn share_by_key(reader: &mut Reader<'_>, node: &Node, recipients: &[Recipient], lines: &mut [PriceLine]) {
    if reader.text(node).is_none_or(|text| text != "key") {
        reader.error(&node.span, "the only allocation is `key`", "write `allocation: key`");
        return;
    }
    let mut complete = true;
    for recipient in recipients.iter().filter(|r| r.key.is_none()) {
        complete = false;
        reader.problems.error(
            Some(recipient.place.clone()),
            format!("`{}` has no allocation key", recipient.name),
            "add `key:` with a whole number, for example the population",
        );
    }
    let keys: Vec<u64> = recipients.iter().filter_map(|r| r.key).collect();
    if !complete || recipients.is_empty() {
        return;
    }
    for line in lines {
        let Some(shares) = divide(&line.whole, &keys) else {
            reader.error(&node.span, "the allocation keys sum to 0", "give at least one recipient a key above 0");
            return;
        };
        line.shares = shares;
    }
}

/// Divides a line's total and each of its years.
fn divide(whole: &Amounts, keys: &[u64]) -> Option<Vec<Amounts>> {
    let mut shares = vec![Amounts::default(); keys.len()];
    if let Some(total) = whole.total {
        for (share, part) in shares.iter_mut().zip(allocate(total, keys)?) {
            share.total = Some(part);
        }
    }
    for (year, amount) in &whole.forecast {
        for (share, part) in shares.iter_mut().zip(allocate(*amount, keys)?) {
            share.forecast.insert(*year, part);
        }
    }
    Some(shares)
}

/// A number with its digits in groups of three, separated by no-break spaces (Svenska skrivregler).
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 * 2);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{a0}');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digits_stand_in_groups_of_three() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(32_219_700), "32\u{a0}219\u{a0}700");
    }

    #[test]
    fn what_is_left_goes_to_the_largest_remainders() {
        // Shares 3.33, 3.33, 3.33: one krona is left and goes to the first.
        assert_eq!(allocate(10, &[1, 1, 1]), Some(vec![4, 3, 3]));
        // Shares 1.43, 2.86, 5.71: two are left, for .86 and .71.
        assert_eq!(allocate(10, &[1, 2, 4]), Some(vec![1, 3, 6]));
        assert_eq!(allocate(10, &[0, 0]), None);
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_whole_and_stay_within_one_krona(
            whole in 0u64..i64::MAX as u64,
            keys in prop::collection::vec(0u64..20_000_000, 1..300),
        ) {
            let sum: u128 = keys.iter().map(|k| u128::from(*k)).sum();
            prop_assume!(sum > 0);
            let parts = allocate(whole, &keys).expect("the keys do not sum to 0");
            prop_assert_eq!(parts.iter().map(|p| u128::from(*p)).sum::<u128>(), u128::from(whole));
            for (part, key) in parts.iter().zip(&keys) {
                let floor = u128::from(whole) * u128::from(*key) / sum;
                prop_assert!((floor..=floor + 1).contains(&u128::from(*part)));
            }
        }
    }
}
