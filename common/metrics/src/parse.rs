//! Reads a page of the text format 0.0.4 back, as strictly as the strictest reader would.
//!
//! What [`encode`](crate::encode()) writes is accepted and nothing more: one HELP and one TYPE before the samples of each
//! family, every family contiguous, no series twice, no comments, no timestamps, histograms that add up. Tests, golden
//! pages and `explain` look at a page through this door, so that a mistake shows here before it shows in Prometheus.

mod cursor;
mod histogram;

use std::collections::HashSet;

use crate::family::Kind;
use crate::value::Value;
use cursor::Cursor;

/// A page that was read back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// In the order of the page.
    pub families: Vec<ReadFamily>,
}

/// One family of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadFamily {
    /// The metric's name.
    pub name: String,
    /// The HELP text, unescaped.
    pub help: String,
    /// The TYPE.
    pub kind: Kind,
    /// Its samples, at least one.
    pub samples: Vec<Sample>,
}

/// One line of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The sample's own name: the family's, or for histograms with `_bucket`, `_sum` or `_count`.
    pub name: String,
    /// Label names and unescaped values, in the order of the page.
    pub labels: Vec<(String, String)>,
    /// The value, exact.
    pub value: Value,
}

/// Why a page was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}: {text}")]
pub struct Malformed {
    /// Counted from 1.
    pub line: usize,
    /// The rule that was broken.
    pub problem: Problem,
    /// The offending line, at most 200 characters of it.
    pub text: String,
}

/// The rules a page can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Neither HELP, TYPE nor a sample, or one of them with a part missing.
    #[error("not a line of the text format")]
    Syntax,
    /// The last line lacks its line feed: the page was cut.
    #[error("the page ends within a line")]
    Cut,
    /// Letters that a name may not have.
    #[error("not a valid name")]
    Name,
    /// A value that this crate does not write.
    #[error("not a valid value")]
    Value,
    /// A backslash before a letter that needs none.
    #[error("not a valid escape")]
    Escape,
    /// HELP without TYPE, TYPE without HELP, or a header without samples.
    #[error("HELP, TYPE and samples do not follow each other")]
    Order,
    /// A family's header for the second time.
    #[error("the family was there before")]
    Scattered,
    /// A sample of another name than the family above it.
    #[error("the sample does not belong to the family above it")]
    Stray,
    /// A series for the second time.
    #[error("the series was there before")]
    Twice,
    /// A label for the second time within one series.
    #[error("the label was there before")]
    LabelTwice,
    /// Buckets that fall, or do not agree with the count, or miss `+Inf`, sum or count.
    #[error("the histogram does not add up")]
    Histogram,
}

impl Page {
    /// Reads a whole page.
    ///
    /// # Errors
    /// [`Malformed`] names the first line that breaks a rule.
    pub fn read(text: &str) -> Result<Page, Malformed> {
        let mut reader = Reader::default();
        for (number, line) in text.split_inclusive('\n').enumerate() {
            let at =
                |problem| Malformed { line: number + 1, problem, text: line.trim_end().chars().take(200).collect() };
            let whole = line.strip_suffix('\n').ok_or_else(|| at(Problem::Cut))?;
            reader.line(whole).map_err(at)?;
        }
        let end =
            |problem| Malformed { line: text.lines().count(), problem, text: String::from("the end of the page") };
        reader.finish().map_err(end)
    }

    /// The family of a name.
    #[must_use]
    pub fn family(&self, name: &str) -> Option<&ReadFamily> {
        self.families.iter().find(|family| family.name == name)
    }

    /// The value of the one sample that has this name and, among its labels, all of `labels`; `None` if there is no
    /// such sample or more than one.
    #[must_use]
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<Value> {
        let mut found = self.samples(name, labels);
        let first = found.next()?;
        found.next().is_none().then_some(first.value)
    }

    /// All samples of a name that have all of `labels`.
    pub fn samples<'a>(&'a self, name: &'a str, labels: &'a [(&'a str, &'a str)]) -> impl Iterator<Item = &'a Sample> {
        let samples = self.families.iter().flat_map(|family| &family.samples);
        samples.filter(move |sample| {
            sample.name == name && labels.iter().all(|&(label, value)| sample.label(label) == Some(value))
        })
    }
}

impl Sample {
    /// The value of a label.
    #[must_use]
    pub fn label(&self, name: &str) -> Option<&str> {
        self.labels.iter().find(|(label, _)| label == name).map(|(_, value)| value.as_str())
    }
}

/// What was read so far.
#[derive(Default)]
struct Reader {
    page: Page,
    /// HELP was read, TYPE must follow.
    help: Option<(String, String)>,
    names: HashSet<String>,
    series: HashSet<(String, Vec<(String, String)>)>,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), Problem> {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            self.help(rest)
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            self.kind(rest)
        } else {
            self.sample(line)
        }
    }

    fn help(&mut self, rest: &str) -> Result<(), Problem> {
        self.close_family()?;
        let (name, help) = rest.split_once(' ').ok_or(Problem::Syntax)?;
        let help = cursor::unescape(help, false)?;
        cursor::check_metric_name(name)?;
        if !self.names.insert(String::from(name)) {
            return Err(Problem::Scattered);
        }
        self.help = Some((String::from(name), help));
        Ok(())
    }

    fn kind(&mut self, rest: &str) -> Result<(), Problem> {
        let (name, help) = self.help.take().ok_or(Problem::Order)?;
        let word = rest.strip_prefix(&name).and_then(|rest| rest.strip_prefix(' ')).ok_or(Problem::Order)?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.word() == word).ok_or(Problem::Syntax)?;
        self.page.families.push(ReadFamily { name, help, kind, samples: Vec::new() });
        Ok(())
    }

    fn sample(&mut self, line: &str) -> Result<(), Problem> {
        let sample = read_sample(line)?;
        let family = self.page.families.last_mut().filter(|_| self.help.is_none()).ok_or(Problem::Order)?;
        if !family.owns(&sample.name) {
            return Err(Problem::Stray);
        }
        let mut labels = sample.labels.clone();
        labels.sort_unstable();
        if labels.windows(2).any(|pair| matches!(pair, [(a, _), (b, _)] if a == b)) {
            return Err(Problem::LabelTwice);
        }
        if !self.series.insert((sample.name.clone(), labels)) {
            return Err(Problem::Twice);
        }
        family.samples.push(sample);
        Ok(())
    }

    fn finish(self) -> Result<Page, Problem> {
        self.close_family()?;
        Ok(self.page)
    }

    /// Judges the family that ends here.
    fn close_family(&self) -> Result<(), Problem> {
        match self.page.families.last() {
            _ if self.help.is_some() => Err(Problem::Order),
            Some(family) if family.samples.is_empty() => Err(Problem::Order),
            Some(family) if family.kind == Kind::Histogram => histogram::check(family),
            _ => Ok(()),
        }
    }
}

impl ReadFamily {
    fn owns(&self, sample: &str) -> bool {
        let suffix = sample.strip_prefix(self.name.as_str());
        match self.kind {
            Kind::Histogram => matches!(suffix, Some("_bucket" | "_sum" | "_count")),
            Kind::Gauge | Kind::Counter => suffix == Some(""),
        }
    }
}

fn read_sample(line: &str) -> Result<Sample, Problem> {
    let mut cursor = Cursor::new(line);
    let name = cursor.metric_name()?;
    let labels = cursor.labels()?;
    let text = cursor.rest().strip_prefix(' ').ok_or(Problem::Syntax)?;
    let value = Value::parse(text).ok_or(Problem::Value)?;
    Ok(Sample { name: String::from(name), labels, value })
}

#[cfg(test)]
mod tests;
