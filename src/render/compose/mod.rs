//! Composes one recipient's document: campaign and recipient in, document tree and the plan of its form out.
//!
//! Nothing is typeset here and nothing is written. Every mistake in the texts becomes a problem with its place; composing
//! all recipients is therefore also the check of a campaign's texts.

mod filters;
mod markdown;
mod texts;
pub mod tree;

use std::collections::{BTreeMap, BTreeSet};

use tera::Context;

use crate::render::compose::filters::{is_swedish, money};
use crate::render::compose::texts::Texts;
use crate::render::compose::tree::{
    Align, Block, ChoiceBlock, Column, CommentBlock, CoverPage, Fact, FieldBlock, FormBlock, Inline, OptionBlock, Row,
    SignatureBlock, Table, TableStyle, Tree,
};
use serde::Serialize;

use crate::campaign::Campaign;
use crate::campaign::declaration::{Form, FormField, FormFieldKind, Glossary, PriceTable, Section, Text};
use crate::campaign::prices::{PriceLine, Prices};
use crate::diagnostic::Problems;

/// One recipient's document before it is typeset.
#[derive(Debug, Clone)]
pub struct Composed {
    pub tree: Tree,
    /// The file's name, with its ending.
    pub file_name: String,
    /// Every field of the form, in reading order.
    pub fields: Vec<FieldPlan>,
    /// How many pages the form may take.
    pub form_pages: usize,
}

/// What a field of the form is to be: all that the page itself does not say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldPlan {
    pub name: String,
    pub kind: PlannedKind,
    /// What a screen reader says (`/TU`).
    pub tooltip: String,
    pub value: Option<String>,
    pub read_only: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum PlannedKind {
    /// Boxes that exclude each other: on-state and tooltip of each.
    Choice(Vec<(String, String)>),
    Text {
        multiline: bool,
    },
    Signature,
}

/// Composes documents of one campaign.
pub struct Composer<'c> {
    campaign: &'c Campaign,
    /// By language: the campaign's, and those of recipients who have another.
    texts: BTreeMap<&'c str, Texts>,
}

/// Composing one recipient's document: what every step needs.
struct Run<'c, 'p> {
    campaign: &'c Campaign,
    texts: &'c Texts,
    /// Of this recipient's document.
    language: &'c str,
    context: Context,
    index: usize,
    problems: &'p mut Problems,
}

impl<'c> Composer<'c> {
    pub fn new(campaign: &'c Campaign) -> Self {
        let languages = (0..campaign.recipients.len()).map(|index| campaign.language_of(index));
        let texts = languages.collect::<BTreeSet<_>>().into_iter();
        Composer { campaign, texts: texts.map(|language| (language, Texts::new(campaign, language))).collect() }
    }

    /// Composes the document of recipient number `index`. What it gives is of use only if no problem is an error.
    pub fn compose(&self, index: usize, problems: &mut Problems) -> Composed {
        let language = self.campaign.language_of(index);
        let texts = &self.texts[language];
        let context = texts.context(self.campaign, index, problems);
        let mut run = Run { campaign: self.campaign, texts, language, context, index, problems };
        let declaration = &self.campaign.declaration;
        let mut body = Vec::new();
        for section in &declaration.sections {
            run.section(section, 1, &mut body);
        }
        let form = run.form(&declaration.form);
        body.push(Block::Form(Box::new(form)));
        Composed {
            tree: run.tree(body),
            file_name: run.file_name(),
            fields: run.plan(&declaration.form),
            form_pages: declaration.form.pages,
        }
    }

    /// Composes every recipient's document and gives the problems, and the letters that would be printed.
    pub fn check(&self) -> Checked {
        let mut problems = Problems::default();
        let mut letters = Letters::default();
        let mut names = BTreeMap::new();
        for (index, recipient) in self.campaign.recipients.iter().enumerate() {
            let composed = self.compose(index, &mut problems);
            letters.take(&composed);
            let name = composed.file_name;
            if let Some(first) = names.insert(name.to_lowercase(), recipient.code.clone())
                && name != ".pdf"
                && first != recipient.code
            {
                problems.error(
                    Some(self.campaign.declaration.file_name.place.clone()),
                    format!("{first} and {} get the same file name `{name}`", recipient.code),
                    "put `{{ recipient.code }}` first",
                );
            }
        }
        problems.sort();
        Checked { problems, letters }
    }
}

/// What composing every document tells.
pub struct Checked {
    pub problems: Problems,
    pub letters: Letters,
}

/// Letters that documents print.
#[derive(Debug, Default)]
pub struct Letters {
    pub printed: BTreeSet<char>,
    /// Those that stand in fields as they are sent: drawn with the form's own font.
    pub filled_in: BTreeSet<char>,
}

impl Letters {
    fn take(&mut self, composed: &Composed) {
        let text = serde_json::to_string(&composed.tree).expect("a document tree is plain data");
        self.printed.extend(text.chars().filter(|c| !c.is_control()));
        self.filled_in.extend(composed.fields.iter().filter_map(|plan| plan.value.as_deref()).flat_map(str::chars));
    }
}

impl Run<'_, '_> {
    fn tree(&mut self, body: Vec<Block>) -> Tree {
        let campaign = self.campaign;
        let cover = &campaign.declaration.cover;
        let facts = cover
            .facts
            .iter()
            .map(|(label, value)| Fact { label: self.plain(label), value: self.plain(value) })
            .collect();
        let name = &campaign.recipients[self.index].name;
        let cover = CoverPage {
            kicker: self.optional(cover.kicker.as_ref()),
            title: self.plain(&cover.title),
            subtitle: self.optional(cover.subtitle.as_ref()),
            recipient: name.clone(),
            recipient_label: self.optional(cover.recipient_label.as_ref()),
            facts,
            body: self.blocks(cover.text.as_ref()),
        };
        let look = campaign.look.iter().map(|look| (look.key.clone(), look.value.clone().into())).collect();
        Tree {
            language: self.language.split('-').next().unwrap_or_default().to_owned(),
            region: region_of(self.language),
            title: format!("{} – {name}", campaign.title),
            author: campaign.sender.name.clone(),
            date: crate::render::typeset::day(campaign.date),
            look,
            contents: self.optional(campaign.declaration.contents.as_ref()),
            cover,
            body,
        }
    }

    /// The file's name: must begin with the recipient's code and be valid on every system.
    fn file_name(&mut self) -> String {
        let text = &self.campaign.declaration.file_name;
        let name = self.plain(text);
        let code = self.campaign.recipients[self.index].code.as_str();
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        let fits = name.starts_with(&format!("{code}-")) && name.chars().all(allowed) && name.len() <= 100;
        // An empty name comes from an expression that failed, which has been told.
        if !name.is_empty() && !fits {
            self.problems.error(
                Some(text.place.clone()),
                format!("`{name}` cannot be a declaration's file name"),
                "begin with `{{ recipient.code }}-` and use a–z, 0–9, hyphen and underscore, at most 100 characters",
            );
        }
        format!("{name}.pdf")
    }

    fn section(&mut self, section: &Section, level: usize, out: &mut Vec<Block>) {
        let text = self.inlines(&section.title);
        out.push(Block::Heading { level: level.min(3), text, new_page: section.new_page });
        out.extend(self.blocks(section.text.as_ref()));
        if let Some(glossary) = &section.glossary {
            let table = self.glossary(glossary);
            out.push(table);
        }
        if let Some(place) = &section.prices {
            match &self.campaign.prices {
                Some(prices) => {
                    let table = self.price_table(place, prices);
                    out.push(table);
                }
                None => self.problems.error(
                    Some(section.title.place.clone()),
                    "the price table has no prices: `prices.yaml` is missing or has errors",
                    "add prices.yaml to the campaign's folder, or take out `prices:` here",
                ),
            }
        }
        out.extend(self.blocks(section.text_after.as_ref()));
        for inner in &section.sections {
            self.section(inner, level + 1, out);
        }
    }

    fn glossary(&mut self, glossary: &Glossary) -> Block {
        let columns = glossary.columns.iter().map(|label| self.column(Align::Left, label)).collect();
        let rows = glossary
            .rows
            .iter()
            .map(|(term, meaning)| Row { cells: vec![self.inlines(term), self.inlines(meaning)], strong: false })
            .collect();
        Block::Table(Table { style: TableStyle::Glossary, caption: None, note: None, columns, rows })
    }

    fn column(&mut self, align: Align, label: &Text) -> Column {
        Column { align, label: self.inlines(label) }
    }

    /// The recipient's own prices: a row a line, a column a year, and the total where a line has one.
    fn price_table(&mut self, place: &PriceTable, prices: &Prices) -> Block {
        let (what, total) = if is_swedish(self.language) { ("Kostnad", "Totalt") } else { ("Cost", "Total") };
        let mut columns = vec![Column { align: Align::Left, label: Inline::text(what) }];
        let right = |label: String| Column { align: Align::Right, label: Inline::text(label) };
        columns.extend(prices.years.iter().map(|year| right(year.to_string())));
        columns.push(right(total.to_owned()));
        let mut rows: Vec<Row> =
            prices.lines.iter().map(|line| price_row(line, self.index, prices, self.language)).collect();
        if rows.len() > 1 {
            rows.push(sum_row(self.index, prices, self.language));
        }
        let caption = place.caption.as_ref().map(|text| self.inlines(text));
        let note = prices.note.as_deref().map(|note| markdown::inlines(note).0);
        Block::Table(Table { style: TableStyle::Prices, caption, note, columns, rows })
    }

    fn form(&mut self, form: &Form) -> FormBlock {
        let options = form
            .choice
            .options
            .iter()
            .map(|option| OptionBlock {
                value: option.value.clone(),
                label: self.inlines(&option.label),
                body: self.blocks(option.text.as_ref()),
                comment: option.comment.as_ref().map(|comment| CommentBlock {
                    field: comment.field.clone(),
                    label: self.inlines(&comment.label),
                    lines: comment.lines.clamp(1, 20),
                }),
            })
            .collect();
        let fields = form
            .fields
            .iter()
            .map(|field| FieldBlock {
                field: field.field.clone(),
                label: self.inlines(&field.label),
                kind: field.kind.name(),
                width: if field.half { "half" } else { "full" },
                read_only: field.read_only,
            })
            .collect();
        FormBlock {
            title: self.inlines(&form.title),
            intro: self.blocks(form.intro.as_ref()),
            choice: ChoiceBlock { field: form.choice.field.clone(), label: self.inlines(&form.choice.label), options },
            signature: SignatureBlock {
                title: self.inlines(&form.signature_title),
                intro: self.blocks(form.signature_text.as_ref()),
                fields,
            },
            outro: self.blocks(form.outro.as_ref()),
        }
    }

    /// The fields in reading order: each choice's box, its comment, then the signature's fields.
    fn plan(&mut self, form: &Form) -> Vec<FieldPlan> {
        let options: Vec<_> = form.choice.options.iter().map(|o| (o.value.clone(), self.plain(&o.tooltip))).collect();
        let mut plan = vec![FieldPlan {
            name: form.choice.field.clone(),
            kind: PlannedKind::Choice(options),
            tooltip: self.plain(&form.choice.label),
            value: None,
            read_only: false,
        }];
        let fields: Vec<&FormField> = form.other_fields().collect();
        for field in fields {
            let kind = match field.kind {
                FormFieldKind::Text | FormFieldKind::Date => PlannedKind::Text { multiline: false },
                FormFieldKind::Multiline => PlannedKind::Text { multiline: true },
                FormFieldKind::Signature => PlannedKind::Signature,
            };
            plan.push(FieldPlan {
                name: field.field.clone(),
                kind,
                tooltip: self.plain(&field.tooltip),
                value: field.value.as_ref().map(|value| self.plain(value)),
                read_only: field.read_only,
            });
        }
        plan
    }

    fn plain(&mut self, text: &Text) -> String {
        self.texts.plain(text, &self.context, self.problems).trim().to_owned()
    }

    fn optional(&mut self, text: Option<&Text>) -> Option<String> {
        text.map(|text| self.plain(text))
    }

    fn blocks(&mut self, text: Option<&Text>) -> Vec<Block> {
        let Some(text) = text else { return Vec::new() };
        let filled = self.texts.markdown(text, &self.context, self.problems);
        let (blocks, unsupported) = markdown::blocks(&filled);
        self.tell(text, unsupported);
        for (thing, hint) in markdown::doubtful(&filled) {
            let place = text.place_of(thing.line, 0, usize::MAX / 2);
            self.problems.warning(Some(place), format!("here stands {}", thing.what), hint);
        }
        blocks
    }

    fn inlines(&mut self, text: &Text) -> Vec<Inline> {
        let filled = self.texts.markdown(text, &self.context, self.problems);
        let (inlines, unsupported) = markdown::inlines(&filled);
        self.tell(text, unsupported);
        inlines
    }

    fn tell(&mut self, text: &Text, unsupported: Vec<markdown::Unsupported>) {
        for thing in unsupported {
            self.problems.error(
                Some(text.place_of(thing.line, 0, usize::MAX / 2)),
                format!("a declaration cannot show {}", thing.what),
                "use paragraphs, lists, tables, **bold**, *italics* and links",
            );
        }
    }
}

fn price_row(line: &PriceLine, index: usize, prices: &Prices, language: &str) -> Row {
    let share = &line.shares[index];
    let cell =
        |amount: Option<u64>| Inline::text(amount.map_or("–".into(), |kr| money(kr, &prices.currency, language)));
    let mut cells = vec![Inline::text(line.label.clone())];
    cells.extend(prices.years.iter().map(|year| cell(share.forecast.get(year).copied())));
    cells.push(cell(share.total));
    Row { cells, strong: false }
}

/// What all lines cost each year, and in all where each line has a total: a line without one goes on after the last year.
fn sum_row(index: usize, prices: &Prices, language: &str) -> Row {
    let shares = || prices.lines.iter().map(|line| &line.shares[index]);
    let written = |amount: u64| Inline::text(money(amount, &prices.currency, language));
    let mut cells = vec![Inline::text(if is_swedish(language) { "Summa" } else { "Sum" })];
    cells.extend(prices.years.iter().map(|year| written(shares().filter_map(|share| share.forecast.get(year)).sum())));
    let total: Option<u64> = shares().map(|share| share.total).sum();
    cells.push(total.map_or_else(|| Inline::text("–"), written));
    Row { cells, strong: true }
}

/// The region of a language: the one of its tag, or the one that the language's own country has.
fn region_of(language: &str) -> Option<String> {
    match language.split_once('-') {
        Some((_, region)) => Some(region.to_owned()),
        None if language == "sv" => Some("SE".into()),
        None => None,
    }
}
