//! What the role sees, in words for a person at night: from which source, how old, and what is missing.

use std::fmt::Write as _;

use gjallarhorn_service::Timestamp;
use gjallarhorn_service::health::SourceReport;
use gjallarhorn_service::words::{ago, listed, span};

use crate::role::{KSTAT, NAME, POOL_STATS, Shared};

mod pool;
mod words;

/// How a device that may not be opened is opened to all.
const GRANT: &str = "It needs no root, only a device that all may open. Now: sudo chmod 0666 /dev/zfs. For good:\n    \
                     echo 'KERNEL==\"zfs\", MODE=\"0666\"' | sudo tee /etc/udev/rules.d/91-zfs.rules\n    \
                     In a container: give it the device /dev/zfs with permission to read.";

/// The whole text.
pub(crate) fn text(shared: &Shared, now: Timestamp) -> String {
    let mut out = String::new();
    let pools = module(shared, &mut out);
    let memory = shared.memory();
    for missing in shared.expected(&memory).iter().filter(|name| !pools.contains(name)) {
        let _ = writeln!(out, "\nPool {missing} is expected and not there.");
        let _ = writeln!(out, "    If it was exported for good, name it under `zfs: forget:` in the configuration.");
    }
    let rows: Vec<_> = shared.health.sources().into_iter().filter(|row| row.role == NAME).collect();
    for name in &pools {
        let _ = writeln!(out, "\nPool {name}");
        pool::live(shared, name, now, &mut out);
        report_row(shared, name, &rows, now, &mut out);
        if let Some(report) = shared.last_report(name) {
            pool::reported(&report, &mut out);
        }
        pool::remembered(memory.of(name), now, &mut out);
    }
    out
}

/// The module and its pools; gives their names.
fn module(shared: &Shared, out: &mut String) -> Vec<String> {
    match shared.machine.version() {
        Ok(version) => drop(writeln!(out, "OpenZFS {version} is loaded.")),
        Err(failure) => drop(writeln!(out, "No ZFS module is loaded ({}).", failure.kind.word())),
    }
    match shared.pools() {
        Ok(pools) => {
            let _ = writeln!(out, "Pools: {}.", listed(pools.iter().map(String::as_str)));
            pools
        }
        Err(failure) => {
            let _ = writeln!(out, "The pools cannot be listed: {failure}.");
            Vec::new()
        }
    }
}

/// Where the full report comes from and how old it is.
fn report_row(shared: &Shared, name: &str, rows: &[SourceReport], now: Timestamp, out: &mut String) {
    let source = format!("from /dev/zfs through a child, every {}", span(shared.pace.get()));
    let Some(row) = rows.iter().find(|row| row.source == POOL_STATS && row.item == name) else {
        let _ = writeln!(out, "  report      not asked yet ({source})");
        return;
    };
    let age = row.last_success.map_or_else(|| "never".to_owned(), |at| ago(now.since(at)));
    let _ = writeln!(out, "  report      {}, last read {age} ({source})", row.state);
    if let Some(since) = row.blocked_since {
        let _ = writeln!(
            out,
            "    The question asked {} has not come back: the device or the pool hangs.",
            ago(now.since(since))
        );
    }
    if !row.why.is_empty() {
        let _ = writeln!(out, "    {}", row.why);
    }
    if row.state == "denied" {
        let _ = writeln!(out, "    {GRANT}");
    }
    if row.last_success.is_some_and(|at| now.since(at) >= shared.config.stale_after.get()) {
        let _ = writeln!(out, "    Its metrics are dropped: they are older than {}.", shared.config.stale_after);
    }
}

/// The line about the kernel files of tier 0.
fn kstat_path(name: &str) -> String {
    debug_assert_eq!(KSTAT, "kstat", "the path below is that of the kstats");
    format!("/proc/spl/kstat/zfs/{name}/")
}
