//! `avsikt check`: reads the campaign and prints every problem at once.

use super::console::Console;
use super::{Ending, Place};
use crate::campaign::Campaign;
use crate::campaign::prices::{Amounts, Prices, grouped};
use crate::error::{Error, Result};

pub fn check(place: &Place, console: &Console) -> Result<Ending> {
    let workspace = place.open()?;
    let (campaign, problems) = place.examine(&workspace)?;
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
    if campaign.key.demonstration {
        lines.push(String::new());
        lines.push(
            "the campaign key is for demonstration: it is public, so it proves nothing about real returns".into(),
        );
    }
    lines
}

/// The whole price table, with sums per line.
fn price_lines(campaign: &Campaign, prices: &Prices) -> Vec<String> {
    let mut header = format!("{:28}", "recipient");
    let mut columns = Vec::new();
    for (at, line) in prices.lines.iter().enumerate() {
        for year in &prices.years {
            if line.whole.forecast.contains_key(year) {
                header.push_str(&format!("{:>18}", format!("{} {year}", line.id)));
                columns.push((at, Some(*year)));
            }
        }
        if line.whole.total.is_some() {
            header.push_str(&format!("{:>18}", line.id));
            columns.push((at, None));
        }
    }
    let cell = |year: Option<i16>, share: &Amounts| {
        let amount = match year {
            Some(year) => share.forecast.get(&year).copied(),
            None => share.total,
        };
        format!("{:>18}", amount.map_or_else(|| "–".into(), grouped))
    };
    let mut lines = vec![header];
    for (index, recipient) in campaign.recipients.iter().enumerate() {
        let cells: String = columns.iter().map(|&(at, year)| cell(year, &prices.lines[at].shares[index])).collect();
        lines.push(format!("{:28}{cells}", format!("{} {}", recipient.code, recipient.name)));
    }
    let cells: String = columns.iter().map(|&(at, year)| cell(year, &prices.lines[at].whole)).collect();
    lines.push(format!("{:28}{cells}", "all"));
    lines
}
