//! A child program for as long as a test needs it: its log is kept, each wait has a deadline, it is always reaped.
//!
//! Signals go to the one process this module started, by its id.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::http;
use crate::wait::until;

/// What a program is called with.
#[derive(Debug)]
pub struct Program {
    name: String,
    command: Command,
}

impl Program {
    /// A program by its path; `name` is how errors call it.
    #[must_use]
    pub fn new(name: &str, path: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(path);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self { name: name.to_owned(), command }
    }

    /// Adds one argument.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    /// Adds several arguments.
    #[must_use]
    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    /// Sets one variable of the environment.
    #[must_use]
    pub fn env(mut self, key: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    /// Starts in `folder`.
    #[must_use]
    pub fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Starts the program.
    ///
    /// # Errors
    /// When it cannot be started at all.
    pub fn start(mut self) -> Result<Running> {
        let mut child = self.command.spawn().with_context(|| format!("start {}", self.name))?;
        let log = Log::default();
        let readers =
            [child.stdout.take().map(|pipe| log.follow(pipe)), child.stderr.take().map(|pipe| log.follow(pipe))];
        Ok(Running { name: self.name, child, log, readers: readers.into_iter().flatten().collect() })
    }

    /// Runs the program to its end and gives back its log.
    ///
    /// # Errors
    /// When it does not end within `patience`, or ends badly; its log is in the error.
    pub fn run(self, patience: Duration) -> Result<String> {
        let mut running = self.start()?;
        let status = running.ended(patience)?;
        let log = running.log();
        if !status.success() {
            bail!("{} ended with {status}:\n{log}", running.name);
        }
        Ok(log)
    }
}

/// The lines of both outputs, in the order they came.
#[derive(Clone, Debug, Default)]
struct Log(Arc<Mutex<String>>);

impl Log {
    fn follow(&self, pipe: impl Read + Send + 'static) -> JoinHandle<()> {
        let log = self.clone();
        std::thread::spawn(move || {
            let mut reader = BufReader::new(pipe);
            let mut line = Vec::new();
            while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                log.0.lock().unwrap_or_else(PoisonError::into_inner).push_str(&String::from_utf8_lossy(&line));
                line.clear();
            }
        })
    }

    fn text(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A program that was started; killed and reaped when dropped.
#[derive(Debug)]
pub struct Running {
    name: String,
    child: Child,
    log: Log,
    readers: Vec<JoinHandle<()>>,
}

impl Running {
    /// The process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Everything it printed so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.log.text()
    }

    /// Waits for a line that contains `part` and returns it.
    ///
    /// # Errors
    /// When the deadline passes or the program ends first; its log is in the error.
    pub fn wait_for_line(&mut self, part: &str, patience: Duration) -> Result<String> {
        self.wait_for(&format!("a line with `{part}`"), patience, |running| {
            running.log().lines().find(|line| line.contains(part)).map(str::to_owned)
        })
    }

    /// Waits until `url` answers with `status`.
    ///
    /// # Errors
    /// When the deadline passes or the program ends first; its log is in the error.
    pub fn wait_for_http(&mut self, url: &str, status: u16, patience: Duration) -> Result<()> {
        self.wait_for(&format!("{status} from {url}"), patience, |_| {
            http::get(url).ok().filter(|reply| reply.status == status).map(drop)
        })
    }

    fn wait_for<T>(&mut self, what: &str, patience: Duration, mut look: impl FnMut(&Self) -> Option<T>) -> Result<T> {
        let found = until(what, patience, || {
            let found = look(self);
            if found.is_some() {
                return Some(found);
            }
            let ended = matches!(self.child.try_wait(), Ok(Some(_)));
            ended.then(|| {
                self.read_out();
                look(self)
            })
        });
        match found {
            Ok(Some(found)) => Ok(found),
            Ok(None) => bail!("{} ended before {what} came:\n{}", self.name, self.log()),
            Err(error) => Err(error.context(format!("log of {}:\n{}", self.name, self.log()))),
        }
    }

    /// Asks it to end (SIGTERM) and waits for that.
    ///
    /// # Errors
    /// When it has not ended within `patience`.
    pub fn terminate(&mut self, patience: Duration) -> Result<ExitStatus> {
        self.signal(Signal::SIGTERM)?;
        self.ended(patience)
    }

    /// Sends one signal.
    ///
    /// # Errors
    /// When the process is gone already.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        let pid = i32::try_from(self.child.id()).context("process id out of range")?;
        kill(Pid::from_raw(pid), signal).with_context(|| format!("send {signal} to {}", self.name))
    }

    /// Ends it without a word (SIGKILL) and reaps it.
    ///
    /// # Errors
    /// When the process cannot be waited for.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill().with_context(|| format!("kill {}", self.name))?;
        self.child.wait().with_context(|| format!("reap {}", self.name))?;
        Ok(())
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// When it still runs after `patience`.
    pub fn ended(&mut self, patience: Duration) -> Result<ExitStatus> {
        let child = &mut self.child;
        let status = until(&format!("the end of {}", self.name), patience, || child.try_wait().ok().flatten())?;
        self.read_out();
        Ok(status)
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// Waits for the rest of what an ended program printed: it may have ended before that was read.
    fn read_out(&mut self) {
        self.readers.drain(..).for_each(|reader| drop(reader.join()));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wait::PATIENCE;

    fn shell(script: &str) -> Running {
        Program::new("sh", "/bin/sh").args(["-c", script]).start().unwrap()
    }

    #[test]
    fn both_outputs_are_in_the_log() {
        let mut running = shell("echo one; echo two >&2");
        assert!(running.ended(PATIENCE).unwrap().success());
        assert!(running.log().contains("one\n") && running.log().contains("two\n"));
    }

    #[test]
    fn an_early_end_is_told_at_once_with_the_log() {
        let error = shell("echo broken; exit 3").wait_for_line("ready", PATIENCE).unwrap_err();
        assert!(error.to_string().contains("broken"), "{error}");
    }

    #[test]
    fn a_dropped_program_is_gone() {
        let running = shell("exec sleep 1000");
        let pid = i32::try_from(running.pid()).unwrap();
        drop(running);
        assert!(kill(Pid::from_raw(pid), None).is_err());
    }

    #[test]
    fn the_end_can_be_asked_for() {
        let mut running = shell("trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done");
        running.wait_for_line("up", PATIENCE).unwrap();
        assert!(running.terminate(PATIENCE).unwrap().success());
        assert!(running.log().contains("bye"));
    }

    #[test]
    fn a_bad_end_of_a_run_carries_the_log() {
        let run = Program::new("sh", "/bin/sh").args(["-c", "echo why >&2; exit 1"]).run(PATIENCE);
        assert!(run.unwrap_err().to_string().contains("why"));
    }
}
