//! The program's entry.

use std::process::ExitCode;

use avsikt::pdf::worker;

fn main() -> ExitCode {
    if std::env::args().nth(1).is_some_and(|argument| argument == worker::ARGUMENT) {
        return worker::serve();
    }
    ExitCode::SUCCESS
}
