//! The outcome: whether the campaign's rule holds, what is lacking, and what would come of the answers that are open.
//!
//! | rule | what is counted | needed |
//! | --- | --- | --- |
//! | all | recipients that say yes | all of them |
//! | share | recipients that say yes | the share of them, rounded up |
//! | amount | what those who say yes bind themselves to | the amount |
//! | none | nothing: the goal is that every recipient has answered | |

use crate::campaign::Rule;
use crate::campaign::rule::WHOLE;
use crate::report::model::{Answer, AnswerStatus, CampaignOutcome, Measure, Progress, Scenario, WhatIf};

/// How many say yes and what they bind themselves to, out of how many.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    recipients: i64,
    yes: i64,
    committed: i64,
}

/// The outcome of `answers` by `rule`, where `yes` is the choice that counts.
pub(in crate::report) fn outcome(rule: Rule, yes: Option<&str>, answers: &[Answer]) -> CampaignOutcome {
    let codes = |wanted: &dyn Fn(&Answer) -> bool| {
        answers.iter().filter(|a| wanted(a)).map(|a| a.recipient.to_string()).collect::<Vec<_>>()
    };
    let says_yes = |a: &Answer| a.status == AnswerStatus::Answered && a.choice.is_some() && a.choice.as_deref() == yes;
    let against = match rule {
        // Where nothing is demanded, no answer stands in the way.
        Rule::None => Vec::new(),
        _ => codes(&|a| a.status == AnswerStatus::Answered && !says_yes(a)),
    };
    let in_review = codes(&|a| a.status == AnswerStatus::Review);
    let missing = codes(&|a| a.status == AnswerStatus::Missing);
    let count = |counted: &dyn Fn(&Answer) -> bool, saying: &dyn Fn(&Answer) -> bool| {
        answers.iter().filter(|a| counted(a)).fold(Count::default(), |sum, a| {
            let one = i64::from(saying(a));
            let amount = a.amounts.as_ref().map_or(0, |amounts| amounts.commitment);
            Count {
                recipients: sum.recipients + 1,
                yes: sum.yes + one,
                committed: sum.committed.saturating_add(one * amount),
            }
        })
    };
    let all = |_: &Answer| true;
    let is = |status: AnswerStatus| move |a: &Answer| a.status == status;
    let (is_missing, is_doubtful) = (is(AnswerStatus::Missing), is(AnswerStatus::Review));
    let now = count(&all, &says_yes);
    let missing_say_yes = count(&all, &|a| says_yes(a) || is_missing(a));
    let open_say_yes = count(&all, &|a| says_yes(a) || is_missing(a) || is_doubtful(a));
    let doubtful_excluded = count(&|a| !is_doubtful(a), &says_yes);

    let settled = in_review.is_empty() && missing.is_empty();
    let (holds, open) = match rule {
        Rule::None => (settled, !settled),
        _ => (reached(rule, now), !reached(rule, now) && reached(rule, open_say_yes)),
    };
    // Without a rule there is nothing to suppose: what lacks is the answers themselves.
    let what_if = (rule != Rule::None).then(|| WhatIf {
        missing_say_yes: scenario(rule, missing_say_yes),
        doubtful_excluded: scenario(rule, doubtful_excluded),
        open_say_yes: scenario(rule, open_say_yes),
    });
    CampaignOutcome { holds, open, against, in_review, missing, progress: progress(rule, now), what_if }
}

fn reached(rule: Rule, count: Count) -> bool {
    // Nobody at all reaches nothing: all of none is not all.
    count.recipients > 0 && progress(rule, count).is_some_and(|progress| progress.lacking == 0)
}

fn progress(rule: Rule, count: Count) -> Option<Progress> {
    let (measure, needed, reached) = match rule {
        Rule::None => return None,
        Rule::All => (Measure::Recipients, count.recipients, count.yes),
        Rule::Share(share) => (Measure::Recipients, part(count.recipients, share), count.yes),
        Rule::Amount(amount) => (Measure::Amount, i64::try_from(amount).unwrap_or(i64::MAX), count.committed),
    };
    Some(Progress { measure, needed, reached, lacking: (needed - reached).max(0) })
}

/// A share of the recipients, rounded up: four fifths of 21 are 17.
fn part(recipients: i64, share: u32) -> i64 {
    let whole = i64::from(WHOLE);
    (recipients * i64::from(share) + whole - 1) / whole
}

fn scenario(rule: Rule, count: Count) -> Scenario {
    Scenario { holds: reached(rule, count), yes: count.yes, committed: count.committed }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::model::AnswerAmounts;
    use crate::report::model::sample::sample_report;
    use proptest::prelude::*;

    /// One answer for each letter: Yes, No, Review, Missing; 100 kronor each.
    fn by(rule: Rule, letters: &str) -> CampaignOutcome {
        let model = sample_report().answers.remove(0);
        let answers: Vec<Answer> = letters
            .chars()
            .map(|letter| Answer {
                status: match letter {
                    'Y' | 'N' => AnswerStatus::Answered,
                    'R' => AnswerStatus::Review,
                    _ => AnswerStatus::Missing,
                },
                choice: match letter {
                    'Y' => Some("ja".into()),
                    'N' => Some("nej".into()),
                    _ => None,
                },
                amounts: Some(AnswerAmounts { commitment: 100, lines: Default::default() }),
                ..model.clone()
            })
            .collect();
        outcome(rule, Some("ja"), &answers)
    }

    #[test]
    fn the_table_of_the_rules() {
        let share = Rule::Share(8000);
        for (rule, letters, holds, open) in [
            (Rule::All, "YYYYY", true, false),
            (Rule::All, "YYYYM", false, true),
            (Rule::All, "YYYYR", false, true),
            (Rule::All, "YYYNM", false, false),
            (Rule::All, "", false, false),
            (share, "YYYYN", true, false),
            (share, "YYYYM", true, false),
            (share, "YYYNM", false, true),
            (share, "YYYNN", false, false),
            (Rule::Amount(300), "YYYNN", true, false),
            (Rule::Amount(301), "YYYNR", false, true),
            (Rule::Amount(401), "YYYNR", false, false),
            (Rule::None, "YYNN", true, false),
            (Rule::None, "YYNM", false, true),
        ] {
            let found = by(rule, letters);
            assert_eq!((found.holds, found.open), (holds, open), "{rule:?} {letters}");
        }
    }

    #[test]
    fn what_is_lacking_is_counted() {
        let found = by(Rule::Share(8000), &format!("{}{}", "Y".repeat(15), "M".repeat(6)));
        let progress = found.progress.expect("there is a rule");
        assert_eq!((progress.needed, progress.reached, progress.lacking), (17, 15, 2));
        let progress = by(Rule::Amount(450), "YYN").progress.expect("there is a rule");
        assert_eq!((progress.measure, progress.lacking), (Measure::Amount, 250));
        assert_eq!(by(Rule::None, "YN").progress, None);
    }

    #[test]
    fn open_recipients_are_supposed_to_answer() {
        let what_if = by(Rule::All, "YYRM").what_if.expect("there is a rule");
        let of = |s: &Scenario| (s.holds, s.yes, s.committed);
        assert_eq!(of(&what_if.missing_say_yes), (false, 3, 300));
        assert_eq!(of(&what_if.open_say_yes), (true, 4, 400));
        // The missing one remains.
        assert_eq!(of(&what_if.doubtful_excluded), (false, 2, 200));
        assert!(by(Rule::All, "YYR").what_if.expect("there is a rule").doubtful_excluded.holds);
        assert!(!by(Rule::All, "RR").what_if.expect("there is a rule").doubtful_excluded.holds);
    }

    proptest! {
        #[test]
        fn a_yes_in_place_of_an_open_answer_never_makes_it_worse(letters in "[YNRM]{1,12}", share in 1u32..=WHOLE) {
            let better = letters.replacen(['R', 'M'], "Y", 1);
            for rule in [Rule::All, Rule::Share(share), Rule::Amount(u64::from(share % 1200) + 1)] {
                let (before, after) = (by(rule, &letters), by(rule, &better));
                prop_assert!(!before.holds || after.holds);
                prop_assert!(!(before.holds && before.open));
                prop_assert_eq!(before.holds || before.open, after.holds || after.open);
            }
        }
    }
}
