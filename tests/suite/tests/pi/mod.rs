//! An emulated Raspberry Pi: what its firmware says and who may ask, swap that comes and goes, a firmware that hangs.
//!
//! The exporter runs there as it would on a board, as a user of its own: the same program, built for arm64.

mod firmware;
mod rig;
mod swap;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use gjallarhorn_rig::chain::Page;
use gjallarhorn_rig::pi::Pi;
use gjallarhorn_rig::place::{arm64_exporter, free_port};
use gjallarhorn_rig::wait::until;

/// The exporter's port on the board.
const THERE: u16 = 19134;
const EXPORTER: &str = "/bin/gjallarhorn-exporter";
/// What is read each minute is read each five seconds, so that a test need not wait for it.
const BRISK: &str = "pi: {slow-interval: 5s}\nnode: {interval: 5s}";
/// Something that takes a second on a board, on an emulated one and a busy machine.
const SLOW: Duration = Duration::from_secs(120);
/// The user in the group that a board's rules let in, and one in no group.
const WATCHER: &str = "watcher";
const NOBODY: &str = "nobody";
/// An emulated machine takes a core or two: whatever the number of test threads, one runs at a time.
static TURN: Mutex<()> = Mutex::new(());

/// A board with our exporter on it.
struct Odrerir {
    pi: Pi,
    port: u16,
    _turn: MutexGuard<'static, ()>,
}

impl Odrerir {
    /// Boots; the exporter is there and does not run yet.
    fn boot() -> Result<Self> {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let exporter = arm64_exporter()?;
        let port = free_port()?;
        let pi = Pi::start("odrerir", &[(port, THERE)], &[(&exporter, EXPORTER)])?;
        Ok(Self { pi, port, _turn: turn })
    }

    /// Starts the exporter as a user and waits until it answers.
    fn serve(&self, user: &str) -> Result<()> {
        let home = format!("/tmp/{user}");
        let line = format!("{EXPORTER} serve --role pi --role node --config /etc/exporter.yml --state-dir {home}");
        self.pi.shell(&format!(
            "printf '{BRISK}\n' >/etc/exporter.yml; mkdir -p {home}; chown {user} {home}
             su {user} -c 'exec {line} --web.listen-address 0.0.0.0:{THERE}' >/run/exporter.log 2>&1 &
             echo $! >/run/exporter.pid"
        ))?;
        let ready = until("the exporter on the board", SLOW, || self.page().ok().map(drop));
        ready.with_context(|| self.log())
    }

    /// Asks the exporter to end, and waits until it has: it may take five seconds.
    fn end(&self) -> Result<()> {
        self.pi.shell("kill -TERM $(cat /run/exporter.pid)")?;
        let ended =
            "p=$(cat /run/exporter.pid); for i in $(seq 50); do [ -d /proc/$p ] || exit 0; sleep 0.1; done; exit 1";
        self.pi.shell(ended).map(drop).with_context(|| self.log())
    }

    fn log(&self) -> String {
        self.pi.shell("cat /run/exporter.log").unwrap_or_default()
    }

    fn page(&self) -> Result<Page> {
        Page::scrape(self.port)
    }

    /// Waits until a sample has a value, and gives the page on which it has it.
    fn sample(&self, family: &str, labels: &[&str], wanted: impl Fn(f64) -> bool) -> Result<Page> {
        self.page_with(&format!("{family} {labels:?}"), |page| page.value(family, labels).is_some_and(&wanted))
    }

    /// Waits until a source of the pi role is in a state, and gives the page that says so.
    fn state(&self, source: &str, state: &str) -> Result<Page> {
        let labels = ["role=\"pi\"".to_owned(), format!("source=\"{source}\""), format!("state=\"{state}\"")];
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        self.sample("gjallarhorn_source_state", &labels, |is| is == 1.0)
    }

    /// Waits for a page; what came instead is in the error, without what is 0 and the words.
    fn page_with(&self, what: &str, wanted: impl Fn(&Page) -> bool) -> Result<Page> {
        until(what, SLOW, || self.page().ok().filter(&wanted)).with_context(|| {
            let page = self.page().map(|page| page.text).unwrap_or_default();
            let told: Vec<&str> = page.lines().filter(|line| !line.starts_with('#') && !line.ends_with(" 0")).collect();
            format!("{}\n{}", told.join("\n"), self.log())
        })
    }

    /// Waits until the firmware was asked so many more questions than now.
    fn more_questions(&self, more: usize) -> Result<()> {
        let before = self.pi.asked()?.len();
        let asked = || self.pi.asked().ok().filter(|asked| asked.len() >= before + more).map(drop);
        until(&format!("{more} more questions to the firmware"), SLOW, asked).with_context(|| self.log())
    }

    /// What holds in every scene: nothing that writes was ever asked, and something was.
    fn nothing_written(&self) -> Result<()> {
        let asked = self.pi.asked()?;
        ensure!(!asked.is_empty(), "the firmware was never asked: the log is blind");
        let writing: Vec<_> = asked.iter().filter(|one| one.writes()).collect();
        ensure!(writing.is_empty(), "these may write: {writing:?}");
        Ok(())
    }
}
