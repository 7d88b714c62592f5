//! A whole service: signals, reload, systemd, and a source stuck on a FIFO.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd as _;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use gjallarhorn_metrics::{Definition, Snapshot};
use gjallarhorn_service::clock::Timestamp;
use gjallarhorn_service::health::Health;
use gjallarhorn_service::http::{About, Limits, Listeners, Site};
use gjallarhorn_service::program::Program;
use gjallarhorn_service::role::{Fresh, Poll, Role};
use gjallarhorn_service::roles::Roles;
use gjallarhorn_service::{bounded, config, log, runtime};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::Deserialize;

use crate::{Test, until};

pub(crate) const TESTS: &[Test] = &[
    ("a_stuck_reader_hides_nothing_and_holds_nothing_up", a_stuck_reader_hides_nothing_and_holds_nothing_up),
    ("a_bad_reload_changes_nothing_and_says_so", a_bad_reload_changes_nothing_and_says_so),
    ("a_stuck_reload_does_not_keep_the_program_from_ending", a_stuck_reload_does_not_keep_the_program_from_ending),
    ("systemd_is_told", systemd_is_told),
    ("systemd_gives_the_socket", systemd_gives_the_socket),
];

gjallarhorn_metrics::families! {
    /// What stands in the input file.
    pub(crate) INPUT = gauge "test_input" None [];
    /// What stands in the configuration.
    pub(crate) SETTING = gauge "test_setting" None [];
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Config {
    setting: u64,
}

struct Reader {
    input: PathBuf,
    setting: Arc<AtomicU64>,
}

impl Role for Reader {
    fn name(&self) -> &'static str {
        "reader"
    }

    fn table(&self) -> &'static [&'static Definition] {
        TABLE
    }

    fn fresh(&self, _now: Timestamp) -> Fresh {
        let mut samples = Snapshot::builder(10);
        let text = bounded::read_text(&self.input, 100).ok();
        samples.push_some(&INPUT, [], text.and_then(|text| text.trim().parse::<u64>().ok()));
        samples.finish().into()
    }

    fn kept(&self, _now: Timestamp) -> Vec<Arc<Snapshot>> {
        let mut samples = Snapshot::builder(10);
        samples.push(&SETTING, [], self.setting.load(Ordering::Relaxed));
        vec![Arc::new(samples.finish())]
    }

    fn sources(self: Arc<Self>) -> Vec<Poll> {
        Vec::new()
    }

    fn explain(&self, _now: Timestamp) -> String {
        String::new()
    }
}

/// The service's side: `service FOLDER` serves the number in FOLDER/input and the one in FOLDER/config.yaml.
pub(crate) fn service(arguments: &[String]) -> ExitCode {
    log::init(log::Level::INFO, log::Format::Logfmt);
    let folder = PathBuf::from(&arguments[0]);
    let setting = Arc::new(AtomicU64::new(0));
    let role = Arc::new(Reader { input: folder.join("input"), setting: Arc::clone(&setting) });
    let about = About { name: "test", version: "1.0.0", about: "Reads a file." };
    let outcome = runtime::block_on(async move {
        let roles = Roles::start(vec![role], &Health::new("1.0.0"))?;
        let passed = Listeners::from_systemd()?;
        let listeners = passed.map_or_else(|| Listeners::bind(&["127.0.0.1:0".into()]), Ok)?;
        println!("{}", listeners.addresses()[0]);
        let limits = Limits { scrape: Duration::from_millis(100), ..Limits::default() };
        let reload = move || {
            let config: Config = config::load(&folder.join("config.yaml"))?;
            setting.store(config.setting, Ordering::Relaxed);
            Ok(format!("setting {}", config.setting))
        };
        Program::new(Site::new(about).metrics(roles.scrape()), listeners).limits(limits).reload(reload).run().await
    });
    if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Running {
    process: Child,
    address: String,
    folder: tempfile::TempDir,
}

fn start() -> Running {
    start_with(|_| Command::new("/proc/self/exe"))
}

fn start_with(command: impl FnOnce(&Path) -> Command) -> Running {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("input"), "7\n").unwrap();
    let mut command = command(folder.path());
    command.arg("service").arg(folder.path()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut process = command.spawn().unwrap();
    let mut address = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut address).unwrap();
    Running { process, address: address.trim().to_owned(), folder }
}

impl Running {
    fn request(&self, method: &str, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn metrics(&self) -> String {
        self.request("GET", "/metrics")
    }

    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.process.id().cast_signed()), signal).unwrap();
    }

    fn configure(&self, text: &str) {
        std::fs::write(self.folder.path().join("config.yaml"), text).unwrap();
    }

    /// Replaces a file by a FIFO: whoever reads it hangs until somebody writes.
    fn replace_by_fifo(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::remove_file(&path).unwrap();
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        path
    }

    /// Asks it to end, and waits until it has.
    fn end(mut self) {
        self.signal(Signal::SIGTERM);
        let status = until("the service ends", || self.process.try_wait().unwrap());
        assert!(status.success(), "{status}");
        TcpListener::bind(&self.address).expect("the port is free");
    }
}

/// A test that fails leaves no service behind.
impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn a_stuck_reader_hides_nothing_and_holds_nothing_up() {
    let service = start();
    let page = service.metrics();
    assert!(page.contains("\ntest_input 7\n") && page.contains("\ntest_setting 0\n"), "{page}");

    let fifo = service.replace_by_fifo("input");
    let stuck = r#"gjallarhorn_source_state{role="reader",source="fresh",item="",state="blocked"} 1"#;
    let page = service.metrics();
    assert!(page.contains(stuck) && !page.contains("test_input"), "{page}");
    assert!(page.contains("\ntest_setting 0\n"), "the rest of the page is there: {page}");
    assert!(page.contains(r#"gjallarhorn_source_up{role="reader",source="fresh",item=""} 0"#));

    std::fs::write(&fifo, "8").unwrap();
    std::fs::remove_file(&fifo).unwrap();
    std::fs::write(&fifo, "9").unwrap();
    until("it heals", || service.metrics().contains("\ntest_input 9\n").then_some(()));

    service.replace_by_fifo("input");
    assert!(service.metrics().contains(stuck));
    service.end();
}

fn a_bad_reload_changes_nothing_and_says_so() {
    let service = start();
    service.configure("setting: 5");
    assert!(service.request("POST", "/-/reload").ends_with("\r\n\r\nsetting 5\n"));
    assert!(service.metrics().contains("\ntest_setting 5\n"));

    service.configure("\nseting: 6");
    let answer = service.request("POST", "/-/reload");
    assert!(answer.starts_with("HTTP/1.1 500") && answer.contains("config.yaml:2: "), "{answer}");
    assert!(answer.contains("`setting`"), "{answer}");
    service.signal(Signal::SIGHUP);
    assert!(service.metrics().contains("\ntest_setting 5\n"));

    service.configure("setting: 6");
    service.signal(Signal::SIGHUP);
    until("the signal is obeyed", || service.metrics().contains("\ntest_setting 6\n").then_some(()));
    assert!(service.request("GET", "/-/reload").starts_with("HTTP/1.1 405"));
    service.end();
}

fn a_stuck_reload_does_not_keep_the_program_from_ending() {
    let service = start();
    assert!(service.metrics().contains("\ntest_setting 0\n"), "it serves, so it also obeys signals");
    service.configure("");
    service.replace_by_fifo("config.yaml");
    service.signal(Signal::SIGHUP);
    assert!(service.metrics().contains("\ntest_setting 0\n"));
    service.end();
}

fn systemd_is_told() {
    let mut told = None;
    let service = start_with(|folder| {
        let path = folder.join("notify");
        told = Some(UnixDatagram::bind(&path).unwrap());
        let mut command = Command::new("/proc/self/exe");
        command.env("NOTIFY_SOCKET", path).env("WATCHDOG_USEC", "20000").env_remove("WATCHDOG_PID");
        command
    });
    let socket = told.unwrap();
    let next = |wanted: &str| {
        let mut bytes = [0; 512];
        until(wanted, || {
            let length = socket.recv(&mut bytes).unwrap();
            std::str::from_utf8(&bytes[..length]).unwrap().starts_with(wanted).then_some(())
        });
    };
    next("READY=1");
    next("WATCHDOG=1");
    service.configure("setting: 1");
    service.signal(Signal::SIGHUP);
    next("RELOADING=1\nMONOTONIC_USEC=");
    next("READY=1");
    service.signal(Signal::SIGTERM);
    next("STOPPING=1");
    service.end();
}

fn systemd_gives_the_socket() {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    nix::fcntl::fcntl(&socket, nix::fcntl::FcntlArg::F_SETFD(nix::fcntl::FdFlag::empty())).unwrap();
    let address = socket.local_addr().unwrap().to_string();
    let service = start_with(|_| {
        let mut command = Command::new("sh");
        let itself = std::fs::read_link("/proc/self/exe").unwrap();
        let script = r#"exec 3<&"$0"; LISTEN_PID=$$ LISTEN_FDS=1 exec "$@""#;
        command.arg("-c").arg(script).arg(socket.as_raw_fd().to_string()).arg(itself);
        command
    });
    assert_eq!(service.address, address);
    drop(socket);
    assert!(service.metrics().contains("\ntest_input 7\n"));
    service.end();
}
