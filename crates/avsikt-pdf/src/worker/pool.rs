//! The program's side: workers that are started when needed, used again, and replaced when they die.

use std::io;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::limits::Limits;
use serde::de::DeserializeOwned;

use super::{ARGUMENT, Job, Request, frame, process};
use crate::facts::{PdfFacts, PdfProblem, TextAsked};
use crate::file::open::too_large_input;
use crate::file::passwords::Passwords;
use crate::seen::{LookAsk, PageSeen};

/// Bytes after which a worker is replaced: the allocator keeps what earlier files used, and it counts against the limit
/// of the next.
const RETIRE_AFTER: usize = 64 << 20;
/// How long a worker whose pipe has closed may take to be gone.
const LAST_BREATH: Duration = Duration::from_millis(500);

/// A pool of workers. Any number of threads may read through it; no more than `size` files are read at once.
#[derive(Debug)]
pub struct Pool {
    exe: PathBuf,
    limits: Limits,
    passwords: Passwords,
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
            seats: Mutex::new(Seats { free: size.max(1), idle: Vec::new() }),
            freed: Condvar::new(),
        }
    }

    /// The same pool, with passwords for files that need one.
    #[must_use]
    pub fn with_passwords(self, passwords: Passwords) -> Self {
        Pool { passwords, ..self }
    }

    /// Reads one file in a worker; waits while all of them are busy.
    pub fn read(&self, bytes: &[u8], ask: &TextAsked) -> Result<PdfFacts, PdfProblem> {
        self.answer(Job::Facts(ask.clone()), &[bytes])
    }

    /// Looks at pages of a file, some of them laid over those of the `original`, which may be empty where none is.
    pub fn look(&self, bytes: &[u8], original: &[u8], ask: &LookAsk) -> Result<Vec<PageSeen>, PdfProblem> {
        self.answer(Job::Look(ask.clone()), &[bytes, original])
    }

    /// A worker that had read other files before and dies is no evidence: it may have been dead already, or full of what
    /// they left. So such a file is tried once more, by a fresh worker, and only that one's death is told.
    fn answer<T: DeserializeOwned>(&self, job: Job, files: &[&[u8]]) -> Result<T, PdfProblem> {
        if files[0].len() > self.limits.input_bytes {
            return Err(too_large_input(&self.limits));
        }
        let request = Request { job, limits: self.limits.clone(), passwords: self.passwords.clone() };
        let request = serde_json::to_vec(&request).expect("a request has only strings for keys");
        let frames: Frames = [request.as_slice()].iter().chain(files).map(|frame| frame.to_vec()).collect();
        let mut seat = self.sit_down();
        if let Some(used) = seat.worker.take()
            && let End::Told(result) = self.ask(used, &mut seat, &frames)
        {
            return result;
        }
        let fresh = Worker::start(&self.exe)
            .map_err(|error| PdfProblem::ReaderCrashed(format!("it cannot be started: {error}")))?;
        match self.ask(fresh, &mut seat, &frames) {
            End::Told(result) => result,
            End::Died(problem) => Err(problem),
        }
    }

    /// The process numbers of the workers that wait for a file.
    pub fn idle_workers(&self) -> Vec<u32> {
        self.seats().idle.iter().map(|worker| worker.child.id()).collect()
    }

    /// Lets a worker read; back to its seat it goes if it can be used again.
    fn ask<T: DeserializeOwned>(&self, mut worker: Worker, seat: &mut Seat<'_>, frames: &Frames) -> End<T> {
        let wall = Duration::from_millis(self.limits.wall_ms);
        let json = match worker.exchange(frames, wall) {
            Ok(json) => json,
            Err(RecvTimeoutError::Timeout) => {
                let slow = format!("over {} s", wall.as_secs_f64());
                return End::Told(Err(PdfProblem::TooSlow(slow)));
            }
            Err(RecvTimeoutError::Disconnected) => {
                return match process::problem(worker.ended(), &self.limits) {
                    slow @ PdfProblem::TooSlow(_) => End::Told(Err(slow)),
                    problem => End::Died(problem),
                };
            }
        };
        let result: Result<T, PdfProblem> = serde_json::from_slice(&json)
            .unwrap_or_else(|error| Err(PdfProblem::ReaderCrashed(format!("its answer cannot be read: {error}"))));
        worker.read_bytes += frames.iter().map(Vec::len).sum::<usize>();
        let crashed = matches!(result, Err(PdfProblem::ReaderCrashed(_)));
        if !crashed && worker.read_bytes < RETIRE_AFTER {
            seat.worker = Some(worker);
        }
        End::Told(result)
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

/// How an exchange ended.
enum End<T> {
    Told(Result<T, PdfProblem>),
    /// The worker is gone, and this is what its end would mean.
    Died(PdfProblem),
}

/// The right to one worker, given back when dropped.
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

/// A request and the bytes of one file or two, on their way to a worker.
type Frames = Vec<Vec<u8>>;

/// A worker process with the thread that talks to it.
///
/// Pipes have no time-outs, and a worker that hangs stops reading as well as writing. So a thread does both, and the
/// caller waits on a channel, which can time out; killing the worker closes the pipes and ends the thread.
#[derive(Debug)]
struct Worker {
    child: Child,
    jobs: Sender<Frames>,
    answers: Receiver<Vec<u8>>,
    read_bytes: usize,
}

impl Worker {
    fn start(exe: &PathBuf) -> io::Result<Self> {
        let mut child = Command::new(exe)
            .arg(ARGUMENT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let stdin = child.stdin.take().expect("standard input was asked to be a pipe");
        let stdout = child.stdout.take().expect("standard output was asked to be a pipe");
        let (jobs, to_do) = mpsc::channel();
        let (done, answers) = mpsc::channel();
        let worker = Worker { child, jobs, answers, read_bytes: 0 };
        thread::Builder::new().name("pdf worker's pipes".into()).spawn(move || talk(stdin, stdout, &to_do, &done))?;
        Ok(worker)
    }

    /// Sends a file and waits for the answer. After an error the worker is of no more use.
    fn exchange(&mut self, frames: &Frames, wall: Duration) -> Result<Vec<u8>, RecvTimeoutError> {
        self.jobs.send(frames.clone()).map_err(|_| RecvTimeoutError::Disconnected)?;
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

/// Passes jobs to the worker and its answers back, until either end is gone.
fn talk(mut to: ChildStdin, mut from: ChildStdout, jobs: &Receiver<Frames>, answers: &Sender<Vec<u8>>) {
    for frames in jobs {
        let exchange = frames
            .iter()
            .try_for_each(|frame| frame::write(&mut to, frame))
            // The worker keeps its answers within the limit; this only bounds what a broken one can make us allocate.
            .and_then(|()| frame::read(&mut from, 2 * RETIRE_AFTER));
        let Ok(Some(answer)) = exchange else {
            return;
        };
        if answers.send(answer).is_err() {
            return;
        }
    }
}
