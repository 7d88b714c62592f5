//! What a failed letter means: was it the letter, the account, or the moment?
//!
//! Source: RFC 5321 (reply codes), RFC 4954 (530, 534, 535: authentication), and what lettre 0.11 reports when a server
//! misbehaves: a refused connection, an end of file after DATA and a timeout carry no code at all.

use lettre::transport::smtp::Error;

/// How far the conversation had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Connecting, the greeting, EHLO.
    Greeting,
    /// STARTTLS or the TLS handshake.
    Tls,
    /// AUTH.
    Login,
    /// MAIL, RCPT, DATA and the letter itself.
    Letter,
}

impl Step {
    fn word(self) -> &'static str {
        match self {
            Step::Greeting => "greeting",
            Step::Tls => "TLS",
            Step::Login => "login",
            Step::Letter => "letter",
        }
    }
}

/// What is to be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The server will never take this letter for this recipient (5xx).
    Letter,
    /// The server will take nothing from us: account, password, address, missing TLS. A person must look.
    Target,
    /// Try again later; surely not delivered.
    Later,
    /// The connection broke after the letter had begun: it may have been delivered.
    Ambiguous,
}

/// A refused or failed letter, in words that hold no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {words}", step.word())]
pub struct Refusal {
    /// How far it had come.
    pub step: Step,
    /// What is to be done.
    pub meaning: Meaning,
    /// The reply code, if there was a reply.
    pub code: Option<u16>,
    /// The server's words, or the system's; one line of at most 200 characters.
    pub words: String,
}

impl Refusal {
    /// Reads lettre's error.
    #[must_use]
    pub fn read(step: Step, error: &Error) -> Self {
        let code = error.status().and_then(|code| code.to_string().parse().ok());
        let words = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
        let words = match code {
            Some(code) => format!("{code} {words}"),
            None => words,
        };
        Refusal { step, meaning: meaning(step, code, error.is_client()), code, words: one_line(&words) }
    }

    /// The deadline passed.
    #[must_use]
    pub fn late(step: Step, seconds: u64) -> Self {
        let words = format!("no answer within {seconds} s");
        Refusal { step, meaning: meaning(step, None, false), code: None, words }
    }

    /// Our own settings do not allow it to be sent.
    #[must_use]
    pub fn unusable(step: Step, words: impl Into<String>) -> Self {
        Refusal { step, meaning: Meaning::Target, code: None, words: one_line(&words.into()) }
    }
}

/// Only a 5xx of the letter itself is final. A 5xx before it (a greeting 554, a failed login, no TLS) speaks of the
/// account or the address: the queue is kept and a person told.
fn meaning(step: Step, code: Option<u16>, ours: bool) -> Meaning {
    match (step, code) {
        (_, Some(530 | 534 | 535 | 538)) => Meaning::Target,
        (Step::Letter, Some(500..=599)) => Meaning::Letter,
        (_, Some(500..=599)) => Meaning::Target,
        (_, Some(_)) => Meaning::Later,
        (Step::Letter, None) if ours => Meaning::Letter,
        (Step::Tls | Step::Login, None) if ours => Meaning::Target,
        (Step::Letter, None) => Meaning::Ambiguous,
        (_, None) => Meaning::Later,
    }
}

fn one_line(words: &str) -> String {
    words
        .split(|letter: char| letter.is_control() || letter.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(200)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_5xx_of_the_letter_is_final() {
        assert_eq!(meaning(Step::Letter, Some(550), false), Meaning::Letter);
        assert_eq!(meaning(Step::Letter, Some(554), false), Meaning::Letter);
        assert_eq!(meaning(Step::Greeting, Some(554), false), Meaning::Target);
        assert_eq!(meaning(Step::Letter, Some(451), false), Meaning::Later, "greylisting");
        assert_eq!(meaning(Step::Greeting, Some(421), false), Meaning::Later);
    }

    #[test]
    fn a_failed_login_is_the_targets_fault_wherever_it_shows() {
        for step in [Step::Login, Step::Letter] {
            for code in [530, 534, 535] {
                assert_eq!(meaning(step, Some(code), false), Meaning::Target, "{step:?} {code}");
            }
        }
        assert_eq!(meaning(Step::Login, Some(454), false), Meaning::Later, "temporary authentication failure");
    }

    #[test]
    fn silence_is_judged_by_the_step() {
        assert_eq!(Refusal::late(Step::Greeting, 30).meaning, Meaning::Later);
        assert_eq!(Refusal::late(Step::Letter, 30).meaning, Meaning::Ambiguous);
        assert_eq!(meaning(Step::Tls, None, true), Meaning::Target, "the server has no STARTTLS");
    }

    #[test]
    fn words_are_one_short_line() {
        let refusal = Refusal::unusable(Step::Tls, format!("a\r\nb\t{}", "x".repeat(500)));
        assert!(refusal.words.starts_with("a b x"));
        assert_eq!(refusal.words.chars().count(), 200);
        assert_eq!(Refusal::late(Step::Greeting, 30).to_string(), "greeting: no answer within 30 s");
    }
}
