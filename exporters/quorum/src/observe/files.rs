//! What MicroK8s' files on this node say.

use std::time::Duration;

use gjallarhorn_metrics::{Snapshot, SnapshotBuilder};

use super::{DQLITE, SERIES_LIMIT};
use crate::families as f;
use crate::files::Files;
use crate::parse::files::Lock;
use crate::seen::Judged;
use crate::source::peer::PeerFailure;
use crate::source::services::Usage;

/// The samples of a look at the files; the checks of identity need to know the members.
pub(crate) fn samples(files: &Files, judged: &Judged, cluster: &str) -> Snapshot {
    let mut out = Snapshot::builder(SERIES_LIMIT);
    let labels = [cluster, DQLITE];
    if let Ok(locks) = &files.locks {
        for lock in Lock::ALL {
            out.push(&f::LOCK, [cluster, DQLITE, lock.word()], locks.contains(&lock));
        }
    }
    if let Ok(snap) = &files.snap {
        let revision = snap.revision.as_deref().unwrap_or("");
        out.push(&f::MICROK8S_INFO, [cluster, DQLITE, revision, &snap.version], 1_u64);
    }
    let aio = files.aio.as_ref().ok();
    out.push_some(&f::AIO_REQUESTS, labels, aio.map(|aio| aio.reserved));
    out.push_some(&f::AIO_REQUESTS_MAX, labels, aio.map(|aio| aio.limit));
    certificates(files, cluster, &mut out);
    for usage in files.services.iter().flatten() {
        service(usage, cluster, &mut out);
    }
    for (check, holds) in files.identity(&judged.verdict.view, resolvable(files, judged)) {
        out.push(&f::IDENTITY_OK, [cluster, DQLITE, check], holds);
    }
    out.finish()
}

/// The sample of the channel that the snap follows; a snap that follows none has none.
pub(crate) fn channel(channel: &str, cluster: &str) -> Snapshot {
    let mut out = Snapshot::builder(SERIES_LIMIT);
    if !channel.is_empty() {
        out.push(&f::MICROK8S_CHANNEL, [cluster, DQLITE, channel], 1_u64);
    }
    out.finish()
}

fn certificates(files: &Files, cluster: &str, out: &mut SnapshotBuilder) {
    for (file, certificate) in &files.certificates {
        let Ok(certificate) = certificate else { continue };
        out.push(&f::CERTIFICATE_NOT_AFTER, [cluster, DQLITE, file], certificate.not_after);
        if *file == "cluster.crt" {
            out.push(&f::CERTIFICATE_INFO, [cluster, DQLITE, &certificate.fingerprint], 1_u64);
        }
    }
}

fn service(usage: &Usage, cluster: &str, out: &mut SnapshotBuilder) {
    let labels = [cluster, DQLITE, usage.service];
    out.push_some(&f::SERVICE_CPU, labels, usage.cpu.as_ref().ok().map(Duration::as_secs_f64));
    out.push_some(&f::SERVICE_MEMORY, labels, usage.memory.as_ref().ok().copied());
    for (resource, waited) in &usage.waited {
        let waited = waited.as_ref().ok().map(Duration::as_secs_f64);
        out.push_some(&f::SERVICE_PRESSURE, [cluster, DQLITE, usage.service, resource], waited);
    }
}

/// Whether this node's own address could be found when it was asked; `None` if it was not.
fn resolvable(files: &Files, judged: &Judged) -> Option<bool> {
    let own = judged.input.peer(&files.info.as_ref().ok()?.address)?;
    Some(own.answer.as_ref().err() != Some(&PeerFailure::Dns))
}
