//! The one thread that writes, and its promise: an answer within a deadline, or [`JournalFailure::Blocked`].
//!
//! A disk can stop answering for ever (a suspended pool holds `fsync` until it is cleared). So the file is touched by
//! this thread only, and whoever asked stops waiting and goes on from memory. While one request is out no other is
//! handed over: the thread is stuck, and a queue behind it would only hide that.

use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::entry::Entry;
use super::failure::JournalFailure;
use super::recall::Recalled;
use super::retention::Keep;
use super::store::Store;

/// How long a commit may take before the disk counts as gone.
pub const DEADLINE: Duration = Duration::from_secs(5);

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

enum Job {
    Recall(oneshot::Sender<Result<(Recalled, Note), JournalFailure>>),
    Commit(Arc<Vec<Entry>>, oneshot::Sender<Committed>),
    Tidy(i64, Keep, oneshot::Sender<Committed>),
}

/// The handle of the writing thread. Dropping it ends the thread after its last write.
#[derive(Debug)]
pub struct Writer {
    jobs: mpsc::Sender<Job>,
    /// The answer of a request that was given up: the thread is stuck until it comes.
    late: Option<oneshot::Receiver<Committed>>,
    deadline: Duration,
}

impl Writer {
    /// Starts the thread. Nothing is opened yet.
    ///
    /// # Errors
    /// The system's, if no thread can be made.
    pub fn start(directory: &Path) -> std::io::Result<Self> {
        let (jobs, queue) = mpsc::channel();
        let mut file = File { directory: directory.to_owned(), store: None, corrupt: false };
        std::thread::Builder::new().name("journal".into()).spawn(move || {
            while let Ok(job) = queue.recv() {
                file.work(job);
            }
        })?;
        Ok(Writer { jobs, late: None, deadline: DEADLINE })
    }

    /// Opens the file and reads back what an earlier process left.
    ///
    /// # Errors
    /// Any [`JournalFailure`]. The router starts all the same.
    pub async fn recall(&mut self) -> Result<(Recalled, Note), JournalFailure> {
        let (reply, answer) = oneshot::channel();
        let _ = self.jobs.send(Job::Recall(reply));
        // A long log on a slow card may take its time; a disk that hangs may not.
        match timeout(self.deadline * 6, answer).await {
            Ok(Ok(found)) => found,
            _ => Err(JournalFailure::Blocked),
        }
    }

    /// Writes `entries`; on success they are on the disk.
    ///
    /// # Errors
    /// Any [`JournalFailure`]. After [`JournalFailure::Blocked`] the rows may still reach the disk, later.
    pub async fn commit(&mut self, entries: Arc<Vec<Entry>>) -> Committed {
        self.ask(|reply| Job::Commit(entries, reply)).await
    }

    /// Takes a step of retention.
    ///
    /// # Errors
    /// Any [`JournalFailure`].
    pub async fn tidy(&mut self, now_ms: i64, keep: Keep) -> Committed {
        self.ask(|reply| Job::Tidy(now_ms, keep, reply)).await
    }

    async fn ask(&mut self, job: impl FnOnce(oneshot::Sender<Committed>) -> Job) -> Committed {
        if let Some(late) = &mut self.late {
            match late.try_recv() {
                Err(oneshot::error::TryRecvError::Empty) => return Err(JournalFailure::Blocked),
                _ => self.late = None,
            }
        }
        let (reply, mut answer) = oneshot::channel();
        let _ = self.jobs.send(job(reply));
        match timeout(self.deadline, &mut answer).await {
            Ok(done) => done.unwrap_or(Err(JournalFailure::Blocked)),
            Err(_) => {
                self.late = Some(answer);
                Err(JournalFailure::Blocked)
            }
        }
    }
}

/// The file as the thread holds it: closed after any failure, opened again by the next job.
struct File {
    directory: PathBuf,
    store: Option<Store>,
    /// The last failure was damage that the check at opening does not look for.
    corrupt: bool,
}

impl File {
    fn work(&mut self, job: Job) {
        match job {
            Job::Recall(reply) => {
                let _ = reply.send(self.with(|store| store.recall()));
            }
            Job::Commit(entries, reply) => {
                let _ = reply.send(self.with(|store| store.commit(&entries)).map(|((), note)| note));
            }
            Job::Tidy(now_ms, keep, reply) => {
                let done = self.with(|store| {
                    store.tidy(now_ms, &keep)?;
                    store.bytes_in_use()
                });
                let _ = reply.send(done.map(|(bytes, note)| Note { bytes: Some(bytes), ..note }));
            }
        }
    }

    fn with<T>(
        &mut self,
        work: impl FnOnce(&mut Store) -> Result<T, JournalFailure>,
    ) -> Result<(T, Note), JournalFailure> {
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
