//! The family table: the only place in which a metric's name exists.

/// The exposition type of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A value that can go up and down.
    Gauge,
    /// A value that only grows until its source starts anew. Its name ends in `_total`.
    Counter,
    /// Cumulative buckets, a sum and a count.
    Histogram,
}

/// The base unit of a family; the family's name carries it (before `_total`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A count, a flag, a state or an `_info`: no unit in the name.
    None,
    /// `_bytes`
    Bytes,
    /// `_seconds` (also `_timestamp_seconds`: seconds since 1970 UTC)
    Seconds,
    /// `_ratio`, 0 to 1 unless the help says otherwise
    Ratio,
    /// `_celsius`
    Celsius,
    /// `_volts`
    Volts,
    /// `_hertz`
    Hertz,
}

/// Which values a label may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// Whatever the machine calls the thing (a pool, a disk). Hostile input.
    Any,
    /// One of these words and no other.
    OneOf(&'static [&'static str]),
}

/// One label of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// The label's name, `[a-z_]+`.
    pub name: &'static str,
    /// The values it may take.
    pub allowed: Allowed,
}

/// Everything that is known about a family before anything was measured.
#[derive(Debug, PartialEq, Eq)]
pub struct Definition {
    /// The metric's full name.
    pub name: &'static str,
    /// One sentence, for HELP and the metrics page.
    pub help: &'static str,
    /// The exposition type.
    pub kind: Kind,
    /// The base unit.
    pub unit: Unit,
    /// Its labels, in the order in which values are given.
    pub labels: &'static [Label],
}

/// A typed handle: `N` is the number of labels, so a sample with one label too few does not compile.
#[derive(Debug)]
pub struct Family<const N: usize> {
    /// The row of the table.
    pub definition: Definition,
}

/// Declares the family table of a role: one `pub static` handle per row and `pub static TABLE` over all of them.
///
/// ```
/// gjallarhorn_metrics::families! {
///     /// Size of the pool, as the pool itself counts it.
///     pub POOL_SIZE = gauge "zfs_pool_size_bytes" Bytes [pool];
///     /// State of the pool, one series for each state it can be in.
///     pub POOL_STATE = gauge "zfs_pool_state" None [pool, state: &["online", "degraded"]];
/// }
/// assert_eq!(TABLE.len(), 2);
/// ```
/// The doc comment is the HELP text.
#[macro_export]
macro_rules! families {
    ($(
        $(#[doc = $help:literal])+
        $vis:vis $handle:ident = $kind:ident $name:literal $unit:ident [$($label:ident $(: $allowed:expr)?),* $(,)?];
    )+) => {
        $(
            $(#[doc = $help])+
            $vis static $handle: $crate::Family<{ $crate::families!(@count $($label)*) }> = $crate::Family {
                definition: $crate::Definition {
                    name: $name,
                    help: concat!($($help),+).trim_ascii(),
                    kind: $crate::families!(@kind $kind),
                    unit: $crate::Unit::$unit,
                    labels: &[$($crate::Label {
                        name: stringify!($label),
                        allowed: $crate::families!(@allowed $($allowed)?),
                    }),*],
                },
            };
        )+
        /// Every family of this table, in the order in which a page shows them.
        pub static TABLE: &[&$crate::Definition] = &[$(&$handle.definition),+];
    };
    (@count) => { 0 };
    (@count $head:ident $($tail:ident)*) => { 1 + $crate::families!(@count $($tail)*) };
    (@kind gauge) => { $crate::Kind::Gauge };
    (@kind counter) => { $crate::Kind::Counter };
    (@kind histogram) => { $crate::Kind::Histogram };
    (@allowed) => { $crate::Allowed::Any };
    (@allowed $allowed:expr) => { $crate::Allowed::OneOf($allowed) };
}
