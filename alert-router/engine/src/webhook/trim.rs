//! Cutting what a sender may have made too long. What is cut ends in `…`, so that nobody takes it for the whole.

use super::{Labels, Limits};

/// Labels the engine decides by: they are kept even when there are too many.
const NEEDED: [&str; 6] = ["alertname", "severity", "node", "instance", "summary", "action"];

/// At most `limit` bytes, cut between characters.
pub(super) fn text(mut text: String, limit: usize) -> String {
    if text.len() > limit {
        text.truncate(text.floor_char_boundary(limit.saturating_sub('…'.len_utf8())));
        text.push('…');
        text.shrink_to_fit();
    }
    text
}

/// Labels or annotations within the limits: long ones cut, the last ones left out.
pub(super) fn labels(mut all: Labels, limits: &Limits) -> Labels {
    if all.len() > limits.labels {
        let needed = all.keys().filter(|name| NEEDED.contains(&name.as_str())).count();
        let mut room = limits.labels.saturating_sub(needed);
        all.retain(|name, _| {
            let kept = NEEDED.contains(&name.as_str()) || room > 0;
            room = room.saturating_sub(usize::from(kept && !NEEDED.contains(&name.as_str())));
            kept
        });
    }
    let fits = all.iter().all(|(name, value)| name.len() <= limits.name && value.len() <= limits.value);
    if fits {
        return all;
    }
    all.into_iter().map(|(name, value)| (text(name, limits.name), text(value, limits.value))).collect()
}
