//! Loads a campaign: finds its folder, reads its files, and collects every problem that they have.

use std::sync::Arc;

use super::decode::{Fields, Reader};
use super::encoding;
use super::price_list::Folder;
use super::recipients::looks_like_an_address;
use super::yaml::{self, Node};
use super::{Campaign, Late, Look, Rule, Sender, Signing, declaration, prices, recipients, rule};
use crate::diagnostic::{Problems, SourceFile};
use crate::error::{Error, Result};
use crate::token::CampaignKey;
use crate::workspace::Workspace;

/// What loading gave: the campaign, if there is enough to make one, and all problems.
#[derive(Debug)]
pub struct Loaded {
    pub campaign: Option<Campaign>,
    pub problems: Problems,
}

/// Loads the workspace's campaign: the one named, or the only one.
///
/// # Errors
/// When there is no such campaign, or a file cannot be read. What is wrong *in* the files is in `problems`.
pub fn load(workspace: &Workspace, name: Option<&str>) -> Result<Loaded> {
    let folder = find_folder(workspace, name)?;
    let mut problems = Problems::default();
    let campaign = read_files(workspace, &folder, &mut problems)?;
    problems.sort();
    Ok(Loaded { campaign, problems })
}

fn find_folder(workspace: &Workspace, name: Option<&str>) -> Result<String> {
    let all: Vec<String> = workspace
        .folders("templates")?
        .into_iter()
        .filter(|folder| workspace.exists(&format!("templates/{folder}/campaign.yaml")))
        .collect();
    let root = workspace.root().display();
    match (name, all.as_slice()) {
        (Some(name), _) if all.iter().any(|folder| folder == name) => Ok(format!("templates/{name}")),
        (Some(name), _) => Err(Error::plain(
            format!("there is no campaign `{name}` in `{root}`"),
            format!("the campaigns there are: {}", if all.is_empty() { "none".into() } else { all.join(", ") }),
        )),
        (None, [only]) => Ok(format!("templates/{only}")),
        (None, []) => Err(Error::plain(
            format!("there is no campaign in `{root}`: no `templates/…/campaign.yaml`"),
            "go to the campaign's folder, name it with `--workspace`, or start one with `avsikt new DIR`",
        )),
        (None, several) => Err(Error::plain(
            format!("there are several campaigns in `{root}`: {}", several.join(", ")),
            "choose one with `--campaign NAME`",
        )),
    }
}

fn read_files(workspace: &Workspace, folder: &str, problems: &mut Problems) -> Result<Option<Campaign>> {
    let head = open(workspace, folder, "campaign.yaml", true, problems)?;
    let people = open(workspace, folder, "recipients.yaml", true, problems)?;
    let money = open(workspace, folder, "prices.yaml", false, problems)?;
    let paper = open(workspace, folder, "declaration.yaml", true, problems)?;

    let mut part = |opened: &Option<(Arc<SourceFile>, Node)>, read: &mut dyn FnMut(&mut Reader<'_>, &Node)| {
        if let Some((file, root)) = opened {
            read(&mut Reader { file: Arc::clone(file), problems }, root);
        }
    };
    let mut recipients = Vec::new();
    part(&people, &mut |reader, root| recipients = recipients::read(reader, root));
    let mut prices = None;
    let files = Folder { workspace, path: folder };
    part(&money, &mut |reader, root| prices = prices::read(reader, root, &recipients, &files));
    let mut declaration = None;
    part(&paper, &mut |reader, root| declaration = declaration::read(reader, root));
    let mut header = None;
    part(&head, &mut |reader, root| header = read_header(reader, root, declaration.as_ref(), money.is_some()));

    let sources = [&paper, &people, &money, &head].into_iter().flatten().map(|(file, _)| Arc::clone(file)).collect();
    let key = read_key(workspace, folder, problems)?;
    Ok(assemble(folder, header, recipients, prices, declaration, key).map(|campaign| Campaign { sources, ..campaign }))
}

/// A campaign out of its parts, when all that matter are there.
fn assemble(
    folder: &str,
    header: Option<Header>,
    recipients: Vec<recipients::Recipient>,
    prices: Option<prices::Prices>,
    declaration: Option<declaration::Declaration>,
    key: Option<CampaignKey>,
) -> Option<Campaign> {
    let header = header?;
    Some(Campaign {
        id: header.id,
        title: header.title,
        language: header.language,
        sender: header.sender,
        date: header.date,
        deadline: header.deadline,
        return_to: header.return_to,
        rule: header.rule,
        late: header.late,
        signature: header.signature,
        yes: header.yes,
        values: header.values,
        look: header.look,
        recipients,
        prices,
        declaration: declaration?,
        // Without a key the problem has been told and nothing is rendered; the texts can be checked all the same.
        key: key.unwrap_or_else(|| CampaignKey::new([0; 32], true)),
        folder: folder.to_owned(),
        sources: Vec::new(),
    })
}

/// Reads and parses one file; one that is missing or no text is a problem.
fn open(
    workspace: &Workspace,
    folder: &str,
    name: &str,
    needed: bool,
    problems: &mut Problems,
) -> Result<Option<(Arc<SourceFile>, Node)>> {
    let path = format!("{folder}/{name}");
    if !workspace.exists(&path) {
        if needed {
            problems.error(None, format!("`{path}` is missing"), "see the shipped campaign, or `avsikt new DIR`");
        }
        return Ok(None);
    }
    let bytes = workspace.read(&path)?;
    let Some(text) = encoding::decode(&bytes) else {
        problems.error(None, format!("`{path}` is no text"), "save it as UTF-8 in your editor");
        return Ok(None);
    };
    let file = Arc::new(SourceFile { path, text });
    Ok(yaml::parse(&file, problems).map(|root| (file, root)))
}

/// What `campaign.yaml` says.
struct Header {
    id: String,
    title: String,
    language: String,
    sender: Sender,
    date: jiff::civil::Date,
    deadline: jiff::civil::Date,
    return_to: String,
    rule: Rule,
    late: Late,
    signature: Signing,
    yes: Option<String>,
    values: serde_json::Map<String, serde_json::Value>,
    look: Vec<Look>,
}

const KNOWN: &[&str] = &[
    "id",
    "title",
    "language",
    "sender",
    "date",
    "deadline",
    "return_to",
    "rule",
    "late",
    "signature",
    "yes",
    "values",
    "look",
];

fn read_header(
    reader: &mut Reader<'_>,
    root: &Node,
    paper: Option<&declaration::Declaration>,
    priced: bool,
) -> Option<Header> {
    let fields = reader.fields(root, "campaign.yaml", KNOWN)?;
    let id = reader.required_text(&fields, "id");
    let title = reader.required_text(&fields, "title");
    let language = fields.get("language").and_then(|n| reader.language(n)).unwrap_or_else(|| "sv".into());
    let sender = reader.required(&fields, "sender").and_then(|n| read_sender(reader, n));
    let date = reader.required(&fields, "date").and_then(|n| reader.date(n));
    let deadline = reader.required(&fields, "deadline").and_then(|n| reader.date(n));
    let return_to = reader.required_text(&fields, "return_to");
    let rule = reader.required(&fields, "rule").and_then(|n| rule::read(reader, n, priced));
    let late = fields.get("late").and_then(|n| rule::read_late(reader, n)).unwrap_or_default();
    let signature = fields.get("signature").and_then(|n| Some((n, rule::read_signing(reader, n)?)));
    if let (Some((node, signing)), Some(paper)) = (signature, paper) {
        rule::check_signing(reader, node, signing, &paper.form);
    }
    // Where nothing is demanded and nothing costs, no choice counts for more than another.
    let yes = match rule {
        Some(Rule::None) if !priced => reader.optional_text(&fields, "yes"),
        _ => reader.required_text(&fields, "yes"),
    };
    let values = fields.get("values").and_then(|n| read_values(reader, n)).unwrap_or_default();
    let look = fields.get("look").map(|n| read_look(reader, n)).unwrap_or_default();
    check_header(reader, &fields, paper);
    Some(Header {
        language,
        values,
        look,
        // What is missing has been told; an empty value stands in for it, so that the texts can be checked as well.
        id: id.unwrap_or_default(),
        title: title.unwrap_or_default(),
        sender: sender.unwrap_or_default(),
        date: date.unwrap_or_default(),
        deadline: deadline.unwrap_or_default(),
        return_to: return_to.unwrap_or_default(),
        rule: rule.unwrap_or(Rule::None),
        late,
        signature: signature.map(|(_, signing)| signing).unwrap_or_default(),
        yes,
    })
}

fn read_sender(reader: &mut Reader<'_>, node: &Node) -> Option<Sender> {
    let fields = reader.fields(node, "the sender", &["name", "unit"])?;
    let unit = reader.optional_text(&fields, "unit");
    Some(Sender { name: reader.required_text(&fields, "name")?, unit })
}

/// Values of the office's own: texts, or groups of them. A group may hold groups.
fn read_values(reader: &mut Reader<'_>, node: &Node) -> Option<serde_json::Map<String, serde_json::Value>> {
    let fields = reader.open_fields(node, "`values`")?;
    let mut values = serde_json::Map::new();
    for (key, value) in fields.others(&[]) {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if !key.name.chars().all(fits) || key.name.starts_with(|c: char| c.is_ascii_digit()) {
            let hint = "use a–z, 0–9 and underscore, beginning with a letter: the texts call it `{{ values.name }}`";
            reader.error(&key.span, format!("`{}` cannot be a value's name", key.name), hint);
            continue;
        }
        let value = match value.value {
            yaml::Value::Map(_) => read_values(reader, value).map(serde_json::Value::Object),
            _ => reader.text(value).map(serde_json::Value::String),
        };
        values.extend(value.map(|value| (key.name.clone(), value)));
    }
    Some(values)
}

fn read_look(reader: &mut Reader<'_>, node: &Node) -> Vec<Look> {
    let Some(fields) = reader.open_fields(node, "`look`") else { return Vec::new() };
    let mut look = Vec::new();
    for (key, value) in fields.others(&[]) {
        if let Some(text) = reader.text(value) {
            let span = if text.is_empty() { &key.span } else { &value.span };
            look.push(Look { key: key.name.clone(), value: text, place: reader.place(span) });
        }
    }
    look
}

/// What is well formed and still cannot be right.
fn check_header(reader: &mut Reader<'_>, fields: &Fields<'_>, paper: Option<&declaration::Declaration>) {
    let id_fits = |id: &str| {
        (1..=20).contains(&id.len()) && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    // `required_text` has told of empty ones, so each check asks the text quietly.
    let quiet = |name: &str| fields.get(name).and_then(|n| Some((n, scalar(n)?)));
    if let Some((node, id)) = quiet("id")
        && !id_fits(id)
    {
        reader.error(&node.span, format!("`{id}` cannot be a campaign's id"), "use a–z, 0–9 and hyphens, at most 20");
    }
    if let Some((node, address)) = quiet("return_to")
        && !looks_like_an_address(address)
    {
        reader.error(&node.span, format!("`{address}` is not an e-mail address"), "write name@domain");
    }
    if let (Some((_, date)), Some((node, deadline))) = (quiet("date"), quiet("deadline"))
        && let (Ok(date), Ok(last)) = (date.parse::<jiff::civil::Date>(), deadline.parse::<jiff::civil::Date>())
        && last < date
    {
        reader.error(&node.span, "the deadline is before the document's date", "change `deadline` or `date`");
    }
    if let (Some((node, yes)), Some(paper)) = (quiet("yes"), paper) {
        let options: Vec<&str> = paper.form.choice.options.iter().map(|o| o.value.as_str()).collect();
        if !options.contains(&yes) {
            let hint = format!("the form's options are: {}", options.join(", "));
            reader.error(&node.span, format!("`{yes}` is none of the form's options"), hint);
        }
    }
}

fn scalar(node: &Node) -> Option<&str> {
    match &node.value {
        yaml::Value::Scalar(text) => Some(text),
        _ => None,
    }
}

fn read_key(workspace: &Workspace, folder: &str, problems: &mut Problems) -> Result<Option<CampaignKey>> {
    let path = format!("{folder}/campaign.key");
    if !workspace.exists(&path) {
        problems.error(
            None,
            format!("`{path}` is missing"),
            "the key proves which documents are yours: put back the file, or start a campaign with `avsikt new DIR`",
        );
        return Ok(None);
    }
    let text = String::from_utf8_lossy(&workspace.read(&path)?).into_owned();
    let key = CampaignKey::parse(&text);
    if key.is_none() {
        problems.error(
            None,
            format!("`{path}` holds no key"),
            "a key is 64 hexadecimal digits on a line of their own; put back the file from a copy",
        );
    }
    Ok(key)
}
