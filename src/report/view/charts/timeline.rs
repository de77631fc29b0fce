//! Answers over time: how many recipients had answered at the end of each day, against all and against the deadline.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::svg::{Anchor, Svg, short};
use super::{Chart, Kind};

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 190.0;
const LEFT: f64 = 34.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = 26.0;
const TYPE: f64 = 12.0;
/// Half of what a date takes at the axis.
const HALF_DATE: f64 = 36.0;

/// What is drawn.
#[derive(Debug, Clone)]
pub(in crate::report) struct Answers<'a> {
    /// New answers each day.
    pub days: &'a BTreeMap<Date, usize>,
    pub deadline: Date,
    pub recipients: usize,
    /// What stands at the deadline's line.
    pub deadline_words: &'a str,
}

/// The chart; nothing where no answer has a date.
pub(in crate::report) fn draw(id: &str, answers: &Answers<'_>, title: &str, description: &str) -> Option<Chart> {
    let first = (*answers.days.keys().next()?).min(answers.deadline);
    let last = (*answers.days.keys().next_back()?).max(answers.deadline);
    // A day before the first answer, so that the line starts at none, and one after the last, so that its step is seen.
    let first = first.yesterday().unwrap_or(first);
    let last = last.tomorrow().unwrap_or(last);
    let span = f64::from(days_between(first, last).max(1));
    let total: usize = answers.days.values().sum();
    let most = answers.recipients.max(total).max(1) as f64;
    let x = |day: Date| LEFT + (WIDTH - LEFT - RIGHT) * f64::from(days_between(first, day)) / span;
    let y = |count: usize| HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (count as f64 / most);

    let mut svg = Svg::new();
    for count in [0, answers.recipients] {
        let dash = if count == 0 { "none" } else { "2 4" };
        line(&mut svg, [LEFT, y(count), WIDTH - RIGHT, y(count)], 1.0, dash);
        svg.text((LEFT - 6.0, y(count) + 4.0), TYPE, Anchor::End, "currentColor", false, &count.to_string());
    }
    let deadline = x(answers.deadline);
    line(&mut svg, [deadline, TOP - 6.0, deadline, HEIGHT - BOTTOM], 1.5, "6 4");
    let (anchor, at) =
        if deadline > WIDTH / 2.0 { (Anchor::End, deadline + 4.0) } else { (Anchor::Start, deadline - 4.0) };
    svg.text((at, TOP - 12.0), TYPE, anchor, "currentColor", true, answers.deadline_words);

    let mut so_far = 0;
    let mut outline = format!("M{} {}", short(x(first)), short(y(0)));
    for (day, new) in answers.days {
        so_far += new;
        outline.push_str(&format!("H{}V{}", short(x(*day)), short(y(so_far))));
    }
    let end = short(x(last));
    outline.push_str(&format!("H{end}"));
    let area = format!("{outline}V{}Z", short(y(0)));
    let colour = Kind::Yes.colour().unwrap_or("none");
    svg.element("path", &[("d", &area), ("fill", &colour), ("fill-opacity", &0.35)]);
    svg.element("path", &[("d", &outline), ("fill", &"none"), ("stroke", &"currentColor"), ("stroke-width", &2)]);
    let label = if so_far == answers.recipients { y(so_far) + 16.0 } else { y(so_far) - 6.0 };
    svg.text((end - 4.0, label), TYPE + 1.0, Anchor::End, "currentColor", true, &so_far.to_string());
    dates(&mut svg, answers, &x);
    Some(svg.finish(id, (WIDTH, HEIGHT), title, description))
}

/// The days along the axis: the first and last answers', and the deadline; those that would stand in each other are left
/// out.
fn dates(svg: &mut Svg, answers: &Answers<'_>, x: &dyn Fn(Date) -> f64) {
    let ends = [Some(&answers.deadline), answers.days.keys().next(), answers.days.keys().next_back()];
    let mut taken: Vec<f64> = Vec::new();
    for day in ends.into_iter().flatten().chain(answers.days.keys()) {
        let at = x(*day).clamp(HALF_DATE, WIDTH - HALF_DATE);
        if taken.iter().all(|other| (other - at).abs() > 2.0 * HALF_DATE) {
            svg.text((at, HEIGHT - 8.0), TYPE, Anchor::Middle, "currentColor", false, &day.to_string());
            taken.push(at);
        }
    }
}

fn line(svg: &mut Svg, [x1, y1, x2, y2]: [f64; 4], width: f64, dash: &str) {
    svg.element(
        "line",
        &[
            ("x1", &short(x1)),
            ("y1", &short(y1)),
            ("x2", &short(x2)),
            ("y2", &short(y2)),
            ("stroke", &"currentColor"),
            ("stroke-width", &width),
            ("stroke-dasharray", &dash),
        ],
    );
}

fn days_between(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn drawn(days: &[(&str, usize)]) -> Option<Chart> {
        let days = days.iter().map(|(at, count)| (day(at), *count)).collect();
        let deadline = day("2026-02-27");
        draw("t", &Answers { days: &days, deadline, recipients: 21, deadline_words: "Sista svarsdag" }, "T", "B")
    }

    #[test]
    fn the_line_climbs_with_the_answers() {
        let chart = drawn(&[("2026-02-11", 9), ("2026-02-20", 7), ("2026-03-02", 1)]).expect("there are answers");
        assert!(chart.svg.contains(">17</text>") && chart.svg.contains(">21</text>"));
        for date in ["2026-02-11", "2026-02-27", "2026-02-20"] {
            assert!(chart.svg.contains(&format!(">{date}<")), "{date}");
        }
        let outline = chart.svg.split("<path d=\"").nth(2).expect("a line");
        assert!(outline.starts_with("M34 164H67.9V104.9H373V58.9H712.1V"), "{outline}");
    }

    #[test]
    fn no_answers_no_chart() {
        assert_eq!(drawn(&[]), None);
    }

    #[test]
    fn one_answer_on_the_last_day() {
        assert!(drawn(&[("2026-02-27", 21)]).is_some());
    }
}
