//! Where it comes from, how old it is, and what could not be read.

use std::fmt::Write as _;

use gjallarhorn_service::Timestamp;
use gjallarhorn_service::words::ago;

use crate::role::{FILES, NAME, NEIGHBOURS, SNAPD, STORE, Shared, WIRE, lock};

/// A line for each source, and one more for each that fails.
pub(super) fn all(shared: &Shared, now: Timestamp, out: &mut String) {
    out.push_str("\nSources\n");
    let backend = shared.microk8s.backend();
    let backend = backend.display();
    shared.health.tell_overdue(now);
    for row in shared.health.sources().into_iter().filter(|row| row.role == NAME) {
        let about = match row.source {
            WIRE => "the members, each over one kept connection".to_owned(),
            STORE => format!("this node's store, {backend}"),
            FILES => "MicroK8s' files".to_owned(),
            SNAPD => "snapd, for the channel of MicroK8s".to_owned(),
            NEIGHBOURS => "the other nodes' exporters".to_owned(),
            _ => continue,
        };
        if !row.item.is_empty() && row.state == "ok" {
            continue;
        }
        let item = if row.item.is_empty() { about } else { row.item.clone() };
        let age = row.last_success.map_or_else(|| "never".to_owned(), |at| ago(now.since(at)));
        let _ = writeln!(out, "  {}  {}, last read {age} ({item})", row.source, row.state);
        if !row.why.is_empty() {
            let _ = writeln!(out, "      {}", row.why);
        }
    }
    neighbours(shared, out);
}

/// Each other exporter that gave no word; and what is missing when none is asked.
fn neighbours(shared: &Shared, out: &mut String) {
    if !shared.config.exporters.is_on() {
        out.push_str(
            "  The other nodes' exporters are not asked, so their disks are not seen: `quorum: exporters: {port: 19137}`.\n",
        );
        return;
    }
    let seen = lock(&shared.seen);
    for (address, word) in seen.words.iter().flat_map(|look| &look.what) {
        match word {
            Err(failure) => drop(writeln!(out, "      {}", gjallarhorn_service::failure::chain(failure))),
            Ok(word) if word.cluster != shared.config.cluster => {
                let _ = writeln!(out, "      the exporter at {address} is of another cluster: {}", word.cluster);
            }
            Ok(_) => {}
        }
    }
}
