//! The client against peers that answer and peers that misbehave.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rustls::version::{TLS12, TLS13};
use tempfile::TempDir;

use super::*;
use crate::parse::wire::{Request, Role};
use crate::source::fake::{self, Fake, Pair, answer, next};
use crate::source::identity::{Identity, Keyring};

/// Far beyond anything a test waits for; reached only when something hangs.
const LONG: Duration = Duration::from_secs(60);
/// For peers that are known to be silent.
const SHORT: Duration = Duration::from_millis(150);

fn patient() -> Patience {
    Patience { resolve: LONG, connect: LONG, tls: LONG, request: LONG }
}

/// An asker of a cluster, and the moment it lives in.
struct Asker {
    folder: TempDir,
    keyring: Keyring,
    peers: Peers,
    now: Timestamp,
}

impl Asker {
    fn new(pair: &Pair, patience: Patience) -> Asker {
        Asker::resolving(pair, patience, Resolver::default())
    }

    fn resolving(pair: &Pair, patience: Patience, resolver: Resolver) -> Asker {
        let folder = tempfile::tempdir().unwrap();
        pair.write(folder.path());
        let keyring = Keyring::new(folder.path());
        let peers = Peers::new(patience, resolver, 1).unwrap();
        Asker { folder, keyring, peers, now: Timestamp::default() }
    }

    fn identity(&mut self) -> Arc<Identity> {
        self.keyring.current().unwrap()
    }

    /// Asks at once, however short ago the last time was.
    fn again(&mut self, addresses: &[&str]) -> Vec<Report> {
        let identity = self.identity();
        let addresses: BTreeSet<_> = addresses.iter().map(|address| (*address).to_owned()).collect();
        self.peers.round(&identity, &addresses, self.now)
    }

    /// Asks after every pause is over.
    fn later(&mut self, addresses: &[&str]) -> Vec<Report> {
        self.now.monotonic += LONG;
        self.again(addresses)
    }

    fn ask(&mut self, address: &str) -> Report {
        self.later(&[address]).remove(0)
    }

    fn trouble(&mut self, address: &str) -> (PeerFailure, Step) {
        let trouble = self.ask(address).outcome.unwrap_err();
        (trouble.kind, trouble.step)
    }
}

fn members() -> Vec<Member> {
    [(3_297_041_220_608_546_238, "10.77.0.1:19001", Role::Voter), (u64::MAX, "host2:19001", Role::Spare)]
        .map(|(id, address, role)| Member { id, address: address.into(), role })
        .to_vec()
}

/// A peer of `pair` that does `serve` after the handshake, seen from an asker of the same cluster.
fn misbehaving(serve: impl Fn(fake::Stream, &fake::Seen) + Send + Sync + 'static) -> (Pair, Fake) {
    let pair = Pair::new("host1");
    let fake = Fake::tls(pair.server(&pair, rustls::ALL_VERSIONS), serve);
    (pair, fake)
}

/// A process that accepts and says nothing, until what comes with it is dropped.
fn frozen() -> (Sender<()>, Fake) {
    let (keep, wait) = channel();
    let wait = Mutex::new(wait);
    let hold = move |_: TcpStream, _: &fake::Seen| {
        let _ = wait.lock().unwrap().recv();
    };
    (keep, Fake::raw(hold))
}

#[test]
fn a_node_answers_all_three_and_is_kept() {
    let pair = Pair::new("host1");
    let node = Fake::node(&pair, &members());
    let mut asker = Asker::new(&pair, patient());
    let first = asker.ask(&node.name());
    let view = first.outcome.unwrap();
    assert_eq!(view.leader, Some(Leader { id: 3_297_041_220_608_546_238, address: "10.77.0.1:19001".into() }));
    assert_eq!(view.members, members());
    assert_eq!(view.description, Some(Description { failure_domain: 1, weight: 7 }));
    assert!(view.connecting.is_some() && view.quickest <= view.slowest);

    let second = asker.ask(&node.name());
    assert_eq!(second.outcome.unwrap().connecting, None);
    let counts = Counts { requests: 6, connects: 1, handshakes: 1, failures: [0; 9] };
    assert_eq!((second.counts, second.at), (counts, asker.now));
    // And the same from the other side, with the version said once.
    assert_eq!(node.seen.connections(), 1);
    assert_eq!(node.seen.greetings.load(std::sync::atomic::Ordering::SeqCst), 1);
    let asked = node.seen.questions.lock().unwrap().clone();
    assert_eq!(asked, [Request::ALL, Request::ALL].concat().iter().map(|one| one.encoded()).collect::<Vec<_>>());
}

/// The stack of a poll's thread.
#[test]
fn a_round_fits_on_a_small_stack() {
    let pair = Pair::new("host1");
    let nodes = [Fake::node(&pair, &members()), Fake::node(&pair, &members())];
    let names = nodes.each_ref().map(Fake::name);
    let ask = move || {
        let reports = Asker::new(&pair, patient()).later(&[&names[0], &names[1]]);
        assert!(reports.iter().all(|report| report.outcome.is_ok()));
    };
    let stack = gjallarhorn_service::worker::STACK_BYTES;
    std::thread::Builder::new().stack_size(stack).spawn(ask).unwrap().join().unwrap();
}

#[test]
fn both_versions_of_tls_are_spoken() {
    for version in [&TLS12, &TLS13] {
        let pair = Pair::new("host1");
        let node = Fake::tls(pair.server(&pair, &[version]), |mut stream, seen| {
            while let Some(question) = next(&mut stream, seen) {
                stream.write_all(&answer(question, &[])).unwrap();
            }
        });
        let view = Asker::new(&pair, patient()).ask(&node.name()).outcome.unwrap();
        assert_eq!((view.leader, view.members), (None, vec![]), "{version:?}");
    }
}

#[test]
fn a_restarted_node_is_met_again_in_the_same_round() {
    // Each connection answers three questions and is closed, as when the node is restarted between rounds.
    let (pair, node) = misbehaving(|mut stream, seen| {
        for _ in 0..3 {
            let Some(question) = next(&mut stream, seen) else { return };
            stream.write_all(&answer(question, &members())).unwrap();
        }
    });
    let mut asker = Asker::new(&pair, patient());
    for connects in 1..4 {
        let report = asker.ask(&node.name());
        assert_eq!(report.outcome.unwrap().members, members());
        assert_eq!((report.counts.connects, report.counts.failures), (connects, [0; 9]));
    }
}

#[test]
fn a_node_that_freezes_on_a_kept_connection_is_not_asked_twice() {
    let (keep, wait) = channel::<()>();
    let wait = Mutex::new(wait);
    let (pair, node) = misbehaving(move |mut stream, seen| {
        for _ in 0..3 {
            let Some(question) = next(&mut stream, seen) else { return };
            stream.write_all(&answer(question, &members())).unwrap();
        }
        let _ = next(&mut stream, seen);
        let _ = wait.lock().unwrap().recv();
    });
    let mut asker = Asker::new(&pair, patient());
    assert!(asker.ask(&node.name()).outcome.is_ok());
    asker.peers.set_patience(Patience { request: SHORT, ..patient() });
    assert_eq!(asker.trouble(&node.name()), (PeerFailure::Timeout, Step::Ask(Request::Leader)));
    assert_eq!(node.seen.connections(), 1);
    // It is met anew after the pause, not on the old connection.
    asker.peers.set_patience(patient());
    assert!(asker.ask(&node.name()).outcome.is_ok());
    assert_eq!(node.seen.connections(), 2);
    drop(keep);
}

#[test]
fn a_version_without_the_third_question_is_understood() {
    let (pair, node) = misbehaving(|mut stream, seen| {
        while let Some(question) = next(&mut stream, seen) {
            let no = fake::message(0, &[&1005_u64.to_le_bytes()[..], b"unknown\0"].concat());
            let answer = if question == Request::Describe { no } else { answer(question, &members()) };
            stream.write_all(&answer).unwrap();
        }
    });
    let mut asker = Asker::new(&pair, patient());
    for _ in 0..2 {
        let view = asker.ask(&node.name()).outcome.unwrap();
        assert_eq!((view.members, view.description), (members(), None));
    }
    assert_eq!(node.seen.connections(), 1);
}

#[test]
fn who_is_not_there_is_told_apart() {
    let pair = Pair::new("host1");
    let mut asker = Asker::new(&pair, patient());
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    assert_eq!(asker.trouble(&free), (PeerFailure::Refused, Step::Connect));
    assert_eq!(asker.trouble("nowhere.invalid:19001"), (PeerFailure::Dns, Step::Resolve));
    assert_eq!(asker.trouble("@abstract"), (PeerFailure::Dns, Step::Resolve));
    // No route leads to the class E networks.
    assert_eq!(asker.trouble("255.255.255.255:1"), (PeerFailure::Unreachable, Step::Connect));
}

#[test]
fn a_frozen_process_accepts_and_says_nothing() {
    let (_keep, frozen) = frozen();
    let mut asker = Asker::new(&Pair::new("host1"), Patience { tls: SHORT, ..patient() });
    assert_eq!(asker.trouble(&frozen.name()), (PeerFailure::Timeout, Step::Tls));
}

#[test]
fn a_full_queue_accepts_nothing() {
    // Nobody accepts: once the queue is full, the system lets the next one wait.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    nix::sys::socket::listen(&listener, nix::sys::socket::Backlog::new(0).unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let waiting: Vec<_> = (0..4).map(|_| TcpStream::connect_timeout(&address, SHORT)).collect();
    let mut asker = Asker::new(&Pair::new("host1"), Patience { connect: SHORT, ..patient() });
    assert_eq!(asker.trouble(&address.to_string()), (PeerFailure::Timeout, Step::Connect));
    drop(waiting);
}

#[test]
fn a_foreign_certificate_is_not_trusted() {
    let (ours, theirs) = (Pair::new("host1"), Pair::new("host1"));
    let mut asker = Asker::new(&ours, patient());
    let foreign = Fake::node(&theirs, &members());
    assert_eq!(asker.trouble(&foreign.name()), (PeerFailure::TlsUntrusted, Step::Tls));
    assert!(foreign.seen.questions.lock().unwrap().is_empty());
}

#[test]
fn a_peer_that_does_not_trust_us_is_told_the_same() {
    let (ours, theirs) = (Pair::new("host1"), Pair::new("host1"));
    for version in [&TLS12, &TLS13] {
        // It shows our certificate and accepts only the other one: a rotation that reached half of the cluster.
        let half = Fake::tls(ours.server(&theirs, &[version]), |mut stream, seen| {
            let _ = next(&mut stream, seen);
        });
        let (kind, _) = Asker::new(&ours, patient()).trouble(&half.name());
        assert_eq!(kind, PeerFailure::TlsUntrusted, "{version:?}");
    }
}

#[test]
fn another_name_on_the_same_key_is_told() {
    let ours = Pair::new("host1");
    let renamed = ours.again("host9", |_| ());
    let fake = Fake::node(&renamed, &members());
    assert_eq!(Asker::new(&ours, patient()).trouble(&fake.name()), (PeerFailure::TlsName, Step::Tls));
}

#[test]
fn an_expired_certificate_is_told() {
    let key = rcgen::KeyPair::generate().unwrap();
    let expired = Pair::spoilt(key, "host1", |params| {
        params.not_before = rcgen::date_time_ymd(2014, 1, 1);
        params.not_after = rcgen::date_time_ymd(2024, 1, 1);
    });
    let fake = Fake::node(&expired, &members());
    assert_eq!(Asker::new(&expired, patient()).trouble(&fake.name()), (PeerFailure::TlsExpired, Step::Tls));
}

#[test]
fn what_is_no_tls_is_told() {
    let plain = Fake::raw(|mut stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        let _ = stream.read(&mut [0; 1024]);
    });
    let closing = Fake::raw(|stream, _| drop(stream));
    let mut asker = Asker::new(&Pair::new("host1"), patient());
    assert_eq!(asker.trouble(&plain.name()), (PeerFailure::Protocol, Step::Tls));
    assert_eq!(asker.trouble(&closing.name()), (PeerFailure::Reset, Step::Tls));
}

#[test]
fn half_an_answer_is_no_answer() {
    let ask = Step::Ask(Request::Leader);
    let (pair, fake) = misbehaving(|mut stream, seen| {
        let Some(question) = next(&mut stream, seen) else { return };
        let whole = answer(question, &members());
        let _ = stream.write_all(&whole[..whole.len() - 3]);
    });
    assert_eq!(Asker::new(&pair, patient()).trouble(&fake.name()), (PeerFailure::Reset, ask));
}

#[test]
fn an_answer_without_end_is_not_waited_for() {
    let (pair, fake) = misbehaving(|mut stream, seen| {
        let _ = next(&mut stream, seen);
        let _ = stream.write_all(&[0xff; 8]);
        while stream.write_all(&[0x41; 4096]).is_ok() {}
    });
    let mut asker = Asker::new(&pair, patient());
    assert_eq!(asker.trouble(&fake.name()), (PeerFailure::Protocol, Step::Ask(Request::Leader)));
}

#[test]
fn an_answer_that_drips_ends_at_the_deadline() {
    let (pair, fake) = misbehaving(|mut stream, seen| {
        let Some(question) = next(&mut stream, seen) else { return };
        // Each byte comes in time, the whole never does.
        for byte in answer(question, &members()).iter().cycle() {
            if stream.write_all(&[*byte]).is_err() {
                return;
            }
            let _ = nix::poll::poll(&mut [], nix::poll::PollTimeout::from(20_u8));
        }
    });
    let mut asker = Asker::new(&pair, Patience { request: SHORT, ..patient() });
    assert_eq!(asker.trouble(&fake.name()), (PeerFailure::Timeout, Step::Ask(Request::Leader)));
}

#[test]
fn a_wrong_answer_ends_the_connection() {
    let (pair, fake) = misbehaving(|mut stream, seen| {
        while next(&mut stream, seen).is_some() {
            stream.write_all(&fake::message(8, &[0; 8])).unwrap();
        }
    });
    let mut asker = Asker::new(&pair, patient());
    for connections in 1..3 {
        assert_eq!(asker.trouble(&fake.name()), (PeerFailure::Protocol, Step::Ask(Request::Leader)));
        assert_eq!(fake.seen.connections(), connections);
    }
}

#[test]
fn a_peer_that_fails_is_left_alone_for_a_while() {
    let closing = Fake::raw(|stream, _| drop(stream));
    let mut asker = Asker::new(&Pair::new("host1"), patient());
    let first = asker.later(&[&closing.name()]).remove(0);
    let begun = asker.now;
    asker.now.monotonic += Duration::from_millis(999);
    let again = asker.again(&[&closing.name()]).remove(0);
    // The old outcome, said to be old, and nobody knocked.
    assert_eq!((again.at, again.outcome.unwrap_err()), (begun, first.outcome.unwrap_err()));
    assert_eq!((closing.seen.connections(), again.counts.failures[PeerFailure::Reset as usize]), (1, 1));
    asker.now.monotonic += Duration::from_millis(251);
    assert_eq!(asker.again(&[&closing.name()])[0].at, asker.now);
    assert_eq!(closing.seen.connections(), 2);
}

#[test]
fn one_silent_peer_does_not_hide_the_others() {
    let (_keep, frozen) = frozen();
    let pair = Pair::new("host1");
    let (one, two) = (Fake::node(&pair, &members()), Fake::node(&pair, &members()));
    let mut asker = Asker::new(&pair, Patience { tls: 10 * SHORT, ..patient() });
    let (names, mut sorted) = ([frozen.name(), one.name(), two.name()], [frozen.name(), one.name(), two.name()]);
    let reports = asker.later(&[&names[0], &names[1], &names[2]]);
    sorted.sort();
    assert_eq!(reports.iter().map(|report| report.address.as_str()).collect::<Vec<_>>(), sorted);
    let answered = reports.iter().filter(|report| report.outcome.is_ok()).count();
    assert_eq!(answered, 2);
}

#[test]
fn a_name_that_is_not_resolved_in_time_is_waited_for() {
    let pair = Pair::new("host1");
    let node = Fake::node(&pair, &members());
    let (open, wait) = channel();
    let (wait, address) = (Mutex::new(wait), node.address);
    let lookups = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = Arc::clone(&lookups);
    let resolver = Resolver::new(move |_| {
        counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let _ = wait.lock().unwrap().recv();
        Ok(vec![address])
    });
    let mut asker = Asker::resolving(&pair, Patience { resolve: SHORT, ..patient() }, resolver);
    for _ in 0..3 {
        assert_eq!(asker.trouble("host1:19001"), (PeerFailure::Dns, Step::Resolve));
    }
    open.send(()).unwrap();
    asker.peers.set_patience(patient());
    assert!(asker.ask("host1:19001").outcome.is_ok());
    assert_eq!(lookups.load(std::sync::atomic::Ordering::SeqCst), 1, "a late look-up is not begun again beside itself");
}

#[test]
fn the_end_does_not_wait_for_a_name() {
    let (keep, wait) = channel::<()>();
    let wait = Mutex::new(wait);
    let resolver = Resolver::new(move |_| {
        let _ = wait.lock().unwrap().recv();
        Ok(Vec::new())
    });
    let mut asker = Asker::resolving(&Pair::new("host1"), Patience { resolve: SHORT, ..patient() }, resolver);
    assert_eq!(asker.trouble("host1:19001").0, PeerFailure::Dns);
    let (done, ended) = channel();
    std::thread::spawn(move || {
        drop(asker);
        let _ = done.send(());
    });
    ended.recv_timeout(LONG).unwrap();
    drop(keep);
}

#[test]
fn a_replaced_certificate_ends_the_kept_connections() {
    let pair = Pair::new("host1");
    let node = Fake::node(&pair, &members());
    let mut asker = Asker::new(&pair, patient());
    assert!(asker.ask(&node.name()).outcome.is_ok());
    // Our files change and the node has not followed: from now on the two do not trust each other.
    Pair::new("host1").write(asker.folder.path());
    assert_eq!(asker.trouble(&node.name()).0, PeerFailure::TlsUntrusted);
    pair.write(asker.folder.path());
    assert!(asker.ask(&node.name()).outcome.is_ok());
}

#[test]
fn who_left_the_cluster_is_forgotten() {
    let pair = Pair::new("host1");
    let (one, two) = (Fake::node(&pair, &members()), Fake::node(&pair, &members()));
    let mut asker = Asker::new(&pair, patient());
    assert_eq!(asker.later(&[&one.name(), &two.name()]).len(), 2);
    assert_eq!(asker.later(&[&one.name()]).len(), 1);
    assert_eq!(asker.ask(&two.name()).counts.connects, 1, "met anew");
}

/// Whatever a peer says, it is an answer or a trouble with a word, and the next round is a round as any other.
#[test]
fn hostile_bytes_never_make_it_panic() {
    let mut runner = TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
    let answers = prop::collection::vec((0_u8..12, prop::collection::vec(any::<u8>(), 0..120)), 1..4);
    let said: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
    let says = Arc::clone(&said);
    let (pair, fake) = misbehaving(move |mut stream, seen| {
        let answers = says.lock().unwrap().clone();
        for answer in answers {
            if next(&mut stream, seen).is_none() || stream.write_all(&answer).is_err() {
                return;
            }
        }
    });
    let asker = std::cell::RefCell::new(Asker::new(&pair, patient()));
    let outcome = runner.run(&answers, |answers| {
        let message = |(kind, mut body): (u8, Vec<u8>)| {
            body.resize(body.len().next_multiple_of(8), 0);
            fake::message(kind, &body)
        };
        *said.lock().unwrap() = answers.into_iter().map(message).collect();
        let mut asker = asker.borrow_mut();
        let report = asker.ask(&fake.name());
        prop_assert_eq!(report.at, asker.now);
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn a_table_longer_than_a_cluster_is_not_believed() {
    let (_keep, silent) = frozen();
    let mut asker = Asker::new(&Pair::new("host1"), Patience { connect: SHORT, tls: SHORT, ..patient() });
    let many: Vec<_> = (1..=200).map(|host| format!("127.0.0.{host}:{}", silent.address.port())).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    assert_eq!(asker.later(&many).len(), 100);
}
