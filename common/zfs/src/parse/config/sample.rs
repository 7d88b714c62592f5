//! Replies for tests, packed from a description of a pool.

use super::super::model::Pool;
use super::super::nvlist::encode::{Item, pack};

/// Places in `vdev_stat_t`.
pub(crate) mod place {
    pub(crate) const STATE: usize = 1;
    pub(crate) const AUX: usize = 2;
    pub(crate) const CHECKSUM_ERRORS: usize = 22;
    pub(crate) const SCAN_PROCESSED: usize = 26;
}

pub(crate) const OFFLINE: u64 = 2;
pub(crate) const REMOVED: u64 = 3;
pub(crate) const CANT_OPEN: u64 = 4;
pub(crate) const FAULTED: u64 = 5;
pub(crate) const DEGRADED: u64 = 6;
pub(crate) const ONLINE: u64 = 7;

/// A vdev to be packed; online and without errors unless said otherwise.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    fields: Vec<(String, Item)>,
    stats: Vec<u64>,
    pub(crate) children: Vec<Node>,
}

impl Node {
    pub(crate) fn new(kind: &str, children: Vec<Node>) -> Node {
        let mut stats = vec![0; 48];
        stats[place::STATE] = ONLINE;
        Node { fields: vec![field("type", Item::Text(kind.into()))], stats, children }
    }

    pub(crate) fn disk(name: &str) -> Node {
        Node::new("disk", vec![]).with("path", Item::Text(format!("/dev/disk/by-id/{name}")))
    }

    pub(crate) fn raidz(parity: u64, children: Vec<Node>) -> Node {
        Node::new("raidz", children).with("nparity", Item::U64(parity))
    }

    pub(crate) fn with(mut self, name: &str, item: Item) -> Node {
        self.fields.push(field(name, item));
        self
    }

    pub(crate) fn state(self, state: u64) -> Node {
        self.stat(place::STATE, state)
    }

    pub(crate) fn stat(mut self, place: usize, value: u64) -> Node {
        self.stats[place] = value;
        self
    }

    /// Gives the statistics another length.
    pub(crate) fn words(mut self, words: usize) -> Node {
        self.stats.resize(words, 0);
        self
    }

    fn item(&self, id: usize) -> Vec<(String, Item)> {
        let mut fields = self.fields.clone();
        fields.push(field("id", Item::U64(id as u64)));
        fields.push(field("guid", Item::U64(1000 + id as u64)));
        fields.push(field("vdev_stats", Item::Words(self.stats.clone())));
        if !self.children.is_empty() {
            fields.push(field("children", list(&self.children)));
        }
        fields
    }
}

/// A reply to be packed.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) fields: Vec<(String, Item)>,
    pub(crate) root: Node,
    pub(crate) tree: Vec<(String, Item)>,
}

impl Reply {
    /// A healthy pool of these top-level vdevs.
    pub(crate) fn new(tops: Vec<Node>) -> Reply {
        let fields = vec![
            field("version", Item::U64(5000)),
            field("name", Item::Text("tank".into())),
            field("state", Item::U64(0)),
            field("pool_guid", Item::U64(42)),
            field("error_count", Item::U64(0)),
            field("initial_load_time", Item::Words(vec![1_700_000_000, 5])),
            field("feature_stats", Item::List(vec![field("org.open-zfs:large_blocks", Item::U64(1))])),
        ];
        Reply { fields, root: Node::new("root", tops), tree: vec![] }
    }

    pub(crate) fn with(mut self, name: &str, item: Item) -> Reply {
        self.fields.retain(|(key, _)| key != name);
        self.fields.push(field(name, item));
        self
    }

    /// Adds something beside the top-level vdevs.
    pub(crate) fn in_tree(mut self, name: &str, item: Item) -> Reply {
        self.tree.push(field(name, item));
        self
    }

    /// The last scan: function, state, and the other words in order.
    pub(crate) fn scan(self, function: u64, state: u64, rest: &[u64]) -> Reply {
        let mut words = vec![function, state];
        words.extend(rest);
        words.resize(22, 0);
        self.in_tree("scan_stats", Item::Words(words))
    }

    pub(crate) fn packed(&self) -> Vec<u8> {
        let mut tree = self.root.item(0);
        tree.extend(self.tree.clone());
        let mut fields = self.fields.clone();
        fields.push(field("vdev_tree", Item::List(tree)));
        pack(&fields, true)
    }

    pub(crate) fn pool(&self) -> Pool {
        super::reply(&self.packed()).expect("a packed list")
    }
}

pub(crate) fn field(name: &str, item: Item) -> (String, Item) {
    (name.to_owned(), item)
}

pub(crate) fn list(nodes: &[Node]) -> Item {
    Item::Lists(nodes.iter().enumerate().map(|(id, node)| node.item(id)).collect())
}

/// So many disks, named by a letter and a number.
pub(crate) fn disks(letter: char, count: usize) -> Vec<Node> {
    (0..count).map(|at| Node::disk(&format!("{letter}{at}"))).collect()
}
