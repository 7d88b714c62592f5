//! The tree of devices: its nodes, and the names under which `zpool status` shows them.

use std::collections::HashSet;

use super::super::layout::{CopyStats, VdevStats};
use super::super::model::{Class, Copying, Pool, ScanResult, Vdev, VdevKind, VdevState};
use super::super::nvlist::List;
use super::{Notes, copying};

/// Fills the tree, the spares and the caches of `pool`.
pub(super) fn read(tree: &List<'_>, resilvering: bool, pool: &mut Pool, notes: &mut Notes) {
    let mut reader = Reader { notes, names: HashSet::new(), resilvering };
    pool.spares = reader.devices(tree.lists("spares"), Class::Spare);
    pool.caches = reader.devices(tree.lists("l2cache"), Class::Cache);
    reader.names.clear();
    pool.root = Some(reader.root(tree));
}

struct Reader<'n> {
    notes: &'n mut Notes,
    /// Names given so far; two devices of one short name are told apart by their identity.
    names: HashSet<String>,
    resilvering: bool,
}

/// What a node inherits from those above it.
#[derive(Clone, Copy)]
struct Above<'a> {
    /// Name of the parent; empty for a top-level vdev.
    name: &'a str,
    class: Class,
    /// A sequential rebuild is running at the top-level vdev.
    rebuilding: bool,
}

impl Reader<'_> {
    fn root(&mut self, tree: &List<'_>) -> Vdev {
        let mut root = self.node(tree, String::new(), Class::Normal);
        root.children = tree.lists("children").iter().map(|top| self.top(top)).collect();
        root
    }

    fn top(&mut self, list: &List<'_>) -> Vdev {
        let class = class(list);
        let rebuild = self.rebuild(list);
        let rebuilding = rebuild.as_ref().is_some_and(|rebuild| rebuild.result == ScanResult::Running);
        let mut top = self.vdev(list, Above { name: "", class, rebuilding });
        top.rebuild = rebuild;
        top
    }

    /// Spares or caches: devices without anything above or below.
    fn devices(&mut self, lists: &[List<'_>], class: Class) -> Vec<Vdev> {
        lists.iter().map(|list| self.vdev(list, Above { name: "", class, rebuilding: false })).collect()
    }

    /// A node with everything below it. The decoder has bounded the depth.
    fn vdev(&mut self, list: &List<'_>, above: Above<'_>) -> Vdev {
        let name = self.unique(name(list, above.name), list);
        let mut vdev = self.node(list, name, above.class);
        let children = list.lists("children");
        if children.is_empty() {
            vdev.incomplete = self.incomplete(list, &vdev, above.rebuilding);
        }
        let below = Above { name: &vdev.name, ..above };
        vdev.children = children.iter().map(|child| self.vdev(child, below)).collect();
        vdev
    }

    /// A node alone.
    fn node(&mut self, list: &List<'_>, name: String, class: Class) -> Vdev {
        let stats = list.words("vdev_stats").map(VdevStats::read);
        match &stats {
            Some(stats) => self.notes.layout("vdev_stats", stats.fit),
            None => self.notes.problem(format!("no `vdev_stats` of `{name}`")),
        }
        Vdev {
            kind: self.kind(list, &name),
            name,
            class,
            id: list.number("id"),
            guid: list.number("guid"),
            path: list.text("path").map(|path| whole_disk(list, path)),
            phys_path: list.text("phys_path").map(str::to_owned),
            stats,
            incomplete: false,
            rebuild: None,
            children: Vec::new(),
        }
    }

    fn kind(&mut self, list: &List<'_>, name: &str) -> VdevKind {
        let kind = list.text("type").unwrap_or_default();
        match kind {
            "root" => VdevKind::Root,
            "disk" => VdevKind::Disk,
            "file" => VdevKind::File,
            "mirror" => VdevKind::Mirror,
            "raidz" => VdevKind::Raidz(list.number("nparity")),
            "draid" => VdevKind::Draid(list.number("nparity")),
            "dspare" => VdevKind::DistributedSpare,
            "replacing" => VdevKind::Replacing,
            "spare" => VdevKind::Sparing,
            "hole" | "indirect" => VdevKind::Gone,
            "missing" => VdevKind::Missing,
            other => {
                self.notes.problem(format!("`{name}`: unknown type `{other}`"));
                VdevKind::Other
            }
        }
    }

    /// A resilver or rebuild marks a device when it is attached and takes the mark away when nothing is missing any
    /// more (`vdev_dtl_reassess` in OpenZFS `vdev.c`). A device that merely comes back is not marked: it is known by
    /// being written to while a resilver runs, which is what `zpool status` prints as "(resilvering)".
    fn incomplete(&self, list: &List<'_>, vdev: &Vdev, rebuilding: bool) -> bool {
        let marked = list.get("resilver_txg").is_some() || list.get("rebuild_txg").is_some();
        let Some(stats) = &vdev.stats else { return marked };
        let written = |bytes: Option<u64>| bytes.is_some_and(|bytes| bytes > 0);
        let catching_up = stats.state == Some(VdevState::Online)
            && (stats.resilver_deferred == Some(true)
                || self.resilvering && written(stats.scan_processed)
                || rebuilding && written(stats.rebuild_processed));
        marked || catching_up
    }

    /// `vdev_rebuild_state_t`: 0 none, 1 active, 2 canceled, 3 complete.
    fn rebuild(&mut self, list: &List<'_>) -> Option<Copying> {
        let stats = CopyStats::rebuild(list.words("org.openzfs:rebuild_stats")?);
        self.notes.layout("rebuild_stats", stats.fit);
        match stats.state? {
            1 => copying(&stats, ScanResult::Running),
            2 => copying(&stats, ScanResult::Canceled),
            3 => copying(&stats, ScanResult::Finished),
            _ => None,
        }
    }

    /// The name, or the name and the identity, or, in a damaged reply where even that is taken, a count besides.
    fn unique(&mut self, name: String, list: &List<'_>) -> String {
        if self.names.insert(name.clone()) {
            return name;
        }
        let identity = format!("{name}#{}", list.number("guid").unwrap_or_default());
        let counted = (2..).map(|count| format!("{identity}.{count}"));
        let free = std::iter::once(identity.clone()).chain(counted).find(|name| self.names.insert(name.clone()));
        free.unwrap_or(identity)
    }
}

fn class(list: &List<'_>) -> Class {
    match list.text("alloc_bias") {
        Some("special") => Class::Special,
        Some("dedup") => Class::Dedup,
        Some("log") => Class::Log,
        _ if list.number("is_log").is_some_and(|flag| flag != 0) => Class::Log,
        _ => Class::Normal,
    }
}

/// The name of a node under its parent's.
fn name(list: &List<'_>, above: &str) -> String {
    let own = own_name(list);
    if above.is_empty() { own } else { format!("{above}/{own}") }
}

fn own_name(list: &List<'_>) -> String {
    let kind = list.text("type").unwrap_or("unknown");
    let number = |key| list.number(key).unwrap_or_default();
    match kind {
        "raidz" => format!("raidz{}-{}", number("nparity"), number("id")),
        "draid" => format!(
            "draid{}:{}d:{}c:{}s-{}",
            number("nparity"),
            number("draid_ndata"),
            list.lists("children").len(),
            number("draid_nspares"),
            number("id"),
        ),
        "disk" | "file" | "dspare" => device_name(list),
        _ => format!("{kind}-{}", number("id")),
    }
}

/// The last part of the path, or the identity of a device that was never seen.
fn device_name(list: &List<'_>) -> String {
    let path = list.text("path").map(|path| whole_disk(list, path)).unwrap_or_default();
    match path.rsplit('/').next() {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => list.number("guid").unwrap_or_default().to_string(),
    }
}

/// The path of the disk where ZFS was given a whole disk and made the partition itself; else the path as it is.
fn whole_disk(list: &List<'_>, path: &str) -> String {
    let whole = list.number("whole_disk") == Some(1);
    let disk = if whole { without_partition(path) } else { path };
    disk.to_owned()
}

/// `…-part1` of the links by name, `sda1`, `nvme0n1p1`.
fn without_partition(path: &str) -> &str {
    let base = path.trim_end_matches(|letter: char| letter.is_ascii_digit());
    if base.len() == path.len() {
        return path;
    }
    if let Some(disk) = base.strip_suffix("-part") {
        return disk;
    }
    let device = base.rsplit('/').next().unwrap_or(base);
    match base.strip_suffix('p') {
        Some(disk) if disk.ends_with(|letter: char| letter.is_ascii_digit()) => disk,
        _ if ["sd", "hd", "vd", "xvd"].iter().any(|kind| device.starts_with(kind)) => base,
        _ => path,
    }
}
