//! The worker's side: reads requests, answers with facts or a problem, until its input ends.

use std::any::Any;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::thread;

use serde::Serialize;

use super::{Job, Request, frame, process};
use crate::compare::page as look;
use crate::facts::PdfProblem;
use crate::{Limits, read_facts_within};

/// Stack of the thread that reads. Windows gives a main thread 1 MB, and lopdf's parser nests deeper than that.
const STACK: usize = 8 << 20;

/// Serves until standard input ends. It writes nothing but frames: panics are answered, not printed.
pub fn serve() -> ExitCode {
    panic::set_hook(Box::new(|_| {}));
    process::at_start();
    let server = thread::Builder::new().stack_size(STACK).spawn(answer_all);
    match server.map(thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn answer_all() -> io::Result<()> {
    let mut input = io::stdin().lock();
    let mut output = io::stdout().lock();
    while let Some(request) = frame::read(&mut input, frame::REQUEST_BYTES)? {
        let request: Request = serde_json::from_slice(&request)?;
        process::before_file(&request.limits);
        let Some(bytes) = frame::read(&mut input, request.limits.input_bytes)? else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        let original = match request.job {
            Job::Look(_) => frame::read(&mut input, request.limits.input_bytes)?,
            Job::Facts(_) => None,
        };
        let answer = answer(&bytes, &original.unwrap_or_default(), &request)?;
        frame::write(&mut output, &answer)?;
    }
    Ok(())
}

/// The answer to one request as JSON.
fn answer(bytes: &[u8], original: &[u8], request: &Request) -> io::Result<Vec<u8>> {
    let (limits, passwords) = (&request.limits, &request.passwords);
    match &request.job {
        Job::Facts(ask) => told(|| read_facts_within(bytes, ask, limits, passwords), limits),
        Job::Look(ask) => told(|| look::look(bytes, original, ask, limits, passwords), limits),
    }
}

/// What a reader gives, or how it failed, as JSON within the limit.
fn told<T: Serialize>(read: impl FnOnce() -> Result<T, PdfProblem>, limits: &Limits) -> io::Result<Vec<u8>> {
    // The reader shares nothing with the next file's, so whatever a panic leaves half done is dropped with it.
    let read = panic::catch_unwind(AssertUnwindSafe(read));
    let answer = read.unwrap_or_else(|panic| Err(PdfProblem::ReaderCrashed(said(&*panic))));
    let json = serde_json::to_vec(&answer)?;
    if json.len() <= limits.answer_bytes {
        return Ok(json);
    }
    let limit = Limits::in_words(limits.answer_bytes);
    let too_large = PdfProblem::TooLarge(format!("its facts are over {limit}"));
    Ok(serde_json::to_vec(&Err::<T, _>(too_large))?)
}

/// What a panic said.
fn said(panic: &(dyn Any + Send)) -> String {
    let message = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panic: {}", message.unwrap_or("no message"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{PdfFacts, TextAsked};
    use crate::sample;

    fn answered(limits: Limits) -> Result<PdfFacts, PdfProblem> {
        let request = Request { job: Job::Facts(TextAsked::None), limits, passwords: Default::default() };
        let json = answer(&sample::one_page(), &[], &request).unwrap();
        serde_json::from_slice(&json).unwrap()
    }

    #[test]
    fn facts_are_answered() {
        assert_eq!(answered(Limits::default()).unwrap().pages.len(), 1);
    }

    #[test]
    fn an_answer_over_the_limit_is_a_problem() {
        let limits = Limits { answer_bytes: 10, ..Limits::default() };
        assert!(matches!(answered(limits), Err(PdfProblem::TooLarge(_))));
    }

    #[test]
    fn a_panic_says_what_it_said() {
        assert_eq!(said(&"index out of bounds"), "panic: index out of bounds");
        assert_eq!(said(&String::from("no")), "panic: no");
        assert_eq!(said(&7), "panic: no message");
    }
}
