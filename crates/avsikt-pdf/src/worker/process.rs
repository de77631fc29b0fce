//! The limits that the operating system holds for a worker, and how it says that one was met.

use std::process::ExitStatus;

use crate::facts::PdfProblem;
use crate::limits::Limits;

/// Sets what holds for the whole life of a worker: it leaves no core file, which would have the file's contents in it.
pub fn at_start() {
    #[cfg(unix)]
    unix::lower(rustix::process::Resource::Core, 0);
}

/// Makes room in a pipe for a whole file, as far as the system allows: on one core, each refill is a change of process.
pub fn widen(pipe: &std::process::ChildStdin) {
    #[cfg(target_os = "linux")]
    let _ = rustix::pipe::fcntl_setpipe_size(pipe, 1 << 20);
    #[cfg(not(target_os = "linux"))]
    let _ = pipe;
}

/// Sets the limits for the next request. Only soft limits are moved, so that they can be raised again.
pub fn before_request(limits: &Limits) {
    #[cfg(unix)]
    {
        use rustix::process::Resource;
        #[cfg(target_os = "linux")]
        unix::lower(Resource::As, limits.memory_bytes);
        unix::lower(Resource::Cpu, unix::cpu_seconds_used() + limits.cpu_seconds);
    }
    #[cfg(not(unix))]
    let _ = limits;
}

#[cfg(unix)]
mod unix {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    use rustix::time::{ClockId, clock_gettime};

    /// Sets a soft limit, within the hard one. A system that refuses leaves the pool's wall clock.
    pub fn lower(resource: Resource, wanted: u64) {
        let maximum = getrlimit(resource).maximum;
        let current = maximum.map_or(wanted, |maximum| maximum.min(wanted));
        let _ = setrlimit(resource, Rlimit { current: Some(current), maximum });
    }

    /// Processor time of this process so far, rounded up: the limit counts from its start, in whole seconds.
    pub fn cpu_seconds_used() -> u64 {
        let used = clock_gettime(ClockId::ProcessCPUTime);
        u64::try_from(used.tv_sec).unwrap_or(0) + 1
    }
}

/// What a worker's end says about the file that it was reading.
pub fn problem(status: Option<ExitStatus>, limits: &Limits) -> PdfProblem {
    let Some(status) = status else {
        return PdfProblem::ReaderCrashed("it stopped answering".into());
    };
    #[cfg(unix)]
    {
        use rustix::process::Signal;
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = status.signal() {
            return if signal == Signal::XCPU.as_raw() {
                PdfProblem::TooSlow(format!("over {} s of processor time", limits.cpu_seconds))
            } else if signal == Signal::ABORT.as_raw() {
                // Rust says which on standard error only.
                PdfProblem::ReaderCrashed("out of memory or stack".into())
            } else {
                PdfProblem::ReaderCrashed(format!("signal {signal}"))
            };
        }
    }
    #[cfg(not(unix))]
    let _ = limits;
    match status.code() {
        Some(code) => PdfProblem::ReaderCrashed(format!("exit status {code}")),
        None => PdfProblem::ReaderCrashed("no exit status".into()),
    }
}
