//! A proof: one declaration made for trial, and all that can be wrong with the look, before anything is written.
//!
//! Each problem has its place in the campaign's own files and a hint in their words. The declaration of the recipient with the
//! longest name is made, since a long name needs the most room.

use regex::Regex;

use super::compose::Letters;
use super::{Renderer, STYLE_FOLDER};
use crate::campaign::{Campaign, Look, closest};
use crate::diagnostic::{Place, Problems};
use crate::error::{Error, Result};
use crate::workspace::Workspace;

/// The least contrast of text against its ground (WCAG 2.1, 1.4.3), which the law on accessibility asks for.
const LEAST_CONTRAST: f64 = 4.5;

/// Every problem of the look. `letters` are those that the documents print.
///
/// # Errors
/// When the style is missing or a file cannot be read.
pub fn proof(workspace: &Workspace, campaign: &Campaign, letters: &Letters) -> Result<Problems> {
    let mut problems = Problems::default();
    accent(campaign, &mut problems);
    let renderer = match Renderer::new(workspace, campaign) {
        Ok(renderer) => renderer,
        Err(Error::Campaign(more)) => {
            problems.extend(more);
            return Ok(problems);
        }
        Err(error) => return Err(error),
    };
    keys(&renderer, &mut problems);
    logo(&renderer, &mut problems);
    typeface(&renderer, letters, &mut problems);
    if !problems.has_errors() {
        trial(&renderer, &mut problems)?;
    }
    Ok(problems)
}

/// Keys that the style never asks for do nothing.
fn keys(renderer: &Renderer<'_>, problems: &mut Problems) {
    let pattern = Regex::new(r#"look(?:\("|\.at\("|\.)(\w+)"#).expect("the pattern is valid");
    let found = pattern.captures_iter(renderer.style.source()).map(|found| found.extract::<1>().1[0]);
    let asked: Vec<&str> = found.filter(|name| *name != "at").collect();
    for look in renderer.campaign.look.iter().filter(|look| !asked.contains(&look.key.as_str())) {
        let hint = match closest(&look.key, &asked) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the style knows: {}", asked.join(", ")),
        };
        problems.warning(Some(look.place.clone()), format!("the style does nothing with `{}`", look.key), hint);
    }
}

/// The accent: a colour, and dark enough on white.
fn accent(campaign: &Campaign, problems: &mut Problems) {
    let Some(look) = campaign.look("accent") else { return };
    let place = || Some(look.place.clone());
    let hint = "write six hexadecimal digits in quotes, for example accent: \"#0f4c5c\"";
    if look.value.is_empty() {
        problems.error(place(), "`accent` has no colour: without quotes, a `#` begins a comment", hint);
        return;
    }
    let Some(colour) = colour(&look.value) else {
        problems.error(place(), format!("`{}` is no colour", look.value), hint);
        return;
    };
    let contrast = contrast_with_white(colour);
    if contrast < LEAST_CONTRAST {
        // Rounded down, so that it never reads as enough.
        let shown = (contrast * 10.0).floor() / 10.0;
        problems.error(
            place(),
            format!("the contrast of `{}` against white is {shown}, and must be at least {LEAST_CONTRAST}", look.value),
            "take a darker colour: headings and links are set in it, and white text stands on it",
        );
    }
}

/// Red, green and blue of `#rgb` or `#rrggbb`, with or without the mark, from 0 to 1.
fn colour(text: &str) -> Option<[f64; 3]> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    let number = |digits: &str| u8::from_str_radix(digits, 16).ok().map(|value| f64::from(value) / 255.0);
    let part = |at: usize| match digits.len() {
        3 => number(&digits.get(at..=at)?.repeat(2)),
        6 => number(digits.get(2 * at..2 * at + 2)?),
        _ => None,
    };
    let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    plain.then_some(())?;
    Some([part(0)?, part(1)?, part(2)?])
}

/// The contrast ratio of a colour against white (WCAG 2.1, "contrast ratio" and "relative luminance").
fn contrast_with_white(colour: [f64; 3]) -> f64 {
    let linear = |part: f64| if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) };
    let [red, green, blue] = colour.map(linear);
    let luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    1.05 / (luminance + 0.05)
}

/// The logo: a picture that is there and can be shown.
fn logo(renderer: &Renderer<'_>, problems: &mut Problems) {
    let Some(Look { value, place, .. }) = renderer.campaign.look("logo") else { return };
    let folder = &renderer.campaign.folder;
    if !renderer.pictures.contains(value) {
        let hint = match renderer.pictures.as_slice() {
            [] => format!("put an SVG, PNG or JPEG file of that name into `{folder}`, or take the line out"),
            there => format!("the pictures in `{folder}`: {}", there.join(", ")),
        };
        problems.error(Some(place.clone()), format!("the logo `{value}` is not there"), hint);
    } else if !renderer.style.is_picture(value) {
        problems.error(
            Some(place.clone()),
            format!("the logo `{folder}/{value}` cannot be shown as a picture"),
            "open it in a drawing program, and save it again as SVG or PNG",
        );
    }
}

/// Letters that no typeface can print, and letters of filled-in fields that the form's font cannot draw.
fn typeface(renderer: &Renderer<'_>, letters: &Letters, problems: &mut Problems) {
    for letter in letters.printed.iter().filter(|letter| !renderer.style.covers(**letter)) {
        problems.error(
            written(renderer.campaign, *letter),
            format!("no typeface has the letter `{letter}` (U+{:04X})", u32::from(*letter)),
            format!("write it in another way, or put a typeface that has it into `{STYLE_FOLDER}/fonts`"),
        );
    }
    for letter in letters.filled_in.iter().filter(|letter| !renderer.font.covers(**letter)) {
        problems.error(
            written(renderer.campaign, *letter),
            format!("the form's fields cannot hold the letter `{letter}` (U+{:04X})", u32::from(*letter)),
            "write the name in another way: what stands in a field keeps to the letters that every program can draw",
        );
    }
}

/// Where a letter first stands in the campaign's files.
fn written(campaign: &Campaign, letter: char) -> Option<Place> {
    campaign.sources.iter().find_map(|file| {
        let at = file.text.find(letter)?;
        Some(Place::new(file, at..at + letter.len_utf8()))
    })
}

/// Makes one declaration.
fn trial(renderer: &Renderer<'_>, problems: &mut Problems) -> Result<()> {
    let recipients = &renderer.campaign.recipients;
    let longest = (0..recipients.len()).max_by_key(|at| (recipients[*at].name.chars().count(), usize::MAX - at));
    let Some(index) = longest else { return Ok(()) };
    match renderer.render(index) {
        Ok(rendered) => {
            if let Some(pages) = rendered.cover_pages.filter(|pages| *pages > 1) {
                problems.error(
                    Some(renderer.campaign.declaration.cover.title.place.clone()),
                    format!("the cover of {} takes {pages} pages", recipients[index].name),
                    "shorten `text:` or `facts:` under `cover:`",
                );
            }
            Ok(())
        }
        Err(Error::Campaign(more)) => {
            problems.extend(more);
            Ok(())
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_the_guideline() {
        let of = |text: &str| contrast_with_white(colour(text).expect("a colour"));
        assert!((of("#000") - 21.0).abs() < 1e-9);
        assert!((of("#ffffff") - 1.0).abs() < 1e-9);
        // The lightest grey that is dark enough, and the first that is not.
        assert!(of("#767676") >= LEAST_CONTRAST && of("#777777") < LEAST_CONTRAST);
        assert_eq!([colour("petrol"), colour("#12345"), colour("#é1234")], [None; 3]);
    }
}
