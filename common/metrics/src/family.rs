//! The family table: the only place in which a metric's name exists.
//!
//! A handle can only be made by [`families!`](crate::families), which checks at compile time that its number of labels
//! is the table's. What a *good* table is, [`lint`](crate::lint) knows.

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

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 3] = [Kind::Gauge, Kind::Counter, Kind::Histogram];

    /// The word on a TYPE line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Gauge => "gauge",
            Kind::Counter => "counter",
            Kind::Histogram => "histogram",
        }
    }
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
    /// `_amperes`
    Amperes,
    /// `_watts`, for what is read as a power; what is counted is energy
    Watts,
}

impl Unit {
    /// Every unit that a name can carry.
    pub const NAMED: [Unit; 8] =
        [Unit::Bytes, Unit::Seconds, Unit::Ratio, Unit::Celsius, Unit::Volts, Unit::Hertz, Unit::Amperes, Unit::Watts];

    /// The word in the name, empty for [`Unit::None`].
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Unit::None => "",
            Unit::Bytes => "bytes",
            Unit::Seconds => "seconds",
            Unit::Ratio => "ratio",
            Unit::Celsius => "celsius",
            Unit::Volts => "volts",
            Unit::Hertz => "hertz",
            Unit::Amperes => "amperes",
            Unit::Watts => "watts",
        }
    }
}

/// Which values a label may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// Whatever the machine calls the thing (a pool, a disk). Hostile input.
    Any,
    /// One of these words and no other.
    OneOf(&'static [&'static str]),
}

impl Allowed {
    /// Whether a label may have this value.
    #[must_use]
    pub fn allows(self, value: &str) -> bool {
        match self {
            Allowed::Any => true,
            Allowed::OneOf(words) => words.contains(&value),
        }
    }
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

/// A typed handle on a gauge or a counter: `N` is the number of labels, so a sample with one label too few does not
/// compile. The macro [`families!`](crate::families) makes it, and checks `N` on the way.
#[derive(Debug)]
#[non_exhaustive]
pub struct Family<const N: usize> {
    /// The row of the table.
    pub definition: Definition,
}

/// A typed handle on a histogram. A type of its own, so that a plain value cannot be pushed where buckets belong.
#[derive(Debug)]
#[non_exhaustive]
pub struct HistogramFamily<const N: usize> {
    /// The row of the table.
    pub definition: Definition,
}

impl<const N: usize> Family<N> {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(definition: Definition) -> Self {
        assert!(definition.labels.len() == N, "the handle's number of labels is not the table's");
        Self { definition }
    }
}

impl<const N: usize> HistogramFamily<N> {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(definition: Definition) -> Self {
        assert!(definition.labels.len() == N, "the handle's number of labels is not the table's");
        Self { definition }
    }
}

/// Declares the family table of a role: one `pub static` handle per row and `pub static TABLE` over all of them.
///
/// ```
/// gjallarhorn_metrics::families! {
///     /// Size of the pool, as the pool itself counts it.
///     pub POOL_SIZE = gauge "zfs_pool_size_bytes" Bytes [pool];
///     /// State of the pool, one series for each state it can be in.
///     pub POOL_STATE = gauge "zfs_pool_state" None [pool, state: &["online", "degraded"]];
///     /// Time that an answer took.
///     pub ANSWER = histogram "answer_duration_seconds" Seconds [target];
/// }
/// assert_eq!(TABLE.len(), 3);
/// assert_eq!(POOL_SIZE.definition.help, "Size of the pool, as the pool itself counts it.");
/// ```
/// The doc comment is the HELP text. `gauge` and `counter` make a [`Family`], `histogram` a [`HistogramFamily`].
#[macro_export]
macro_rules! families {
    ($(
        $(#[doc = $help:literal])+
        $vis:vis $handle:ident = $kind:ident $name:literal $unit:ident [$($label:ident $(: $allowed:expr)?),* $(,)?];
    )+) => {
        $(
            $(#[doc = $help])+
            $vis static $handle: $crate::families!(@handle $kind $($label)*) =
                <$crate::families!(@handle $kind $($label)*)>::new($crate::Definition {
                    name: $name,
                    help: concat!($($help),+).trim_ascii(),
                    kind: $crate::families!(@kind $kind),
                    unit: $crate::Unit::$unit,
                    labels: &[$($crate::Label {
                        name: stringify!($label),
                        allowed: $crate::families!(@allowed $($allowed)?),
                    }),*],
                });
        )+
        /// Every family of this table, in the order in which a page shows them.
        pub static TABLE: &[&$crate::Definition] = &[$(&$handle.definition),+];
    };
    (@handle histogram $($label:ident)*) => { $crate::HistogramFamily<{ $crate::families!(@count $($label)*) }> };
    (@handle $kind:ident $($label:ident)*) => { $crate::Family<{ $crate::families!(@count $($label)*) }> };
    (@count) => { 0 };
    (@count $head:ident $($tail:ident)*) => { 1 + $crate::families!(@count $($tail)*) };
    (@kind gauge) => { $crate::Kind::Gauge };
    (@kind counter) => { $crate::Kind::Counter };
    (@kind histogram) => { $crate::Kind::Histogram };
    (@allowed) => { $crate::Allowed::Any };
    (@allowed $allowed:expr) => { $crate::Allowed::OneOf($allowed) };
}
