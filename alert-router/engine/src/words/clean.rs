//! Making any text one harmless line, and cutting it.

/// One line: controls and line breaks are spaces, runs of spaces one, characters that hide or reorder are gone.
pub(crate) fn clean(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut marks = 0;
    for char in text.chars() {
        if hides(char) {
            continue;
        }
        marks = if combines(char) { marks + 1 } else { 0 };
        if marks > MARKS {
            continue;
        }
        if char.is_control() || char.is_whitespace() {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
        } else {
            line.push(char);
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// Accents that may stand on one character; more would paint over the lines around.
const MARKS: usize = 2;

/// Zero-width characters, direction controls, variation selectors, tags, private use: nothing a fact needs.
const fn hides(char: char) -> bool {
    matches!(char,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}')
}

const fn combines(char: char) -> bool {
    matches!(char,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// The length by which limits are kept: UTF-16 units, never fewer than characters.
pub(crate) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// At most `limit` units, cut at a word and ended by `…`; with `counted`, by how many characters were cut: `… +23`.
pub(crate) fn cut(text: &str, limit: usize, counted: bool) -> String {
    if units(text) <= limit {
        return text.to_owned();
    }
    let total = text.chars().count();
    let ending = |kept: usize| if counted { format!("… +{}", total - kept) } else { "…".to_owned() };
    let room = limit.saturating_sub(units(&ending(0)));
    let mut used = 0;
    let fits = text.char_indices().take_while(|(_, char)| {
        used += char.len_utf16();
        used <= room
    });
    let end = fits.last().map_or(0, |(at, char)| at + char.len_utf8());
    let word_end = text[..end].rfind(' ').filter(|space| *space * 2 > end && !text[end..].starts_with(' '));
    let kept = text[..word_end.unwrap_or(end)].trim_end_matches([' ', ',', ';', ':', '-', '(']);
    format!("{kept}{}", ending(kept.chars().count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_or_reorders_is_gone_and_space_is_single() {
        assert_eq!(clean(" a\u{202e}b\u{200b}\r\n\tc\0\u{1b}[31md\u{e0041} "), "ab c [31md");
        assert_eq!(clean("größe 鯨 🔴"), "größe 鯨 🔴");
        assert_eq!(clean(&format!("z{}", "\u{334}".repeat(40))), "z\u{334}\u{334}");
    }

    #[test]
    fn cutting_keeps_words_and_counts_what_is_gone() {
        assert_eq!(cut("pool tank is fine", 17, true), "pool tank is fine");
        assert_eq!(cut("pool tank is very degraded", 20, true), "pool tank is… +14");
        assert_eq!(cut("pool tank is very degraded", 20, false), "pool tank is very…");
        assert_eq!(cut("ungebrochenerlangername", 10, false), "ungebroch…");
        assert_eq!(cut("🔴🔴🔴🔴", 5, false), "🔴🔴…", "counted in UTF-16 units");
    }
}
