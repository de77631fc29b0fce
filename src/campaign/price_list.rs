//! Prices from the office's own list: a spreadsheet or CSV file with a row for each recipient, as `price_list:` in
//! `prices.yaml` describes it.
//!
//! Every cell that cannot be right is a problem that names the cell or line: a list is taken whole or not at all. What a
//! number may look like is strict, since a wrong amount would be sent to somebody.

use std::ops::Range;

use super::decode::{Fields, Reader, closest};
use super::prices::{Amounts, PriceLine};
use super::recipients::Recipient;
use super::sheet::amount::kronor;
use super::sheet::{self, CellValue, Row, Sheet, words};
use super::yaml::Node;
use crate::workspace::Workspace;

/// The headings stand in one of the first rows; a letterhead may stand above.
const HEADING_WITHIN: usize = 60;
/// After so many problems a person has seen what is wrong with the list.
const ENOUGH: usize = 50;

/// Where the campaign's files are.
pub(super) struct Folder<'w> {
    pub workspace: &'w Workspace,
    /// Relative to the workspace.
    pub path: &'w str,
}

/// A column as `prices.yaml` names it.
struct Heading {
    name: String,
    span: Range<usize>,
}

/// A column of amounts, of one line's total or one of its years.
struct Wanted {
    line: usize,
    year: Option<i16>,
    heading: Heading,
}

/// What `price_list:` says.
struct Description {
    file: Heading,
    sheet: Option<String>,
    recipient: Heading,
    /// What stands in the recipients' column in the row of sums.
    sums: Option<String>,
    wanted: Vec<Wanted>,
}

/// The sums that the list itself states, with the names of their cells.
type Stated = Vec<Option<(u64, String)>>;

/// Fills in the lines' shares; says whether it could.
pub(super) fn share(
    reader: &mut Reader<'_>,
    node: &Node,
    folder: &Folder<'_>,
    recipients: &[Recipient],
    lines: &mut [PriceLine],
) -> bool {
    let Some(described) = describe(reader, node, lines) else { return false };
    let opened = sheet::open(
        folder.workspace,
        folder.path,
        &described.file.name,
        described.sheet.as_deref(),
        &described.recipient.name,
    );
    let sheet = match opened {
        Ok(sheet) => sheet,
        Err(none) => {
            reader.error(&described.file.span, none.message, none.hint);
            return false;
        }
    };
    let Some((heading_row, key, columns)) = find_columns(reader, &sheet, &described) else { return false };
    let mut list = List { reader, sheet: &sheet, described: &described, recipients, key, columns, told: 0 };
    let Some((amounts, stated)) = list.read(&sheet.rows[heading_row + 1..]) else { return false };
    list.check_stated(&amounts, &stated);
    for row in &amounts {
        for (line_at, line) in lines.iter_mut().enumerate() {
            let mut share = Amounts::default();
            for (wanted, amount) in described.wanted.iter().zip(row).filter(|(wanted, _)| wanted.line == line_at) {
                match wanted.year {
                    Some(year) => drop(share.forecast.insert(year, *amount)),
                    None => share.total = Some(*amount),
                }
            }
            line.shares.push(share);
        }
    }
    true
}

fn describe(reader: &mut Reader<'_>, node: &Node, lines: &[PriceLine]) -> Option<Description> {
    let fields = reader.fields(node, "the price list", &["file", "sheet", "recipient", "sums", "columns"])?;
    let file = heading(reader, &fields, "file");
    let recipient = heading(reader, &fields, "recipient");
    let sheet = reader.optional_text(&fields, "sheet");
    let sums = reader.optional_text(&fields, "sums");
    let columns = reader.required(&fields, "columns")?;
    let ids: Vec<&str> = lines.iter().map(|line| line.id.as_str()).collect();
    let columns = reader.fields(columns, "`columns`", &ids)?;
    let mut wanted = Vec::new();
    let mut complete = true;
    for (at, line) in lines.iter().enumerate() {
        let of = reader
            .required(&columns, &line.id)
            .and_then(|node| reader.fields(node, "a line's columns", &["total", "forecast"]));
        match of {
            Some(of) => complete &= wanted_of(reader, &of, at, line, &mut wanted),
            None => complete = false,
        }
    }
    complete.then_some(Description { file: file?, sheet, recipient: recipient?, sums, wanted })
}

/// The columns of one line: one for its total and one for each of its years, neither more nor fewer.
fn wanted_of(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    at: usize,
    line: &PriceLine,
    wanted: &mut Vec<Wanted>,
) -> bool {
    let before = reader.problems.iter().count();
    match (line.whole.total, fields.get("total")) {
        (Some(_), _) => {
            let found = heading(reader, fields, "total");
            wanted.extend(found.map(|heading| Wanted { line: at, year: None, heading }));
        }
        (None, Some(node)) => reader.error(
            &node.span,
            format!("`{}` has no total that this column could be compared with", line.id),
            "add `total:` to the line, or take out the column",
        ),
        (None, None) => {}
    }
    let years: Vec<String> = line.whole.forecast.keys().map(i16::to_string).collect();
    let names: Vec<&str> = years.iter().map(String::as_str).collect();
    let forecast = match (names.is_empty(), fields.get("forecast")) {
        (true, None) => None,
        (false, None) => {
            reader.required(fields, "forecast");
            None
        }
        (_, Some(node)) => reader.fields(node, "`forecast`", &names),
    };
    if let Some(forecast) = forecast {
        for year in line.whole.forecast.keys() {
            let found = heading(reader, &forecast, &year.to_string());
            wanted.extend(found.map(|heading| Wanted { line: at, year: Some(*year), heading }));
        }
    }
    reader.problems.iter().count() == before
}

fn heading(reader: &mut Reader<'_>, fields: &Fields<'_>, name: &str) -> Option<Heading> {
    let text = reader.required_text(fields, name)?;
    Some(Heading { name: text, span: fields.get(name).map_or(fields.span(), |node| node.span.clone()) })
}

fn folded(text: &str) -> String {
    words(text).to_lowercase()
}

/// The row of headings (by its place among the rows), the recipients' column, and the columns of amounts.
fn find_columns(reader: &mut Reader<'_>, sheet: &Sheet, described: &Description) -> Option<(usize, usize, Vec<usize>)> {
    let wanted = folded(&described.recipient.name);
    let holds = |row: &Row| row.cells.keys().any(|at| folded(&row.text(*at)) == wanted);
    let Some(at) = sheet.rows.iter().take(HEADING_WITHIN).position(holds) else {
        let hint = match sheet.rows.first() {
            Some(row) => format!("row {} says: {}", row.number, headings(row).join(", ")),
            None => "there is nothing in it".into(),
        };
        let message = format!("{} has no column `{}`", sheet.name, described.recipient.name);
        reader.error(&described.recipient.span, message, hint);
        return None;
    };
    let row = &sheet.rows[at];
    let key = find_column(reader, sheet, row, &described.recipient);
    let columns: Vec<_> =
        described.wanted.iter().map(|wanted| find_column(reader, sheet, row, &wanted.heading)).collect();
    let mut complete = true;
    for (at, column) in columns.iter().enumerate() {
        let twice = column.is_some() && (*column == key || columns[..at].contains(column));
        if twice {
            let heading = &described.wanted[at].heading;
            let message = format!("the column `{}` is used twice", heading.name);
            reader.error(&heading.span, message, "each total and each year has a column of its own");
        }
        complete &= column.is_some() && !twice;
    }
    Some((at, key?, columns.into_iter().flatten().collect())).filter(|_| complete)
}

fn find_column(reader: &mut Reader<'_>, sheet: &Sheet, row: &Row, heading: &Heading) -> Option<usize> {
    let wanted = folded(&heading.name);
    let found: Vec<usize> = row.cells.keys().copied().filter(|at| folded(&row.text(*at)) == wanted).collect();
    match found.as_slice() {
        [only] => return Some(*only),
        [] => {
            let names = headings(row);
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let hint = match closest(&heading.name, &names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("row {} says: {}", row.number, names.join(", ")),
            };
            reader.error(&heading.span, format!("{} has no column `{}`", sheet.name, heading.name), hint);
        }
        [first, second, ..] => reader.error(
            &heading.span,
            format!(
                "two columns are called `{}`: {} and {}",
                heading.name,
                sheet.cell_name(row, *first),
                sheet.cell_name(row, *second)
            ),
            "give each its own heading",
        ),
    }
    None
}

fn headings(row: &Row) -> Vec<String> {
    row.cells.keys().map(|at| row.text(*at)).collect()
}

/// Reading the rows below the headings.
struct List<'l, 'p> {
    reader: &'l mut Reader<'p>,
    sheet: &'l Sheet,
    described: &'l Description,
    recipients: &'l [Recipient],
    /// The recipients' column.
    key: usize,
    /// The columns of amounts, one for each that is wanted.
    columns: Vec<usize>,
    told: usize,
}

impl List<'_, '_> {
    /// Every recipient's amounts in the recipients' order, and the sums that the list states. `None` when there was a
    /// problem.
    fn read(&mut self, rows: &[Row]) -> Option<(Vec<Vec<u64>>, Stated)> {
        let mut found: Vec<Option<(String, Vec<u64>)>> = vec![None; self.recipients.len()];
        let mut stated: Stated = vec![None; self.columns.len()];
        let mut sums: Option<String> = None;
        for row in rows {
            if self.told >= ENOUGH {
                let message = format!("{} has more problems than these", self.sheet.name);
                self.reader.error(&self.described.file.span, message, "mend these first");
                return None;
            }
            let key = row.text(self.key);
            if self.columns.iter().all(|column| !row.cells.contains_key(column)) && self.find(&key).is_none() {
                // A heading within the list, or a remark below it.
                continue;
            }
            let name = self.sheet.cell_name(row, self.key);
            if key.is_empty() {
                self.tell(row, self.key, "has no recipient, and amounts beside it", "fill in the recipient");
            } else if self.described.sums.as_ref().is_some_and(|sums| folded(sums) == folded(&key)) {
                if let Some(first) = sums.replace(name) {
                    let what = format!("is a second row of sums; the first is {first}");
                    self.tell(row, self.key, &what, "keep one");
                }
                stated = self.stated(row);
            } else if let Some(at) = self.find(&key) {
                let amounts = self.amounts(row);
                match &found[at] {
                    Some((first, _)) => {
                        let what = format!("lists `{}` a second time; the first is {first}", self.recipients[at].name);
                        self.tell(row, self.key, &what, "each recipient has one row");
                    }
                    None => found[at] = Some((name, amounts)),
                }
            } else {
                let hint = "write the code or the name as in recipients.yaml; if this is the row of sums, add its word \
                            as `sums:` under `price_list:`";
                self.tell(row, self.key, &format!("is `{key}`, which is no recipient's code or name"), hint);
            }
        }
        for (recipient, _) in self.recipients.iter().zip(&found).filter(|(_, found)| found.is_none()) {
            self.told += 1;
            let message = format!("{} has no row for `{}` ({})", self.sheet.name, recipient.name, recipient.code);
            self.reader.error(&self.described.file.span, message, "every recipient must be in the list");
        }
        if let (Some(word), None) = (&self.described.sums, &sums) {
            self.told += 1;
            let message = format!("{} has no row `{word}`", self.sheet.name);
            self.reader.error(&self.described.file.span, message, "correct `sums:`, or take it out");
        }
        (self.told == 0).then(|| (found.into_iter().flatten().map(|(_, amounts)| amounts).collect(), stated))
    }

    /// The recipient with this code or name. Spreadsheets take `01` for a number and show `1`: that is understood where
    /// only one recipient can be meant.
    fn find(&self, key: &str) -> Option<usize> {
        let exact = self.recipients.iter().position(|recipient| recipient.code.as_str() == key);
        let wanted = folded(key);
        let named = || self.recipients.iter().position(|recipient| folded(&recipient.name) == wanted);
        exact.or_else(named).or_else(|| {
            let bare = |code: &str| code.trim_start_matches('0').to_owned();
            let is_number = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
            let mut same =
                self.recipients.iter().enumerate().filter(|(_, r)| is_number && bare(r.code.as_str()) == bare(key));
            same.next().map(|(at, _)| at).filter(|_| same.next().is_none())
        })
    }

    fn amounts(&mut self, row: &Row) -> Vec<u64> {
        (0..self.columns.len()).map(|at| self.amount(row, self.columns[at]).unwrap_or_default()).collect()
    }

    /// The row of sums may leave columns out.
    fn stated(&mut self, row: &Row) -> Stated {
        let mut stated = Vec::new();
        for at in 0..self.columns.len() {
            let column = self.columns[at];
            let there = row.cells.contains_key(&column);
            let amount = if there { self.amount(row, column) } else { None };
            stated.push(amount.map(|amount| (amount, self.sheet.cell_name(row, column))));
        }
        stated
    }

    fn amount(&mut self, row: &Row, column: usize) -> Option<u64> {
        let Some(cell) = row.cells.get(&column) else {
            self.tell(row, column, "is empty", "write the amount; 0 only where nothing is to be paid");
            return None;
        };
        match kronor(&cell.value) {
            Err(_) if cell.value == CellValue::Uncomputed => {
                let hint = "open the list in Excel or another spreadsheet program, look at the amounts, and save it";
                self.tell(row, column, "is a formula without a stored result", hint);
                None
            }
            Err(_) if cell.value == CellValue::Nought => {
                let hint = "open the list in Excel or another spreadsheet program and save it; where the cell shows 0 there \
                            and nothing is to be paid, write 0 in place of the formula";
                self.tell(
                    row,
                    column,
                    "is a formula whose stored result is 0, as programs write it that do not compute",
                    hint,
                );
                None
            }
            Ok(amount) => Some(amount),
            Err(wrong) => {
                let what = format!("is `{}`, {wrong}", cell.value.text());
                self.tell(row, column, &what, "write whole kronor, for example 1 234 567");
                None
            }
        }
    }

    /// The list must agree with its own row of sums.
    fn check_stated(&mut self, amounts: &[Vec<u64>], stated: &Stated) {
        for (at, stated) in stated.iter().enumerate() {
            let sum: u64 = amounts.iter().map(|row| row[at]).sum();
            let Some((said, cell)) = stated.as_ref().filter(|(said, _)| *said != sum) else { continue };
            let grouped = super::prices::grouped;
            let wanted = &self.described.wanted[at].heading;
            self.reader.error(
                &wanted.span,
                format!(
                    "{cell} ({}) says {}, and the amounts above sum to {}",
                    wanted.name,
                    grouped(*said),
                    grouped(sum)
                ),
                format!("the difference is {}; correct an amount or the sum", grouped(said.abs_diff(sum))),
            );
        }
    }

    /// A problem of one cell: in the file itself where that is text, else where `prices.yaml` names the column.
    fn tell(&mut self, row: &Row, column: usize, what: &str, hint: &str) {
        self.told += 1;
        let wanted = self.columns.iter().position(|at| *at == column).map(|at| &self.described.wanted[at].heading);
        let span = wanted.map_or(&self.described.recipient.span, |heading| &heading.span);
        let place = self.sheet.place(row, column).unwrap_or_else(|| self.reader.place(span));
        // The heading beside the cell: a line has many cells, and a person knows columns by their headings.
        let heading = wanted.map(|heading| format!(" ({})", words(&heading.name))).unwrap_or_default();
        let name = self.sheet.cell_name(row, column);
        self.reader.problems.error(Some(place), format!("{name}{heading} {what}"), hint);
    }
}
