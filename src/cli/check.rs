//! `avsikt check`: reads the campaign and prints every problem at once.

use super::console::Console;
use super::{Ending, Place};
use crate::campaign::Campaign;
use crate::campaign::prices::{Amounts, PriceLine, Prices, grouped};
use crate::error::{Error, Result};

pub fn check(place: &Place, console: &Console) -> Result<Ending> {
    let workspace = place.open()?;
    let (campaign, problems) = place.checked(&workspace, true)?;
    let Some(campaign) = campaign.filter(|_| !problems.has_errors()) else {
        return Err(Error::Campaign(problems));
    };
    console.problems(&problems);
    for line in summary(&campaign) {
        console.result(&line);
    }
    Ok(Ending::Done)
}

/// What the campaign amounts to, for a person to compare with what was meant.
fn summary(campaign: &Campaign) -> Vec<String> {
    let mut lines = vec![
        format!("campaign    {} ({})", campaign.title, campaign.id),
        format!("recipients  {}", campaign.recipients.len()),
        format!("last day    {}", campaign.deadline),
        format!("answers to  {}", campaign.return_to),
    ];
    if let Some(prices) = &campaign.prices {
        lines.push(String::new());
        lines.extend(price_lines(campaign, prices));
    }
    let notes =
        campaign.recipients.iter().filter_map(|r| Some(format!("note on {} {}: {}", r.code, r.name, r.note.as_ref()?)));
    let notes: Vec<String> = notes.collect();
    if !notes.is_empty() {
        lines.push(String::new());
        lines.extend(notes);
    }
    if campaign.key.demonstration {
        lines.push(String::new());
        lines.push(
            "the campaign key is for demonstration: it is public, so it proves nothing about real returns".into(),
        );
    }
    lines
}

/// The whole price table: what each recipient pays, and the sums of each line and year.
fn price_lines(campaign: &Campaign, prices: &Prices) -> Vec<String> {
    let columns = columns(prices);
    let mut header = vec!["recipient".to_owned()];
    header.extend(columns.iter().map(|(line, year)| match year {
        Some(year) => format!("{} {year}", line.id),
        None => line.id.clone(),
    }));
    header.push("sum".into());
    let mut rows = vec![header];
    for (index, recipient) in campaign.recipients.iter().enumerate() {
        let mut row = vec![format!("{} {}", recipient.code, recipient.name)];
        row.extend(columns.iter().map(|(line, year)| cell(&line.shares[index], *year)));
        row.push(grouped(prices.lines.iter().map(|line| line.shares[index].sum()).sum()));
        rows.push(row);
    }
    let mut all = vec!["all".to_owned()];
    all.extend(columns.iter().map(|(line, year)| cell(&line.whole, *year)));
    all.push(grouped(prices.lines.iter().map(|line| line.whole.sum()).sum()));
    rows.push(all);
    let mut lines = aligned(&rows);
    lines.push(String::new());
    lines.extend(aligned(&sums(prices)));
    lines
}

/// The table's columns: for each line its years and, where it has one, its total.
fn columns(prices: &Prices) -> Vec<(&PriceLine, Option<i16>)> {
    let mut columns = Vec::new();
    for line in &prices.lines {
        let years = prices.years.iter().filter(|year| line.whole.forecast.contains_key(year));
        columns.extend(years.map(|year| (line, Some(*year))));
        if line.whole.total.is_some() {
            columns.push((line, None));
        }
    }
    columns
}

/// For all recipients together: a row for each line, a column for each year. Added up from the recipients' amounts, so
/// that a person can compare with what was meant.
fn sums(prices: &Prices) -> Vec<Vec<String>> {
    let of_year = |line: &PriceLine, year: i16| -> Option<u64> {
        let amounts: Vec<u64> = line.shares.iter().filter_map(|share| share.forecast.get(&year).copied()).collect();
        (!amounts.is_empty()).then(|| amounts.iter().sum())
    };
    let of_line = |line: &PriceLine| line.shares.iter().map(Amounts::sum).sum::<u64>();
    let mut header = vec!["all recipients".to_owned()];
    header.extend(prices.years.iter().map(i16::to_string));
    header.push("sum".into());
    let mut rows = vec![header];
    for line in &prices.lines {
        let mut row = vec![line.id.clone()];
        row.extend(prices.years.iter().map(|year| shown(of_year(line, *year))));
        row.push(grouped(of_line(line)));
        rows.push(row);
    }
    let mut all = vec!["all".to_owned()];
    for year in &prices.years {
        all.push(grouped(prices.lines.iter().filter_map(|line| of_year(line, *year)).sum()));
    }
    all.push(grouped(prices.lines.iter().map(of_line).sum()));
    rows.push(all);
    rows
}

fn cell(amounts: &Amounts, year: Option<i16>) -> String {
    shown(match year {
        Some(year) => amounts.forecast.get(&year).copied(),
        None => amounts.total,
    })
}

fn shown(amount: Option<u64>) -> String {
    amount.map_or_else(|| "–".into(), grouped)
}

/// Rows as lines: the first column to the left, the others to the right, each as wide as its widest cell.
fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let count = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..count).map(|at| width(at).unwrap_or_default()).collect();
    let line = |row: &Vec<String>| {
        let mut out = String::new();
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            out.push_str(&if at == 0 { format!("{cell:width$}") } else { format!("  {cell:>width$}") });
        }
        out
    };
    rows.iter().map(line).collect()
}
