//! The worker's side: opens a file, answers what is asked about it, until the next file comes or its input ends.

use std::any::Any;
use std::io::{self, ErrorKind, Read, Write};
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::thread;

use serde::Serialize;

use super::frame::{self, Message};
use super::{Answer, File, HELLO, Request, process};
use crate::facts::PdfProblem;
use crate::seen::{PageSeen, Png};
use crate::{Limits, OpenFile};

/// Stack of the thread that reads. Windows gives a main thread 1 MB, and lopdf's parser nests deeper than that.
const STACK: usize = 8 << 20;

/// Serves until standard input ends. It writes nothing but messages: panics are answered, not printed.
pub fn serve() -> ExitCode {
    panic::set_hook(Box::new(|_| {}));
    process::at_start();
    let work = || answer_all(&mut io::stdin().lock(), &mut io::stdout().lock());
    let server = thread::Builder::new().stack_size(STACK).spawn(work);
    match server.map(thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn answer_all(input: &mut impl Read, output: &mut impl Write) -> io::Result<()> {
    frame::write(output, &[HELLO])?;
    let mut next = request(input)?;
    while let Some((request, files)) = next {
        let (Request::Open(file), Some(bytes)) = (request, files.into_iter().next()) else {
            return Err(ErrorKind::InvalidData.into());
        };
        next = session(&file, bytes, input, output)?;
    }
    Ok(())
}

/// The next request with the files that come with it. The program, which bounds them, is trusted.
fn request(input: &mut impl Read) -> io::Result<Option<(Request, Message)>> {
    let Some(mut message) = frame::read(input, u32::MAX as usize)? else { return Ok(None) };
    if message.is_empty() {
        return Err(ErrorKind::InvalidData.into());
    }
    let files = message.split_off(1);
    Ok(Some((serde_json::from_slice(&message[0])?, files)))
}

/// Answers everything that is asked about one file; gives the request that opens the next.
fn session(
    file: &File,
    bytes: Vec<u8>,
    input: &mut impl Read,
    output: &mut impl Write,
) -> io::Result<Option<(Request, Message)>> {
    let limits = &file.limits;
    process::before_request(limits);
    // The reader shares nothing with the next file's, so whatever a panic leaves half done is dropped with it: after one,
    // the program sends this worker no more.
    let opened = caught(|| OpenFile::open(bytes, limits, &file.passwords).map(|opened| opened.trusting(&file.roots)));
    let mut opened = opened.as_ref().map_err(Clone::clone);
    loop {
        let Some((request, files)) = request(input)? else { return Ok(None) };
        process::before_request(limits);
        let answer = match request {
            Request::Open(_) => return Ok(Some((request, files))),
            Request::Facts => told(&on(&mut opened, OpenFile::facts), limits, Vec::new())?,
            Request::Texts(pages) => told(&on(&mut opened, |file| file.texts(&pages)), limits, Vec::new())?,
            Request::Sheets(pages, prefix) => {
                told(&on(&mut opened, |file| file.sheets(&pages, &prefix)), limits, Vec::new())?
            }
            Request::LookAtSheets(ask) => {
                let original = files.first().map(Vec::as_slice).unwrap_or_default();
                let seen = on(&mut opened, |file| file.look_at_sheets(original, &ask));
                let pictures = seen.as_deref().unwrap_or_default().iter().flat_map(|page| &page.pictures).collect();
                told(&seen, limits, pictures)?
            }
            Request::Look(ask) => {
                let original = files.first().map(Vec::as_slice).unwrap_or_default();
                let seen = on(&mut opened, |file| file.look(original, &ask));
                let pictures = seen.as_deref().map(pictures).unwrap_or_default();
                told(&seen, limits, pictures)?
            }
        };
        frame::write(output, &answer)?;
    }
}

fn pictures(pages: &[PageSeen]) -> Vec<&Png> {
    pages.iter().flat_map(PageSeen::frames).collect()
}

/// Asks an opened file. A panic closes it: everything asked afterwards is answered with it too.
fn on<'f, 'l, T>(
    opened: &mut Result<&'f OpenFile<'l>, PdfProblem>,
    ask: impl FnOnce(&'f OpenFile<'l>) -> Result<T, PdfProblem>,
) -> Result<T, PdfProblem> {
    let file = opened.clone()?;
    let answer = caught(|| ask(file));
    if let Err(crash @ PdfProblem::ReaderCrashed(_)) = &answer {
        *opened = Err(crash.clone());
    }
    answer
}

fn caught<T>(read: impl FnOnce() -> Result<T, PdfProblem>) -> Result<T, PdfProblem> {
    let read = panic::catch_unwind(AssertUnwindSafe(read));
    read.unwrap_or_else(|panic| Err(PdfProblem::ReaderCrashed(said(&*panic))))
}

/// An answer as frames, within the limit: what was read or how it failed, and the pictures that go with it.
fn told<T: Serialize>(answer: &Answer<T>, limits: &Limits, pictures: Vec<&Png>) -> io::Result<Message> {
    let json = serde_json::to_vec(answer)?;
    let bytes = json.len() + pictures.iter().map(|picture| picture.0.len()).sum::<usize>();
    if bytes <= limits.answer_bytes {
        return Ok([json].into_iter().chain(pictures.into_iter().map(|picture| picture.0.clone())).collect());
    }
    let limit = Limits::in_words(limits.answer_bytes);
    let too_large = PdfProblem::TooLarge(format!("its facts are over {limit}"));
    Ok(vec![serde_json::to_vec(&Answer::<T>::Err(too_large))?])
}

/// What a panic said.
fn said(panic: &(dyn Any + Send)) -> String {
    let message = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panic: {}", message.unwrap_or("no message"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::PdfFacts;
    use crate::sample;

    /// What a worker answers to some requests about one file.
    fn answers(limits: Limits, requests: &[Request]) -> Vec<Answer<PdfFacts>> {
        let open = Request::Open(File { limits, passwords: Default::default(), roots: Default::default() });
        let json = |request: &Request| serde_json::to_vec(request).unwrap();
        let mut input = Vec::new();
        frame::write(&mut input, &[json(&open), sample::one_page()]).unwrap();
        for request in requests {
            frame::write(&mut input, &[json(request)]).unwrap();
        }
        let mut output = Vec::new();
        answer_all(&mut input.as_slice(), &mut output).unwrap();
        let mut from = output.as_slice();
        let messages = std::iter::from_fn(|| frame::read(&mut from, 1 << 20).unwrap()).collect::<Vec<_>>();
        assert_eq!(messages[0], [HELLO.to_vec()]);
        messages[1..].iter().map(|message| serde_json::from_slice(&message[0]).unwrap()).collect()
    }

    fn facts() -> Request {
        Request::Facts
    }

    #[test]
    fn a_file_is_opened_once_and_asked_twice() {
        let answers = answers(Limits::default(), &[facts(), facts()]);
        assert_eq!(answers.len(), 2);
        assert_eq!(answers[0].as_ref().unwrap().pages.len(), 1);
        assert_eq!(answers[0], answers[1]);
    }

    #[test]
    fn an_answer_over_the_limit_is_a_problem() {
        let answers = answers(Limits { answer_bytes: 10, ..Limits::default() }, &[facts()]);
        assert!(matches!(answers[0], Err(PdfProblem::TooLarge(_))));
    }

    #[test]
    fn a_panic_says_what_it_said_and_closes_the_file() {
        assert_eq!(said(&"index out of bounds"), "panic: index out of bounds");
        assert_eq!(said(&String::from("no")), "panic: no");
        assert_eq!(said(&7), "panic: no message");
        let (limits, passwords) = (Limits::default(), Default::default());
        let file = OpenFile::open(sample::one_page(), &limits, &passwords).unwrap();
        let mut opened = Ok(&file);
        let crash = PdfProblem::ReaderCrashed("panic: ow".into());
        assert_eq!(on(&mut opened, |_| -> Result<(), _> { panic!("ow") }), Err(crash.clone()));
        assert_eq!(on(&mut opened, |_| Ok(())), Err(crash));
    }
}
