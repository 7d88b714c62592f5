//! The page at `/`: who this is and where to look, readable on a phone.

use std::fmt::Write as _;

use super::site::Site;

const STYLE: &str = ":root{color-scheme:light dark}\
body{font:1.05rem/1.5 system-ui,sans-serif;max-width:40rem;margin:0 auto;padding:1.5rem 1rem}\
h1{font-size:1.4rem;margin:0}small{opacity:.7}ul{list-style:none;padding:0;margin:1.5rem 0}\
li{border-top:1px solid #8884}a{display:block;padding:.8rem 0;color:inherit;text-decoration:none}\
a b{display:block;color:light-dark(#0645ad,#8ab4f8);overflow-wrap:anywhere}";

/// The finished page.
pub(super) fn page(site: &Site) -> String {
    let about = site.about;
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{name}</title><style>{STYLE}</style></head>\n<body><h1>{name}</h1>\n\
         <small>{version}</small><p>{about}</p>\n<ul>\n",
        name = escape(about.name),
        version = escape(about.version),
        about = escape(about.about),
    );
    for (path, what) in links(site) {
        let (path, what) = (escape(&path), escape(&what));
        let _ = writeln!(page, "<li><a href=\"{path}\"><b>{path}</b>{what}</a></li>");
    }
    page.push_str("</ul></body></html>\n");
    page
}

fn links(site: &Site) -> Vec<(String, String)> {
    let mut links = site.links.clone();
    if site.scrape.is_some() {
        links.push(("/metrics".into(), "What is measured, for Prometheus".into()));
    }
    links.push(("/-/healthy".into(), "Whether the program runs".into()));
    links.push(("/-/ready".into(), "Whether it can do its work".into()));
    links
}

/// Text made harmless inside HTML, in element content and in quoted attributes.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_only_text() {
        assert_eq!(escape("<b a='\"'>&"), "&lt;b a=&#39;&quot;&#39;&gt;&amp;");
    }
}
