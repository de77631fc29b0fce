//! Reading in another process, so that no file can take the program with it.
//!
//! The program starts itself with the hidden argument [`ARGUMENT`] as a worker and talks to it over its standard input
//! and output. A worker reads one file after another until it dies or its input ends.
//!
//! ```text
//! program                                       worker (the same executable)
//! Pool::open ── Session                         session: OpenFile, parsed once by each library
//!   (Open, bytes)               ───────────▶      limits, behind catch_unwind
//!   Facts                       ───────────▶      what stands in the file
//!                               ◀───────────      PdfFacts or PdfProblem
//!   Texts(pages)                ───────────▶      the text of some pages
//!                               ◀───────────      PageTexts or PdfProblem
//!   Look(LookAsk), original     ───────────▶      look
//!                               ◀───────────      pages seen or PdfProblem, then their pictures as they are
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

use crate::Limits;
use crate::facts::PdfProblem;
use crate::file::passwords::Passwords;
use crate::seen::{LookAsk, SheetAsk};
use crate::signature::roots::Roots;

pub use pool::{Failure, Pool, Session, WorkerError};
pub use server::serve;

/// The argument that makes the program a worker. It is no part of the command line that people see.
pub const ARGUMENT: &str = "worker";

/// What a worker says first: that it is one, and of this version.
const HELLO: &[u8] = concat!("avsikt-pdf worker ", env!("CARGO_PKG_VERSION")).as_bytes();

/// How a file is to be opened.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct File {
    limits: Limits,
    passwords: Passwords,
    roots: Roots,
}

/// What a worker is told.
#[derive(Debug, Serialize, Deserialize)]
enum Request {
    /// The file's bytes follow. It is not answered: what is wrong with the file is told when something is asked of it.
    Open(File),
    /// Answered with `PdfFacts`.
    Facts,
    /// Page indexes from 0. Answered with `PageTexts`.
    Texts(Vec<usize>),
    /// The document as it was sent may follow. Answered with `PageSeen` for each page, and their pictures.
    Look(LookAsk),
    /// Page indexes from 0, and what a code of ours begins with. Answered with `SheetFound` for each page that is a picture.
    Sheets(Vec<usize>, String),
    /// The document as it was sent follows. Answered with `SheetSeen` for each page, and their pictures.
    LookAtSheets(SheetAsk),
}

/// What a worker answers.
type Answer<T> = Result<T, PdfProblem>;
