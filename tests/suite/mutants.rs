//! 1 500 damaged and doctored returns: none may be taken for an answer, or for a value, that was not given.
//!
//! Each mutant is made from an honest return by one small change, chosen by its number alone, so a failure can be made again.
//! Whatever becomes of it, a value that is told with confidence must be the one that was filled in, and a field that is called
//! empty must have been empty. `MUTANTS=20000 cargo test --release --test suite mutants::` makes more of them.

use std::collections::BTreeMap;

use avsikt::answer::document::{Document, Outcome, Reconciled, Status};
use lopdf::{Object, ObjectId};

use crate::support::filling::{Filling, Spelling, fill};
use crate::support::returned::{Returned, name};
use crate::support::sent::outbox;

const MUTANTS: u64 = 1_500;

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// An honest return, and what is read of it.
struct Honest {
    bytes: Vec<u8>,
    flattened: bool,
    choice: Option<String>,
    fields: BTreeMap<String, Option<String>>,
}

impl Honest {
    fn of((bytes, flattened): (Vec<u8>, bool)) -> Self {
        let document = outbox().read(&bytes);
        assert_eq!(document.outcome, Outcome::Answer, "{:?}", document.findings);
        let fields = document.fields.iter().map(|(name, read)| (name.to_string(), read.value.clone()));
        Honest { choice: document.choice.value.clone(), fields: fields.collect(), bytes, flattened }
    }
}

fn honest() -> Vec<Honest> {
    let texts = |comment: &'static str, text: &str| {
        let texts =
            [(comment, text), ("namnfortydligande", "Siv Exempelsson"), ("titel", "Direktör"), ("datum", "2026-02-11")];
        texts.into_iter().map(|(field, text)| (field, text.to_owned())).collect()
    };
    let yes = Filling {
        boxes: vec!["ja"],
        texts: texts("kommentar_ja", "Gärna, om priset stannar vid 12,50 kr.\nSe bilaga 1."),
    };
    let no = Filling { boxes: vec!["nej"], texts: texts("kommentar_nej", "Inte under 2027; åter 2028.") };
    let mut flattened = Returned::open(&fill("18", &yes, Spelling::INCREMENTAL));
    crate::support::journey::flatten(&mut flattened);
    flattened.pdf.prune_objects();
    let mut whole = Returned::open(&fill("05", &no, Spelling::INCREMENTAL));
    whole.pdf.decompress();
    let returns = [
        fill("18", &yes, Spelling::INCREMENTAL),
        fill("05", &no, Spelling::INCREMENTAL),
        whole.bytes(),
        flattened.bytes(),
    ];
    let last = returns.len() - 1;
    returns.into_iter().enumerate().map(|(at, bytes)| Honest::of((bytes, at == last))).collect()
}

/// One small change.
fn mutant(bytes: &[u8], kind: usize, random: &mut Random) -> Vec<u8> {
    let in_bytes: [fn(&mut Vec<u8>, &mut Random); 4] = [
        |bytes, random| noise(bytes, random),
        truncation,
        |bytes, random| swapped_tokens(bytes, random),
        doubled_piece,
    ];
    let in_objects: [fn(&mut Returned, &mut Random); 7] =
        [swapped_references, swapped_names, a_glyph, a_value, a_state, a_widget, a_lost_key];
    if let Some(change) = in_bytes.get(kind) {
        let mut changed = bytes.to_vec();
        change(&mut changed, random);
        return changed;
    }
    let mut returned = Returned::open(bytes);
    in_objects[(kind - in_bytes.len()) % in_objects.len()](&mut returned, random);
    returned.bytes()
}

const KINDS: usize = 11;
/// What changes a flattened page changes what the page shows, and what it shows is what is read. So a flattened return is only
/// cut off, or its printed text is changed.
const OF_FLATTENED: [usize; 2] = [1, 6];

fn noise(bytes: &mut [u8], random: &mut Random) {
    for _ in 0..=random.below(8) {
        let at = random.below(bytes.len());
        bytes[at] ^= 1 << random.below(8);
    }
}

fn truncation(bytes: &mut Vec<u8>, random: &mut Random) {
    // Half of them near the end, where the last version stands.
    let most = if random.below(2) == 0 { bytes.len() } else { bytes.len().min(20_000) };
    bytes.truncate(bytes.len() - 1 - random.below(most - 1));
}

/// Two numbers of equal length change places: references, lengths, coordinates, offsets.
fn swapped_tokens(bytes: &mut [u8], random: &mut Random) {
    let tail = bytes.len().saturating_sub(60_000);
    let mut numbers: Vec<(usize, usize)> = Vec::new();
    let mut start = None;
    for (at, byte) in bytes.iter().enumerate().skip(tail) {
        match (byte.is_ascii_digit(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                numbers.push((from, at - from));
                start = None;
            }
            _ => {}
        }
    }
    let (a, length) = *random.one_of(&numbers);
    let alike: Vec<usize> =
        numbers.iter().filter(|(at, other)| *other == length && *at != a).map(|(at, _)| *at).collect();
    if !alike.is_empty() {
        let b = *random.one_of(&alike);
        (0..length).for_each(|i| bytes.swap(a + i, b + i));
    }
}

/// A piece of the file stands there twice.
fn doubled_piece(bytes: &mut Vec<u8>, random: &mut Random) {
    let start = random.below(bytes.len());
    let end = (start + 1 + random.below(400)).min(bytes.len());
    let piece = bytes[start..end].to_vec();
    let at = random.below(bytes.len());
    bytes.splice(at..at, piece);
}

/// Every reference or name in the values of the file's dictionaries: object and key.
fn entries(r: &Returned, wanted: impl Fn(&Object) -> bool) -> Vec<(ObjectId, Vec<u8>)> {
    let of = |(id, object): (&ObjectId, &Object)| -> Vec<(ObjectId, Vec<u8>)> {
        let dict = match object {
            Object::Dictionary(dict) => dict,
            Object::Stream(stream) => &stream.dict,
            _ => return Vec::new(),
        };
        dict.iter().filter(|(_, value)| wanted(value)).map(|(key, _)| (*id, key.clone())).collect()
    };
    r.pdf.objects.iter().flat_map(of).collect()
}

fn swap(r: &mut Returned, all: &[(ObjectId, Vec<u8>)], random: &mut Random) {
    let (a, b) = (random.one_of(all).clone(), random.one_of(all).clone());
    let get = |r: &Returned, (id, key): &(ObjectId, Vec<u8>)| match r.pdf.get_object(*id) {
        Ok(Object::Stream(stream)) => stream.dict.get(key).cloned().expect("it was there"),
        Ok(object) => object.as_dict().and_then(|dict| dict.get(key)).cloned().expect("it was there"),
        Err(_) => Object::Null,
    };
    let (first, second) = (get(r, &a), get(r, &b));
    for ((id, key), value) in [(a, second), (b, first)] {
        match r.pdf.get_object_mut(id) {
            Ok(Object::Stream(stream)) => stream.dict.set(key, value),
            Ok(Object::Dictionary(dict)) => dict.set(key, value),
            _ => {}
        }
    }
}

fn swapped_references(r: &mut Returned, random: &mut Random) {
    let all = entries(r, |value| matches!(value, Object::Reference(_)));
    swap(r, &all, random);
}

fn swapped_names(r: &mut Returned, random: &mut Random) {
    let all = entries(r, |value| matches!(value, Object::Name(_)));
    swap(r, &all, random);
}

fn a_lost_key(r: &mut Returned, random: &mut Random) {
    let all = entries(r, |_| true);
    let (id, key) = random.one_of(&all).clone();
    match r.pdf.get_object_mut(id) {
        Ok(Object::Stream(stream)) => _ = stream.dict.remove(&key),
        Ok(Object::Dictionary(dict)) => _ = dict.remove(&key),
        _ => {}
    }
}

/// A glyph of a page's text becomes another: a digit of an amount, for one.
fn a_glyph(r: &mut Returned, random: &mut Random) {
    let page = *random.one_of(&r.pages());
    let stream = *random.one_of(&r.contents(page));
    let Ok(mut content) = lopdf::content::Content::decode(&r.content(stream)) else { return };
    let mut texts: Vec<&mut Vec<u8>> = Vec::new();
    for operand in content.operations.iter_mut().flat_map(|operation| &mut operation.operands) {
        match operand {
            Object::String(bytes, _) if !bytes.is_empty() => texts.push(bytes),
            Object::Array(items) => texts.extend(items.iter_mut().filter_map(|item| match item {
                Object::String(bytes, _) if !bytes.is_empty() => Some(bytes),
                _ => None,
            })),
            _ => {}
        }
    }
    if texts.is_empty() {
        return;
    }
    let at = random.below(texts.len());
    let byte = random.below(texts[at].len());
    texts[at][byte] = texts[at][byte].wrapping_add(1 + random.below(6) as u8);
    let changed = content.encode().expect("it was decoded");
    r.set_content(stream, changed);
}

/// `/V` of a field alone: another choice, another text, or one letter of it.
fn a_value(r: &mut Returned, random: &mut Random) {
    let fields: Vec<ObjectId> =
        entries(r, |_| true).into_iter().filter(|(_, key)| key == b"V").map(|(id, _)| id).collect();
    if fields.is_empty() {
        return;
    }
    let id = *random.one_of(&fields);
    let dict = r.dict(id);
    let value = match dict.get(b"V") {
        Ok(Object::Name(choice)) => name(if choice == b"ja" { "nej" } else { "ja" }),
        Ok(Object::String(bytes, format)) => {
            let mut text = bytes.clone();
            match random.below(4) {
                0 => return dict.set("V", lopdf::text_string("Nej tack")),
                1 => {
                    return dict.set(
                        "V",
                        lopdf::text_string("Gärna, om priset stannar vid 12,50 kr och det gör det.\nSe bilaga 1."),
                    );
                }
                2 => text.truncate(text.len() / 2),
                _ if text.is_empty() => text.push(b'x'),
                _ => {
                    let at = random.below(text.len());
                    text[at] = text[at].wrapping_add(1);
                }
            }
            Object::String(text, *format)
        }
        _ => return,
    };
    dict.set("V", value);
}

/// `/AS` of a box alone.
fn a_state(r: &mut Returned, random: &mut Random) {
    let boxes: Vec<ObjectId> =
        entries(r, |_| true).into_iter().filter(|(_, key)| key == b"AS").map(|(id, _)| id).collect();
    if boxes.is_empty() {
        return;
    }
    let id = *random.one_of(&boxes);
    let state = *random.one_of(&["ja", "nej", "Off", "On"]);
    r.dict(id).set("AS", name(state));
}

/// A widget stands elsewhere.
fn a_widget(r: &mut Returned, random: &mut Random) {
    let widgets: Vec<ObjectId> = r
        .pdf
        .objects
        .iter()
        .filter(|(_, object)| {
            let subtype = object.as_dict().and_then(|dict| dict.get(b"Subtype")).and_then(Object::as_name);
            subtype.is_ok_and(|subtype| subtype == b"Widget")
        })
        .map(|(id, _)| *id)
        .collect();
    if widgets.is_empty() {
        return;
    }
    let id = *random.one_of(&widgets);
    let (dx, dy) = (random.below(160) as f32 - 80.0, random.below(160) as f32 - 80.0);
    let Ok(rect) = r.dict(id).get(b"Rect").and_then(Object::as_array).cloned() else { return };
    let moved = rect.iter().enumerate().map(|(at, number)| {
        let number = number.as_float().unwrap_or_default();
        Object::Real(number + if at % 2 == 0 { dx } else { dy })
    });
    r.dict(id).set("Rect", moved.collect::<Vec<_>>());
}

/// What a mutant claims that was not filled in.
fn false_claims(document: &Document, honest: &Honest) -> Vec<String> {
    let claim = |field: &str, read: &Reconciled, filled_in: Option<&str>| {
        let wrong = match read.status {
            Status::Agreed | Status::Single => read.value.as_deref() != filled_in,
            Status::Empty => filled_in.is_some(),
            Status::Review | Status::Unread => read.value.is_some(),
        };
        wrong.then(|| format!("{field} is {:?} ({:?}), filled in was {filled_in:?}", read.value, read.status))
    };
    let mut claims: Vec<String> = claim("the choice", &document.choice, honest.choice.as_deref()).into_iter().collect();
    if document.outcome == Outcome::Answer && document.choice.value != honest.choice {
        claims.push("it is an answer".into());
    }
    for (field, read) in &document.fields {
        let filled_in = honest.fields.get(field.as_str()).and_then(Option::as_deref);
        claims.extend(claim(field, read, filled_in));
    }
    claims
}

#[test]
fn no_mutant_claims_what_was_not_filled_in() {
    let honest = honest();
    let mutants = std::env::var("MUTANTS").ok().and_then(|number| number.parse().ok()).unwrap_or(MUTANTS);
    let read = |number: u64| {
        let mut random = Random(number);
        let from = &honest[number as usize % honest.len()];
        let turn = number as usize / honest.len();
        let kind = if from.flattened { OF_FLATTENED[turn % OF_FLATTENED.len()] } else { turn % KINDS };
        let document = outbox().read(&mutant(&from.bytes, kind, &mut random));
        let claims = false_claims(&document, from);
        let told = || crate::support::sent::codes(&document).join("; ");
        let failed = (!claims.is_empty()).then(|| {
            format!("mutant {number}, kind {kind}: {} [{:?}: {}]", claims.join("; "), document.outcome, told())
        });
        (document.outcome, failed)
    };
    let half = |odd: u64| (0..mutants).filter(|number| number % 2 == odd).map(read).collect::<Vec<_>>();
    let read = std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        let mut all = half(0);
        all.extend(other.join().expect("no reader panics"));
        all
    });
    let failed: Vec<&String> = read.iter().filter_map(|(_, failed)| failed.as_ref()).collect();
    let count = |wanted: Outcome| read.iter().filter(|(outcome, _)| *outcome == wanted).count();
    println!(
        "{} answers, {} in review, {} rejected",
        count(Outcome::Answer),
        count(Outcome::Review),
        count(Outcome::Rejected)
    );
    assert!(
        failed.is_empty(),
        "{} of {mutants}:\n{}",
        failed.len(),
        failed.iter().map(|f| f.as_str()).collect::<Vec<_>>().join("\n")
    );
    // Small changes that nobody sees leave an answer, and others do not: the mutants are neither all harmless nor all dead.
    assert!(count(Outcome::Answer) > 100 && count(Outcome::Review) > 300, "{}", count(Outcome::Answer));
}
