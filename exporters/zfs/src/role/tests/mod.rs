//! The role on recorded machines, with somebody to ask who misbehaves on demand.

mod memory;
mod pace;
mod pages;
mod trouble;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gjallarhorn_metrics::encode;
use gjallarhorn_service::bounded;
use gjallarhorn_service::config::parse;
use gjallarhorn_zfs::parse::reply::Reply;

use super::*;

/// How the one who is asked behaves.
#[derive(Clone, Debug)]
enum Mood {
    /// Gives what the machine's recording says.
    Answers,
    /// Gives only so many bytes of it.
    Cuts(usize),
    /// Does not come back.
    Hangs,
    /// Refuses.
    Refuses(FailureKind),
    /// The kernel itself says no.
    Errno(i32),
}

/// Answers from a recording, or misbehaves. Pools named in `hanging` never come back.
struct Fake {
    root: PathBuf,
    mood: Arc<Mutex<Mood>>,
    busy: Option<Timestamp>,
}

impl Ask for Fake {
    fn pool_stats(&mut self, pool: &str, _deadline: Duration) -> Result<Reply, Failure> {
        let mut reply = recorded(&self.root, pool)?;
        match &*lock(&self.mood) {
            Mood::Answers => Ok(reply),
            Mood::Cuts(bytes) => {
                reply.packed.truncate(*bytes);
                Ok(reply)
            }
            Mood::Hangs => {
                self.busy = Some(Timestamp::now());
                Err(Failure::new(FailureKind::Timeout, "ask", "the child"))
            }
            Mood::Refuses(kind) => Err(Failure::new(*kind, "ask", "the child").because("as told")),
            Mood::Errno(errno) => Ok(Reply { errno: *errno, ..Reply::default() }),
        }
    }

    fn busy_since(&mut self) -> Option<Timestamp> {
        if !matches!(*lock(&self.mood), Mood::Hangs) {
            self.busy = None;
        }
        self.busy
    }
}

fn recorded(root: &Path, pool: &str) -> Result<Reply, Failure> {
    let bytes = bounded::read(&root.join("dev/zfs").join(format!("{pool}.pool_stats")), 1 << 24)?;
    Ok(Reply::from_recording(&bytes).unwrap())
}

fn fixture(state: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../common/zfs/fixtures").join(state)
}

/// A role with its poll in hand instead of on a thread.
struct Stage {
    role: Arc<Zfs>,
    poll: Poll,
    mood: Arc<Mutex<Mood>>,
    state: tempfile::TempDir,
}

impl Stage {
    fn new(root: &Path, config: &Config) -> Stage {
        Stage::again(root, config, tempfile::tempdir().unwrap())
    }

    /// Started again with what was remembered.
    fn again(root: &Path, config: &Config, state: tempfile::TempDir) -> Stage {
        let mood = Arc::new(Mutex::new(Mood::Answers));
        let fake = Fake { root: root.to_owned(), mood: Arc::clone(&mood), busy: None };
        let health = Health::new("test");
        let role = Arc::new(Zfs::new(config, root, state.path(), &health, Box::new(fake)));
        let poll = Arc::clone(&role).sources().pop().unwrap();
        Stage { role, poll, mood, state }
    }

    fn recorded(state: &str) -> Stage {
        Stage::new(&fixture(state), &Config::default())
    }

    fn mood(&self, mood: Mood) {
        *lock(&self.mood) = mood;
    }

    fn round(&mut self, now: Timestamp) -> Result<(), Failure> {
        (self.poll.run)(now)
    }

    /// Whether the poll was asked for a round since the last time.
    fn nudged(&self) -> bool {
        self.poll.nudge.wait(Duration::ZERO)
    }

    /// The page at `now`.
    fn page(&self, now: Timestamp) -> String {
        let fresh = self.role.fresh(now).samples;
        let kept = self.role.kept(now);
        let snapshots: Vec<&Snapshot> = std::iter::once(&fresh).chain(kept.iter().map(AsRef::as_ref)).collect();
        assert_eq!(snapshots.iter().map(|one| one.dropped()).sum::<usize>(), 0, "samples were dropped");
        let mut page = String::new();
        encode(TABLE, &snapshots, &mut page);
        page
    }

    /// The state of a pool's source, as it is told.
    fn state_of(&self, source: &str, pool: &str) -> Option<&'static str> {
        let rows = self.role.shared.health.sources();
        rows.into_iter().find(|row| row.source == source && row.item == pool).map(|row| row.state)
    }
}

/// The recordings were made at about this time.
fn at(seconds: u64) -> Timestamp {
    Timestamp::at(Duration::from_secs(1_800_000_000 + seconds), Duration::from_secs(10_000 + seconds))
}

/// The value of one series on a page.
fn value<'p>(page: &'p str, series: &str) -> Option<&'p str> {
    page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))
}

/// A machine made of files.
fn machine(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    root
}
