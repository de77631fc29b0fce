//! Keys that stand twice in one dictionary. No two readers need agree on which of them counts (ISO 32000-2 7.3.7 forbids
//! them), and both of ours take the last without a word; so the dictionary's own bytes are asked.

use std::collections::HashSet;

use hayro_syntax::object::{Array, Dict, FromBytes, MaybeRef, Object};

/// Whether a dictionary is anything but a list of different keys, each with one value.
pub fn doubled(dict: &Dict<'_>) -> bool {
    let data = dict.data();
    let Some(inner) = data.strip_prefix(b"<<").and_then(|data| data.strip_suffix(b">>")) else {
        return !data.is_empty();
    };
    // Keys and values in turn are what an array of the same bytes holds.
    let list = [b"[", inner, b"]"].concat();
    let Some(items) = Array::from_bytes(&list) else { return true };
    let mut keys = HashSet::new();
    let mut count = 0;
    for item in items.raw_iter() {
        let key = count % 2 == 0;
        count += 1;
        if !key {
            continue;
        }
        let MaybeRef::NotRef(Object::Name(name)) = item else { return true };
        if !keys.insert(name.to_vec()) {
            return true;
        }
    }
    count % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_key_twice_is_seen_however_it_is_spelt() {
        let told = |source: &str| doubled(&Dict::from_bytes(source.as_bytes()).unwrap());
        for source in [
            "<<>>",
            "<</V/ja/AS/ja>>",
            "<< /V (a) /V2 [/V 1 0 R] /A << /V 1 >> /B 3 0 R % /V\n /C <AB> /D null /E true /F -1.5 >>",
        ] {
            assert!(!told(source), "{source}");
        }
        for source in
            ["<</V/ja/V/nej>>", "<< /V 1 0 R /A 2 /V 1 0 R >>", "<</V (a) /#56 (b)>>", "<< /V (a) 7 /T (b) >>"]
        {
            assert!(told(source), "{source}");
        }
    }
}
