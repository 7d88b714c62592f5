//! The little of Discord's markdown that the engine writes, as HTML: what a preview needs and no more.
//!
//! Everything is escaped first or copied letter by letter through [`escape`], so nothing of a label can become markup.

use gjallarhorn_engine::Timestamp;

use super::escape;
use crate::ledger::times::{local, span};

/// Renders one text of a message as it looks at `now`.
#[must_use]
pub fn html(text: &str, now: Timestamp) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut bold = false;
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let (html, used) = piece(rest, letter, &mut bold, now);
        out.push_str(&html);
        rest = &rest[used..];
    }
    if bold {
        out.push_str("</b>");
    }
    out
}

/// The HTML of the first piece of `rest`, and the bytes it takes.
fn piece(rest: &str, letter: char, bold: &mut bool, now: Timestamp) -> (String, usize) {
    let one = letter.len_utf8();
    match letter {
        '\\' => match rest[one..].chars().next() {
            Some(next) if next.is_ascii_punctuation() => (escape(&next.to_string()), one + 1),
            _ => ("\\".into(), one),
        },
        '*' if rest.starts_with("**") => {
            *bold = !*bold;
            (if *bold { "<b>" } else { "</b>" }.into(), 2)
        }
        '`' => code(rest).unwrap_or_else(|| ("`".into(), one)),
        '<' => tag(rest, now).unwrap_or_else(|| ("&lt;".into(), one)),
        '\n' => ("<br>".into(), one),
        other => (escape(&other.to_string()), one),
    }
}

fn code(rest: &str) -> Option<(String, usize)> {
    let fence = if rest.starts_with("```") { 3 } else { rest.bytes().take_while(|byte| *byte == b'`').count() };
    let inner = &rest[fence..];
    let end = inner.find(&rest[..fence])?;
    let shown = escape(inner[..end].trim_matches('\n')).replace('\n', "<br>");
    Some((format!("<code>{shown}</code>"), fence + end + fence))
}

/// `<t:1790000000:R>` and mentions; anything else in angle brackets is text.
fn tag(rest: &str, now: Timestamp) -> Option<(String, usize)> {
    let end = rest.find('>')?;
    let inner = &rest[1..end];
    if let Some(time) = inner.strip_prefix("t:") {
        return Some((escape(&moment(time, now)?), end + 1));
    }
    let (kind, id) =
        inner.strip_prefix("@&").map(|id| ("role", id)).or_else(|| Some(("user", inner.strip_prefix('@')?)))?;
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    is_id.then(|| (format!("<span class=\"at\">@{kind} {id}</span>"), end + 1))
}

/// `1790000000:R` is how long ago, `:t` the time of day, anything else the whole date.
fn moment(time: &str, now: Timestamp) -> Option<String> {
    let (seconds, style) = time.split_once(':').unwrap_or((time, "f"));
    let at_ms = seconds.parse::<i64>().ok()?.saturating_mul(1000);
    let whole = local(at_ms);
    Some(match style {
        "R" if at_ms <= now.0 => format!("{} ago", span(now.0 - at_ms)),
        "R" => format!("in {}", span(at_ms.saturating_sub(now.0))),
        "t" => whole.get(11..16).unwrap_or(&whole).to_owned(),
        _ => whole,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> String {
        super::html(text, Timestamp::from_secs(1_790_000_120))
    }

    #[test]
    fn what_the_engine_writes_is_shown() {
        assert_eq!(html("**Do:** run `zpool status`\nnow"), "<b>Do:</b> run <code>zpool status</code><br>now");
        assert_eq!(html(r"a \*star\* \<b>"), "a *star* &lt;b&gt;");
        assert_eq!(html("<@&12>"), "<span class=\"at\">@role 12</span>");
        assert_eq!(html("<t:1790000000:R>"), "2 min ago");
        assert!(html("<t:1790000000:f>").starts_with("2026-09-2"));
        assert_eq!(html("<t:1790000000:t>").len(), 5);
    }

    #[test]
    fn hostile_text_stays_text() {
        for hostile in
            ["<script>", "<img src=x>", "`<b>`", "**<i>**", "<@x><b>", "<t:<b>:R>", "\\<b>", "``` <b>", "<é>", "\\é"]
        {
            let shown = html(hostile);
            assert!(
                !shown.contains("<script") && !shown.contains("<i") && !shown.replace("<b></b>", "").contains("<b>x"),
                "{shown}"
            );
            assert!(!shown.replace("<b>", "").replace("<br>", "").contains("<b"), "{shown}");
        }
    }
}
