//! Starts the binary, as one answer or as a service, and ends what it started.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Far more than anything takes; only a test that fails waits for it.
const DEADLINE: Duration = Duration::from_secs(30);

/// What a run that ended left behind.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The binary with arguments, in a folder.
pub(crate) fn run_in<S: AsRef<OsStr>>(folder: &Path, arguments: &[S]) -> Ran {
    let output = command().current_dir(folder).args(arguments).output().expect("the program starts");
    Ran {
        code: output.status.code().expect("an exit code"),
        out: String::from_utf8(output.stdout).expect("text"),
        err: String::from_utf8(output.stderr).expect("text"),
    }
}

/// The binary with arguments.
pub(crate) fn run<S: AsRef<OsStr>>(arguments: &[S]) -> Ran {
    run_in(Path::new("."), arguments)
}

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gjallarhorn-exporter"));
    command.env_remove("STATE_DIRECTORY");
    command
}

/// A running service; killed when dropped.
pub(crate) struct Service {
    child: Child,
    pub(crate) address: SocketAddr,
    log: Receiver<String>,
}

impl Service {
    /// Starts `serve` on a free port and waits until it says where it serves.
    pub(crate) fn start<S: AsRef<OsStr>>(arguments: &[S]) -> Service {
        let mut child = command()
            .args(["serve", "--web.listen-address", "127.0.0.1:0"])
            .args(arguments)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let (send, log) = channel();
        let lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| send.send(line)));
        let mut service = Service { child, address: SocketAddr::from(([127, 0, 0, 1], 0)), log };
        let line = service.log_line("msg=listening");
        let address = line.split("address=").nth(1).and_then(|rest| rest.split(' ').next());
        service.address = address.and_then(|text| text.trim_matches('"').parse().ok()).expect("an address");
        service
    }

    /// Waits for a line of the log that contains `part`.
    pub(crate) fn log_line(&self, part: &str) -> String {
        let end = Instant::now() + DEADLINE;
        let mut seen = Vec::new();
        while let Ok(line) = self.log.recv_timeout(end.saturating_duration_since(Instant::now())) {
            if line.contains(part) {
                return line;
            }
            seen.push(line);
        }
        panic!("no line with {part:?} in the log: {seen:#?}");
    }

    /// Status line and body of one request.
    pub(crate) fn ask(&self, method: &str, path: &str) -> (String, String) {
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        stream.set_read_timeout(Some(DEADLINE)).expect("a deadline");
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a whole answer");
        (head.lines().next().unwrap_or_default().to_owned(), body.to_owned())
    }

    /// The page.
    pub(crate) fn page(&self) -> String {
        let (status, body) = self.ask("GET", "/metrics");
        assert_eq!(status, "HTTP/1.1 200 OK");
        body
    }

    /// Waits until every background poll has had its first outcome.
    pub(crate) fn ready(&self) {
        let end = Instant::now() + DEADLINE;
        while self.ask("GET", "/-/ready").0 != "HTTP/1.1 200 OK" {
            assert!(Instant::now() < end, "it never becomes ready");
        }
    }

    /// What a process or a thread started and ended in the meantime would change: the threads, the children, and the page
    /// faults of children that have ended (`cminflt` of proc_pid_stat(5)).
    pub(crate) fn started(&self) -> (usize, String, String) {
        let folder = format!("/proc/{}", self.child.id());
        let read = |file: String| std::fs::read_to_string(file).expect("a file of the kernel");
        let children = read(format!("{folder}/task/{}/children", self.child.id()));
        let stat = read(format!("{folder}/stat"));
        let ended = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(8)).expect("a whole line");
        let threads = std::fs::read_dir(format!("{folder}/task")).expect("a folder of the kernel").count();
        (threads, children, ended.to_owned())
    }

    /// Sends a signal to the service.
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).expect("a process id");
        kill(Pid::from_raw(pid), signal).expect("it is alive");
    }

    /// Waits until it has ended: its log is closed then, its child's too.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let end = Instant::now() + DEADLINE;
        loop {
            match self.log.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => return self.child.wait().expect("it is our child"),
                Err(RecvTimeoutError::Timeout) => panic!("the program does not end"),
            }
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
