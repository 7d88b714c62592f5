//! A packer for tests, written from the format's description and not from the decoder.

/// What a test packs. `Raw` is any other type, with the bytes of its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item {
    Flag,
    U64(u64),
    Text(String),
    Words(Vec<u64>),
    List(Vec<(String, Item)>),
    Lists(Vec<Vec<(String, Item)>>),
    Raw(i32, Vec<u8>),
}

/// Packs a list as the kernel of a little or big endian machine would.
pub(crate) fn pack(list: &[(String, Item)], little: bool) -> Vec<u8> {
    let mut out = vec![0, u8::from(little), 0, 0];
    let packer = Packer { little };
    packer.i32(&mut out, 0);
    packer.i32(&mut out, 1);
    packer.pairs(&mut out, list);
    out
}

struct Packer {
    little: bool,
}

impl Packer {
    fn i16(&self, out: &mut Vec<u8>, value: i16) {
        out.extend(if self.little { value.to_le_bytes() } else { value.to_be_bytes() });
    }

    fn i32(&self, out: &mut Vec<u8>, value: i32) {
        out.extend(if self.little { value.to_le_bytes() } else { value.to_be_bytes() });
    }

    fn u64(&self, out: &mut Vec<u8>, value: u64) {
        out.extend(if self.little { value.to_le_bytes() } else { value.to_be_bytes() });
    }

    fn pairs(&self, out: &mut Vec<u8>, list: &[(String, Item)]) {
        for (name, item) in list {
            self.pair(out, name, item);
        }
        self.i32(out, 0);
    }

    fn pair(&self, out: &mut Vec<u8>, name: &str, item: &Item) {
        let mut value = Vec::new();
        let mut after = Vec::new();
        let (kind, elements) = self.value(item, &mut value, &mut after);
        let name_size = name.len() + 1;
        let offset = (16 + name_size).next_multiple_of(8);
        let size = offset + value.len().next_multiple_of(8);
        let start = out.len();
        self.i32(out, size as i32);
        self.i16(out, name_size as i16);
        self.i16(out, 0);
        self.i32(out, elements as i32);
        self.i32(out, kind);
        out.extend(name.as_bytes());
        out.resize(start + offset, 0);
        out.extend(value);
        out.resize(start + size, 0);
        out.extend(after);
    }

    /// Fills what stands in the pair and what follows it; gives the type and the number of elements.
    fn value(&self, item: &Item, value: &mut Vec<u8>, after: &mut Vec<u8>) -> (i32, usize) {
        match item {
            Item::Flag => (1, 0),
            Item::U64(number) => {
                self.u64(value, *number);
                (8, 1)
            }
            Item::Text(text) => {
                value.extend(text.as_bytes());
                value.push(0);
                (9, 1)
            }
            Item::Words(words) => {
                words.iter().for_each(|word| self.u64(value, *word));
                (16, words.len())
            }
            Item::List(list) => {
                value.resize(24, 0);
                self.pairs(after, list);
                (19, 1)
            }
            Item::Lists(lists) => {
                value.resize(lists.len() * (8 + 24), 0);
                lists.iter().for_each(|list| self.pairs(after, list));
                (20, lists.len())
            }
            Item::Raw(kind, bytes) => {
                value.extend(bytes);
                (*kind, 1)
            }
        }
    }
}
