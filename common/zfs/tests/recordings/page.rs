//! A pool as a page that a person can hold beside `zpool status`.

use std::fmt::Write as _;

use gjallarhorn_zfs::parse::conditions::{Surroundings, evaluate};
use gjallarhorn_zfs::parse::model::{Condition, Copying, Pool, Scan, Vdev};
use gjallarhorn_zfs::parse::redundancy;
use gjallarhorn_zfs::parse::reply::Reply;

pub(super) fn write(reply: &Reply, pool: &Pool) -> String {
    let mut out = String::new();
    line(&mut out, format_args!("answered: errno {} cookie {}", reply.errno, reply.cookie));
    line(&mut out, format_args!("pool: {:?} suspended {:?}", pool.name.as_deref(), pool.suspended));
    line(&mut out, format_args!("data errors: {:?}", pool.data_errors));
    line(&mut out, format_args!("size and in use: {:?}", pool.space()));
    line(&mut out, format_args!("fragmentation: {:?} expandable: {:?}", pool.fragmentation(), pool.expandable()));
    if let Some(scan) = &pool.scan {
        scan_line(&mut out, scan);
    }
    copy_line(&mut out, "removal", pool.removal.as_ref());
    copy_line(&mut out, "expansion", pool.expansion.as_ref());
    line(&mut out, format_args!("checkpoint: {}", pool.checkpoint.is_some()));
    line(&mut out, format_args!("redundancy: {:?}", redundancy::of_pool(pool)));
    let damaged: Vec<_> = redundancy::damaged(pool).into_iter().map(|vdev| vdev.name.as_str()).collect();
    line(&mut out, format_args!("damaged: {damaged:?}"));
    conditions(&mut out, pool);
    let root = pool.root.iter();
    for vdev in root.flat_map(Vdev::walk).chain(&pool.spares).chain(&pool.caches) {
        vdev_line(&mut out, vdev);
    }
    out
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = writeln!(out, "{text}");
}

fn scan_line(out: &mut String, scan: &Scan) {
    let Scan { function, result, paused, total, issued, repaired, errors, .. } = scan;
    let times = (scan.start.is_some(), scan.end.is_some(), scan.pass_start.is_some());
    line(out, format_args!("scan: {function:?} {result:?} paused {paused} started, ended, in a pass {times:?}"));
    line(out, format_args!("      total {total:?} issued {issued:?} repaired {repaired:?} errors {errors:?}"));
}

fn copy_line(out: &mut String, what: &str, copying: Option<&Copying>) {
    if let Some(Copying { result, vdev, end, total, done }) = copying {
        let ended = end.is_some();
        line(out, format_args!("{what}: {result:?} vdev {vdev:?} ended {ended} total {total:?} done {done:?}"));
    }
}

fn conditions(out: &mut String, pool: &Pool) {
    let evaluated = evaluate(pool, Surroundings::default());
    let words = |truth| {
        let some = Condition::ALL.iter().filter(|one| evaluated.get(**one) == truth);
        some.map(|condition| condition.word()).collect::<Vec<_>>().join(" ")
    };
    line(out, format_args!("true: {}", words(Some(true))));
    line(out, format_args!("not to be told: {}", words(None)));
    line(out, format_args!("healthy: {:?}", evaluated.healthy()));
}

fn vdev_line(out: &mut String, vdev: &Vdev) {
    let state = vdev.state().map_or("-", |state| state.word());
    let aux = vdev.aux().map_or("-", |aux| aux.word());
    let incomplete = if vdev.incomplete { " incomplete" } else { "" };
    line(out, format_args!("  {} [{:?} {}] {state} {aux}{incomplete}", vdev.name, vdev.kind, vdev.class.word()));
    if let Some(stats) = &vdev.stats {
        let errors = [
            ("read", stats.read_errors),
            ("write", stats.write_errors),
            ("checksum", stats.checksum_errors),
            ("slow", stats.slow_ios),
            ("dio", stats.dio_verify_errors),
        ];
        let errors: Vec<_> = errors.iter().filter(|(_, count)| count.is_some_and(|count| count > 0)).collect();
        if !errors.is_empty() {
            line(out, format_args!("      errors {errors:?}"));
        }
    }
    if let Some((size, used)) = vdev.space() {
        line(out, format_args!("      size {size} in use {used}"));
    }
    copy_line(out, "      rebuild", vdev.rebuild.as_ref());
}
