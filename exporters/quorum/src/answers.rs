//! What the role answers on its own paths: its word to the other exporters, and whether a node may be stopped.

use std::time::Duration;

use gjallarhorn_service::Timestamp;
use gjallarhorn_service::http::Answer;
use serde::Serialize;

use crate::model::{Advice, Say};
use crate::neighbours::Word;
use crate::seen::Judged;

/// Where it is asked whether a node may be stopped: `?node=` with a member's id, address, host or name.
pub const SAFE_TO_STOP: &str = "/v1/safe-to-stop";

/// An answer, as JSON and for the verb.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The node that was asked about.
    pub node: String,
    /// `yes`, `no` or `cannot-tell`.
    pub answer: &'static str,
    /// The exit code of the verb: 0, 1 or 3.
    pub exit_code: u8,
    /// The answer and its reason in one sentence.
    pub sentence: String,
}

impl Told {
    fn of(node: &str, say: Say, sentence: String) -> Told {
        Told { node: node.to_owned(), answer: say.word(), exit_code: say.exit_code(), sentence }
    }

    /// The status of the HTTP answer, so that `curl -f` succeeds for "yes" alone.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self.exit_code {
            0 => 200,
            1 => 409,
            _ => 503,
        }
    }

    /// As it goes out.
    pub(crate) fn answer(&self) -> Answer {
        json(self.status(), self)
    }
}

/// Whether the node that `word` means may be stopped, by a judgement that may be `limit` old.
pub(crate) fn safe_to_stop(word: &str, judged: Option<&Judged>, now: Timestamp, limit: Duration) -> Told {
    let cannot =
        |why: String| Told::of(word, Say::CannotTell, format!("Cannot tell whether {word} may be stopped: {why}."));
    let Some((judged, asked)) = judged.and_then(|judged| Some((judged, judged.asked?))) else {
        return cannot("the members have not been asked".to_owned());
    };
    let age = now.since(asked);
    if age > limit {
        return cannot(format!("the members were last asked {} s ago", age.as_secs()));
    }
    let advice = &judged.verdict.advice;
    let meant: Vec<&Advice> = advice.iter().filter(|one| judged.input.names.means(word, &one.member)).collect();
    match &meant[..] {
        [one] => Told::of(word, one.say, one.sentence.clone()),
        [] if advice.is_empty() => cannot("no member answers, so nobody is known".to_owned()),
        [] => cannot(unknown(word, judged)),
        several => cannot(format!("it means {}", listed(several.iter().copied()))),
    }
}

/// A name that is no member's. One that the configuration knows was removed, or is not let in yet.
fn unknown(word: &str, judged: &Judged) -> String {
    let known = listed(judged.verdict.advice.iter());
    match judged.input.names.address(word) {
        Some(address) if judged.verdict.view.is_vouched() => {
            format!("{address} is not in the table of members: it was removed, or never let in; known are {known}")
        }
        _ => format!("no member is called that; known are {known}"),
    }
}

fn listed<'a>(advice: impl Iterator<Item = &'a Advice>) -> String {
    let names = advice.map(|one| match one.member.address.as_str() {
        address if address == one.node => address.to_owned(),
        address => format!("{} ({address})", one.node),
    });
    names.collect::<Vec<_>>().join(", ")
}

/// The word to the other exporters.
pub(crate) fn word(word: &Word) -> Answer {
    json(200, word)
}

fn json(status: u16, value: &impl Serialize) -> Answer {
    match serde_json::to_vec(value) {
        Ok(body) => Answer::json(status, body),
        Err(_) => Answer::text(500, "the answer cannot be written\n"),
    }
}
