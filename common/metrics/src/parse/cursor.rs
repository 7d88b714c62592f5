//! A place in one line: names, escapes and the label set. Knows nothing of families.

use super::Problem;

/// The unread rest of a line.
pub(super) struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(rest: &'a str) -> Self {
        Self { rest }
    }

    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    /// Takes everything up to `{`, a space or the end.
    pub(super) fn metric_name(&mut self) -> Result<&'a str, Problem> {
        let name = self.take_until(&['{', ' ']);
        check_metric_name(name)?;
        Ok(name)
    }

    /// Takes `{name="value",…}`; nothing is an empty set, `{}` is refused.
    pub(super) fn labels(&mut self) -> Result<Vec<(String, String)>, Problem> {
        let mut labels = Vec::new();
        if !self.skip("{") {
            return Ok(labels);
        }
        loop {
            let name = self.take_until(&['=', '"', '}', ' ']);
            check_label_name(name)?;
            if !self.skip("=\"") {
                return Err(Problem::Syntax);
            }
            labels.push((String::from(name), self.quoted()?));
            if self.skip("}") {
                return Ok(labels);
            }
            if !self.skip(",") {
                return Err(Problem::Syntax);
            }
        }
    }

    /// Takes a value up to its closing quote, the opening one is behind us.
    fn quoted(&mut self) -> Result<String, Problem> {
        let mut escaped = false;
        let end = self.rest.find(|letter| {
            let closes = letter == '"' && !escaped;
            escaped = letter == '\\' && !escaped;
            closes
        });
        let (value, rest) = self.rest.split_at(end.ok_or(Problem::Syntax)?);
        self.rest = rest;
        self.skip("\"");
        unescape(value, true)
    }

    fn take_until(&mut self, ends: &[char]) -> &'a str {
        let (taken, rest) = self.rest.split_at(self.rest.find(ends).unwrap_or(self.rest.len()));
        self.rest = rest;
        taken
    }

    fn skip(&mut self, expected: &str) -> bool {
        let rest = self.rest.strip_prefix(expected);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }
}

/// Undoes the escapes of a HELP text, or with `quotes` of a label value.
pub(super) fn unescape(text: &str, quotes: bool) -> Result<String, Problem> {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        plain.push(match letter {
            '\\' => match letters.next() {
                Some('\\') => '\\',
                Some('n') => '\n',
                Some('"') if quotes => '"',
                _ => return Err(Problem::Escape),
            },
            other => other,
        });
    }
    Ok(plain)
}

/// `[a-zA-Z_:][a-zA-Z0-9_:]*`
pub(super) fn check_metric_name(name: &str) -> Result<(), Problem> {
    check_name(name, |letter| letter == ':')
}

/// `[a-zA-Z_][a-zA-Z0-9_]*`
fn check_label_name(name: &str) -> Result<(), Problem> {
    check_name(name, |_| false)
}

fn check_name(name: &str, more: impl Fn(char) -> bool) -> Result<(), Problem> {
    let starts = !name.starts_with(|letter: char| letter.is_ascii_digit()) && !name.is_empty();
    let letters = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || more(letter));
    (starts && letters).then_some(()).ok_or(Problem::Name)
}
