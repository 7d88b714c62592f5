//! Tests with real processes: this program starts itself again as a child worker and as a whole service.
//!
//! Started by cargo it runs every test whose name contains the first argument that is no flag.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test without the harness, which the lints do not know as one"
)]

mod child;
mod program;

use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::process::ExitCode;

type Test = (&'static str, fn());

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("worker") => child::worker(arguments.get(1)),
        Some("service") => program::service(&arguments[1..]),
        _ => run(arguments.iter().find(|argument| !argument.starts_with('-'))),
    }
}

fn run(filter: Option<&String>) -> ExitCode {
    let tests = child::TESTS.iter().chain(program::TESTS);
    for (name, test) in tests.filter(|(name, _)| filter.is_none_or(|filter| name.contains(filter.as_str()))) {
        // A failed assertion ends the run with its message and a status that cargo understands.
        test();
        println!("test {name} ... ok");
    }
    ExitCode::SUCCESS
}

/// Between two looks at a state that another process changes.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(1);

/// Calls `ready` until it gives something. Only a hang ends it without.
fn until<T>(what: &str, mut ready: impl FnMut() -> Option<T>) -> T {
    for _ in 0..30_000 {
        if let Some(value) = ready() {
            return value;
        }
        #[expect(clippy::disallowed_methods, reason = "between two looks at a state that another process changes")]
        std::thread::sleep(PAUSE);
    }
    panic!("this never came: {what}");
}

/// A FIFO: whoever opens it to read hangs until somebody opens it to write.
struct Fifo {
    path: PathBuf,
}

impl Fifo {
    fn at(path: PathBuf) -> Fifo {
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        Fifo { path }
    }

    /// Lets readers in for as long as the file is kept.
    fn release(&self) -> File {
        // Both directions at once: the one way to open a FIFO that waits for nobody.
        OpenOptions::new().read(true).write(true).open(&self.path).unwrap()
    }
}

/// A test that fails leaves nobody hanging.
impl Drop for Fifo {
    fn drop(&mut self) {
        drop(self.release());
    }
}
