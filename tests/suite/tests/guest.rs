//! A real OpenZFS: a disk that goes, a pool that is suspended, one that hangs, one that cannot be opened at boot.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use gjallarhorn_rig::chain::{Page, World};
use gjallarhorn_rig::guest::Guest;
use gjallarhorn_rig::place::{free_port, program};
use gjallarhorn_rig::wait::until;
use gjallarhorn_suite::trace::{self, Call};

/// The exporter's port in the guest.
const THERE: u16 = 9134;
const EXPORTER: &str = "/usr/local/bin/gjallarhorn-exporter";
const CONFIG: &str = "/etc/exporter.yml";
const TRACE: &str = "/mnt/share/trace";
/// A pool in the guest, without virtualisation, on a busy machine.
const SLOW: Duration = Duration::from_secs(180);

/// A guest with our exporter in it, traced from its first call on.
struct Odin {
    guest: Guest,
    port: u16,
}

impl Odin {
    /// Boots, brings the pools up with `prepare`, and starts the exporter.
    fn start(prepare: impl FnOnce(&Guest) -> Result<()>) -> Result<Self> {
        let port = free_port()?;
        let guest = Guest::start(&[(port, THERE)])?;
        guest.put(&program("gjallarhorn-exporter")?, EXPORTER)?;
        guest.shell(&format!("printf 'zfs:\\n  interval: 1s\\n' >{CONFIG}"))?;
        prepare(&guest)?;
        serve(&guest)?;
        let odin = Self { guest, port };
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

    /// Every traced call so far.
    fn calls(&self) -> Result<Vec<Call>> {
        Ok(trace::parse(&self.guest.shell(&format!("cat {TRACE}.*"))?))
    }
}

/// SIGTERM to the exporter (the oldest of its processes), which has five seconds to end. Its child may stay: it is stuck in
/// the kernel, and strace with it.
const END: &str = "p=$(pgrep -o -x gjallarhorn-exp); kill -TERM $p; for i in $(seq 50); do [ -d /proc/$p ] || exit 0; \
                   sleep 0.1; done; exit 1";

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
    world.letter("the end of the thread", |mail| {
        mail.header("References")
            .is_some_and(|thread| letter.header("Message-ID").is_some_and(|id| thread.contains(&id)))
    })?;
    assert_eq!((world.discord.tally().refused, world.discord.tally().avoidable), (0, 0));
    nothing_forbidden(&odin)
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
    odin.sample("zfs_pool_txg_syncing_seconds", &["slow"], |seconds| seconds > 5.0)?;
    odin.sample("gjallarhorn_source_blocked_seconds", &["pool_stats"], |seconds| seconds > 5.0)?;
    assert_eq!(odin.page()?.need("zfs_pool_state", &["slow", "online"])?, 1.0, "the kernel says that all is well");
    event_loop_is_clean(&odin, ready)?;
    let line = "odin: pool slow does not answer";
    let message = until("the stalled pool on the phone", SLOW, || {
        world.discord.messages().into_iter().find(|message| message.content().contains(line))
    });
    assert!(message.with_context(|| world.router.log())?.content().starts_with('🔴'));

    odin.guest.shell(END).context("SIGTERM while the child is stuck")?;
    let again = Odin { guest: odin.guest, port: odin.port };
    serve(&again.guest)?;
    again.answers()?;
    assert_eq!(again.page()?.need("zfs_pool_state", &["slow", "online"])?, 1.0);
    again.sample("gjallarhorn_source_state", &["pool_stats", "blocked"], |value| value == 1.0)?;

    again.guest.scenario(&["unhang"])?;
    again.sample("zfs_pool_size_bytes", &["slow"], |_| true)?;
    again.sample("zfs_pool_txg_syncing_seconds", &["slow"], |seconds| seconds < 5.0)?;
    nothing_forbidden(&again)
}

#[test]
fn a_pool_that_cannot_be_opened_at_boot_is_told_and_not_asked_for_its_properties() -> Result<()> {
    let odin = Odin::start(|guest| guest.scenario(&["boot_failure"]))?;
    let world = World::start(odin.port, "odin")?;
    let message = world.phone("the unavailable pool", |message| message.content().contains("cold"))?;
    assert!(message.content().starts_with("🔴 odin: pool cold cannot be opened"), "{}", message.content());
    nothing_forbidden(&odin)
}
