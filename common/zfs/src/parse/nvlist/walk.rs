//! Walking the pairs: every type is stepped over correctly, the needed ones are kept.

use std::borrow::Cow;

use super::cursor::{Cursor, Words};
use super::{Decoded, Fault, Limits, List, Value};
use crate::parse::words::text;

/// Size of the fixed part of a pair.
const PAIR_HEADER: usize = 16;
/// Size of a list's header where it stands as a value.
const LIST_HEADER: usize = 24;
/// Size of a pointer of the packing machine; all that OpenZFS runs on have 64-bit kernels' layout in packed lists.
const POINTER: usize = 8;

/// Room made for the pairs of a list at once; those of a device are about so many.
const USUAL_PAIRS: usize = 24;

/// Numbers of `data_type_t` (OpenZFS `sys/nvpair.h`) that the health of a pool needs.
mod kind {
    pub(super) const BOOLEAN: i32 = 1;
    pub(super) const U64: i32 = 8;
    pub(super) const STRING: i32 = 9;
    pub(super) const U64_ARRAY: i32 = 16;
    pub(super) const LIST: i32 = 19;
    pub(super) const LIST_ARRAY: i32 = 20;
    /// `DATA_TYPE_DOUBLE`, the last one defined.
    pub(super) const LAST: i32 = 27;
}

/// The framing is lost: where the next pair begins is not known, so nothing after it can be read.
struct Lost;

struct Walker<'a> {
    cursor: Cursor<'a>,
    limits: Limits,
    pairs: usize,
    /// Whether what is read is kept: false within a list that is passed over.
    keeps: bool,
    faults: Vec<Fault>,
}

/// Decodes the pairs from the cursor on.
pub(super) fn walk(cursor: Cursor<'_>, limits: Limits) -> Decoded<'_> {
    let mut walker = Walker { cursor, limits, pairs: 0, keeps: true, faults: Vec::new() };
    let mut list = List::default();
    let _ = walker.list(&mut list, 1);
    Decoded { list, faults: walker.faults }
}

/// The fixed part of a pair and its name.
struct Header<'a> {
    name: &'a [u8],
    kind: i32,
    /// How many elements an array has; 1 for most others.
    elements: usize,
    value: &'a [u8],
}

impl<'a> Walker<'a> {
    /// Fills `list` up to its end mark. What was read stays in it even if the framing is lost on the way.
    fn list(&mut self, list: &mut List<'a>, depth: usize) -> Result<(), Lost> {
        if depth > self.limits.depth {
            return self.lost(self.cursor.at(), format!("lists nested deeper than {}", self.limits.depth));
        }
        while let Some(header) = self.header()? {
            self.pair(list, header, depth)?;
        }
        Ok(())
    }

    /// Reads the next pair up to its end, or nothing at the end mark of the list.
    fn header(&mut self) -> Result<Option<Header<'a>>, Lost> {
        let start = self.cursor.at();
        let Some(size) = self.cursor.i32() else { return self.lost(start, "the list has no end") };
        if size == 0 {
            return Ok(None);
        }
        self.pairs += 1;
        if self.pairs > self.limits.pairs {
            return self.lost(start, format!("more than {} pairs", self.limits.pairs));
        }
        let body = usize::try_from(size).ok().and_then(|size| size.checked_sub(4));
        let Some(body) = body.and_then(|body| self.cursor.take(body)) else {
            return self.lost(start, format!("a pair of {size} bytes does not fit into what is left"));
        };
        match split(body, self.cursor.little()) {
            Some(header) => Ok(Some(header)),
            None => self.lost(start, "a pair shorter than its name and value"),
        }
    }

    fn pair(&mut self, list: &mut List<'a>, header: Header<'a>, depth: usize) -> Result<(), Lost> {
        let Header { name, kind, elements, value } = header;
        match kind {
            kind::LIST => {
                let mut nested = List::default();
                let kept = self.keeps;
                self.keeps &= !self.limits.passed_over.iter().any(|passed| passed.as_bytes() == name);
                let outcome = self.list(&mut nested, depth + 1);
                self.keeps = kept;
                self.keep(list, name, Value::List(nested));
                outcome
            }
            kind::LIST_ARRAY => {
                let mut nested = Vec::new();
                let outcome = self.lists(&mut nested, elements, value.len(), depth);
                self.keep(list, name, Value::Lists(nested));
                outcome
            }
            _ => {
                match simple(kind, elements, value, self.cursor.little()) {
                    Ok(value) => self.keep(list, name, value),
                    Err(what) => self.fault(self.cursor.at(), format!("`{}`: {what}", text(name))),
                }
                Ok(())
            }
        }
    }

    fn keep(&self, list: &mut List<'a>, name: &'a [u8], value: Value<'a>) {
        if self.keeps {
            if list.pairs.is_empty() {
                list.pairs.reserve(USUAL_PAIRS);
            }
            list.pairs.push((text(name), value));
        }
    }

    /// The lists of an array: their headers are the pair's value, so its size bounds their number.
    fn lists(&mut self, nested: &mut Vec<List<'a>>, elements: usize, value: usize, depth: usize) -> Result<(), Lost> {
        if elements > value / (POINTER + LIST_HEADER) {
            return self.lost(self.cursor.at(), format!("an array of {elements} lists in {value} bytes"));
        }
        for _ in 0..elements {
            let mut one = List::default();
            let outcome = self.list(&mut one, depth + 1);
            nested.push(one);
            outcome?;
        }
        Ok(())
    }

    fn lost<T>(&mut self, at: usize, what: impl Into<Cow<'static, str>>) -> Result<T, Lost> {
        self.fault(at, what);
        Err(Lost)
    }

    fn fault(&mut self, at: usize, what: impl Into<Cow<'static, str>>) {
        if self.faults.len() < Decoded::MAX_FAULTS {
            self.faults.push(Fault { at, what: what.into() });
        }
    }
}

/// Takes a pair's bytes after its size apart.
fn split(body: &[u8], little: bool) -> Option<Header<'_>> {
    let mut cursor = Cursor::new(body, little);
    let name_size = usize::try_from(cursor.i16()?).ok()?;
    cursor.i16()?;
    let elements = usize::try_from(cursor.i32()?).ok()?;
    let kind = cursor.i32()?;
    let name = cursor.take(name_size)?.strip_suffix(b"\0")?;
    let padding = (PAIR_HEADER + name_size).next_multiple_of(8) - PAIR_HEADER - name_size;
    // A flag has no value, and its padding may be all that follows.
    cursor.take(padding)?;
    let value = cursor.take(cursor.remaining())?;
    Some(Header { name, kind, elements, value })
}

/// A value that stands whole within its pair.
fn simple<'a>(kind: i32, elements: usize, value: &'a [u8], little: bool) -> Result<Value<'a>, &'static str> {
    match kind {
        kind::BOOLEAN => Ok(Value::Flag),
        kind::U64 => Words::new(value, little).get(0).map(Value::U64).ok_or("a number of less than 8 bytes"),
        kind::STRING => match value.split(|byte| *byte == 0).next() {
            Some(bytes) if bytes.len() < value.len() => Ok(Value::Text(text(bytes))),
            _ => Err("a text without an end"),
        },
        kind::U64_ARRAY => {
            let bytes = elements.checked_mul(8).and_then(|size| value.get(..size));
            bytes.map(|bytes| Value::Words(Words::new(bytes, little))).ok_or("an array longer than its pair")
        }
        _ if (1..=kind::LAST).contains(&kind) => Ok(Value::Other(kind)),
        _ => Err("an unknown type"),
    }
}
