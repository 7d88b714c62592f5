//! firmware FOLDER: the firmware of a Raspberry Pi, played behind `/dev/vcio` and `/dev/vcio_gencmd`.
//!
//! Both nodes are real character devices, made through CUSE, and answer the true ioctl. What they say stands in files below
//! FOLDER that a test may change at any time ([`state`] lists them), and so does what goes wrong. Every question is written
//! down in `FOLDER/asked`.
//!
//! As in the kernel there is one mailbox: a thread for each node takes its calls, one thread answers them all, one after the
//! other. So a call that hangs holds up every other one, and opening a node still works.
//!
//! [`cuse`] knows the wire to the kernel, [`message`] the property buffer, [`state`] what is answered.

mod cuse;
mod door;
mod message;
mod state;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::sync_channel;

use door::{Door, Kind};
use state::State;

/// Calls that may wait for the mailbox; a program that asks more at once is held up at its ioctl.
const WAITING: usize = 64;

fn main() -> ExitCode {
    match std::env::args_os().nth(1) {
        Some(folder) => match serve(folder.into()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => complain(&format!("{error}")),
        },
        None => complain("usage: firmware FOLDER"),
    }
}

#[expect(clippy::print_stderr, reason = "its log is the console")]
fn complain(words: &str) -> ExitCode {
    eprintln!("firmware: {words}");
    ExitCode::FAILURE
}

/// Answers until the machine is switched off.
fn serve(folder: PathBuf) -> io::Result<()> {
    let state = State::new(folder);
    let (mailbox, calls) = sync_channel(WAITING);
    for kind in [Kind::Property, Kind::Text] {
        let door = Door::open(kind)?;
        let mailbox = mailbox.clone();
        std::thread::spawn(move || door.take_calls(&mailbox));
    }
    drop(mailbox);
    for call in calls {
        call.answer(&state)?;
    }
    Err(io::Error::other("both devices are gone"))
}
