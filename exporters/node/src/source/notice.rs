//! Waits until the kernel says that the list of swap has changed, so that nobody has to look every second.
//!
//! The kernel wakes who polls `/proc/swaps` for POLLPRI each time swap is turned on or off (`swaps_poll` in mm/swapfile.c, since
//! 2.6.39). A recording is no such file.

#![expect(clippy::disallowed_methods, reason = "the file is waited for and never read here")]

use std::fs::File;
use std::os::fd::{AsFd as _, OwnedFd};
use std::thread;

use gjallarhorn_service::role::Nudge;
use gjallarhorn_service::{Failure, FailureKind, worker};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::statfs::{PROC_SUPER_MAGIC, fstatfs};
use nix::unistd::pipe2;

use super::root::Root;

/// A thread that waits; it ends when this is dropped.
#[derive(Debug)]
pub struct Notice {
    /// The other end of the pipe that the thread also waits for.
    _open: OwnedFd,
}

impl Notice {
    /// Begins to wait, and asks for a round at each change from now on. `None` where the kernel does not say so.
    ///
    /// # Errors
    /// The file cannot be opened, or the system gives no thread.
    pub fn start(root: &Root, nudge: &Nudge) -> Result<Option<Notice>, Failure> {
        let place = root.place("proc/swaps".as_ref());
        let file = File::open(&place).map_err(|error| Failure::io("wait for", &place, error))?;
        if fstatfs(&file).is_ok_and(|kind| kind.filesystem_type() != PROC_SUPER_MAGIC) {
            return Ok(None);
        }
        let system = |error: std::io::Error| Failure::new(FailureKind::Refused, "wait for", "swap").because(error);
        let (ended, open) = pipe2(OFlag::O_CLOEXEC).map_err(|errno| system(errno.into()))?;
        let nudge = nudge.clone();
        let thread = thread::Builder::new().name("swap_notice".into()).stack_size(worker::STACK_BYTES);
        thread.spawn(move || wait(&file, &ended, &nudge)).map_err(system)?;
        Ok(Some(Notice { _open: open }))
    }
}

fn wait(file: &File, ended: &OwnedFd, nudge: &Nudge) {
    loop {
        let mut files = [PollFd::new(file.as_fd(), PollFlags::POLLPRI), PollFd::new(ended.as_fd(), PollFlags::empty())];
        let woken = poll(&mut files, PollTimeout::NONE);
        let [swaps, end] = files.map(|one| one.revents().unwrap_or(PollFlags::empty()));
        match woken {
            Err(Errno::EINTR) => {}
            Ok(_) if end.is_empty() && swaps.contains(PollFlags::POLLPRI) => nudge.give(),
            // The role is gone; or the kernel says something else, and would say it again at once.
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::tests::recorded;

    #[test]
    fn a_recording_never_says_so() {
        let notice = Notice::start(&Root::new(&recorded("ubuntu")), &Nudge::default());
        assert!(notice.unwrap().is_none());
        let nothing = Notice::start(&Root::new(Path::new("/proc/self/task")), &Nudge::default());
        assert_eq!(nothing.unwrap_err().kind, FailureKind::Absent);
    }

    #[test]
    fn the_thread_ends_with_what_it_waits_for() {
        let (ended, open) = pipe2(OFlag::O_CLOEXEC).unwrap();
        let file = File::open("/proc/swaps").unwrap();
        let thread = thread::spawn(move || wait(&file, &ended, &Nudge::default()));
        drop(open);
        thread.join().unwrap();
    }
}
