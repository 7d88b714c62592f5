//! May a node be stopped, as it is asked and answered.

use gjallarhorn_service::bounded;
use gjallarhorn_service::config::Span;

use super::*;

#[test]
fn the_answer_has_a_status_for_scripts() {
    let mut town = Town::three();
    (1..3).for_each(|number| town.exporter(number, |_| ()));
    let mut stage = Stage::new(&town, &town.config());
    stage.round(at(0));
    let own = town.address(0);
    for node in ["pi-1", "PI-1", "1", own.as_str(), &own.replace(':', "%3A")] {
        let (status, sentence) = stage.may_stop(node, at(1));
        assert_eq!(status, 200, "{sentence}");
        assert!(
            sentence.starts_with("Yes, pi-1 may be stopped: voters that surely write without it: 2 of 3"),
            "{sentence}"
        );
    }
    // The others' exporters say that they see it: then it is not known.
    town.kill(2);
    stage.round(at(3));
    assert_eq!(stage.may_stop("pi-1", at(4)).0, 503);

    let mut stage = Stage::new(&town, &config());
    stage.round(at(3));
    assert_eq!(stage.may_stop("pi-1", at(4)).0, 409);
    assert_eq!(stage.value(at(4), "quorum_safe_to_stop{node=\"pi-1\",member=\"1\"}").as_deref(), Some("0"));
}

/// That two voters saw each other a while ago is no proof that they do now.
#[test]
fn an_old_sight_is_no_proof() {
    for (age, status) in [(900, 200), (16_000, 503)] {
        let mut town = Town::three();
        town.exporter(1, |_| ());
        town.exporter(2, |word| word.peers.iter_mut().for_each(|peer| peer.age_milliseconds = age));
        let mut stage = Stage::new(&town, &town.config());
        stage.round(at(0));
        let (answered, sentence) = stage.may_stop("pi-1", at(1));
        assert_eq!(answered, status, "{sentence}");
    }
}

/// With room again dqlite limps until it is started anew; the exporter remembers that it could not write.
#[test]
fn a_node_that_was_full_is_remembered() {
    let mut town = Town::three();
    // The others have written on.
    town.exporter(1, |word| word.disk.as_mut().unwrap().last_index = 40);
    let mut stage = Stage::new(&town, &town.config());
    let open = ["open-1", "open-2", "open-3"].map(|name| town.backend().join(name));
    let kept = open.clone().map(|path| bounded::read(&path, 1 << 20).unwrap());
    let was_full = |stage: &Stage, now| stage.ask("/v1/quorum", at(now)).unwrap().1.contains("\"was_full\":true");
    stage.round(at(0));
    open.iter().for_each(|path| std::fs::remove_file(path).unwrap());
    (1..16).for_each(|round| stage.round(at(3 * round)));
    open.iter().zip(&kept).for_each(|(path, bytes)| std::fs::write(path, bytes).unwrap());
    stage.round(at(48));
    assert!(was_full(&stage, 49));
    // It hangs up once, as one does that is started again.
    town.kill(0);
    stage.round(at(51));
    assert!(!was_full(&stage, 52));
}

#[test]
fn without_the_others_exporters_nothing_is_promised() {
    let town = Town::three();
    let mut stage = Stage::new(&town, &config());
    stage.round(at(0));
    let (status, sentence) = stage.may_stop("pi-1", at(1));
    assert_eq!(status, 503, "{sentence}");
    assert!(sentence.contains("`quorum: exporters:`"), "{sentence}");
    assert_eq!(stage.value(at(1), "quorum_safe_to_stop{node=\"pi-1\",member=\"1\"}"), None);
    assert_eq!(stage.value(at(1), "quorum_ha").as_deref(), Some("1"));
}

#[test]
fn an_old_look_or_an_unknown_name_is_no_ground() {
    let town = Town::three();
    let mut stage = Stage::new(&town, &config());
    let told = |stage: &Stage, node: &str, now| stage.may_stop(node, now);
    assert!(told(&stage, "pi-1", at(0)).1.contains("have not been asked"));
    stage.round(at(0));
    let (status, sentence) = told(&stage, "pi-1", at(16));
    assert!(status == 503 && sentence.contains("last asked 16 s ago"), "{sentence}");
    let (status, sentence) = told(&stage, "pi-9", at(1));
    assert!(status == 503 && sentence.contains("no member is called that; known are "), "{sentence}");
    // All fakes have one host.
    let (status, sentence) = told(&stage, "127.0.0.1", at(1));
    assert!(status == 503 && sentence.contains("it means pi-1"), "{sentence}");
}

/// The configuration says where it is; that it does not answer says nothing.
#[test]
fn a_name_that_is_no_member_any_more_is_known() {
    let town = Town::three();
    town.remove(2);
    town.kill(2);
    let mut stage = Stage::new(&town, &town.config());
    stage.round(at(0));
    let (status, sentence) = stage.may_stop("pi-3", at(1));
    let expected = format!("{} is not in the table of members: it was removed, or never let in", town.address(2));
    assert!(status == 503 && sentence.contains(&expected), "{sentence}");
}

#[test]
fn other_paths_are_not_ours() {
    let town = Town::three();
    let stage = Stage::new(&town, &config());
    assert_eq!(stage.ask("/v1/other", at(0)), None);
    assert_eq!(stage.ask("/v1/safe-to-stop", at(0)).unwrap().0, 400);
    assert_eq!(stage.ask("/v1/safe-to-stop?node=", at(0)).unwrap().0, 400);
}

/// Who asks waits until everything was looked at since; what was looked at a moment ago is young enough.
#[tokio::test(start_paused = true)]
async fn a_question_waits_for_a_look_of_its_own() {
    let rounds = Arc::new(Rounds::of(&[WIRE, STORE]));
    rounds.ended(WIRE, at(0));
    rounds.ended(STORE, at(9));
    let waiting = tokio::spawn({
        let rounds = Arc::clone(&rounds);
        async move { rounds.anew(at(10)).await }
    });
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    rounds.ended(WIRE, at(10));
    waiting.await.unwrap();
    rounds.anew(at(10)).await;
}

/// The word that one exporter gives is the word that another takes.
#[test]
fn a_word_says_what_this_node_sees() {
    let town = Town::three();
    town.kill(2);
    let mut stage = Stage::new(&town, &config());
    stage.round(at(0));
    let (status, body) = stage.ask("/v1/quorum", at(2)).unwrap();
    let word: crate::neighbours::Word = serde_json::from_str(&body).unwrap();
    assert_eq!((status, word.cluster.as_str(), word.host.as_str()), (200, "home", "pi-1"));
    assert_eq!(word.address, Some(town.address(0)));
    let disk = word.disk.unwrap();
    assert_eq!((disk.last_index, disk.open_segments, disk.age_milliseconds), (12, 3, 2000));
    let up = |number: usize| word.peers.iter().find(|peer| peer.address == town.address(number)).unwrap().up;
    assert_eq!([up(0), up(1), up(2)], [true, true, false]);
}

/// What is read seldom is told until it should have been read again, and some more.
#[test]
fn what_is_read_seldom_lasts_as_long() {
    let town = Town::three();
    for (interval, seconds) in [(15, 59), (300, 899)] {
        let mut stage = Stage::new(&town, &Config { files_interval: Span::seconds(interval), ..config() });
        stage.round(at(0));
        assert!(stage.page(at(seconds)).contains("microk8s_lock{"));
        assert!(!stage.page(at(seconds + 1)).contains("microk8s_lock{"));
    }
}

/// A first question that failed must not be told as a source that fails until the next in ten minutes.
#[test]
fn snapd_is_asked_again_soon_if_it_did_not_answer() {
    let town = Town::three();
    let mut stage = Stage::new(&town, &config());
    let mut next = |expected: &str| {
        assert_eq!(stage.one(SNAPD, at(0)).map_err(|failure| failure.kind.word()).err().unwrap_or("ok"), expected);
        stage.polls.iter().find(|poll| poll.source == SNAPD).unwrap().pace.get().as_secs()
    };
    assert_eq!(next("absent"), 600);
    std::fs::create_dir(town.root().join("run")).unwrap();
    let socket = town.root().join("run/snapd.socket");
    // Bound and closed: nobody listens any more.
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    assert_eq!(next("refused"), 30);
    std::fs::remove_file(&socket).unwrap();
    town.snapd("1.32/stable");
    assert_eq!(next("ok"), 600);
}
