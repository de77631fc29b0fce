//! Reading in another process, so that no file can take the program with it.
//!
//! The program starts itself with the hidden argument [`ARGUMENT`] as a worker and talks to it over its standard input
//! and output. A worker reads one file after another until it dies or its input ends.
//!
//! ```text
//! program                                     worker (the same executable)
//! pool: request, bytes ──── frames ────▶ server: limits, read_facts or look behind catch_unwind
//!       facts or problem ◀── frame ─────
//! ```
//! What goes wrong is data like any other. A panic is caught and answered. Memory that runs out and a stack that
//! overflows abort the worker, processor time that runs out ends it, and the pool ends one that takes too long; each
//! becomes a `PdfProblem` of that one file, and the next file gets a fresh worker.
//!
//! On Linux all the limits hold. macOS ignores the limit of address space, and Windows has neither that one nor the limit
//! of processor time (a job object would be needed, which the standard library does not offer): there a greedy file has
//! the wall clock alone against it.

mod frame;
mod pool;
mod process;
mod server;

use serde::{Deserialize, Serialize};

use crate::facts::TextAsked;
use crate::file::passwords::Passwords;
use crate::limits::Limits;
use crate::seen::LookAsk;

pub use pool::Pool;
pub use server::serve;

/// The argument that makes the program a worker. It is no part of the command line that people see.
pub const ARGUMENT: &str = "worker";

/// The frame that goes before a file's bytes.
#[derive(Debug, Serialize, Deserialize)]
struct Request {
    job: Job,
    limits: Limits,
    passwords: Passwords,
}

/// What is asked about the file.
#[derive(Debug, Serialize, Deserialize)]
enum Job {
    Facts(TextAsked),
    /// A second file follows, the original; it may be empty.
    Look(LookAsk),
}
