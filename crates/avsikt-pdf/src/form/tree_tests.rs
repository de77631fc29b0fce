//! Forms in the shapes that programs give them.

use super::*;
use crate::facts::FieldValue;
use crate::file::open;
use crate::limits::Limits;
use crate::sample;

/// Two pages (3 and 4); page 3 has the annotations `annots`.
fn try_read(
    fields: &str,
    annots: &str,
    objects: &str,
    limits: &Limits,
) -> Result<(Vec<FieldFacts>, Vec<String>), PdfProblem> {
    let body = format!(
        "1 0 obj << /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [{fields}] >> >> endobj
        2 0 obj << /Type /Pages /Kids [4 0 R 3 0 R] /Count 2 >> endobj
        3 0 obj << /Type /Page /Parent 2 0 R /Annots [{annots}] >> endobj
        4 0 obj << /Type /Page /Parent 2 0 R >> endobj\n{objects}"
    );
    let opened = open::open(&sample::file(&body), limits, &Default::default()).unwrap();
    let pages = open::pages(&opened.document, limits).unwrap();
    let mut ledger = Ledger::new(limits);
    let annotations = crate::annot::of_pages(&opened.document, &pages, &ledger).unwrap();
    let form = read(&opened.document, &annotations, &mut ledger)?;
    let told = std::mem::take(&mut ledger.contradictions);
    let mut told: Vec<String> = told.into_iter().map(|contradiction| contradiction.what).collect();
    told.extend(ledger.into_oddities());
    Ok((form.fields, told))
}

fn read_form(fields: &str, annots: &str, objects: &str) -> Vec<FieldFacts> {
    try_read(fields, annots, objects, &Limits::default()).unwrap().0
}

fn text(value: &str) -> FieldValue {
    FieldValue::Text { text: value.into(), doubtful: false }
}

const BOX: &str = "/Subtype /Widget /Rect [1 2 3 4]";

#[test]
fn field_and_widget_may_be_one_dictionary() {
    let fields =
        read_form("5 0 R", "5 0 R", &format!("5 0 obj << /FT /Tx /T (name) /V (Anna) /Ff 2 {BOX} /F 4 >> endobj"));
    assert_eq!(fields.len(), 1);
    let field = &fields[0];
    assert_eq!((field.name.as_str(), field.kind, field.flags), ("name", FieldKind::Text, 2));
    assert_eq!(field.value, text("Anna"));
    assert!(field.in_tree);
    let widget = &field.widgets[0];
    assert_eq!(widget.page, Some(1));
    assert_eq!(widget.rect.unwrap().x0, 1.0);
    assert!(!widget.hidden && !widget.appearance);
}

#[test]
fn type_value_flags_and_name_come_from_above() {
    let fields = read_form(
        "5 0 R",
        "7 0 R",
        &format!(
            "5 0 obj << /FT /Ch /Ff 131072 /T (a) /V (x) /Kids [6 0 R 8 0 R] >> endobj
            6 0 obj << /T (b) /Parent 5 0 R /Kids [7 0 R] >> endobj
            7 0 obj << /Parent 6 0 R {BOX} /F 2 >> endobj
            8 0 obj << /T (c) /Parent 5 0 R /V null >> endobj"
        ),
    );
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["a.b", "a.c"]);
    for field in &fields {
        assert_eq!((field.kind, field.flags), (FieldKind::Choice, 131_072));
        assert_eq!(field.value, text("x"));
    }
    assert_eq!(fields[0].widgets.len(), 1);
    assert!(fields[0].widgets[0].hidden);
    assert!(fields[1].widgets.is_empty());
}

#[test]
fn buttons_have_states() {
    let fields = read_form(
        "5 0 R",
        "6 0 R 7 0 R",
        &format!(
            "5 0 obj << /FT /Btn /T (yes) /V /N#E4 /Kids [6 0 R 7 0 R] >> endobj
            6 0 obj << {BOX} /AS /Off /AP << /N << /Off 9 0 R /Ja 9 0 R >> >> >> endobj
            7 0 obj << {BOX} /AS /N#E4 /AP << /N << /N#E4 null >> >> >> endobj
            9 0 obj << /Length 0 >> stream\n\nendstream endobj"
        ),
    );
    assert_eq!(fields[0].value, FieldValue::Name("Nä".into()));
    let [off, on] = fields[0].widgets.as_slice() else { panic!("two widgets") };
    assert_eq!((off.state.as_deref(), on.state.as_deref()), (Some("Off"), Some("Nä")));
    assert_eq!((&off.on_states[..], &on.on_states[..]), (&["Ja".into()][..], &["Nä".into()][..]));
    assert!(off.appearance && !on.appearance);
}

#[test]
fn a_push_button_and_an_unknown_type_are_told_apart() {
    let fields = read_form("5 0 R 6 0 R", "", "5 0 obj << /FT /Btn /Ff 65536 >> endobj 6 0 obj << /FT /X >> endobj");
    assert_eq!((fields[0].kind, fields[1].kind), (FieldKind::PushButton, FieldKind::Unknown));
    assert_eq!(fields[0].name, "");
}

#[test]
fn values_of_every_type() {
    let value = |kind: &str, value: &str| {
        let object = format!(
            "5 0 obj << /FT /{kind} /T (t) /V {value} >> endobj\n{}7 0 obj (far) endobj",
            sample::stream(6, "long\r\ntext")
        );
        read_form("5 0 R", "", &object).remove(0).value
    };
    assert_eq!(value("Tx", "null"), FieldValue::Absent);
    assert_eq!(value("Tx", "99 0 R"), FieldValue::Absent);
    assert_eq!(value("Tx", "()"), text(""));
    assert_eq!(value("Tx", "7 0 R"), text("far"));
    assert_eq!(value("Tx", "6 0 R"), text("long\ntext"));
    assert_eq!(value("Btn", "(Yes)"), text("Yes"));
    assert_eq!(value("Sig", "<< /Type /Sig >>"), FieldValue::Signature);
    assert!(matches!(value("Tx", "<< >>"), FieldValue::Other(_)));
    assert_eq!(value("Ch", "[(a) 7 0 R /c 4]"), FieldValue::Other("a\nfar\nc\n4".into()));
}

#[test]
fn a_value_over_the_limit_is_not_carried() {
    let limits = Limits { value_bytes: 4, ..Limits::default() };
    let object = format!(
        "5 0 obj << /FT /Tx /T (t) /V (12345) >> endobj 6 0 obj << /FT /Tx /V 7 0 R >> endobj\n{}",
        sample::stream(7, "12345")
    );
    let (fields, oddities) = try_read("5 0 R 6 0 R", "", &object, &limits).unwrap();
    assert!(fields.iter().all(|field| field.value == FieldValue::TooLong));
    assert_eq!(oddities.len(), 2);
}

#[test]
fn widgets_that_only_a_page_knows_are_grouped_by_parent() {
    let fields = read_form(
        "",
        &format!("6 0 R << /FT /Tx /T (alone) {BOX} >> 7 0 R << {BOX} >>"),
        &format!(
            "5 0 obj << /FT /Btn /T (group) /V /Ja /Parent 8 0 R /Kids [6 0 R 7 0 R] >> endobj
            6 0 obj << /Parent 5 0 R {BOX} >> endobj
            7 0 obj << /Parent 5 0 R {BOX} >> endobj
            8 0 obj << /T (top) /Ff 5 >> endobj"
        ),
    );
    let names: Vec<(&str, usize)> = fields.iter().map(|f| (f.name.as_str(), f.widgets.len())).collect();
    assert_eq!(names, [("top.group", 2), ("alone", 1), ("", 1)]);
    assert!(fields.iter().all(|field| !field.in_tree));
    assert_eq!((fields[0].flags, &fields[0].value), (5, &FieldValue::Name("Ja".into())));
    assert!(fields.iter().flat_map(|f| &f.widgets).all(|w| w.page == Some(1)));
}

#[test]
fn two_fields_with_one_name_stay_two() {
    let fields = read_form(
        "5 0 R 6 0 R",
        "",
        "5 0 obj << /T (a) /FT /Tx /V (1) >> endobj 6 0 obj << /T (a) /FT /Tx /V (2) >> endobj",
    );
    assert_eq!((&fields[0].value, &fields[1].value), (&text("1"), &text("2")));
}

#[test]
fn a_value_on_a_widget_alone_is_odd() {
    let objects = format!("5 0 obj << /FT /Tx /T (a) /Kids [6 0 R] >> endobj 6 0 obj << {BOX} /V (hidden) >> endobj");
    let (fields, oddities) = try_read("5 0 R", "6 0 R", &objects, &Limits::default()).unwrap();
    assert_eq!(fields[0].value, FieldValue::Absent);
    assert_eq!(oddities, ["a widget of the field `a` has a value of its own"]);
}

#[test]
fn cycles_end() {
    let objects = "5 0 obj << /T (a) /Kids [5 0 R 6 0 R] >> endobj
        6 0 obj << /T (b) /Kids [5 0 R] >> endobj
        7 0 obj << /Subtype /Widget /Parent 8 0 R >> endobj
        8 0 obj << /T (c) /Parent 9 0 R >> endobj 9 0 obj << /T (d) /Parent 8 0 R >> endobj";
    let (fields, oddities) = try_read("5 0 R", "7 0 R", objects, &Limits::default()).unwrap();
    assert_eq!(fields.last().unwrap().name, "d.c");
    assert_eq!(oddities, ["the field tree names an object twice"]);
}

#[test]
fn limits_of_number_and_depth_hold() {
    let limits = Limits { fields: 3, depth: 3, ..Limits::default() };
    let field = |fields: &str| try_read(fields, "", "", &limits).map(|(fields, _)| fields.len());
    assert_eq!(field("<< /T (a) >> << /T (b) >> << /T (c) >>"), Ok(3));
    assert!(matches!(field(&"<< /T (a) >>".repeat(4)), Err(PdfProblem::TooLarge(_))));
    let limits = Limits { depth: 3, ..Limits::default() };
    let deep = "<< /T (a) /Kids [".repeat(6) + &"] >>".repeat(6);
    assert!(matches!(try_read(&deep, "", "", &limits), Err(PdfProblem::TooLarge(_))));
}
