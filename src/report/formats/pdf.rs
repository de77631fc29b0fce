//! The report as a PDF: what `page` prepared, and the charts, for the room that typesets.

use jiff::civil::Date;
use serde_json::Value;

use crate::render::report::Sheet;
use crate::report::model::Report;
use crate::report::view::page;
use crate::report::view::pictures::Pictures;
use crate::report::words::labels::{Labels, Moment};
use crate::report::words::visible::visible;

const CHARTS: [&str; 3] = ["map", "bar", "timeline"];

/// What is to be typeset: the words as data, the charts and pictures as files.
pub(in crate::report) fn sheet(report: &Report, pictures: &Pictures) -> Sheet {
    let labels = Labels::of(report);
    let page = page::prepare(report, &labels, &|path| pictures.holds(path).then(|| path.to_owned()));
    let mut data = serde_json::to_value(page).expect("the page is plain data");
    let mut files: Vec<(String, Vec<u8>)> = pictures.all().map(|(path, png)| (path.clone(), png.clone())).collect();
    for name in CHARTS {
        // The chart is a file; the data keeps its words.
        let chart = data["charts"][name].as_object_mut();
        if let Some(Value::String(svg)) = chart.and_then(|chart| chart.remove("svg")) {
            files.push((format!("charts/{name}.svg"), svg.into_bytes()));
        }
    }
    see_through(&mut data);
    let date = dated(report);
    let day = [i32::from(date.year()), i32::from(date.month()), i32::from(date.day())];
    data["date"] = day.to_vec().into();
    Sheet { data, files, date: day }
}

fn see_through(value: &mut Value) {
    match value {
        Value::String(text) => *text = visible(text).into_owned(),
        Value::Array(items) => items.iter_mut().for_each(see_through),
        Value::Object(fields) => fields.values_mut().for_each(see_through),
        _ => {}
    }
}

/// The day of the last document that came in, or the deadline: the same report has the same date, whenever it is made.
fn dated(report: &Report) -> Date {
    let days = report.documents.iter().filter_map(|found| Moment::read(found.received.as_deref()?));
    let deadline = || Moment::read(&report.campaign.deadline);
    days.map(|moment| moment.date).max().or_else(|| Some(deadline()?.date)).unwrap_or(Date::ZERO)
}
