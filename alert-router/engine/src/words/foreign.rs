//! A fair line for alerts of other people's rules, from what they carry: place, alert name, the labels that differ.

use super::summary::annotation;
use super::{clean, cut};
use crate::state::{Instance, Texts};

/// Labels that name the place, the best first.
const PLACES: [&str; 7] = ["node", "instance", "host", "hostname", "nodename", "cluster", "namespace"];
/// Labels that say nothing a person needs beside the alert name and place.
const NOISE: [&str; 22] = [
    "grafana_folder",
    "datasource_uid",
    "ref_id",
    "rulename",
    "about",
    "gjallarhorn_test",
    "alertname",
    "severity",
    "node",
    "instance",
    "host",
    "hostname",
    "nodename",
    "job",
    "prometheus",
    "monitor",
    "endpoint",
    "service",
    "replica",
    "prometheus_replica",
    "uid",
    "id",
];
/// Labels that name the thing, the best first.
const THINGS: [&str; 12] = [
    "pool",
    "pod",
    "device",
    "disk",
    "vdev",
    "target",
    "deployment",
    "statefulset",
    "daemonset",
    "container",
    "mountpoint",
    "name",
];
/// The longest name of a place or thing, in UTF-16 units.
const NAME: usize = 40;

/// Where it is: the host, without a port.
pub(super) fn place(labels: &Texts) -> Option<String> {
    let value = PLACES.iter().find_map(|name| labels.get(name).filter(|value| !value.is_empty()))?;
    let value = clean(value);
    let host = match value.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => {
            host.trim_start_matches('[').trim_end_matches(']')
        }
        _ => &value,
    };
    (!host.is_empty()).then(|| cut(host, NAME, false))
}

/// The alert's name, as a word.
pub(super) fn name(labels: &Texts) -> String {
    match labels.get("alertname").map(clean) {
        Some(name) if !name.is_empty() => cut(&name, 60, false),
        _ => "unnamed alert".to_owned(),
    }
}

/// What one foreign alert says: `pi-3: KubePodCrashLooping, pod media`, or its message.
pub(super) fn body(instance: &Instance) -> String {
    let name = name(&instance.labels);
    let told = annotation(instance, "message").or_else(|| thing(&instance.labels));
    let what = told.map_or_else(|| name.clone(), |told| format!("{name}, {told}"));
    place(&instance.labels).map_or_else(|| what.clone(), |place| format!("{place}: {what}"))
}

/// The label that names the thing: `pod media`.
fn thing(labels: &Texts) -> Option<String> {
    let known = THINGS.iter().find_map(|name| labels.get(name).map(|value| (*name, value)));
    let other = || labels.iter().find(|(name, _)| telling(name) && !PLACES.contains(name));
    let (name, value) = known.or_else(other).filter(|(_, value)| !value.is_empty())?;
    Some(format!("{} {}", clean(name), cut(&clean(value), NAME, false)))
}

/// Whether a label may tell alerts apart for a person.
pub(crate) fn telling(name: &str) -> bool {
    !NOISE.contains(&name) && !name.starts_with("__")
}

/// How well a label names a thing; smaller is better.
pub(super) fn rank(name: &str) -> usize {
    THINGS.iter().position(|thing| *thing == name).unwrap_or(THINGS.len())
}
