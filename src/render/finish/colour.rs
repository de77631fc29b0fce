//! Colours by device space instead of by profile.
//!
//! Typst writes colours with the sRGB profile of the PDF/A output intent (and grey with a profile of the same curve).
//! ISO 19005-2 6.2.4.3 allows device colours where there is such an intent, and they mean the same. Every program that
//! opens the file is spared building a colour transform; for avsikt itself that was a quarter of the time of a reading.

use lopdf::{Document, Object, ObjectId};

/// Replaces the colour spaces of a document that has an output intent for red, green and blue.
pub fn by_device(doc: &mut Document) {
    let Some(intended) = intended_profile(doc) else { return };
    let spaces: Vec<(ObjectId, ObjectId, &'static str)> = doc
        .objects
        .iter()
        .filter_map(|(id, object)| device(doc, object).map(|(profile, name)| (*id, profile, name)))
        .collect();
    for (id, profile, name) in spaces {
        doc.objects.insert(id, Object::Name(name.into()));
        if profile != intended {
            doc.objects.remove(&profile);
        }
    }
}

/// The profile of the output intent, when it is one of three colours.
fn intended_profile(doc: &Document) -> Option<ObjectId> {
    let (_, intents) = doc.dereference(doc.catalog().ok()?.get(b"OutputIntents").ok()?).ok()?;
    let (_, intent) = doc.dereference(intents.as_array().ok()?.first()?).ok()?;
    let intent = intent.as_dict().ok()?;
    let profile = intent.get(b"DestOutputProfile").and_then(Object::as_reference).ok()?;
    (components(doc, profile)? == 3).then_some(profile)
}

/// The profile of a colour space with one, and the device space of as many components.
fn device(doc: &Document, object: &Object) -> Option<(ObjectId, &'static str)> {
    let [kind, profile] = object.as_array().ok()?.as_slice() else { return None };
    if kind.as_name().ok()? != b"ICCBased" {
        return None;
    }
    let profile = profile.as_reference().ok()?;
    let name = match components(doc, profile)? {
        1 => "DeviceGray",
        3 => "DeviceRGB",
        _ => return None,
    };
    Some((profile, name))
}

fn components(doc: &Document, profile: ObjectId) -> Option<i64> {
    doc.get_object(profile).and_then(Object::as_stream).ok()?.dict.get(b"N").and_then(Object::as_i64).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lopdf::{Stream, dictionary};

    fn document(intended_components: i64) -> (Document, [ObjectId; 4]) {
        let mut doc = Document::with_version("1.7");
        let rgb = doc.add_object(Stream::new(dictionary! { "N" => intended_components }, vec![1]));
        let grey = doc.add_object(Stream::new(dictionary! { "N" => 1 }, vec![2]));
        let spaces = [rgb, grey].map(|profile| doc.add_object(vec!["ICCBased".into(), Object::Reference(profile)]));
        let intent = doc.add_object(dictionary! { "DestOutputProfile" => rgb });
        let root = doc.add_object(dictionary! { "OutputIntents" => vec![Object::Reference(intent)] });
        doc.trailer.set("Root", root);
        (doc, [rgb, grey, spaces[0], spaces[1]])
    }

    #[test]
    fn profiles_give_way_and_the_intent_keeps_its_own() {
        let (mut doc, [rgb, grey, colour, shade]) = document(3);
        by_device(&mut doc);
        assert_eq!(doc.objects[&colour], Object::Name(b"DeviceRGB".to_vec()));
        assert_eq!(doc.objects[&shade], Object::Name(b"DeviceGray".to_vec()));
        assert_eq!((doc.objects.contains_key(&rgb), doc.objects.contains_key(&grey)), (true, false));
    }

    #[test]
    fn without_an_intent_of_three_colours_nothing_changes() {
        let (mut doc, _) = document(4);
        let before = doc.objects.clone();
        by_device(&mut doc);
        assert_eq!(doc.objects, before);
    }
}
