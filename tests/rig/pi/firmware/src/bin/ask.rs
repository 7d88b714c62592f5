//! ask NODE QUESTION...: a small client of the property ioctl, to look at the played firmware without the exporter.
//!
//! A QUESTION is a text command (`get_throttled`), or `tag:NUMBER[:WORD...]` in hex. One line of answer each; an error of the
//! system is an answer too, as its name.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::process::ExitCode;

use nix::errno::Errno;

const TEXT: u32 = 0x0003_0080;
/// Room for the answer of a text command, in words.
const ROOM: usize = 1024;

#[expect(clippy::print_stdout, reason = "the answers are its output")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((node, questions)) = arguments.split_first() else { return ExitCode::FAILURE };
    for question in questions {
        println!("{question}: {}", answer(node, question).unwrap_or_else(|errno| format!("{errno:?}")));
    }
    ExitCode::SUCCESS
}

#[expect(clippy::disallowed_methods, reason = "the node is what this program is for")]
fn answer(node: &str, question: &str) -> Result<String, Errno> {
    let (tag, value) = asked(question).ok_or(Errno::EINVAL)?;
    let file = File::open(node).map_err(|error| error.raw_os_error().map_or(Errno::UnknownErrno, Errno::from_raw))?;
    let mut message = message(tag, &value);
    ask(&file, &mut message)?;
    Ok(told(tag, &message))
}

/// The tag and the words of its value.
fn asked(question: &str) -> Option<(u32, Vec<u32>)> {
    let Some(words) = question.strip_prefix("tag:") else {
        let mut bytes = question.as_bytes().to_vec();
        bytes.resize((ROOM - 1) * 4, 0);
        let words = bytes.chunks_exact(4).filter_map(|four| four.try_into().ok().map(u32::from_le_bytes));
        return Some((TEXT, std::iter::once(0).chain(words).collect()));
    };
    let words: Option<Vec<u32>> = words.split(':').map(|word| u32::from_str_radix(word, 16).ok()).collect();
    let mut words = words?;
    (words.len() > 1).then(|| (words.remove(0), words))
}

fn message(tag: u32, value: &[u32]) -> Vec<u32> {
    let bytes = |words: usize| u32::try_from(words * 4).unwrap_or(u32::MAX);
    let mut message = vec![bytes(value.len() + 6), 0, tag, bytes(value.len()), 0];
    message.extend(value);
    message.push(0);
    message
}

/// What stands in an answered message.
fn told(tag: u32, message: &[u32]) -> String {
    let code = message.get(4).copied().unwrap_or_default();
    let value = message.get(5..message.len() - 1).unwrap_or_default();
    if code & 0x8000_0000 == 0 {
        return "unanswered".to_owned();
    }
    if tag == TEXT {
        let bytes = value.iter().skip(1).flat_map(|word| word.to_le_bytes()).take_while(|byte| *byte != 0);
        return String::from_utf8_lossy(&bytes.collect::<Vec<_>>()).into_owned();
    }
    value.iter().map(|word| format!("{word:#x}")).collect::<Vec<_>>().join(" ")
}

/// `_IOWR('d', 0, char *)`.
#[expect(
    unsafe_code,
    reason = "an ioctl; the kernel reads the message's size from its first word and writes no more back"
)]
fn ask(file: &File, message: &mut [u32]) -> Result<(), Errno> {
    nix::ioctl_readwrite!(property, b'd', 0, *mut u8);
    // SAFETY: the message is as long as its first word says, and lives until the call is back.
    unsafe { property(file.as_raw_fd(), message.as_mut_ptr().cast()) }.map(drop)
}
