//! The program's side: workers that are started when needed, used again, and replaced when they die.

use std::io;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;

use super::frame::{self, Message};
use super::{ARGUMENT, Answer, File, HELLO, Request, process};
use crate::Limits;
use crate::facts::{PageTexts, PdfFacts, PdfProblem};
use crate::file::open::too_large_input;
use crate::file::passwords::Passwords;
use crate::seen::{LookAsk, PageSeen, SheetAsk, SheetFound, SheetSeen};
use crate::signature::roots::Roots;

/// Bytes after which a worker is replaced: the allocator keeps what earlier files used, and it counts against the limit
/// of the next.
const RETIRE_AFTER: usize = 64 << 20;
/// How long a worker whose pipe has closed may take to be gone.
const LAST_BREATH: Duration = Duration::from_millis(500);

/// How long a started worker may take to say that it is one. A process starts in milliseconds; a machine may be busy.
const START_WITHIN: Duration = Duration::from_secs(20);

/// The workers themselves do not work: no file is to blame.
#[derive(Debug, thiserror::Error)]
#[error("the process that reads files cannot be started from `{}`: {why}", program.display())]
pub struct WorkerError {
    pub program: PathBuf,
    pub why: String,
}

/// Why something that was asked of a file was not answered.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    File(#[from] PdfProblem),
    #[error(transparent)]
    Worker(#[from] WorkerError),
}

/// A pool of workers. Any number of threads may read through it; no more than `size` files are read at once.
#[derive(Debug)]
pub struct Pool {
    exe: PathBuf,
    limits: Limits,
    passwords: Passwords,
    roots: Roots,
    seats: Mutex<Seats>,
    freed: Condvar,
}

#[derive(Debug)]
struct Seats {
    free: usize,
    idle: Vec<Worker>,
}

impl Pool {
    /// A pool of at most `size` workers (at least one), each `exe` started with [`ARGUMENT`]. None is started yet.
    pub fn new(exe: impl Into<PathBuf>, size: usize) -> Self {
        Self::with_limits(exe, size, Limits::default())
    }

    /// [`Pool::new`] with other limits than the usual ones.
    pub fn with_limits(exe: impl Into<PathBuf>, size: usize, limits: Limits) -> Self {
        Pool {
            exe: exe.into(),
            limits,
            passwords: Passwords::default(),
            roots: Roots::default(),
            seats: Mutex::new(Seats { free: size.max(1), idle: Vec::new() }),
            freed: Condvar::new(),
        }
    }

    /// The same pool, with certificates that the office trusts.
    pub fn trusting(self, roots: Roots) -> Self {
        Pool { roots, ..self }
    }

    /// The same pool, with passwords for files that need one.
    #[must_use]
    pub fn with_passwords(self, passwords: Passwords) -> Self {
        Pool { passwords, ..self }
    }

    /// Opens a file for questions; waits while all workers are busy. Nothing is sent before the first question.
    pub fn open<'b>(&self, bytes: &'b [u8]) -> Session<'_, 'b> {
        Session { bytes, reader: None, seat: self.sit_down() }
    }

    /// The process numbers of the workers that wait for a file.
    pub fn idle_workers(&self) -> Vec<u32> {
        self.seats().idle.iter().map(|worker| worker.child.id()).collect()
    }

    fn sit_down(&self) -> Seat<'_> {
        let mut seats = self.seats();
        while seats.free == 0 {
            seats = self.freed.wait(seats).unwrap_or_else(PoisonError::into_inner);
        }
        seats.free -= 1;
        let worker = seats.idle.pop();
        Seat { pool: self, worker }
    }

    /// No code that can panic runs under the lock, so a poisoned one is whole.
    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One file with a worker that has it open.
#[derive(Debug)]
pub struct Session<'p, 'b> {
    bytes: &'b [u8],
    /// The worker that has the file open, once something was asked.
    reader: Option<Reader>,
    seat: Seat<'p>,
}

#[derive(Debug)]
struct Reader {
    worker: Worker,
    /// It has read nothing before: its death is this file's doing.
    fresh: bool,
}

impl Session<'_, '_> {
    /// What stands in the file.
    ///
    /// # Errors
    /// What is wrong with the file, or with the workers.
    pub fn facts(&mut self) -> Result<PdfFacts, Failure> {
        self.ask(&Request::Facts, None).map(|(facts, _)| facts)
    }

    /// The text of some pages, by their indexes from 0, the most wanted first: the limits bound how many are read.
    ///
    /// # Errors
    /// What is wrong with the file, or with the workers.
    pub fn texts(&mut self, pages: Vec<usize>) -> Result<PageTexts, Failure> {
        self.ask(&Request::Texts(pages), None).map(|(texts, _)| texts)
    }

    /// What its pages show, some of them laid over those of the `original`, which may be empty where none is.
    ///
    /// # Errors
    /// What is wrong with the file, or with the workers.
    pub fn look(&mut self, original: &[u8], ask: &LookAsk) -> Result<Vec<PageSeen>, Failure> {
        let (mut pages, pictures) = self.ask::<Vec<PageSeen>>(&Request::Look(ask.clone()), Some(original))?;
        let mut pictures = pictures.into_iter();
        for wanted in pages.iter_mut().flat_map(PageSeen::frames_mut) {
            wanted.0 = pictures.next().unwrap_or_default();
        }
        Ok(pages)
    }

    /// Which of some pages are pictures of paper, the most wanted first, and the codes on them that begin with `prefix`.
    ///
    /// # Errors
    /// What is wrong with the file, or with the workers.
    pub fn sheets(&mut self, pages: Vec<usize>, prefix: &str) -> Result<Vec<SheetFound>, Failure> {
        self.ask(&Request::Sheets(pages, prefix.to_owned()), None).map(|(found, _)| found)
    }

    /// What pictures of paper show, laid over pages of the `original`.
    ///
    /// # Errors
    /// What is wrong with the file, or with the workers.
    pub fn look_at_sheets(&mut self, original: &[u8], ask: &SheetAsk) -> Result<Vec<SheetSeen>, Failure> {
        let (mut pages, pictures) = self.ask::<Vec<SheetSeen>>(&Request::LookAtSheets(ask.clone()), Some(original))?;
        let mut pictures = pictures.into_iter();
        for wanted in pages.iter_mut().flat_map(|page| &mut page.pictures) {
            wanted.0 = pictures.next().unwrap_or_default();
        }
        Ok(pages)
    }

    /// A worker that had read other files before and dies is no evidence: it may have been dead already, or full of what
    /// they left. So the file is opened once more, by a fresh worker, and only that one's death is told.
    fn ask<T: DeserializeOwned>(&mut self, request: &Request, file: Option<&[u8]>) -> Result<(T, Message), Failure> {
        let limits = &self.seat.pool.limits;
        if self.bytes.len() > limits.input_bytes {
            return Err(too_large_input(limits).into());
        }
        let json = serde_json::to_vec(request).expect("a request has only strings for keys");
        let question: Message = [json.as_slice()].into_iter().chain(file).map(<[u8]>::to_vec).collect();
        loop {
            let mut reader = match self.reader.take() {
                Some(reader) => reader,
                None => self.open()?,
            };
            match reader.worker.exchange(question.clone(), Duration::from_millis(limits.wall_ms)) {
                Ok(answer) => return self.understood(reader, answer),
                Err(RecvTimeoutError::Timeout) => return Err(too_slow(limits).into()),
                Err(RecvTimeoutError::Disconnected) => match process::problem(reader.worker.ended(), limits) {
                    problem if reader.fresh || matches!(problem, PdfProblem::TooSlow(_)) => return Err(problem.into()),
                    _ => {}
                },
            }
        }
    }

    /// Sends the file to a worker: the one that waits, or else a fresh one.
    fn open(&mut self) -> Result<Reader, WorkerError> {
        let pool = self.seat.pool;
        let mut reader = match self.seat.worker.take() {
            Some(worker) => Reader { worker, fresh: false },
            None => Reader { worker: Worker::start(&pool.exe)?, fresh: true },
        };
        let file = File { limits: pool.limits.clone(), passwords: pool.passwords.clone(), roots: pool.roots.clone() };
        let json = serde_json::to_vec(&Request::Open(file)).expect("a request has only strings for keys");
        reader.worker.tell(vec![json, self.bytes.to_vec()]);
        Ok(reader)
    }

    /// Reads an answer; the worker stays with the file unless it is broken.
    fn understood<T: DeserializeOwned>(
        &mut self,
        reader: Reader,
        mut answer: Message,
    ) -> Result<(T, Message), Failure> {
        let broken =
            |why: &dyn std::fmt::Display| PdfProblem::ReaderCrashed(format!("its answer cannot be read: {why}"));
        if answer.is_empty() {
            return Err(broken(&"it is empty").into());
        }
        let pictures = answer.split_off(1);
        let told: Answer<T> = serde_json::from_slice(&answer[0]).unwrap_or_else(|error| Err(broken(&error)));
        if !matches!(told, Err(PdfProblem::ReaderCrashed(_))) {
            self.reader = Some(reader);
        }
        Ok((told?, pictures))
    }
}

impl Drop for Session<'_, '_> {
    /// Gives the worker back to its seat, if it can be used again.
    fn drop(&mut self) {
        let reusable = self.reader.take().map(|reader| reader.worker).filter(|worker| worker.sent < RETIRE_AFTER);
        self.seat.worker = reusable;
    }
}

fn too_slow(limits: &Limits) -> PdfProblem {
    PdfProblem::TooSlow(format!("over {} s", Duration::from_millis(limits.wall_ms).as_secs_f64()))
}

/// The right to one worker, given back when dropped.
#[derive(Debug)]
struct Seat<'p> {
    pool: &'p Pool,
    worker: Option<Worker>,
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut seats = self.pool.seats();
        seats.free += 1;
        seats.idle.extend(self.worker.take());
        drop(seats);
        self.pool.freed.notify_one();
    }
}

/// A worker process with the thread that talks to it.
///
/// Pipes have no time-outs, and a worker that hangs stops reading as well as writing. So a thread does both, and the
/// caller waits on a channel, which can time out; killing the worker closes the pipes and ends the thread.
#[derive(Debug)]
struct Worker {
    child: Child,
    jobs: Sender<Job>,
    answers: Receiver<Message>,
    /// Bytes that were sent to it.
    sent: usize,
}

/// A message for a worker.
#[derive(Debug)]
struct Job {
    message: Message,
    answered: bool,
}

impl Worker {
    fn start(exe: &PathBuf) -> Result<Self, WorkerError> {
        let failed = |why: String| WorkerError { program: exe.clone(), why };
        let worker = Self::spawn(exe).map_err(|error| failed(error.to_string()))?;
        match worker.answers.recv_timeout(START_WITHIN) {
            Ok(hello) if hello == [HELLO] => Ok(worker),
            Ok(_) => Err(failed("it is another version of this program, or another program".into())),
            Err(RecvTimeoutError::Timeout) => Err(failed(format!("it said nothing for {} s", START_WITHIN.as_secs()))),
            Err(RecvTimeoutError::Disconnected) => Err(failed("it ended at once".into())),
        }
    }

    fn spawn(exe: &PathBuf) -> io::Result<Self> {
        let mut child = Command::new(exe)
            .arg(ARGUMENT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let stdin = child.stdin.take().expect("standard input was asked to be a pipe");
        let stdout = child.stdout.take().expect("standard output was asked to be a pipe");
        process::widen(&stdin);
        let (jobs, to_do) = mpsc::channel();
        let (done, answers) = mpsc::channel();
        let worker = Worker { child, jobs, answers, sent: 0 };
        thread::Builder::new().name("pdf worker's pipes".into()).spawn(move || talk(stdin, stdout, &to_do, &done))?;
        Ok(worker)
    }

    /// Sends a message that is not answered. Whether it arrives shows when the next one is.
    fn tell(&mut self, message: Message) {
        self.sent += message.iter().map(Vec::len).sum::<usize>();
        let _ = self.jobs.send(Job { message, answered: false });
    }

    /// Sends a message and waits for the answer. After an error the worker is of no more use.
    fn exchange(&mut self, message: Message, wall: Duration) -> Result<Message, RecvTimeoutError> {
        self.sent += message.iter().map(Vec::len).sum::<usize>();
        self.jobs.send(Job { message, answered: true }).map_err(|_| RecvTimeoutError::Disconnected)?;
        self.answers.recv_timeout(wall)
    }

    /// How a worker ended whose pipe has closed; `None` when it lives on.
    fn ended(&mut self) -> Option<ExitStatus> {
        let asked = Instant::now();
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            if asked.elapsed() > LAST_BREATH {
                return None;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Worker {
    /// Kills the process and waits for it, so that no zombie stays.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Passes the worker's greeting on, then jobs to the worker and its answers back, until either end is gone.
fn talk(mut to: ChildStdin, mut from: ChildStdout, jobs: &Receiver<Job>, answers: &Sender<Message>) {
    // The worker keeps its answers within the limit; this only bounds what a broken one can make us allocate.
    let mut pass_on = || {
        let answer = frame::read(&mut from, 2 * RETIRE_AFTER).ok().flatten()?;
        answers.send(answer).ok()
    };
    if pass_on().is_none() {
        return;
    }
    for Job { message, answered } in jobs {
        if frame::write(&mut to, &message).is_err() || answered && pass_on().is_none() {
            return;
        }
    }
}
