//! Runs the roles of a program: a reader thread for each, a thread for each poll, and the page made of both.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gjallarhorn_metrics::Snapshot;

use crate::clock::Timestamp;
use crate::failure::{Failure, FailureKind};
use crate::health::{Health, RoleHandle, SourceHandle};
use crate::http::{Answer, Readiness, Request, Route, Scrape};
use crate::page::{Page, Standing};
use crate::role::{Fresh, Role};
use crate::worker::{Missed, Round, Ticket, Worker};

mod part;
mod schedule;

use part::Part;
use schedule::Scheduled;

/// A page may be so much longer than the last before its buffer grows: numbers do not always have the same length.
const LENGTH_MARGIN: usize = 512;

/// The running roles of a program.
#[derive(Clone)]
pub struct Roles {
    shared: Arc<Shared>,
}

struct Shared {
    health: Health,
    /// In the order of the page.
    running: Mutex<Vec<Arc<Running>>>,
    /// Bytes of the last page, the best guess for the next.
    last_length: AtomicUsize,
}

/// A role at work. Dropped with its last page, and its polls end.
struct Running {
    reader: Reader,
    polls: Vec<Scheduled>,
}

struct Reader {
    role: Arc<dyn Role>,
    /// None for a role that only remembers.
    worker: Option<Worker<Fresh>>,
    source: SourceHandle,
    row: RoleHandle,
    /// What stands of its last page. Held while a page is written, never across an await.
    part: Mutex<Part>,
}

impl Roles {
    /// Starts every thread and begins the first round of every poll.
    ///
    /// # Errors
    /// `refused`: the system gives no thread.
    pub fn start(roles: Vec<Arc<dyn Role>>, health: &Health) -> Result<Roles, Failure> {
        let shared = Shared { health: health.clone(), running: Mutex::default(), last_length: AtomicUsize::new(0) };
        let all = Roles { shared: Arc::new(shared) };
        for role in roles {
            all.put(role)?;
        }
        Ok(all)
    }

    /// Runs one more role, or this one instead of the running one of the same name. May be called from any thread.
    ///
    /// # Errors
    /// `refused`: the system gives no thread; what ran before goes on.
    pub fn put(&self, role: Arc<dyn Role>) -> Result<(), Failure> {
        let name = role.name();
        let new = Arc::new(Running::start(role, &self.shared)?);
        let mut running = self.shared.running();
        let place = running.iter_mut().find(|old| old.reader.role.name() == name);
        let old = match place {
            Some(place) => Some(std::mem::replace(place, new)),
            None => {
                running.push(new);
                None
            }
        };
        // The old role ends what it started, which may take a moment: not under the lock.
        drop(running);
        drop(old);
        Ok(())
    }

    /// The page, for [`crate::http::Site::metrics`].
    #[must_use]
    pub fn scrape(&self) -> Scrape {
        let roles = self.clone();
        Arc::new(move |budget, paper| {
            let roles = roles.clone();
            Box::pin(async move { roles.write(budget, paper).await })
        })
    }

    /// The roles' own answers below `/v1`, from whichever roles run when they are asked.
    #[must_use]
    pub fn answers(&self) -> Route {
        let roles = self.clone();
        let answer = move |request: Request| {
            let running = roles.shared.running().clone();
            let now = Timestamp::now();
            let told = running.iter().find_map(|role| role.reader.role.answer(&request.head, now));
            async move {
                match told {
                    Some(reply) => reply.await,
                    None => Answer::text(404, "no role that runs here answers this\n"),
                }
            }
        };
        Route::get("/v1", answer).and_below()
    }

    /// Ready once every poll has had its first outcome, good or bad.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        let roles = self.clone();
        Arc::new(move || {
            let running = roles.shared.running();
            let waiting = running.iter().flat_map(|role| &role.polls).filter(|poll| !poll.is_settled()).count();
            if waiting == 0 { Ok(()) } else { Err(format!("{waiting} polls have not had their first outcome yet")) }
        })
    }

    /// Waits until every poll has had its first outcome: data, a failure, or its deadline passed.
    pub async fn settled(&self) {
        let running = self.shared.running().clone();
        for poll in running.iter().flat_map(|role| &role.polls) {
            poll.settled().await;
        }
    }

    /// The whole page; the fresh reads of all roles run side by side and have `budget` to answer.
    pub async fn page(&self, budget: Duration) -> String {
        self.write(budget, String::new()).await.whole()
    }

    /// The page, with what is written for it in `out`, which is empty.
    async fn write(&self, budget: Duration, mut out: String) -> Page {
        let running = self.shared.running().clone();
        let begun: Vec<_> = running.iter().map(|role| (&role.reader, role.reader.begin())).collect();
        out.reserve(self.shared.last_length.load(Ordering::Relaxed) + LENGTH_MARGIN);
        let mut standing = Vec::with_capacity(1 + begun.len());
        for (reader, begun) in begun {
            standing.push(reader.write(begun, budget, &mut out).await);
        }
        standing.insert(0, self.shared.health.write(Timestamp::now(), &mut out));
        let page = Page { text: out, standing };
        self.shared.last_length.store(page.len(), Ordering::Relaxed);
        page
    }
}

impl Shared {
    // A std mutex: held to clone or change a short list, never across an await or a system call.
    fn running(&self) -> MutexGuard<'_, Vec<Arc<Running>>> {
        lock(&self.running)
    }
}

impl Running {
    fn start(role: Arc<dyn Role>, shared: &Shared) -> Result<Running, Failure> {
        let reader = Reader::start(Arc::clone(&role), &shared.health)?;
        let mut running = Running { reader, polls: Vec::new() };
        let name = role.name();
        for poll in role.sources() {
            running.polls.push(Scheduled::start(name, poll, &shared.health)?);
        }
        Ok(running)
    }
}

impl Reader {
    fn start(role: Arc<dyn Role>, health: &Health) -> Result<Reader, Failure> {
        let source = health.source(role.name(), role.fresh_source(), "", None);
        let row = health.role(role.name());
        let worker = if role.is_remembered() { None } else { Some(Reader::thread(&role)?) };
        Ok(Reader { role, worker, source, row, part: Mutex::default() })
    }

    fn thread(role: &Arc<dyn Role>) -> Result<Worker<Fresh>, Failure> {
        let reading = Arc::clone(role);
        Worker::start(role.name(), move |now| reading.fresh(now))
            .map_err(|error| Failure::new(FailureKind::Refused, "start", "a reader thread").because(error))
    }

    /// Begins to read, if there is anything to read.
    fn begin(&self) -> Option<Result<Ticket, Missed>> {
        self.worker.as_ref().map(Worker::begin)
    }

    async fn fresh(
        &self,
        begun: Option<Result<Ticket, Missed>>,
        budget: Duration,
    ) -> Result<Arc<Round<Fresh>>, Missed> {
        match (&self.worker, begun) {
            (Some(worker), Some(ticket)) => worker.landed_within(ticket?, budget).await,
            _ => {
                let now = Timestamp::now();
                Ok(Arc::new(Round::made(now, self.role.fresh(now))))
            }
        }
    }

    /// Appends the families that were read just now, if that came in time; gives those that stand.
    async fn write(&self, begun: Option<Result<Ticket, Missed>>, budget: Duration, out: &mut String) -> Arc<Standing> {
        let fresh = self.fresh(begun, budget).await;
        let now = Timestamp::now();
        match &fresh {
            Ok(round) => match &round.value.outcome {
                Ok(()) => self.source.succeeded(round.started, round.took),
                Err(failure) => self.source.failed_with(failure, round.started, round.took),
            },
            Err(Missed::Late(since)) => self.source.blocked_since(*since),
            Err(Missed::Gone) => self.source.failed(FailureKind::Lost, now, Duration::ZERO),
        }
        let (kept, nothing) = (self.role.kept(now), Snapshot::default());
        let fresh = fresh.as_ref().map_or(&nothing, |round| &round.value.samples);
        let (standing, twice) = lock(&self.part).write(self.role.table(), fresh, &kept, out);
        self.row.dropped(twice + fresh.dropped() + kept.iter().map(|snapshot| snapshot.dropped()).sum::<usize>());
        standing
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
