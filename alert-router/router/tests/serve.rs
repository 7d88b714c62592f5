//! The real program, serving: start, reload, crash, a damaged journal, a ping to the outside.

#![expect(clippy::expect_used, reason = "a step that fails ends the test")]
#![expect(clippy::disallowed_methods, reason = "tests wait for real programs, with a deadline")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(50);

struct Router {
    folder: TempDir,
    running: Option<(Child, String)>,
}

impl Router {
    fn prepare(further: &str) -> Self {
        let router = Router { folder: TempDir::new().expect("a folder"), running: None };
        std::fs::create_dir(router.state()).expect("makes");
        router.configure(further);
        router
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    fn configure(&self, further: &str) {
        let state = self.state();
        let text = format!("listen: [\"127.0.0.1:0\"]\nstate_dir: {}\n{further}", state.display());
        std::fs::write(self.folder.path().join("router.yaml"), text).expect("writes");
    }

    /// Starts it and learns its port from its log, which is then drained.
    fn start(&mut self) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_gjallarhorn-router"))
            .args(["--config", &self.folder.path().join("router.yaml").display().to_string()])
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut lines = BufReader::new(child.stderr.take().expect("a log")).lines();
        let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
            line.contains("msg=listening")
                .then(|| line.split("address=").nth(1)?.split(' ').next().map(str::to_owned))?
        });
        std::thread::spawn(move || lines.for_each(drop));
        self.running = Some((child, address.expect("it listens")));
    }

    fn kill(&mut self) {
        if let Some((mut child, _)) = self.running.take() {
            child.kill().expect("kills");
            child.wait().expect("ends");
        }
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let (_, address) = self.running.as_ref().expect("runs");
        let mut stream = TcpStream::connect(address).expect("connects");
        let length = body.len();
        let head =
            format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
        stream.write_all((head + body).as_bytes()).expect("asks");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("hears");
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, answer.split_once("\r\n\r\n").map_or("", |(_, body)| body).to_owned())
    }

    fn until(&self, path: &str, words: &str) {
        let ends = Instant::now() + PATIENCE;
        while !self.ask("GET", path, "").1.contains(words) {
            assert!(Instant::now() < ends, "{words} never came: {}", self.ask("GET", path, "").1);
            std::thread::sleep(PAUSE);
        }
    }
}

impl Drop for Router {
    fn drop(&mut self) {
        self.kill();
    }
}

fn webhook(name: &str) -> String {
    format!(
        r#"{{"groupKey":"{name}","alerts":[{{"status":"firing","startsAt":"2026-01-05T02:10:00Z","fingerprint":"{name}",
        "labels":{{"alertname":"{name}","severity":"critical","instance":"odin"}},
        "annotations":{{"summary":"odin: {name} is gone, look at it"}}}}]}}"#
    )
}

const AT_ONCE: &str = "timing: {settle: 0s}\n";

#[test]
fn an_alert_is_told_and_explained_and_survives_a_crash() {
    let mut router = Router::prepare(AT_ONCE);
    router.start();
    assert!(router.ask("GET", "/", "").1.contains("Nothing is wrong, and messages get through"));
    let (status, body) = router.ask("POST", "/v1/alertmanager", &webhook("Tank"));
    assert_eq!(status, 200, "{body}");
    router.until("/preview", "odin: Tank is gone");
    router.kill();
    router.start();
    assert_eq!(router.ask("POST", "/v1/alertmanager/other", &webhook("Mirror")).0, 200);
    router.until("/preview", "odin: Mirror is gone");
    let ledger = router.ask("GET", "/v1/ledger?since=0", "").1;
    assert!(ledger.contains(r#""kind":"webhook""#) && ledger.contains("alertmanager"), "{ledger}");
    let page = router.ask("GET", "/", "").1;
    assert!(page.contains("2 things are wrong") && page.contains("🔴 odin: Tank is gone"), "{page}");
}

#[test]
fn a_reload_takes_over_routes_and_refuses_what_needs_a_restart() {
    let mut router = Router::prepare(AT_ONCE);
    router.start();
    router.configure("timing: {settle: 0s, storm: 50}\n");
    let (status, words) = router.ask("POST", "/-/reload", "");
    assert_eq!((status, words.contains("routes and timing are in force")), (200, true), "{words}");
    router.configure("preview: false\n");
    let (status, words) = router.ask("POST", "/-/reload", "");
    assert_eq!(status, 500);
    assert!(words.contains("`preview` has changed, and that needs a restart; nothing was changed"), "{words}");
    router.configure("listn: []\n");
    assert!(router.ask("POST", "/-/reload", "").1.contains("did you mean `listen`?"));
    assert_eq!(router.ask("POST", "/v1/alertmanager", &webhook("Tank")).0, 200, "it runs on");
}

#[test]
fn a_damaged_journal_is_set_aside_and_told() {
    let mut router = Router::prepare(AT_ONCE);
    std::fs::write(router.state().join("journal.db"), vec![0x5a; 8192]).expect("writes");
    router.start();
    router.until("/preview", "its journal was damaged and begun anew");
    assert!(router.state().join("journal.db.corrupt").exists());
    assert_eq!(router.ask("POST", "/v1/alertmanager", &webhook("Tank")).0, 200);
}

#[test]
fn the_outside_is_pinged_while_all_is_well() {
    let outside = TcpListener::bind("127.0.0.1:0").expect("binds");
    let address = outside.local_addr().expect("has an address");
    let mut router = Router::prepare("");
    let url = router.folder.path().join("url");
    std::fs::write(&url, format!("http://{address}/ping/planted-heartbeat-key")).expect("writes");
    router.configure(&format!("heartbeat: {{url_file: {}}}\n", url.display()));
    router.start();
    let (mut stream, _) = outside.accept().expect("is pinged");
    let mut head = [0; 1024];
    let read = stream.read(&mut head).expect("reads");
    assert!(head[..read].starts_with(b"GET /ping/planted-heartbeat-key HTTP/1.1\r\n"));
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").expect("answers");
    router.until("/metrics", "gjallarhorn_router_heartbeats_total{result=\"ok\"} 1");
    router.until("/metrics", "gjallarhorn_build_info{");
    assert!(!router.ask("GET", "/metrics", "").1.contains("planted-heartbeat-key"));
}
