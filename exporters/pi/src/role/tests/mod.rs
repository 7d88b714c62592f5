//! The role on machines made of text, with somebody to ask who misbehaves on demand.

mod asked;
mod found;
mod hung;
mod pages;
mod plant;
mod sampled;
mod trouble;

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use gjallarhorn_metrics::encode;
use gjallarhorn_service::FailureKind;

use super::*;
use crate::parse::answer::{Answer, Door, Outcome};
use crate::parse::exchange;
use crate::parse::question::Question;
use crate::source::doors::Doors;
use plant::Planted;

/// How the one who is asked behaves.
#[derive(Clone, Debug)]
enum Mood {
    /// Gives what the machine's recording says.
    Answers,
    /// The same, but one answer in an exchange.
    TakesItsTime,
    /// Gives this, whatever is asked.
    Says(Outcome),
    /// Does not come back.
    Hangs,
    /// Cannot even be asked.
    Fails(FailureKind),
}

/// Asks the recording without a child in between, or misbehaves.
struct Fake {
    doors: Doors,
    mood: Arc<Mutex<Mood>>,
    busy: Option<Timestamp>,
    /// The questions of each exchange so far.
    exchanges: Arc<Mutex<Vec<Vec<Question>>>>,
}

impl Fake {
    fn new(machine: &Planted) -> Fake {
        let (mood, exchanges) = (Arc::new(Mutex::new(Mood::Answers)), Arc::default());
        Fake { doors: Doors::new(&machine.at("dev")), mood, busy: None, exchanges }
    }

    fn answers(&mut self, questions: &[Question], is_over: bool) -> Vec<Answer> {
        let asked = exchange::questions(questions).unwrap();
        exchange::answers(&self.doors.answers(&asked, Vec::new(), || is_over), questions.len()).unwrap()
    }
}

impl Ask for Fake {
    fn ask_all(&mut self, questions: &[Question], _deadline: Duration) -> Result<Vec<Answer>, Failure> {
        lock(&self.exchanges).push(questions.to_vec());
        if self.busy_since().is_some() {
            return Err(Failure::new(FailureKind::Blocked, "ask", "the child"));
        }
        let mood = lock(&self.mood).clone();
        match mood {
            Mood::Answers => Ok(self.answers(questions, false)),
            Mood::TakesItsTime => Ok(self.answers(questions, true)),
            Mood::Says(outcome) => Ok(vec![Answer { door: Door::Gencmd, outcome }; questions.len()]),
            Mood::Hangs => {
                self.busy = Some(Timestamp::now());
                Err(Failure::new(FailureKind::Timeout, "ask", "the child"))
            }
            Mood::Fails(kind) => Err(Failure::new(kind, "ask", "the child").because("as told")),
        }
    }

    fn busy_since(&mut self) -> Option<Timestamp> {
        if !matches!(*lock(&self.mood), Mood::Hangs) {
            self.busy = None;
        }
        self.busy
    }
}

/// A role with its polls in hand instead of on threads.
struct Stage {
    role: Arc<Pi>,
    polls: Vec<Poll>,
    mood: Arc<Mutex<Mood>>,
    exchanges: Arc<Mutex<Vec<Vec<Question>>>>,
    machine: Planted,
}

impl Stage {
    fn fixture(name: &str) -> Stage {
        Stage::on(Planted::fixture(name))
    }

    fn on(machine: Planted) -> Stage {
        let fake = Fake::new(&machine);
        let (mood, exchanges) = (Arc::clone(&fake.mood), Arc::clone(&fake.exchanges));
        let role = Arc::new(Pi::new(&Config::default(), machine.root(), &Health::new("test"), Box::new(fake)));
        let polls = Arc::clone(&role).sources();
        Stage { role, polls, mood, exchanges, machine }
    }

    fn mood(&self, mood: Mood) {
        *lock(&self.mood) = mood;
    }

    /// One round of a source, as the shell would run it: it tells the outcome in the source's row.
    fn round(&mut self, source: &str, now: Timestamp) -> Result<(), Failure> {
        let poll = self.polls.iter_mut().find(|poll| poll.source == source).unwrap();
        let outcome = (poll.run)(now);
        let row = self.role.shared.health.source(NAME, poll.source, "", None);
        match &outcome {
            Ok(()) => row.succeeded(now, Duration::ZERO),
            Err(failure) => row.failed_with(failure, now, Duration::ZERO),
        }
        outcome
    }

    /// The questions of each exchange since the last time.
    fn exchanges(&self) -> Vec<Vec<Question>> {
        std::mem::take(&mut lock(&self.exchanges))
    }

    /// One look of the sampler.
    fn look(&mut self, now: Timestamp) {
        let _ = self.round(SAMPLER, now);
    }

    /// A round of every poll.
    fn rounds(&mut self, now: Timestamp) {
        let sources: Vec<_> = self.polls.iter().map(|poll| poll.source).collect();
        for source in sources {
            let _ = self.round(source, now);
        }
    }

    /// The page at `now`.
    fn page(&self, now: Timestamp) -> String {
        let fresh = self.role.fresh(now).samples;
        let kept = self.role.kept(now);
        let snapshots: Vec<&Snapshot> = std::iter::once(&fresh).chain(kept.iter().map(AsRef::as_ref)).collect();
        assert_eq!(snapshots.iter().map(|one| one.dropped()).sum::<usize>(), 0, "samples were dropped");
        let mut page = String::new();
        assert_eq!(encode(TABLE, &snapshots, &mut page), 0, "a series twice");
        page
    }

    /// The state of a source, as it is told.
    fn state_of(&self, source: &str) -> &'static str {
        let rows = self.role.shared.health.sources();
        rows.into_iter().find(|row| row.source == source).map_or("nobody", |row| row.state)
    }

    fn value(&self, series: &str, now: Timestamp) -> Option<String> {
        value(&self.page(now), series).map(str::to_owned)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::at(Duration::from_secs(1_800_000_000 + seconds), Duration::from_secs(10_000 + seconds))
}

/// The value of one series on a page.
fn value<'p>(page: &'p str, series: &str) -> Option<&'p str> {
    page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))
}

/// Lines that say something.
fn samples(page: &str) -> Vec<&str> {
    page.lines().filter(|line| !line.starts_with('#')).collect()
}
