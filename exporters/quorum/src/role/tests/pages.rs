//! Golden pages and explanations. What changes is looked at, and accepted with `INSTA_UPDATE=always`.

use std::collections::BTreeSet;

use super::*;
use crate::parse::wire::Role as Member;

/// Families whose values differ from run to run.
const VARYING: &[&str] = &[
    "quorum_peer_rtt_seconds",
    "quorum_peer_rtt_max_seconds",
    "quorum_peer_connect_seconds",
    "quorum_raft_snapshot_timestamp_seconds",
    "quorum_store_free_bytes",
    "quorum_store_size_bytes",
];

/// The same text on every run: ports, times, certificates and the machine's disk are left out.
fn steady(text: &str, town: &Town, nodes: usize) -> String {
    let mut text = text.to_owned();
    for number in 0..nodes {
        text = text.replace(&town.address(number), &format!("10.0.0.{}:19001", number + 1));
    }
    text = text.replace(&town.root().display().to_string(), "ROOT");
    let lines = text.lines().map(|line| match line.split_once("fingerprint=\"") {
        Some((before, _)) => format!("{before}fingerprint=\"…\"}} 1"),
        None if VARYING.iter().any(|name| line.starts_with(&format!("{name}{{"))) => {
            format!("{} …", line.rsplit_once(' ').map_or("", |(series, _)| series))
        }
        None => without_times(line),
    });
    lines.map(|line| line + "\n").collect()
}

/// `answers in 0.3 ms` and `12.0 GiB free` differ.
fn without_times(line: &str) -> String {
    let mut line = line.to_owned();
    for (before, after) in [("answers in ", " ms"), ("segments, ", " free")] {
        if let Some((head, rest)) = line.split_once(before)
            && let Some((_, tail)) = rest.split_once(after)
        {
            line = format!("{head}{before}…{after}{tail}");
        }
    }
    line
}

/// The states of the golden pages.
fn states() -> Vec<(&'static str, Town, usize)> {
    let mut healthy = Town::three();
    (1..3).for_each(|number| healthy.exporter(number, |_| ()));
    healthy.snapd("1.32/stable");
    let mut full = Town::three();
    full.exporter(1, |_| ());
    full.exporter(2, |word| {
        let disk = word.disk.as_mut().unwrap();
        (disk.open_segments, disk.free_bytes) = (0, Some(0));
    });
    let down = Town::new(&[Member::Voter, Member::Voter, Member::Voter, Member::Standby, Member::Spare]);
    down.kill(2);
    let lost = Town::three();
    (1..3).for_each(|number| lost.kill(number));
    lost.lead(None);
    let two = Town::new(&[Member::Spare, Member::Voter]);
    vec![("healthy", healthy, 3), ("full-disk", full, 3), ("voter-down", down, 5), ("lost", lost, 3), ("two", two, 2)]
}

/// The page after two rounds, so that what needs time shows.
fn played(town: &Town) -> Stage {
    let mut stage = Stage::new(town, &town.config());
    stage.round(at(0));
    stage.round(at(3));
    stage
}

fn golden(check: impl FnOnce()) {
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("golden"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(check);
}

#[test]
fn pages_and_explanations_are_golden() {
    for (name, town, nodes) in states() {
        let stage = played(&town);
        let page = steady(&stage.page(at(4)), &town, nodes);
        let words = steady(&stage.role.explain(at(4)), &town, nodes);
        golden(|| {
            insta::assert_snapshot!(format!("{name}.page"), page);
            insta::assert_snapshot!(format!("{name}.explain"), words);
        });
    }
}

/// Families that these states cannot show, each with the reason.
const NOT_SHOWN: &[&str] = &[
    // Every fake is in domain 1, which means that domains are not set.
    "quorum_domain_loss_tolerable",
];

#[test]
fn every_family_is_on_the_page_of_some_state() {
    let pages: String = states().iter().map(|(_, town, _)| played(town).page(at(4))).collect();
    let shown: BTreeSet<&str> =
        pages.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let missing: Vec<_> = TABLE.iter().map(|family| family.name).filter(|name| !shown.contains(name)).collect();
    assert_eq!(missing, NOT_SHOWN);
}
