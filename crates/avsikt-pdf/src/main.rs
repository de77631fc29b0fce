//! The reader's worker by itself: for this package's tests, and for whoever wants to read files apart from the program.

fn main() -> std::process::ExitCode {
    avsikt_pdf::worker::serve()
}
