//! The router's own pages, for a phone first and a kitchen display (800×480) second: no script, nothing loaded.

pub mod markdown;
pub mod preview;
pub mod status;

use gjallarhorn_service::http::{Answer, HeaderValue, escape, header};

/// The style of all pages; a test keeps it free of anything that would load.
const STYLE: &str = include_str!("style.css");

/// How often a page asks again, in seconds.
const REFRESH: u32 = 10;

/// The answer that carries a page.
#[must_use]
pub fn answer(page: String) -> Answer {
    const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; \
                          form-action 'none'; frame-ancestors 'none'";
    Answer::html(200, page).with(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY))
}

/// A whole page around `body`; `here` is the path, to mark it in the menu, and `follow` lets it ask again by itself.
#[must_use]
pub fn frame(title: &str, here: &str, follow: bool, body: &str) -> String {
    let link = |path: &str, words: &str| {
        let mark = if path == here { " aria-current=\"page\"" } else { "" };
        format!("<a href=\"{path}\"{mark}>{words}</a>")
    };
    let again = if follow { format!("<meta http-equiv=\"refresh\" content=\"{REFRESH}\">") } else { String::new() };
    let menu = [link("/", "Status"), link("/preview", "Preview"), link("/metrics", "Metrics")].concat();
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">{again}\
         <title>{}</title><style>{STYLE}</style></head>\n<body><header><b>Gjallarhorn</b><nav>{menu}</nav></header>\n\
         <main>{body}</main></body></html>\n",
        escape(title)
    )
}

/// A length of time in the fewest words: `4 s`, `12 min`, `3 h`.
#[must_use]
pub fn ago(duration: std::time::Duration) -> String {
    crate::ledger::times::span(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_loads_nothing() {
        let page = frame("x", "/", true, "");
        for word in ["url(", "@import", "src=", "<script", "http:"] {
            assert!(!page.contains(word), "{word}");
        }
    }
}
