//! The HTML part of a mail: one column, no images, no scripts, readable at 320 px and in dark mode.

use super::escape::html as safe;
use super::mail::{facts, timeline};
use super::story::Story;
use crate::policy::Severity;

/// Readers that know `prefers-color-scheme` follow it; the others show the light colours, which stand inline.
const STYLE: &str = "body{margin:0;padding:12px;font:16px/1.45 -apple-system,'Segoe UI',Roboto,sans-serif;\
color:#1c1c1e;background:#ffffff;word-break:break-word}\
main{max-width:600px;margin:0 auto}h1{font-size:18px;margin:0 0 12px;padding-left:10px}\
p,ul,table{margin:0 0 12px}ul{padding-left:18px}td{padding:0 10px 4px 0;vertical-align:top}\
code{font:14px monospace;background:#f0f0f2;padding:1px 4px}a{color:#0b57d0}footer,td:first-child{color:#6b6b70}\
@media(prefers-color-scheme:dark){body{color:#f2f2f7;background:#1c1c1e}code{background:#2c2c2e}a{color:#8ab4f8}\
footer,td:first-child{color:#a0a0a6}}";

/// The whole page.
pub(super) fn page(story: &Story) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{}</title><style>{STYLE}</style></head>\n<body>\n",
        safe(&story.subject)
    );
    page.push_str(&preheader(story));
    page.push_str(&format!(
        "<main>\n<h1 style=\"border-left:6px solid {}\">{}</h1>\n",
        color(story),
        safe(&story.line)
    ));
    for part in [sentences(story), list(story), table(&facts(story)), table(&timeline(story)), links(story)] {
        page.push_str(&part);
    }
    page.push_str(&format!("<footer>{}</footer>\n</main>\n</body></html>\n", safe(&story.footer)));
    page
}

/// What a list of mails shows beside the subject: severity and state, which the subject leaves out to stay constant.
fn preheader(story: &Story) -> String {
    format!("<div style=\"display:none;max-height:0;overflow:hidden\">{}</div>\n", safe(&story.line))
}

const fn color(story: &Story) -> &'static str {
    match (story.over, story.severity) {
        (true, _) => "#2e7d32",
        (_, Severity::Critical) => "#d32f2f",
        (_, Severity::Warning) => "#f57c00",
        (_, Severity::Info) => "#1976d2",
    }
}

fn sentences(story: &Story) -> String {
    let mut text = String::new();
    for sentence in story.note.iter().chain(&story.consequence) {
        text.push_str(&format!("<p>{}</p>\n", with_code(sentence)));
    }
    if let Some(action) = &story.action {
        text.push_str(&format!("<p><strong>Do:</strong> {}</p>\n", with_code(action)));
    }
    text
}

/// Commands stand in backticks.
fn with_code(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let closed = parts.len() % 2 == 1;
    let part = |(at, part): (usize, &&str)| match at % 2 {
        1 if closed => format!("<code>{}</code>", safe(part)),
        1 => format!("`{}", safe(part)),
        _ if at > 0 && !closed => format!("`{}", safe(part)),
        _ => safe(part),
    };
    parts.iter().enumerate().map(part).collect()
}

fn list(story: &Story) -> String {
    let mut text = String::new();
    if story.entries.len() > 0 {
        text.push_str("<ul>\n");
        for line in story.entries.lines() {
            text.push_str(&format!("<li>{}</li>\n", safe(line)));
        }
        text.push_str("</ul>\n");
    }
    for missing in &story.missing {
        text.push_str(&format!("<p>{}</p>\n", safe(missing)));
    }
    text
}

fn table(rows: &[(String, String)]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let row = |(name, value): &(String, String)| format!("<tr><td>{}</td><td>{}</td></tr>\n", safe(name), safe(value));
    format!("<table role=\"presentation\">\n{}</table>\n", rows.iter().map(row).collect::<String>())
}

fn links(story: &Story) -> String {
    if story.links.is_empty() {
        return String::new();
    }
    let links = story.links.iter().map(|link| format!("<a href=\"{}\">{}</a>", safe(&link.url), link.label));
    format!("<p>{}</p>\n", links.collect::<Vec<_>>().join(" · "))
}
