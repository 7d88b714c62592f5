use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

use gjallarhorn_metrics::Definition;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::http::{Head, Reply};
use crate::role::{Nudge, Pace, Poll};

gjallarhorn_metrics::families! {
    /// How many reads have begun.
    pub(crate) READS = counter "test_reads_total" None [];
}

/// Far beyond anything a test waits for; reached only when something hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A role whose every read fails.
struct Blind;

impl Role for Blind {
    fn name(&self) -> &'static str {
        "blind"
    }

    fn table(&self) -> &'static [&'static Definition] {
        TABLE
    }

    fn fresh(&self, _now: Timestamp) -> Fresh {
        let failure = Failure::new(FailureKind::Denied, "read", "the machine");
        Fresh { samples: Snapshot::builder(1).finish(), outcome: Err(failure) }
    }

    fn kept(&self, _now: Timestamp) -> Vec<Arc<Snapshot>> {
        Vec::new()
    }

    fn sources(self: Arc<Self>) -> Vec<Poll> {
        Vec::new()
    }

    fn explain(&self, _now: Timestamp) -> String {
        String::new()
    }

    fn answer(&self, asked: &Head, _now: Timestamp) -> Option<Reply> {
        (asked.path() == "/v1/sight").then(|| Box::pin(std::future::ready(Answer::text(200, "none"))) as Reply)
    }
}

/// A role whose read and whose poll end when the test says so.
struct Gated {
    health: Health,
    reads: AtomicUsize,
    gate: Mutex<Receiver<()>>,
    poll: Mutex<Option<Poll>>,
}

impl Role for Gated {
    fn name(&self) -> &'static str {
        "gated"
    }

    fn table(&self) -> &'static [&'static Definition] {
        TABLE
    }

    fn fresh(&self, now: Timestamp) -> Fresh {
        let reads = self.reads.fetch_add(1, Ordering::Relaxed) + 1;
        let _ = self.gate.lock().unwrap().recv();
        self.health.source("gated", "fresh", "tank", None).succeeded(now, now.elapsed());
        let mut samples = Snapshot::builder(1);
        samples.push(&READS, [], reads);
        samples.push(&READS, [], reads);
        samples.finish().into()
    }

    fn kept(&self, _now: Timestamp) -> Vec<Arc<Snapshot>> {
        Vec::new()
    }

    fn sources(self: Arc<Self>) -> Vec<Poll> {
        self.poll.lock().unwrap().take().into_iter().collect()
    }

    fn explain(&self, _now: Timestamp) -> String {
        String::new()
    }
}

struct Bench {
    role: Arc<Gated>,
    roles: Roles,
    open: Sender<()>,
}

fn start(poll: Option<Poll>) -> Bench {
    let health = Health::new("1");
    let (role, open) = gated(&health, poll);
    let roles = Roles::start(vec![Arc::clone(&role) as Arc<dyn Role>], &health).unwrap();
    Bench { role, roles, open }
}

impl Bench {
    async fn page(&self, budget: Duration) -> String {
        tokio::time::timeout(PATIENCE, self.roles.page(budget)).await.expect("a page never hangs")
    }

    /// Looks at pages until one has `line`.
    async fn until(&self, line: &str) {
        let seen = async {
            while !self.page(Duration::ZERO).await.contains(line) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, seen).await.unwrap_or_else(|_| panic!("never seen: {line}"));
    }
}

#[tokio::test]
async fn a_stuck_read_is_told_left_out_and_not_doubled() {
    let bench = start(None);
    bench.open.send(()).unwrap();
    let page = bench.page(PATIENCE).await;
    assert!(page.contains("\ntest_reads_total 1\n"), "{page}");
    assert!(page.contains("gjallarhorn_series_dropped{role=\"gated\"} 1"), "the sample given twice: {page}");

    for _ in 0..3 {
        let page = bench.page(Duration::from_millis(1)).await;
        assert!(!page.contains("\ntest_reads_total 2\n"), "{page}");
        for item in ["", "tank"] {
            let labels = format!("role=\"gated\",source=\"fresh\",item=\"{item}\"");
            assert!(page.contains(&format!("gjallarhorn_source_state{{{labels},state=\"blocked\"}} 1")), "{page}");
            assert!(page.contains(&format!("gjallarhorn_source_up{{{labels}}} 0")));
        }
        let once = r#"errors_total{role="gated",source="fresh",item="",reason="blocked"} 1"#;
        assert!(page.contains(once), "one stuck read is one error: {page}");
    }

    bench.open.send(()).unwrap();
    bench.open.send(()).unwrap();
    let healed = async { while !bench.page(PATIENCE).await.contains("\ntest_reads_total 3\n") {} };
    tokio::time::timeout(PATIENCE, healed).await.unwrap();
    assert_eq!(bench.role.reads.load(Ordering::Relaxed), 3, "one before, the stuck one, one after");
}

#[tokio::test]
async fn a_fresh_read_that_fails_never_looks_well() {
    let health = Health::new("1");
    let roles = Roles::start(vec![Arc::new(Blind)], &health).unwrap();
    let page = tokio::time::timeout(PATIENCE, roles.page(PATIENCE)).await.unwrap();
    let labels = "role=\"blind\",source=\"fresh\",item=\"\"";
    assert!(page.contains(&format!("gjallarhorn_source_state{{{labels},state=\"denied\"}} 1")), "{page}");
    assert!(page.contains(&format!("gjallarhorn_source_up{{{labels}}} 0")));
    assert!(!page.contains(&format!("last_success_timestamp_seconds{{{labels}}}")));
}

#[tokio::test]
async fn a_nudge_begins_a_round_before_its_time() {
    let rounds = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&rounds);
    let nudge = Nudge::default();
    let an_hour = Duration::from_secs(3600);
    let poll = Poll::new("slow", an_hour, PATIENCE, move |_now| {
        count.fetch_add(1, Ordering::Relaxed);
        Ok(())
    });
    let bench = start(Some(poll.nudged_by(&nudge)));
    bench.roles.settled().await;
    assert_eq!(rounds.load(Ordering::Relaxed), 1);
    nudge.give();
    let second = async {
        while rounds.load(Ordering::Relaxed) < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, second).await.unwrap();
}

#[tokio::test]
async fn a_round_that_looks_closer_is_soon_followed_by_the_next() {
    let pace = Pace::new(Duration::from_secs(3600));
    let mut rounds = 0;
    let closer = pace.clone();
    let poll = Poll::new("slow", Duration::ZERO, PATIENCE, move |_now| {
        rounds += 1;
        closer.set(Duration::from_secs(if rounds == 1 { 0 } else { 1800 }));
        Ok(())
    });
    let bench = start(Some(poll.paced_by(&pace)));
    bench.until(r#"gjallarhorn_source_interval_seconds{role="gated",source="slow",item=""} 1800"#).await;
}

#[tokio::test]
async fn scrapes_at_the_same_time_share_one_read() {
    let bench = start(None);
    let (first, second) = (bench.page(PATIENCE), bench.page(PATIENCE));
    let open = async { bench.open.send(()).unwrap() };
    let (first, second, ()) = tokio::join!(first, second, open);
    assert!(first.contains("\ntest_reads_total 1\n") && second.contains("\ntest_reads_total 1\n"));
    assert_eq!(bench.role.reads.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_poll_that_overruns_is_blocked_then_timeout_then_well() {
    let (open, gate) = channel::<()>();
    let begun = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&begun);
    let poll = Poll::new("slow", Duration::from_millis(1), Duration::from_millis(5), move |_now| {
        count.fetch_add(1, Ordering::Relaxed);
        let _ = gate.recv();
        Ok(())
    });
    let bench = start(Some(poll));
    assert_eq!((bench.roles.readiness())(), Err("1 polls have not had their first outcome yet".into()));
    let state = |word: &str| format!(r#"state{{role="gated",source="slow",item="",state="{word}"}} 1"#);
    bench.until(&state("blocked")).await;
    bench.roles.settled().await;
    assert_eq!((bench.roles.readiness())(), Ok(()), "a stuck source is told, it does not hold the program up");
    // The thread may be slower to begin than the deadline is to pass.
    while begun.load(Ordering::Relaxed) == 0 {
        tokio::task::yield_now().await;
    }
    bench.until(&state("blocked")).await;
    assert_eq!(begun.load(Ordering::Relaxed), 1, "a stuck round is never doubled");

    open.send(()).unwrap();
    bench.until(r#"errors_total{role="gated",source="slow",item="",reason="timeout"} 1"#).await;
    // With the gate gone every further round ends at once.
    drop(open);
    bench.until(&state("ok")).await;
}

#[tokio::test]
async fn a_failing_poll_says_why_and_goes_on() {
    let mut rounds = 0;
    let poll = Poll::new("flaky", Duration::from_millis(1), PATIENCE, move |_now| {
        rounds += 1;
        if rounds < 3 { Err(Failure::new(FailureKind::Denied, "read", "/dev/zfs")) } else { Ok(()) }
    });
    let bench = start(Some(poll));
    bench.until(r#"errors_total{role="gated",source="flaky",item="",reason="denied"} 2"#).await;
    bench.until(r#"gjallarhorn_source_up{role="gated",source="flaky",item=""} 1"#).await;
}

fn gated(health: &Health, poll: Option<Poll>) -> (Arc<Gated>, Sender<()>) {
    let (open, gate) = channel();
    let (gate, poll) = (Mutex::new(gate), Mutex::new(poll));
    (Arc::new(Gated { health: health.clone(), reads: AtomicUsize::new(0), gate, poll }), open)
}

#[tokio::test]
async fn a_new_role_takes_the_place_of_the_old_one_and_ends_its_polls() {
    let (alive, ended) = channel::<()>();
    let poll = Poll::new("old", Duration::from_millis(1), PATIENCE, move |_now| {
        let _ = &alive;
        Ok(())
    });
    let bench = start(Some(poll));
    bench.roles.settled().await;

    let (new, open) = gated(&bench.role.health, None);
    bench.roles.put(Arc::clone(&new) as Arc<dyn Role>).unwrap();
    let gone = tokio::task::spawn_blocking(move || ended.recv_timeout(PATIENCE));
    let gone = gone.await.unwrap();
    assert_eq!(gone, Err(std::sync::mpsc::RecvTimeoutError::Disconnected), "the old poll's thread has ended");

    open.send(()).unwrap();
    let page = bench.page(PATIENCE).await;
    assert!(page.contains("\ntest_reads_total 1\n"), "{page}");
    assert_eq!((bench.role.reads.load(Ordering::Relaxed), new.reads.load(Ordering::Relaxed)), (0, 1));
}

#[tokio::test]
async fn a_round_that_panics_is_lost_and_the_page_goes_on() {
    let poll = Poll::new("broken", Duration::from_millis(1), PATIENCE, |_now| panic!("planted"));
    let bench = start(Some(poll));
    bench.until(r#"state{role="gated",source="broken",item="",state="lost"} 1"#).await;
    bench.roles.settled().await;
}

#[tokio::test]
async fn a_role_answers_its_own_paths_and_no_others() {
    let roles = Roles::start(vec![Arc::new(Blind)], &Health::new("test")).unwrap();
    let about = crate::http::About { name: "test", version: "1", about: "A test." };
    let site = crate::http::Site::new(about).route(roles.answers());
    let listeners = crate::http::Listeners::bind(&["127.0.0.1:0".to_owned()]).unwrap();
    let address = listeners.addresses()[0];
    let server = crate::http::Server::new(site, listeners, crate::http::Limits::default());
    tokio::spawn(server.run(std::future::pending()));
    for (path, expected) in [("/v1/sight", "200"), ("/v1/other", "404"), ("/v1", "404")] {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {expected} ")), "{path}: {answer}");
    }
}
