//! The program as people and scripts meet it: a campaign goes out, returns come in, a report says who said what.
//!
//! | module | holds to |
//! | --- | --- |
//! | `loading` | every mistake in a campaign is told at once, with its place and what to do |
//! | `proofs` | what would stop a batch is told by `check`, at its line and in the campaign's words |
//! | `rendering` | what is sent: names, bytes, structure, manifest |
//! | `facts` | the shipped campaign says all it has to say, and its links can be acted on |
//! | `accessible` | what a screen reader meets: structure, order, languages, names |
//! | `previews` | a declaration as pictures, for whoever changes the look |
//! | `round_trip` | what was filled in is what is read, however it was spelt |
//! | `way_back` | flattened, scaled, turned, shuffled or sent alone: the answer stays the same |
//! | `paper` | scanned pages: whose they are, how they lie, crops for a person; what cannot be looked at says why |
//! | `altered` | a return that was altered is never taken for an answer |
//! | `mutants` | 1 500 damaged returns, and no value that was not filled in |
//! | `unseen` | a field never claims what nobody saw |
//! | `crops` | pictures of what a person should look at, and no others |
//! | `files` | anything at all may lie in the inbox |
//! | `whole_way` | inbox to report: nothing lost, nothing touched, same input same bytes |
//! | `exact` | what was sent stays: nothing replaced unasked, differences told, a stopped run is run again |
//! | `prices` | the office's own price list in every format, and each mistake in it; a recipient's own language |
//! | `another_campaign` | nothing of the shipped campaign is taken for granted: another language, form, look and paper |
//! | `rules` | the campaign's rule and what it does with late answers |
//! | `report` | what the report's PDF and page hold |
//! | `commands` | exit statuses, streams and hints |
//!
//! One binary, so that it is linked once. Returns are made here from what the program rendered; names are invented.

#![expect(clippy::disallowed_methods, reason = "tests put files in the program's way and look at what it left")]

#[path = "suite/accessible.rs"]
mod accessible;
#[path = "suite/altered.rs"]
mod altered;
#[path = "suite/another_campaign.rs"]
mod another_campaign;
#[path = "suite/commands.rs"]
mod commands;
#[path = "suite/crops.rs"]
mod crops;
#[path = "suite/exact.rs"]
mod exact;
#[path = "suite/facts.rs"]
mod facts;
#[path = "suite/files.rs"]
mod files;
#[path = "suite/loading.rs"]
mod loading;
#[path = "suite/mutants.rs"]
mod mutants;
#[path = "suite/paper.rs"]
mod paper;
#[path = "suite/previews.rs"]
mod previews;
#[path = "suite/prices.rs"]
mod prices;
#[path = "suite/proofs.rs"]
mod proofs;
#[path = "suite/rendering.rs"]
mod rendering;
#[path = "suite/report.rs"]
mod report;
#[path = "suite/round_trip.rs"]
mod round_trip;
#[path = "suite/rules.rs"]
mod rules;
#[path = "suite/signed.rs"]
mod signed;
mod support;
#[path = "suite/unseen.rs"]
mod unseen;
#[path = "suite/way_back.rs"]
mod way_back;
#[path = "suite/whole_way.rs"]
mod whole_way;
