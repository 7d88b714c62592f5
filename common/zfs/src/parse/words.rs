//! Words: the kernel's bytes as a text, and one shape for every closed set of words: an enum, the word of each value, and
//! the list of all words.

use std::borrow::Cow;

/// The kernel's bytes as a text; what is no UTF-8 is shown as such. Looking first is several times cheaper than converting
/// at once.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// Declares an enum whose values each have one word. The words become label values, so they are part of the contract
/// with rules and dashboards: lower case, underscores, never renamed.
macro_rules! words {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name { $($(#[$variant_meta])* $variant,)+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word of every value, in the same order.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word of this value.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}

pub(crate) use words;
