//! The one thread that writes, and its promise: an answer within a deadline, or [`JournalFailure::Blocked`].
//!
//! A disk can stop answering for ever (a suspended pool holds `fsync` until it is cleared). So the file is touched by
//! this thread only, and whoever asked stops waiting and goes on from memory. While one request is out no other is
//! handed over: the thread is stuck, and a queue behind it would only hide that.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;
use std::{fs, io};

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::entry::Entry;
use super::failure::JournalFailure;
use super::recall::Recalled;
use super::retention::Keep;
use super::store::Store;

/// How long a commit may take before the disk counts as gone.
pub const DEADLINE: Duration = Duration::from_secs(5);

const LOCK: &str = "journal.lock";

/// What a commit has to say.
pub type Committed = Result<Note, JournalFailure>;

/// What the caller should know besides "it is on the disk".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// A corrupt file was found and moved here; the journal begins anew.
    pub set_aside: Option<PathBuf>,
    /// Bytes in use, after a tidy.
    pub bytes: Option<u64>,
}

type Reply<T> = oneshot::Sender<Result<T, JournalFailure>>;

enum Job {
    Recall(Reply<(Recalled, Note)>),
    Commit(Arc<Vec<Entry>>, Reply<Note>),
    Tidy(i64, Keep, Reply<Note>),
}

/// The handle of the writing thread. Dropping it ends the thread after its last write.
#[derive(Debug)]
pub struct Writer {
    jobs: mpsc::Sender<Job>,
    /// The thread has a job; if nobody waits for it any more, it is stuck.
    busy: Arc<AtomicBool>,
}

impl Writer {
    /// Starts the thread. Nothing is opened yet.
    ///
    /// # Errors
    /// The system's, if no thread can be made.
    pub fn start(directory: &Path) -> std::io::Result<Self> {
        let (jobs, queue) = mpsc::channel();
        let mut file = File { directory: directory.to_owned(), store: None, corrupt: false, lock: None };
        let busy = Arc::new(AtomicBool::new(false));
        let working = busy.clone();
        std::thread::Builder::new().name("journal".into()).spawn(move || {
            while let Ok(job) = queue.recv() {
                file.work(job, &working);
            }
        })?;
        Ok(Writer { jobs, busy })
    }

    /// Opens the file and reads back what an earlier process left. A long log on a slow card may take `patience`.
    ///
    /// # Errors
    /// Any [`JournalFailure`]. The router starts all the same.
    pub async fn recall(&mut self, patience: Duration) -> Result<(Recalled, Note), JournalFailure> {
        self.ask(patience, Job::Recall).await
    }

    /// Writes `entries`; on success they are on the disk.
    ///
    /// # Errors
    /// Any [`JournalFailure`]. After [`JournalFailure::Blocked`] the rows may still reach the disk, later.
    pub async fn commit(&mut self, entries: Arc<Vec<Entry>>) -> Committed {
        self.ask(DEADLINE, |reply| Job::Commit(entries, reply)).await
    }

    /// Takes a step of retention.
    ///
    /// # Errors
    /// Any [`JournalFailure`].
    pub async fn tidy(&mut self, now_ms: i64, keep: Keep) -> Committed {
        self.ask(DEADLINE, |reply| Job::Tidy(now_ms, keep, reply)).await
    }

    async fn ask<T>(&mut self, patience: Duration, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, JournalFailure> {
        if self.busy.swap(true, Ordering::AcqRel) {
            return Err(JournalFailure::Blocked);
        }
        let (reply, answer) = oneshot::channel();
        let _ = self.jobs.send(job(reply));
        match timeout(patience, answer).await {
            Ok(done) => done.unwrap_or(Err(JournalFailure::Blocked)),
            Err(_) => Err(JournalFailure::Blocked),
        }
    }
}

/// The file as the thread holds it: closed after any failure, opened again by the next job.
struct File {
    directory: PathBuf,
    store: Option<Store>,
    /// The last failure was damage that the check at opening does not look for.
    corrupt: bool,
    /// Held while this thread lives; two routers on one journal would tell everything twice.
    lock: Option<fs::File>,
}

impl File {
    fn work(&mut self, job: Job, busy: &AtomicBool) {
        match job {
            Job::Recall(reply) => {
                let done = self.with(|store| store.recall());
                answer(reply, busy, done.or_else(|failure| self.recall_unwritable(failure)));
            }
            Job::Commit(entries, reply) => {
                let done = self.with(|store| store.commit(&entries)).map(|((), note)| note);
                drop(entries);
                answer(reply, busy, done);
            }
            Job::Tidy(now_ms, keep, reply) => {
                let done = self.with(|store| {
                    store.tidy(now_ms, &keep)?;
                    store.bytes_in_use()
                });
                answer(reply, busy, done.map(|(bytes, note)| Note { bytes: Some(bytes), ..note }));
            }
        }
    }

    /// What was acknowledged must be told even if the disk takes no more: an unwritable journal is still read.
    fn recall_unwritable(&self, failure: JournalFailure) -> Result<(Recalled, Note), JournalFailure> {
        match failure {
            JournalFailure::Full | JournalFailure::ReadOnly | JournalFailure::Other(_) => {
                let recalled = Store::peek(&self.directory).and_then(|store| store.recall());
                recalled.map(|recalled| (recalled, Note::default())).map_err(|_| failure)
            }
            other => Err(other),
        }
    }

    fn with<T>(
        &mut self,
        work: impl FnOnce(&mut Store) -> Result<T, JournalFailure>,
    ) -> Result<(T, Note), JournalFailure> {
        self.lock()?;
        let (mut store, set_aside) = match self.store.take() {
            Some(store) => (store, None),
            None if self.corrupt => Store::replace(&self.directory)?,
            None => Store::open_or_replace(&self.directory)?,
        };
        self.corrupt = false;
        let done = work(&mut store).inspect_err(|failure| self.corrupt = matches!(failure, JournalFailure::Corrupt))?;
        self.store = Some(store);
        Ok((done, Note { set_aside, bytes: None }))
    }
}

impl File {
    /// Takes the lock once. Where no lock file can be made the journal cannot be written either, and that is told.
    fn lock(&mut self) -> Result<(), JournalFailure> {
        if self.lock.is_some() {
            return Ok(());
        }
        let file = fs::OpenOptions::new().create(true).append(true).open(self.directory.join(LOCK));
        let file = file.map_err(|error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => JournalFailure::Full,
            _ => JournalFailure::ReadOnly,
        })?;
        match file.try_lock() {
            Err(fs::TryLockError::WouldBlock) => Err(JournalFailure::Taken(self.directory.clone())),
            // A file system that knows no locks cannot tell two routers apart; one router must still work on it.
            Ok(()) | Err(fs::TryLockError::Error(_)) => {
                self.lock = Some(file);
                Ok(())
            }
        }
    }
}

/// Free before the answer is heard, or the next question would find the thread busy.
fn answer<T>(reply: Reply<T>, busy: &AtomicBool, done: Result<T, JournalFailure>) {
    busy.store(false, Ordering::Release);
    let _ = reply.send(done);
}
