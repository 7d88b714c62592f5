//! Every question of every dashboard, asked of a real Prometheus that scraped the real exporter on recorded machines and on a real
//! cluster, and the real router.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use gjallarhorn_rig::chain::{Exporter, Machine, Pace, World};
use gjallarhorn_rig::dqlite::{Cluster, Watch};
use gjallarhorn_rig::place::{checkout, temporary};
use gjallarhorn_rig::process::Program;
use gjallarhorn_rig::wait::until;
use gjallarhorn_suite::dashboards::asked;
use tempfile::TempDir;

/// A rate needs two scrapes, an alert its time, a busy machine patience.
const PATIENCE: Duration = Duration::from_secs(240);

/// Pools: one that copies to a spare, one that lost a disk, one that is scrubbed, one that was.
const POOLS: &[&str] = &["spare-resilvering", "disk-gone", "scrub-running", "scrub-finished"];
/// Boards: one with all a Pi 5 has and a weak supply, one that is too hot, one without a detector.
const BOARDS: &[&str] = &["pi5-undervolt", "pi4-hot", "zero2w"];
/// The place of the hot one among them.
const HOT: usize = 1;
/// Hosts: one whose swap is on and comes back, one whose names disagree.
const HOSTS: &[&str] = &["pios-trixie", "names-disagree"];

/// Questions that need no answer here: dashboard, a part of the question, and why.
const EXCUSED: &[(&str, &str, &str)] = &[
    (
        "gjallarhorn-quorum",
        "quorum_raft_snapshot_timestamp_seconds",
        "dqlite takes its first snapshot after 512 entries, three minutes from now",
    ),
    ("gjallarhorn-quorum", "quorum_store_db_bytes", "it is read from that snapshot"),
];

/// Where the kernel counts for the service that runs dqlite, and what it says there.
const GROUP: &str = "sys/fs/cgroup/system.slice/snap.microk8s.daemon-k8s-dqlite.service";
const COUNTS: &[(&str, &str)] = &[
    ("cpu.stat", "usage_usec 917000000\nuser_usec 700000000\nsystem_usec 217000000\n"),
    ("memory.current", "151719936\n"),
    ("cpu.pressure", WAITED),
    ("memory.pressure", WAITED),
    ("io.pressure", WAITED),
];
const WAITED: &str =
    "some avg10=0.00 avg60=0.00 avg300=0.00 total=48213\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=48213\n";

/// All that is scraped; ends when dropped.
struct Scenery {
    _machines: Vec<(Machine, Exporter)>,
    _trees: Vec<(TempDir, Exporter)>,
    _watches: Vec<Watch>,
    _cluster: Cluster,
    world: World,
}

impl Scenery {
    fn set() -> Result<Self> {
        let machines = POOLS.iter().map(|pool| recorded(pool)).collect::<Result<Vec<_>>>()?;
        let boards = BOARDS.iter().map(|board| planted(board));
        let hosts = HOSTS.iter().map(|host| copied(host));
        let trees = boards.chain(hosts).collect::<Result<Vec<_>>>()?;
        let cluster = Cluster::start(3)?;
        cluster.nodes().iter().try_for_each(|node| counted(node.root()))?;
        let watches = Watch::all(&cluster)?;
        let names = POOLS.iter().chain(BOARDS).chain(HOSTS).map(|name| (*name).to_owned());
        let ports = machines.iter().map(|one| one.1.port).chain(trees.iter().map(|one| one.1.port));
        let members = watches.iter().map(|watch| (watch.port(), watch.host().to_owned()));
        let world = World::behind(&ports.zip(names).chain(members).collect::<Vec<_>>(), Pace::Shipped)?;
        throttle_anew(&trees[HOT])?;
        Ok(Self { _machines: machines, _trees: trees, _watches: watches, _cluster: cluster, world })
    }

    /// Questions without an answer once all had their time.
    fn silent(&self, questions: &[Question]) -> Vec<Question> {
        let mut open: Vec<Question> = questions.to_vec();
        let _ = until("answers to all questions", PATIENCE, || {
            open.retain(|question| !matches!(self.world.prometheus.value(&question.expr), Ok(Some(_))));
            open.iter().all(excused).then_some(())
        });
        open
    }
}

#[derive(Clone)]
struct Question {
    uid: String,
    place: String,
    expr: String,
}

fn excused(question: &Question) -> bool {
    EXCUSED.iter().any(|(uid, part, _)| question.uid == *uid && question.expr.contains(part))
}

/// An exporter on a recorded pool.
fn recorded(pool: &str) -> Result<(Machine, Exporter)> {
    let machine = Machine::new(&format!("2.3.9/{pool}"))?;
    let exporter = Exporter::start(&machine.root())?;
    Ok((machine, exporter))
}

/// An exporter on a board made of text.
fn planted(board: &str) -> Result<(TempDir, Exporter)> {
    let folder = temporary()?;
    let text = checkout().join("exporters/pi/fixtures").join(format!("{board}.tree"));
    let maker = checkout().join("benches/lib/tree.py");
    let root = folder.path().join("machine");
    Program::new("machine of text", "python3").arg(maker).arg(text).arg(&root).run(PATIENCE)?;
    let exporter = Exporter::start(&root)?;
    Ok((folder, exporter))
}

/// A condition that was there from the start did not begin: it ends and begins under the sampler's eyes.
fn throttle_anew((folder, exporter): &(TempDir, Exporter)) -> Result<()> {
    let answer = folder.path().join("machine/dev/vcio/get_throttled");
    for (bits, seen) in [("0x0", 0.0), ("0x20002", 1.0)] {
        std::fs::write(&answer, format!("throttled={bits}\n"))?;
        let capped = ["condition=\"frequency_capped\""];
        let page = || exporter.page().ok()?.value("rpi_throttle_active", &capped);
        until("the firmware's new answer", PATIENCE, || page().filter(|value| *value == seen))?;
    }
    Ok(())
}

/// An exporter on a recorded host.
fn copied(host: &str) -> Result<(TempDir, Exporter)> {
    let folder = temporary()?;
    let exporter = Exporter::start(&checkout().join("exporters/node/fixtures").join(host))?;
    Ok((folder, exporter))
}

fn questions() -> Result<Vec<Question>> {
    let mut questions = Vec::new();
    for dashboard in super::finished()? {
        let uid = dashboard["uid"].as_str().context("a dashboard has a uid")?.to_owned();
        let asked = asked::panels(&dashboard).into_iter().chain(asked::choices(&dashboard));
        questions.extend(asked.map(|asked| Question { uid: uid.clone(), place: asked.place, expr: asked.expr }));
    }
    Ok(questions)
}

#[test]
fn every_question_is_answered_by_what_real_programs_say() -> Result<()> {
    let questions = questions()?;
    assert!(questions.len() > 120, "only {} questions were found", questions.len());
    let scenery = Scenery::set()?;
    let silent = scenery.silent(&questions);
    let faults = silent.iter().filter(|question| !excused(question));
    let faults: Vec<String> = faults.map(|one| format!("{}: {}: {}", one.uid, one.place, one.expr)).collect();
    assert_eq!(faults, [""; 0]);
    let asked = questions.iter().filter(|question| excused(question)).count();
    assert_eq!(asked, EXCUSED.len(), "an exception for a question that nobody asks");
    assert_eq!(scenery.world.prometheus.value("zfs_pool_state{state=\"onlin\"}")?, None, "a planted mistake is seen");
    println!("{} of {} questions answered, {} excused", questions.len() - silent.len(), questions.len(), EXCUSED.len());
    Ok(())
}

/// Gives a host of the cluster, where no service manager runs, what its kernel would count.
fn counted(root: &Path) -> Result<()> {
    let group = root.join(GROUP);
    std::fs::create_dir_all(&group)?;
    std::fs::write(group.with_file_name("cgroup.controllers"), "cpu io memory pids\n")?;
    COUNTS.iter().try_for_each(|(file, words)| std::fs::write(group.join(file), words))?;
    Ok(())
}
