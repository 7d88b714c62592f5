//! What the firmware says now, from files a test may change at any time:
//!
//! | file below the folder   | what it is                                                                            |
//! |-------------------------|---------------------------------------------------------------------------------------|
//! | `throttled`             | the live bits 0-3, in hex (`0x5`)                                                     |
//! | `latched/tag`           | bits 16-19 as tag 0x00030046 gives them; a caller may clear them by the tag's mask    |
//! | `latched/text`          | the same as `get_throttled` gives them; they stay until the board is started again    |
//! | `tag/NUMBER`            | the answer of a tag with one word, decimal; NUMBER in eight hex digits                |
//! | `tag/NUMBER.ID`         | the answer of a tag that is asked for an id (clock 3: `tag/00030047.3`)               |
//! | `text/COMMAND`          | the answer of a text command as it stands, spaces of the name as `_`                  |
//! | `fault`                 | `hang`: no call comes back while it stands there; `timeout`: ETIMEDOUT, after the     |
//! |                         | second that the kernel waits; `errno N`: that error at once                           |
//! | `quiet`                 | if there: an unknown tag is left unanswered, where a board fails the whole message    |
//! | `asked`                 | written here: a line per tag: node, tag, arguments or text, what became of it         |
//!
//! Two sets of latched bits: an assumption from logs of real boards, not proven on one.

#![expect(clippy::disallowed_methods, reason = "a test changes these files; a hang is a wait without an end")]

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use crate::door::Kind;
use crate::message::{self, FORBIDDEN, Outcome, TEXT, put, word};

/// The tag of the throttle bits.
const THROTTLED: u32 = 0x0003_0046;
/// How long the kernel waits for the firmware.
const KERNEL_PAUSE: Duration = Duration::from_secs(1);
/// Between two looks whether the hang is over.
const PAUSE: Duration = Duration::from_millis(20);
/// `ETIMEDOUT`.
const TIMED_OUT: i32 = 110;
const LATCHED: u32 = 0xf_0000;
const LIVE: u32 = 0xf;
/// A refusal as boards write it: as text, with code 0.
const NOT_REGISTERED: &str = "error=1 error_msg=\"Command not registered\"";

/// The folder with the files.
pub(crate) struct State {
    folder: PathBuf,
}

impl State {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Answers a message in place; an errno if the call fails.
    pub(crate) fn answer(&self, kind: Kind, bytes: &mut [u8]) -> Result<(), i32> {
        if kind == Kind::Text
            && let Some((number, value)) = message::tags(bytes).into_iter().find(|(number, _)| *number != TEXT)
        {
            self.note(kind, number, &arguments(value), "forbidden");
            return Err(FORBIDDEN);
        }
        self.go_wrong(kind)?;
        message::answer(bytes, |number, value| {
            let question = if number == TEXT { command(value) } else { arguments(value) };
            let outcome = self.say(number, value);
            self.note(kind, number, &question, name(outcome));
            outcome
        })
    }

    /// What `fault` says happens to every call.
    fn go_wrong(&self, kind: Kind) -> Result<(), i32> {
        let fault = self.text("fault").unwrap_or_default();
        match fault.split_once(' ') {
            None if fault == "hang" => {
                self.note(kind, 0, "-", "hung");
                while self.text("fault").as_deref() == Some("hang") {
                    std::thread::sleep(PAUSE);
                }
                Ok(())
            }
            None if fault == "timeout" => {
                self.note(kind, 0, "-", "timeout");
                std::thread::sleep(KERNEL_PAUSE);
                Err(TIMED_OUT)
            }
            Some(("errno", number)) => {
                self.note(kind, 0, "-", &fault.replace(' ', "="));
                Err(number.parse().unwrap_or(message::INVALID))
            }
            _ => Ok(()),
        }
    }

    fn say(&self, number: u32, value: &mut [u8]) -> Outcome {
        let said = match number {
            TEXT => self.say_text(value),
            THROTTLED => self.say_throttled(value),
            _ => self.say_words(number, value),
        };
        match said {
            Some(bytes) => Outcome::Answered(bytes),
            None if self.folder.join("quiet").exists() => Outcome::Unanswered,
            None => Outcome::Refused,
        }
    }

    /// A tag with one word, or with an id that is given back before the answer.
    fn say_words(&self, number: u32, value: &mut [u8]) -> Option<u32> {
        let id = word(value, 0)?;
        let (file, at) = match value.len() {
            4 => (format!("tag/{number:08x}"), 0),
            _ => (format!("tag/{number:08x}.{id}"), 4),
        };
        let answer = self.text(&file)?.parse().ok()?;
        put(value, at, answer);
        u32::try_from(at + 4).ok()
    }

    /// The value of the request is the mask of latched bits to forget, for the next caller.
    fn say_throttled(&self, value: &mut [u8]) -> Option<u32> {
        let forget = word(value, 0)? << 16;
        let latched = self.latch("tag");
        self.write("latched/tag", latched & !forget);
        put(value, 0, latched | self.bits("throttled") & LIVE);
        Some(4)
    }

    /// An error word, then the answer and a zero byte.
    fn say_text(&self, value: &mut [u8]) -> Option<u32> {
        let asked = command(value);
        let mut answer = self.answer_of(&asked);
        let room = value.len().checked_sub(5)?;
        answer.truncate(room);
        put(value, 0, 0);
        let place = value.get_mut(4..)?;
        place.fill(0);
        place.get_mut(..answer.len())?.copy_from_slice(&answer);
        u32::try_from(answer.len() + 5).ok()
    }

    fn answer_of(&self, asked: &str) -> Vec<u8> {
        let file = self.folder.join("text").join(asked.replace([' ', '/'], "_"));
        match fs::read(file) {
            Ok(mut bytes) => {
                while bytes.last() == Some(&b'\n') {
                    bytes.pop();
                }
                bytes
            }
            Err(_) if asked == "get_throttled" => {
                format!("throttled={:#x}", self.latch("text") | self.bits("throttled") & LIVE).into_bytes()
            }
            Err(_) => NOT_REGISTERED.into(),
        }
    }

    /// Folds the live bits into one set of latched ones, and gives those.
    fn latch(&self, set: &str) -> u32 {
        let file = format!("latched/{set}");
        let latched = (self.bits(&file) | self.bits("throttled") << 16) & LATCHED;
        self.write(&file, latched);
        latched
    }

    fn bits(&self, file: &str) -> u32 {
        let text = self.text(file).unwrap_or_default();
        u32::from_str_radix(text.trim_start_matches("0x"), 16).unwrap_or(0)
    }

    fn text(&self, file: &str) -> Option<String> {
        fs::read_to_string(self.folder.join(file)).ok().map(|text| text.trim().to_owned())
    }

    /// A state that cannot be written shows in the next answer; there is nobody to tell it to.
    fn write(&self, file: &str, bits: u32) {
        drop(fs::create_dir_all(self.folder.join("latched")));
        drop(fs::write(self.folder.join(file), format!("{bits:#x}\n")));
    }

    fn note(&self, kind: Kind, number: u32, question: &str, outcome: &str) {
        let line = format!("{} {number:08x} {outcome} {question}\n", kind.name());
        let asked = fs::File::options().create(true).append(true).open(self.folder.join("asked"));
        drop(asked.and_then(|mut file| file.write_all(line.as_bytes())));
    }
}

/// The command of a text tag's value.
fn command(value: &[u8]) -> String {
    let bytes: Vec<u8> = value.iter().skip(4).copied().take_while(|byte| *byte != 0).collect();
    String::from_utf8_lossy(&bytes).trim().to_owned()
}

/// The words of another tag's value, in hex.
fn arguments(value: &[u8]) -> String {
    let words = (0..value.len() / 4).filter_map(|index| word(value, index * 4));
    words.map(|word| format!("{word:x}")).collect::<Vec<_>>().join(",")
}

fn name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered(_) => "answered",
        Outcome::Unanswered => "unanswered",
        Outcome::Refused => "refused",
    }
}

#[cfg(test)]
mod tests;
