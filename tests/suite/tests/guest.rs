//! A real OpenZFS: a disk that goes, a pool that is suspended, one that hangs, one that cannot be opened at boot.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use gjallarhorn_rig::chain::{Page, World};
use gjallarhorn_rig::discord::Message;
use gjallarhorn_rig::guest::Guest;
use gjallarhorn_rig::place::{free_port, program};
use gjallarhorn_rig::smtp::Mail;
use gjallarhorn_rig::wait::{never, until};
use gjallarhorn_suite::trace::{self, Call};

/// The exporter's port in the guest.
const THERE: u16 = 9134;
const EXPORTER: &str = "/usr/local/bin/gjallarhorn-exporter";
const CONFIG: &str = "/etc/exporter.yml";
const TRACE: &str = "/mnt/share/trace";
/// A pool in the guest, without virtualisation, on a busy machine.
const SLOW: Duration = Duration::from_secs(180);
/// The same for an alert whose rule waits for two minutes by itself.
const SLOW_RULE: Duration = Duration::from_secs(360);
/// Many looks of the exporter and of the rules.
const FLAPPING: Duration = Duration::from_secs(15);
/// A guest without virtualisation takes a core or two: whatever the number of test threads, one runs at a time.
static TURN: Mutex<()> = Mutex::new(());

/// A guest with our exporter in it, traced from its first call on.
struct Odin {
    guest: Guest,
    port: u16,
    _turn: MutexGuard<'static, ()>,
}

impl Odin {
    /// Boots, brings the pools up with `prepare`, and starts the exporter.
    fn start(prepare: impl FnOnce(&Guest) -> Result<()>) -> Result<Self> {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let port = free_port()?;
        let guest = Guest::start(&[(port, THERE)])?;
        guest.put(&program("gjallarhorn-exporter")?, EXPORTER)?;
        guest.shell(&format!("printf 'zfs:\\n  interval: 1s\\n' >{CONFIG}"))?;
        prepare(&guest)?;
        serve(&guest)?;
        let odin = Self { guest, port, _turn: turn };
        odin.answers()?;
        Ok(odin)
    }

    fn page(&self) -> Result<Page> {
        Page::scrape(self.port)
    }

    fn answers(&self) -> Result<()> {
        let ready = until("the exporter in the guest", SLOW, || self.page().ok().map(drop));
        ready.with_context(|| self.guest.shell("cat /mnt/share/log").unwrap_or_default())
    }

    /// Waits until a sample has a value.
    fn sample(&self, family: &str, labels: &[&str], wanted: impl Fn(f64) -> bool) -> Result<()> {
        let look = || self.page().ok()?.value(family, labels).filter(|value| wanted(*value)).map(drop);
        until(&format!("{family} {labels:?}"), SLOW, look)
            .with_context(|| self.page().map(|page| page.text).unwrap_or_default())
    }

    /// Waits until a sample that is there is larger by `seconds` than it is now.
    fn grows(&self, family: &str, labels: &[&str], seconds: f64) -> Result<()> {
        let before = self.page()?.need(family, labels)?;
        self.sample(family, labels, |value| value > before + seconds)
    }

    /// Every traced call so far.
    fn calls(&self) -> Result<Vec<Call>> {
        Ok(trace::parse(&self.guest.shell(&format!("cat {TRACE}.*"))?))
    }
}

/// SIGTERM to the exporter (the oldest of its processes), which has five seconds to end. Its child may stay: it is stuck in
/// the kernel, and strace with it.
const END: &str = "p=$(pgrep -o -x gjallarhorn-exp); kill -TERM $p; for i in $(seq 50); do [ -d /proc/$p ] || exit 0; \
                   sleep 0.1; done; exit 1";

/// Asks for the hung pool and then for one that is well, and returns once both wait in the kernel beside the `zpool reopen`
/// that does. OpenZFS 2.1 lets the reopen itself wait without the lock of all pools; the first question takes it there.
const ALL_STUCK: &str = "stuck() { until [ \"$(pgrep -c -r D -x zpool)\" -ge \"$1\" ]; do sleep 0.1; done; }; \
                         zpool list -H slow >/dev/null 2>&1 & stuck 2; zpool list -H tank >/dev/null 2>&1 & stuck 3";

fn serve(guest: &Guest) -> Result<()> {
    let line = format!(
        "exec strace -f -tt -e trace=%file,ioctl -e raw=ioctl -o {TRACE}.$$ {EXPORTER} serve --role zfs --config {CONFIG} \
         --state-dir /var/lib/exporter --web.listen-address 0.0.0.0:{THERE} >/mnt/share/log 2>&1"
    );
    guest.spawn(&["sh", "-c", &line]).map(drop)
}

/// What holds in every scenario.
fn nothing_forbidden(odin: &Odin) -> Result<()> {
    let calls = odin.calls()?;
    ensure!(!calls.is_empty(), "nothing was traced");
    let asked: Vec<_> = calls.iter().filter(|call| call.is_ioctl(trace::POOL_GET_PROPS)).collect();
    ensure!(asked.is_empty(), "POOL_GET_PROPS was asked: {asked:?}");
    ensure!(
        calls.iter().any(|call| call.is_ioctl(trace::POOL_STATS)),
        "POOL_STATS was never asked: the trace is blind"
    );
    odin.guest.no_kernel_fault()
}

/// After it got ready, the thread of the event loop touches no file and makes no ioctl.
fn event_loop_is_clean(odin: &Odin, ready: usize) -> Result<()> {
    let calls = odin.calls()?;
    let main = calls.first().context("nothing was traced")?.thread;
    let touched: Vec<_> = calls.iter().skip(ready).filter(|call| call.thread == main).collect();
    ensure!(touched.is_empty(), "on the event loop's thread: {touched:?}");
    ensure!(calls.len() > ready, "nothing at all was traced after the start");
    Ok(())
}

#[test]
fn a_disk_goes_offline_and_the_phone_says_how_many_more_may() -> Result<()> {
    let odin = Odin::start(|guest| guest.scenario(&["tank"]))?;
    let world = World::start(odin.port, "odin")?;
    odin.guest.scenario(&["offline", "tank", "0"])?;
    let lost = world.phone("the first disk", |message| message.content().contains("can lose 1 more"))?;
    assert!(lost.rang() && lost.content().starts_with("🟠 odin: pool tank lost a disk"), "{}", lost.content());
    let letter = world.letter("its mail", |mail| mail.everything().contains("can lose 1 more"))?;

    odin.guest.scenario(&["offline", "tank", "1"])?;
    let exhausted = world.phone("the second disk", |message| message.content().contains("can lose 0 more"))?;
    assert!(
        exhausted.rang() && exhausted.id != lost.id && exhausted.content().starts_with('🔴'),
        "{}",
        exhausted.content()
    );

    odin.guest.scenario(&["online", "tank", "0"])?;
    odin.guest.scenario(&["online", "tank", "1"])?;
    world.phone("the good end", |message| message.id == exhausted.id && message.content().starts_with('✅'))?;
    world.phone("the good end of the first", |message| message.id == lost.id && message.content().starts_with('✅'))?;
    let end =
        world.letter("the end of the thread", |mail| answers(mail, &letter) && mail.everything().contains('✅'))?;
    assert_eq!(subject_of(&end), subject_of(&letter), "one thread, one subject");
    assert_eq!((world.discord.tally().refused, world.discord.tally().avoidable), (0, 0));
    nothing_forbidden(&odin)
}

/// Whether a mail belongs to the thread of `first`.
fn answers(mail: &Mail, first: &Mail) -> bool {
    let thread = mail.header("References").unwrap_or_default();
    first.header("Message-ID").is_some_and(|id| thread.contains(&id))
}

fn subject_of(mail: &Mail) -> String {
    mail.header("Subject").unwrap_or_default().trim_start_matches("Re: ").to_owned()
}

#[test]
fn a_suspended_pool_is_told_in_two_scrapes_and_hides_no_other() -> Result<()> {
    let odin = Odin::start(|guest| guest.scenario(&["tank"]).and_then(|()| guest.scenario(&["usb"])))?;
    let world = World::start(odin.port, "odin")?;
    let ready = odin.calls()?.len();
    odin.guest.scenario(&["suspend"])?;
    // The kernel says so now; the very next pages must, whatever the full report does.
    let told =
        (0..2).any(|_| odin.page().is_ok_and(|page| page.value("zfs_pool_state", &["usb", "suspended"]) == Some(1.0)));
    assert!(told, "not in two scrapes");
    let message = world.phone("the suspended pool", |message| message.content().contains("SUSPENDED"))?;
    assert!(message.rang() && message.content().starts_with("🔴 odin: pool usb SUSPENDED"), "{}", message.content());
    let page = odin.page()?;
    assert_eq!(page.need("zfs_pool_state", &["\"tank\"", "online"])?, 1.0);
    page.need("zfs_pool_size_bytes", &["\"tank\""])?;
    odin.grows("gjallarhorn_source_last_success_timestamp_seconds", &["pool_stats", "\"tank\""], 2.0)?;
    event_loop_is_clean(&odin, ready)?;
    nothing_forbidden(&odin)
}

#[test]
fn a_pool_that_hangs_is_told_and_the_exporter_can_be_restarted() -> Result<()> {
    let odin = Odin::start(|guest| guest.scenario(&["tank"]).and_then(|()| guest.scenario(&["slow"])))?;
    odin.sample("zfs_pool_size_bytes", &["slow"], |_| true)?;
    let world = World::start(odin.port, "odin")?;
    let ready = odin.calls()?.len();
    odin.guest.scenario(&["hang"])?;
    odin.guest.scenario(&["stick"])?;
    odin.guest.shell(ALL_STUCK).context("a zpool command that asks for another pool is stuck too")?;
    odin.sample("zfs_pool_txg_syncing_seconds", &["slow"], |seconds| seconds > 5.0)?;
    odin.grows("zfs_pool_txg_syncing_seconds", &["slow"], 3.0)?;
    odin.sample("gjallarhorn_source_blocked_seconds", &["pool_stats"], |seconds| seconds > 5.0)?;
    odin.grows("gjallarhorn_source_blocked_seconds", &["pool_stats"], 3.0)?;
    assert_eq!(odin.page()?.need("zfs_pool_state", &["slow", "online"])?, 1.0, "the kernel says that all is well");
    event_loop_is_clean(&odin, ready)?;
    let told = stalled(&world, |content| content.starts_with("🔴 odin: pool slow does not answer"))?;

    odin.guest.shell(END).context("SIGTERM while the child is stuck")?;
    serve(&odin.guest)?;
    odin.answers()?;
    assert_eq!(odin.page()?.need("zfs_pool_state", &["slow", "online"])?, 1.0);
    odin.sample("gjallarhorn_source_state", &["pool_stats", "blocked"], |value| value == 1.0)?;

    odin.guest.scenario(&["unhang"])?;
    odin.sample("zfs_pool_size_bytes", &["slow"], |_| true)?;
    odin.sample("zfs_pool_txg_syncing_seconds", &["slow"], |seconds| seconds < 5.0)?;
    let over = stalled(&world, |content| content.starts_with('✅') && content.contains("odin: pool slow"))?;
    assert_eq!(over.id, told.id, "the same message says that it is over");
    nothing_forbidden(&odin)
}

/// The message about the hung pool, once its line is as wanted.
fn stalled(world: &World, wanted: impl Fn(&str) -> bool) -> Result<Message> {
    let found = until("the stalled pool on the phone", SLOW_RULE, || {
        let mut messages = world.discord.messages().into_iter();
        messages.find(|message| message.first_content().contains("does not answer") && wanted(message.content()))
    });
    found.with_context(|| world.router.log())
}

#[test]
fn a_pool_that_cannot_be_opened_at_boot_is_told_and_not_asked_for_its_properties() -> Result<()> {
    let odin = Odin::start(|guest| guest.scenario(&["boot_failure"]))?;
    let world = World::start(odin.port, "odin")?;
    let line = "🔴 odin: pool cold cannot be opened";
    let message = world.phone("the unavailable pool", |message| message.content().starts_with(line))?;
    // Each look of the exporter makes the kernel try again, and the state passes through other words.
    never("nothing is well, and the message says so", FLAPPING, || {
        let mut messages = world.discord.messages().into_iter();
        messages.find(|now| now.id == message.id && now.content().starts_with('✅'))
    })?;
    nothing_forbidden(&odin)
}
