//! A metrics page, read as far as a test wants to look; our own strict reader is in `common/metrics`.

use anyhow::{Context, Result};

use crate::http;

/// One scrape.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The page as it came.
    pub text: String,
}

impl Page {
    /// Scrapes a program on loopback.
    ///
    /// # Errors
    /// When it does not answer with 200.
    pub fn scrape(port: u16) -> Result<Self> {
        let reply = http::get(&format!("http://127.0.0.1:{port}/metrics"))?;
        anyhow::ensure!(reply.status == 200, "metrics answered {}: {}", reply.status, reply.text());
        Ok(Self { text: reply.text() })
    }

    /// The first sample of `family` that carries all of `labels` (each as `name="value"`).
    #[must_use]
    pub fn value(&self, family: &str, labels: &[&str]) -> Option<f64> {
        let line = self.text.lines().find(|line| {
            let rest = line.strip_prefix(family).filter(|rest| rest.starts_with(['{', ' ']));
            rest.is_some_and(|rest| labels.iter().all(|label| rest.contains(label)))
        })?;
        line.rsplit_once(' ').and_then(|(_, value)| value.parse().ok())
    }

    /// The same, with the page in the error.
    ///
    /// # Errors
    /// When there is no such sample.
    pub fn need(&self, family: &str, labels: &[&str]) -> Result<f64> {
        self.value(family, labels).with_context(|| format!("no {family} {labels:?} in:\n{}", self.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_found_by_its_labels_and_not_by_its_beginning() {
        let page = Page { text: "up_to 3\nup{a=\"1\",b=\"2\"} 4\nup{a=\"2\"} 5\n".into() };
        assert_eq!(page.value("up", &["a=\"2\""]), Some(5.0));
        assert_eq!(page.value("up", &["b=\"2\""]), Some(4.0));
        assert_eq!(page.value("up_to", &[]), Some(3.0));
        assert_eq!(page.value("down", &[]), None);
    }
}
