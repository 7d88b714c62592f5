use super::super::model::{Class, VdevKind, VdevState};
use super::super::nvlist::encode::Item;
use super::sample::{CANT_OPEN, Node, Reply, disks, list};
use super::*;

fn names(pool: &Pool) -> Vec<&str> {
    pool.vdevs().map(|vdev| vdev.name.as_str()).collect()
}

#[test]
fn a_pool_is_read_whole() {
    let pool = Reply::new(vec![Node::raidz(2, disks('a', 3))]).pool();
    assert_eq!(pool.problems, [""; 0]);
    assert_eq!(pool.foreign_layouts, []);
    assert_eq!(
        (pool.name.as_deref(), pool.guid, pool.data_errors, pool.imported),
        (Some("tank"), Some(42), Some(0), Some(1_700_000_000))
    );
    assert_eq!(pool.suspended, None);
    assert_eq!(names(&pool), ["raidz2-0", "raidz2-0/a0", "raidz2-0/a1", "raidz2-0/a2"]);
    assert_eq!(pool.tops()[0].kind, VdevKind::Raidz(Some(2)));
    assert_eq!(pool.tops()[0].children[1].state(), Some(VdevState::Online));
}

#[test]
fn classes_are_inherited_and_spares_and_caches_stand_apart() {
    let special = Node::new("mirror", disks('s', 2)).with("alloc_bias", Item::Text("special".into()));
    let log = Node::disk("log").with("is_log", Item::U64(1));
    let pool = Reply::new(vec![Node::disk("a"), special, log])
        .in_tree("spares", list(&disks('h', 1)))
        .in_tree("l2cache", list(&disks('c', 1)))
        .pool();
    let classes: Vec<_> = pool.vdevs().map(|vdev| (vdev.name.as_str(), vdev.class)).collect();
    assert_eq!(
        classes,
        [
            ("a", Class::Normal),
            ("mirror-1", Class::Special),
            ("mirror-1/s0", Class::Special),
            ("mirror-1/s1", Class::Special),
            ("log", Class::Log),
            ("h0", Class::Spare),
            ("c0", Class::Cache),
        ]
    );
}

#[test]
fn groups_are_named_as_zpool_names_them() {
    let draid = Node::new("draid", disks('a', 4))
        .with("nparity", Item::U64(1))
        .with("draid_ndata", Item::U64(2))
        .with("draid_nspares", Item::U64(1));
    let spare = Node::new("spare", disks('x', 2));
    let pool = Reply::new(vec![draid, Node::new("mirror", vec![spare]), Node::new("indirect", vec![])]).pool();
    let groups: Vec<_> = names(&pool).into_iter().filter(|name| !name.contains("/a")).collect();
    assert_eq!(
        groups,
        [
            "draid1:2d:4c:1s-0",
            "mirror-1",
            "mirror-1/spare-0",
            "mirror-1/spare-0/x0",
            "mirror-1/spare-0/x1",
            "indirect-2"
        ]
    );
}

#[test]
fn the_partition_is_left_out_only_of_whole_disks() {
    let whole =
        |path: &str| Node::new("disk", vec![]).with("path", Item::Text(path.into())).with("whole_disk", Item::U64(1));
    let part = Node::new("disk", vec![]).with("path", Item::Text("/dev/sda1".into())).with("whole_disk", Item::U64(0));
    let pool = Reply::new(vec![
        whole("/dev/disk/by-id/wwn-0x5000c500a0000003-part1"),
        whole("/dev/sdb1"),
        whole("/dev/nvme0n1p1"),
        whole("/dev/disk/by-vdev/bay7"),
        whole("/dev/mapper/crypt2"),
        part,
        Node::new("disk", vec![]),
    ])
    .pool();
    assert_eq!(names(&pool), ["wwn-0x5000c500a0000003", "sdb", "nvme0n1", "bay7", "crypt2", "sda1", "1006"]);
}

#[test]
fn two_devices_of_one_name_are_told_apart() {
    let file = |path: &str| Node::new("file", vec![]).with("path", Item::Text(path.into()));
    let pool = Reply::new(vec![file("/a/disk"), file("/b/disk")]).pool();
    assert_eq!(names(&pool), ["disk", "disk#1001"]);
}

#[test]
fn a_device_is_incomplete_while_it_is_brought_up_to_date() {
    let marked = Node::disk("a0").with("resilver_txg", Item::U64(7));
    let written = Node::disk("a1").stat(super::sample::place::SCAN_PROCESSED, 1);
    let reply = Reply::new(vec![Node::new("mirror", vec![marked, written, Node::disk("a2")])]);
    let incomplete =
        |pool: &Pool| pool.vdevs().filter(|vdev| vdev.incomplete).map(|vdev| vdev.name.clone()).collect::<Vec<_>>();
    assert_eq!(incomplete(&reply.clone().scan(2, 1, &[]).pool()), ["mirror-0/a0", "mirror-0/a1"]);
    // Once the resilver is over, what it wrote is no sign of anything.
    assert_eq!(incomplete(&reply.clone().scan(2, 2, &[]).pool()), ["mirror-0/a0"]);
    // A scrub writes only what it repairs.
    assert_eq!(incomplete(&reply.scan(1, 1, &[]).pool()), ["mirror-0/a0"]);
}

#[test]
fn suspension_has_a_reason() {
    let reply = Reply::new(disks('a', 1)).with("suspended", Item::U64(0));
    assert_eq!(reply.pool().suspended, Some(Suspension::Io));
    assert_eq!(reply.clone().with("suspended_reason", Item::U64(1)).pool().suspended, Some(Suspension::Io));
    assert_eq!(reply.with("suspended_reason", Item::U64(2)).pool().suspended, Some(Suspension::Multihost));
}

#[test]
fn what_is_missing_is_absent_and_said() {
    let pool = super::reply(&super::super::nvlist::encode::pack(&[], true)).unwrap();
    assert_eq!(pool, Pool { problems: vec!["no `vdev_tree` in the reply".into()], ..Pool::default() });
}

#[test]
fn foreign_layouts_are_noted_once() {
    let pool = Reply::new(vec![Node::disk("a").words(50), Node::disk("b").words(50), Node::disk("c").words(3)]).pool();
    let noted: Vec<_> = pool.foreign_layouts.iter().map(|foreign| (foreign.array, foreign.words)).collect();
    assert_eq!(noted, [("vdev_stats", 50), ("vdev_stats", 3)]);
    assert_eq!(pool.tops()[0].state(), Some(VdevState::Online));
}

#[test]
fn a_cut_reply_gives_what_came_before_the_cut() {
    let packed = Reply::new(vec![Node::disk("a").state(CANT_OPEN), Node::disk("b")]).packed();
    let pool = super::reply(&packed[..packed.len() - 40]).unwrap();
    assert_eq!(pool.tops()[0].state(), Some(VdevState::CantOpen));
    assert!(!pool.problems.is_empty());
}

#[test]
fn a_running_scan_has_no_end() {
    let scan = Reply::new(disks('a', 1)).scan(1, 1, &[100, 90, 1000, 0, 200, 0, 3]).pool().scan.unwrap();
    assert_eq!((scan.result, scan.end, scan.total, scan.errors), (ScanResult::Running, None, Some(800), Some(3)));
    assert_eq!(Reply::new(disks('a', 1)).scan(0, 0, &[]).pool().scan, None);
    let strange = Reply::new(disks('a', 1)).scan(9, 1, &[]).pool();
    assert_eq!((strange.scan, strange.problems.len()), (None, 1));
}
