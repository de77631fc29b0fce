//! The program `avsikt`; all of it is in the library.

fn main() -> std::process::ExitCode {
    avsikt::cli::main()
}
