//! What the role sees, in words for a person at night: from which source, how old, and what ends what should not be.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use gjallarhorn_service::failure::chain;
use gjallarhorn_service::words::{ago, listed};
use gjallarhorn_service::{Failure, FailureKind, Timestamp};

use crate::observe::evaluate;
use crate::parse::names;
use crate::parse::swaps::Swaps;
use crate::restore::brought_by;
use crate::role::{Reading, Shared, View};
use crate::source::facts::facts;
use crate::source::names::{KUBELET, Node};
use crate::source::restorers::Finding;
use crate::words::Restorer;

mod cure;
mod words;

use words::{bytes, percent};

#[cfg(test)]
mod tests;

/// The whole text.
pub(crate) fn text(shared: &Shared, now: Timestamp) -> String {
    let view = shared.view(now);
    let mut out = String::new();
    host(shared, &mut out);
    swap(&view, now, &mut out);
    boot(&view, now, &mut out);
    named(&view, now, &mut out);
    kernel(&view, now, &mut out);
    checks(shared, &view, &mut out);
    out
}

/// What runs here, if it is this machine that is looked at.
fn host(shared: &Shared, out: &mut String) {
    let Some(facts) = facts(&shared.root) else { return };
    let memory = facts.memory.map(|count| format!(", {} of memory", bytes(count))).unwrap_or_default();
    let warmest = facts.warmest.map(|(label, celsius)| format!(", warmest sensor {label} at {celsius:.0} °C"));
    let _ = writeln!(out, "{}, kernel {}{memory}{}\n", facts.system, facts.kernel, warmest.unwrap_or_default());
}

/// Which swap is on now.
fn swap(view: &View, now: Timestamp, out: &mut String) {
    let _ = writeln!(out, "Swap (/proc/swaps, on every scrape and whenever it changes)");
    let Some(reading) = &view.swaps else {
        let _ = writeln!(out, "  now         not known: the file cannot be read");
        return;
    };
    let age = ago(now.since(reading.taken));
    if reading.value.is_off() {
        let _ = writeln!(out, "  now         off, read {age}");
    }
    devices(&reading.value, view, out);
    for problem in &reading.value.problems {
        let _ = writeln!(out, "  now         on, but of one device nothing is known: {problem}");
    }
    if let Some(count) = view.activations {
        let _ = writeln!(out, "  turned on   since the exporter started: {count}");
    }
}

fn devices(swaps: &Swaps, view: &View, out: &mut String) {
    let causes = view.restorers.as_ref().map(|reading| &reading.value.causes);
    for device in &swaps.devices {
        let by = causes.and_then(|causes| brought_by(device, causes.found.iter()));
        let by = match (by, causes) {
            (Some(by), _) => format!("brought back by {}", cure::name(by)),
            (None, Some(causes)) if causes.complete => "nobody brings it back: turned on by hand".into(),
            (None, _) => "who brings it back is not known".into(),
        };
        let gone = if device.deleted { ", its file was deleted" } else { "" };
        let (size, used) = (bytes(device.size), percent(device.used, device.size));
        let kind = device.kind.word();
        let _ = writeln!(out, "  now         on: {} ({kind}, {size}, {used} % used{gone}), {by}", device.path);
    }
}

/// What the next boot will do.
fn boot(view: &View, now: Timestamp, out: &mut String) {
    let Some(reading) = &view.restorers else {
        let _ = writeln!(out, "\nAt the next boot: not looked for yet, or too long ago");
        return;
    };
    let _ = writeln!(out, "\nAt the next boot (read {})", ago(now.since(reading.taken)));
    let (causes, findings) = (&reading.value.causes, &reading.value.findings);
    for cause in &causes.found {
        let what = cause.brings.device().unwrap_or("swap");
        let _ = writeln!(out, "  {} turns on {what} ({} says so)", cure::name(cause.by), cause.file);
        let _ = writeln!(out, "    To end it: {}", cure::commands(cause));
    }
    if causes.found.is_empty() && causes.complete {
        let _ = writeln!(
            out,
            "  swap stays off: none of {} is at work",
            listed(Restorer::ALL.iter().map(|by| cure::name(*by)))
        );
    }
    unread(findings, out);
}

/// Whom nothing is known of; those that failed for one reason stand together.
fn unread(findings: &[Finding], out: &mut String) {
    let mut reasons: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for finding in findings {
        if let Err(failure) = &finding.causes {
            reasons.entry(chain(failure)).or_default().push(cure::name(finding.by));
        }
    }
    for (reason, names) in reasons {
        let _ = writeln!(out, "  not known of {}: {reason}", listed(names.into_iter()));
    }
}

/// The names of the host.
fn named(view: &View, now: Timestamp, out: &mut String) {
    let seen = view.seen(None);
    let _ = writeln!(out, "\nNames{}", age(view.names.as_ref(), now));
    if let Some(kernel) = &view.kernel {
        value("hostname", &kernel.value.hostname, |name| format!("{name} (the kernel's)"), out);
    }
    let Some(names) = &view.names else { return };
    value("file", &names.value.file, |name| format!("{name} (/etc/hostname)"), out);
    let name = seen.node_name();
    value("node", &names.value.node, |node| node_words(node.as_ref(), name.as_deref()), out);
    value("machine-id", &names.value.machine_id, |hash| format!("{hash} (a hash of it)"), out);
    if let Some(complaint) = seen.host_name().and_then(names::complaint) {
        let _ = writeln!(out, "  complaint   no Kubernetes node may be called so: {complaint}");
    }
    if names.value.node.as_ref().is_err_and(|failure| failure.kind == FailureKind::Denied) {
        let _ = writeln!(out, "    {}", cure::NODE_NAME);
    }
}

fn node_words(node: Option<&Node>, name: Option<&str>) -> String {
    let name = name.unwrap_or("not known");
    match node {
        None => "nothing says that this host is a Kubernetes node".into(),
        Some(Node::Configured(_)) => format!("{name} (by the configuration)"),
        Some(Node::Overridden(_)) => format!("{name} (by /{KUBELET})"),
        Some(Node::Hostname) => format!("{name} (the kubelet takes the hostname in lower case)"),
    }
}

/// What the kernel says of itself.
fn kernel(view: &View, now: Timestamp, out: &mut String) {
    let _ = writeln!(out, "\nKernel{}", age(view.kernel.as_ref(), now));
    let Some(kernel) = &view.kernel else { return };
    let kernel = &kernel.value;
    let memory =
        |there: &bool| if *there { "can be limited".into() } else { format!("cannot be limited. {}", cure::CGROUPS) };
    value("memory", &kernel.memory_cgroup, memory, out);
    value("page", &kernel.auxv, |auxv| format!("{} bytes", auxv.page_size), out);
    let width = kernel.is_64bit.map_or("not known", |wide| if wide { "64 bits" } else { "32 bits" });
    let _ = writeln!(out, "  width       {width}");
    value("started", &kernel.boot_time, |at| format!("{} (by its clock)", ago(since(now, *at))), out);
}

/// What of it conforms.
fn checks(shared: &Shared, view: &View, out: &mut String) {
    let page_size = shared.config.page_size.map(|size| size.get());
    let outcomes = evaluate(&view.seen(page_size));
    let ignored = shared.config.ignored();
    let of = |wanted: Option<bool>| {
        let checks = outcomes.iter().filter(|(check, outcome)| *outcome == wanted && !ignored.contains(check));
        listed(checks.map(|(check, _)| check.word()))
    };
    let _ = writeln!(out, "\nChecks");
    let _ = writeln!(out, "  conform     {}", of(Some(true)));
    let _ = writeln!(out, "  do not      {}", of(Some(false)));
    let _ = writeln!(out, "  not known   {} (or does not apply)", of(None));
    if !ignored.is_empty() {
        let _ = writeln!(out, "  left out    {} (by the configuration)", listed(ignored.iter().map(|one| one.word())));
    }
}

fn value<T>(title: &str, outcome: &Result<T, Failure>, words: impl Fn(&T) -> String, out: &mut String) {
    match outcome {
        Ok(value) => drop(writeln!(out, "  {title:<11} {}", words(value))),
        Err(failure) => drop(writeln!(out, "  {title:<11} not known: {}", chain(failure))),
    }
}

fn age<T>(reading: Option<&Reading<T>>, now: Timestamp) -> String {
    let not_yet = || " (not read yet, or too long ago)".to_owned();
    reading.map_or_else(not_yet, |reading| format!(" (read {})", ago(now.since(reading.taken))))
}

fn since(now: Timestamp, at: u64) -> std::time::Duration {
    now.unix.saturating_sub(std::time::Duration::from_secs(at))
}
