//! A cluster of fakes on this machine, and the files of its first node.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;

use super::lock;
use crate::config::{Config, Exporters};
use crate::neighbours::{DiskWord, PeerWord, Word};
use crate::parse::raft::segment::testing::segment;
use crate::parse::wire::{Member, Request, Role};
use crate::source::fake::{Fake, Pair, answer, next};

/// Where the store is below the root.
const BACKEND: &str = "var/snap/microk8s/current/var/kubernetes/backend";
/// The file systems of test machines are larger, and not always the same.
const ROOM: u64 = 1 << 34;

/// What a service waited for, as the kernel writes it.
const PRESSURE: &str = "some avg10=0.00 avg60=0.10 avg300=0.00 total=1250000\nfull avg10=0.00 total=0\n";

/// What the fakes know.
#[derive(Default)]
struct State {
    members: Vec<Member>,
    leader: Option<usize>,
    /// Who hangs up on everybody.
    dead: BTreeSet<usize>,
    /// Who is in nobody's table.
    removed: BTreeSet<usize>,
}

impl State {
    /// The bytes of an answer by node `number`; nothing if it hangs up.
    fn answer(&self, number: usize, question: Request) -> Option<Vec<u8>> {
        if self.dead.contains(&number) {
            return None;
        }
        let table: Vec<Member> = self
            .members
            .iter()
            .enumerate()
            .filter(|(one, _)| !self.removed.contains(one))
            .map(|(_, m)| m.clone())
            .collect();
        let spare = self.members[number].role == Role::Spare;
        Some(match (question, self.leader) {
            (Request::Leader, Some(leader)) if self.members[number].role == Role::Voter => {
                answer(question, &self.members[leader..=leader])
            }
            (Request::Leader, _) => answer(question, &[]),
            (Request::Cluster, _) if spare => answer(question, &[]),
            _ => answer(question, &table),
        })
    }
}

/// The cluster; its first node is this machine's.
pub(super) struct Town {
    root: tempfile::TempDir,
    nodes: Vec<Fake>,
    state: Arc<Mutex<State>>,
    exporters: Vec<String>,
}

impl Town {
    /// Nodes of these roles; the second leads, or the only one.
    pub(super) fn new(roles: &[Role]) -> Town {
        let root = tempfile::tempdir().unwrap();
        let pair = Pair::new("pi-1");
        let state = Arc::new(Mutex::new(State::default()));
        let mut nodes: Vec<(Fake, Arc<OnceLock<usize>>)> = roles.iter().map(|_| node(&pair, &state)).collect();
        // Pages are sorted by address; so the nodes are numbered.
        nodes.sort_by_key(|(fake, _)| fake.name());
        nodes.iter().enumerate().for_each(|(place, (_, number))| number.set(place).unwrap());
        let nodes: Vec<Fake> = nodes.into_iter().map(|(fake, _)| fake).collect();
        let members = nodes.iter().zip(roles).enumerate();
        let members = members.map(|(number, (node, role))| member(number, node.name(), *role)).collect();
        *lock(&state) = State { members, leader: Some(roles.len().min(2) - 1), ..State::default() };
        let town = Town { root, nodes, state, exporters: Vec::new() };
        fs::create_dir_all(town.backend()).unwrap();
        pair.write(&town.backend());
        town.write_files();
        town
    }

    pub(super) fn three() -> Town {
        Town::new(&[Role::Voter; 3])
    }

    pub(super) fn root(&self) -> &Path {
        self.root.path()
    }

    pub(super) fn backend(&self) -> PathBuf {
        self.root().join(BACKEND)
    }

    pub(super) fn address(&self, number: usize) -> String {
        self.nodes[number].name()
    }

    /// A snapd that says which channel the snap follows, as often as it is asked.
    pub(super) fn snapd(&self, channel: &str) {
        let folder = self.root().join("run");
        fs::create_dir_all(&folder).unwrap();
        let listener = UnixListener::bind(folder.join("snapd.socket")).unwrap();
        let answer = format!("HTTP/1.0 200 OK\r\n\r\n{{\"result\":{{\"tracking-channel\":\"{channel}\"}}}}");
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let _ = stream.read(&mut [0; 256]).and_then(|_| stream.write_all(answer.as_bytes()));
            }
        });
    }

    pub(super) fn kill(&self, number: usize) {
        lock(&self.state).dead.insert(number);
    }

    pub(super) fn lead(&self, leader: Option<usize>) {
        lock(&self.state).leader = leader;
    }

    pub(super) fn remove(&self, number: usize) {
        lock(&self.state).removed.insert(number);
    }

    /// An exporter on node `number` that says that all is well, but for what `change` does to its word.
    pub(super) fn exporter(&mut self, number: usize, change: impl FnOnce(&mut Word)) {
        let peers = self.nodes.iter().map(|node| PeerWord { address: node.name(), up: true, age_milliseconds: 900 });
        let mut word = Word {
            version: 1,
            cluster: "home".into(),
            address: Some(self.address(number)),
            host: format!("pi-{}", number + 1),
            disk: Some(DiskWord {
                age_milliseconds: 1200,
                last_index: 12,
                open_segments: 3,
                free_bytes: Some(ROOM),
                was_full: false,
            }),
            peers: peers.collect(),
        };
        change(&mut word);
        self.exporters.push(serve(serde_json::to_string(&word).unwrap()));
    }

    /// A configuration that asks those exporters, and names the nodes.
    pub(super) fn config(&self) -> Config {
        let exporters = Exporters { addresses: self.exporters.clone(), port: None };
        let nodes = self.nodes.iter().enumerate().map(|(number, node)| (node.name(), format!("pi-{}", number + 1)));
        Config { exporters, nodes: nodes.collect(), ..super::config() }
    }

    fn write_files(&self) {
        let backend = self.backend();
        let state = lock(&self.state);
        let rows: String = state.members.iter().map(row).collect();
        fs::write(backend.join("cluster.yaml"), rows).unwrap();
        let own = &state.members[0];
        fs::write(backend.join("info.yaml"), format!("Address: {}\nID: {}\nRole: 0\n", own.address, own.id)).unwrap();
        let metadata = [1_u64, 5, 7, 2].map(u64::to_le_bytes).concat();
        fs::write(backend.join("metadata1"), metadata).unwrap();
        fs::write(backend.join("0000000000000001-0000000000000010"), segment(&[&[(7, 8); 10]])).unwrap();
        fs::write(backend.join("open-1"), segment(&[&[(7, 8)], &[(7, 8)]])).unwrap();
        fs::write(backend.join("snapshot-6-4-1"), [1_u64, 0].map(u64::to_le_bytes).concat()).unwrap();
        fs::write(backend.join("snapshot-6-4-1.meta"), "").unwrap();
        for empty in ["open-2", "open-3"] {
            fs::write(backend.join(empty), [0; 64]).unwrap();
        }
        let data = self.root().join("var/snap/microk8s/current");
        for (path, text) in [
            ("proc/sys/kernel/hostname", "pi-1\n"),
            ("proc/sys/fs/aio-nr", "2048\n"),
            ("proc/sys/fs/aio-max-nr", "65536\n"),
            ("snap/microk8s/current/meta/snap.yaml", "name: microk8s\nversion: v1.32.3\n"),
            (&group("cgroup.controllers"), "cpu io memory\n"),
            (&group("snap.microk8s.daemon-k8s-dqlite.service/cpu.stat"), "usage_usec 2500000\nuser_usec 2000000\n"),
            (&group("snap.microk8s.daemon-k8s-dqlite.service/memory.current"), "52428800\n"),
            (&group("snap.microk8s.daemon-k8s-dqlite.service/cpu.pressure"), PRESSURE),
            (&group("snap.microk8s.daemon-k8s-dqlite.service/memory.pressure"), PRESSURE),
            (&group("snap.microk8s.daemon-k8s-dqlite.service/io.pressure"), PRESSURE),
        ] {
            let path = self.root().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        fs::create_dir_all(data.join("var/lock")).unwrap();
        fs::write(data.join("var/lock/ha-cluster"), "").unwrap();
    }
}

/// A file of the kernel's about the groups of services.
fn group(file: &str) -> String {
    format!("sys/fs/cgroup/system.slice/{file}")
}

fn member(number: usize, address: String, role: Role) -> Member {
    Member { id: number as u64 + 1, address, role }
}

fn row(member: &Member) -> String {
    format!("- Address: {}\n  ID: {}\n  Role: {}\n", member.address, member.id, member.role as u64)
}

/// A node, and the place for its number.
fn node(pair: &Pair, state: &Arc<Mutex<State>>) -> (Fake, Arc<OnceLock<usize>>) {
    let state = Arc::clone(state);
    let number = Arc::new(OnceLock::new());
    let known = Arc::clone(&number);
    let fake = Fake::tls(pair.server(pair, rustls::ALL_VERSIONS), move |mut stream, seen| {
        while let Some(question) = next(&mut stream, seen) {
            let answer = known.get().and_then(|number| lock(&state).answer(*number, question));
            let Some(answer) = answer else { return };
            if stream.write_all(&answer).is_err() {
                return;
            }
        }
    });
    (fake, number)
}

/// An HTTP server that gives one answer to whoever asks; its address.
pub(super) fn serve(body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.read(&mut [0; 4096]);
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
        }
    });
    address
}
