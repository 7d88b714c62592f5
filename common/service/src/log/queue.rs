//! The bounded queue between who has something to say and standard error.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// Lines that wait; more are dropped and counted.
pub(super) const LINES: usize = 256;

/// Writing lines needs little.
const STACK_BYTES: usize = 32 * 1024;

enum Entry {
    Line(String),
    Flush(SyncSender<()>),
}

pub(super) struct Queue {
    entries: SyncSender<Entry>,
    dropped: Arc<AtomicU64>,
}

impl Queue {
    /// A queue with its thread. If the system gives no thread, nothing is ever written.
    pub(super) fn start() -> Queue {
        let (entries, waiting) = sync_channel(LINES);
        let dropped = Arc::new(AtomicU64::new(0));
        let lost = Arc::clone(&dropped);
        let thread = thread::Builder::new().name("log".into()).stack_size(STACK_BYTES);
        let _ = thread.spawn(move || write_all(&waiting, &lost));
        Queue { entries, dropped }
    }

    /// A queue that nobody reads.
    #[cfg(test)]
    pub(super) fn unread() -> Queue {
        let (entries, waiting) = sync_channel(LINES);
        std::mem::forget(waiting);
        Queue { entries, dropped: Arc::default() }
    }

    #[cfg(test)]
    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    pub(super) fn push(&self, line: String) {
        if self.entries.try_send(Entry::Line(line)).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn flush(&self, patience: Duration) {
        let (done, written) = sync_channel(1);
        if self.entries.try_send(Entry::Flush(done)).is_ok() {
            let _ = written.recv_timeout(patience);
        }
    }
}

fn write_all(waiting: &Receiver<Entry>, dropped: &AtomicU64) {
    while let Ok(entry) = waiting.recv() {
        let mut out = std::io::stderr().lock();
        match entry {
            Entry::Line(line) => {
                let lost = dropped.swap(0, Ordering::Relaxed);
                if lost > 0 {
                    let _ = writeln!(out, "level=warn msg=\"log lines dropped, the reader was too slow\" lines={lost}");
                }
                let _ = out.write_all(line.as_bytes());
            }
            Entry::Flush(done) => drop(done),
        }
    }
}
