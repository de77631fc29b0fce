//! Amounts that were written down, each recipient's own: in `prices.yaml` itself, and the sums that all such amounts are
//! held to.

use std::ops::Range;

use super::decode::Reader;
use super::prices::{Amounts, PriceLine, grouped, read_amounts};
use super::recipients::Recipient;
use super::yaml::Node;

/// `amounts:` recipient code → line id → `total` and `forecast`.
pub(super) fn share(
    reader: &mut Reader<'_>,
    node: &Node,
    recipients: &[Recipient],
    years: &[i16],
    lines: &mut [PriceLine],
) {
    let Some(table) = reader.open_fields(node, "`amounts`") else { return };
    let codes: Vec<&str> = recipients.iter().map(|r| r.code.as_str()).collect();
    for (key, _) in table.others(&codes) {
        reader.error(&key.span, format!("no recipient has the code `{}`", key.name), "check recipients.yaml");
    }
    let ids: Vec<String> = lines.iter().map(|line| line.id.clone()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    for recipient in recipients {
        let Some(row) = table.get(recipient.code.as_str()) else {
            reader.error(
                &node.span,
                format!("`{}` ({}) has no amounts", recipient.name, recipient.code),
                "every recipient must have its amounts",
            );
            continue;
        };
        let Some(row) = reader.fields(row, "a recipient's amounts", &ids) else { continue };
        for line in lines.iter_mut() {
            let share = reader
                .required(&row, &line.id)
                .and_then(|n| reader.fields(n, "a line's amounts", &["total", "forecast"]));
            line.shares.push(share.map(|f| read_amounts(reader, &f, years)).unwrap_or_default());
        }
    }
    check_sums(reader, &node.span, recipients, lines);
}

/// Holds every line's shares to what the line states, and tells whose forecast is another amount than their total.
pub(super) fn check_sums(reader: &mut Reader<'_>, span: &Range<usize>, recipients: &[Recipient], lines: &[PriceLine]) {
    for line in lines.iter().filter(|line| line.shares.len() == recipients.len()) {
        check_sum(reader, span, line);
        tell_of_differences(reader, span, recipients, line);
    }
}

/// Amounts that were written down must sum to what the line states.
fn check_sum(reader: &mut Reader<'_>, span: &Range<usize>, line: &PriceLine) {
    let mut check = |what: String, stated: u64, amounts: &mut dyn Iterator<Item = u64>| {
        let sum = amounts.fold(0, u64::saturating_add);
        if stated != sum {
            reader.error(
                span,
                format!(
                    "the amounts of `{}` {what} sum to {}, not to the stated {}",
                    line.id,
                    grouped(sum),
                    grouped(stated)
                ),
                format!("the difference is {}; correct an amount or the line", grouped(stated.abs_diff(sum))),
            );
        }
    };
    if let Some(total) = line.whole.total {
        check("in total".into(), total, &mut line.shares.iter().filter_map(|s| s.total));
    }
    for (year, stated) in &line.whole.forecast {
        let mut amounts = line.shares.iter().filter_map(|s| s.forecast.get(year).copied());
        check(format!("in {year}"), *stated, &mut amounts);
    }
}

/// Where a line's forecasts sum to its total, a recipient's should as well.
fn tell_of_differences(reader: &mut Reader<'_>, span: &Range<usize>, recipients: &[Recipient], line: &PriceLine) {
    let difference = |amounts: &Amounts| {
        let forecast = amounts.forecast.values().copied().fold(0, u64::saturating_add);
        amounts.total.filter(|total| !amounts.forecast.is_empty() && *total != forecast).map(|total| (forecast, total))
    };
    if difference(&line.whole).is_some() {
        return;
    }
    for (recipient, share) in recipients.iter().zip(&line.shares) {
        if let Some((forecast, total)) = difference(share) {
            reader.warning(
                span,
                format!(
                    "the forecasts of `{}` for `{}` ({}) sum to {}, and the total is {}",
                    line.id,
                    recipient.name,
                    recipient.code,
                    grouped(forecast),
                    grouped(total)
                ),
                "this is fine if the forecasts are rounded; otherwise correct the total or the years",
            );
        }
    }
}
