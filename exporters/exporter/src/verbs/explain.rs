//! `explain`: what a role sees, from which source, how old it is, and which rules watch it. In words, for a person at
//! night; the running service says the same at `/explain/ROLE`.

use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gjallarhorn_service::http::{Answer, Request, Route};
use gjallarhorn_service::role::Role;
use gjallarhorn_service::roles::Roles;
use gjallarhorn_service::worker::Worker;
use gjallarhorn_service::{Failure, Timestamp, families, runtime};

use super::running::{self, Told};
use super::{FAILED, print};
use crate::assembly::{self, Assembly};
use crate::cli::Options;
use crate::place::Place;
use crate::registry::{Kind, ROLES};
use crate::watchers;

/// How long the sources may take before the explanation goes without them.
const BUDGET: Duration = Duration::from_secs(5);

pub(super) fn run(options: &Options, place: &Place, role: Option<&str>) -> anyhow::Result<ExitCode> {
    let mut options = options.clone();
    options.roles.extend(role.map(str::to_owned));
    let told = if place.root == Path::new("/") { ask_running(&options) } else { None };
    match told.map_or_else(|| look(&options, place), |words| Ok(Some(words)))? {
        Some(words) => {
            print(&words)?;
            Ok(ExitCode::SUCCESS)
        }
        None => {
            print("No role finds anything on this machine.\n")?;
            Ok(ExitCode::from(FAILED))
        }
    }
}

/// What the running service says: the one that is named, or one of those that usually run.
fn ask_running(options: &Options) -> Option<String> {
    let addresses = running::addresses(options);
    let wanted = |kind: &&Kind| options.roles.is_empty() || options.roles.iter().any(|role| role == kind.name);
    let ask = |kind: &Kind| {
        let mut told = addresses.iter().filter_map(|address| running::ask(address, &format!("/explain/{}", kind.name)));
        told.find(|told| told.status == 200)
    };
    let told: Vec<String> = ROLES.iter().filter(wanted).filter_map(ask).map(|told| from(&told)).collect();
    (!told.is_empty()).then(|| told.join("\n"))
}

fn from(told: &Told) -> String {
    format!("(from the service at {})\n\n{}", told.address, told.body)
}

/// What is seen here and now, when no service runs; nothing if there is nothing to see.
fn look(options: &Options, place: &Place) -> anyhow::Result<Option<String>> {
    let Assembly { health, roles, .. } = assembly::assemble(options, place)?;
    let running = roles.clone();
    runtime::block_on(async move {
        let roles = Roles::start(running, &health)?;
        roles.settled().await;
        // Tier 0 is read when a page is made; the page itself is not wanted here.
        roles.page(BUDGET).await;
        Ok::<_, Failure>(())
    })?;
    let now = Timestamp::now();
    let words: Vec<String> = roles.iter().map(|role| words(role.as_ref(), now)).collect();
    Ok((!words.is_empty()).then(|| words.join("\n")))
}

/// A role, and the thread that explains it once somebody has asked.
struct Explainer {
    role: Arc<dyn Role>,
    thread: Option<Arc<Worker<String>>>,
}

/// `/explain/ROLE` of a running service, each role on a thread of its own: an explanation may read files.
#[derive(Default)]
pub(crate) struct Explanations {
    explainers: Mutex<Vec<Explainer>>,
}

impl Explanations {
    /// Those of the roles that run.
    pub(crate) fn of(roles: &[Arc<dyn Role>]) -> Arc<Explanations> {
        let explanations = Explanations::default();
        roles.iter().for_each(|role| explanations.put(Arc::clone(role)));
        Arc::new(explanations)
    }

    /// Adds a role, or puts it in the place of the one of the same name.
    pub(crate) fn put(&self, role: Arc<dyn Role>) {
        let mut explainers = self.explainers();
        explainers.retain(|known| known.role.name() != role.name());
        explainers.push(Explainer { role, thread: None });
    }

    /// The route of all of them.
    pub(crate) fn route(self: Arc<Self>) -> Route {
        let answer = move |request: Request| {
            let wanted = request.head.path().trim_start_matches("/explain").trim_matches('/').to_owned();
            let thread = self.thread(&wanted);
            async move {
                match thread {
                    Some(Ok(thread)) => answer(&thread).await,
                    Some(Err(error)) => Answer::text(503, format!("the system gives no thread to explain: {error}\n")),
                    None => Answer::text(404, "the role does not run here\n"),
                }
            }
        };
        Route::get("/explain", answer).and_below()
    }

    /// The thread that explains the role of this name, started if it is the first time; nothing if there is no such role.
    fn thread(&self, name: &str) -> Option<io::Result<Arc<Worker<String>>>> {
        let mut explainers = self.explainers();
        let found = explainers.iter_mut().find(|known| known.role.name() == name)?;
        if let Some(thread) = &found.thread {
            return Some(Ok(Arc::clone(thread)));
        }
        let role = Arc::clone(&found.role);
        let started = Worker::start("explain", move |now| words(role.as_ref(), now)).map(Arc::new);
        found.thread = started.as_ref().ok().map(Arc::clone);
        Some(started)
    }

    // A std mutex: held to look at a short list and, once for each role, to start a thread; never across an await.
    fn explainers(&self) -> MutexGuard<'_, Vec<Explainer>> {
        self.explainers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn answer(worker: &Worker<String>) -> Answer {
    let told = match worker.begin() {
        Ok(ticket) => worker.landed_within(ticket, BUDGET).await,
        Err(missed) => Err(missed),
    };
    match told {
        Ok(round) => Answer::text(200, round.value.clone()),
        Err(_) => Answer::text(503, "the role does not answer: a source is stuck; /metrics says which one\n"),
    }
}

/// The role's own words, then who watches it.
fn words(role: &dyn Role, now: Timestamp) -> String {
    let mut text = role.explain(now);
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let own = watchers::of(&[role.table()]);
    let shared = watchers::of(&[families::TABLE]);
    let _ = writeln!(text, "\nRules that watch it: {}.", listed(&own));
    let _ = writeln!(text, "Rules that watch whether it sees: {}.", listed(&shared));
    text
}

fn listed(watchers: &[watchers::Watcher]) -> String {
    let words: Vec<String> = watchers.iter().map(|found| format!("{} ({})", found.alert, found.severity)).collect();
    if words.is_empty() { String::from("none") } else { words.join(", ") }
}
