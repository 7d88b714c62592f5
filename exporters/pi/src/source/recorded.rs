//! A recorded firmware: where a device below the root is a folder, a file for each question holds what was answered.
//!
//! The file's name is the question's ([`Question::name`]). Its content is the text of the answer, or the words of a tag's
//! value (`3 600117184`, decimal or 0x). Instead of either it can say `errno N` (the call is refused) or `unanswered`. A
//! question without a file is one that the firmware does not know: it says so for a command, and fails the message for a
//! tag. The file `open` with `errno N` says that the device itself cannot be opened. A file that does not end (a FIFO) is a
//! firmware that hangs.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use gjallarhorn_service::failure::chain;
use gjallarhorn_service::{Failure, FailureKind, bounded};
use nix::errno::Errno;

use crate::parse::answer::Outcome;
use crate::parse::message::{LARGEST, answered};
use crate::parse::question::Question;

/// What a firmware says that does not know a command.
const NOT_REGISTERED: &str = "error=1 error_msg=\"Command not registered\"";

/// A recording. Its files are opened once and read from their beginning for each question, so that a question costs about
/// what it costs at a device. One that was replaced is noticed by having no name any more.
#[derive(Debug)]
pub(super) struct Recording {
    folder: PathBuf,
    files: BTreeMap<Question, File>,
    /// Where they are read to: a byte more than fits.
    room: Box<[u8]>,
}

impl Recording {
    /// The recording in `folder`.
    ///
    /// # Errors
    /// The error number with which the device refuses to be opened.
    pub(super) fn open(folder: &Path) -> Result<Recording, i32> {
        let told = bounded::read_text(&folder.join("open"), LARGEST).ok();
        match told.as_deref().and_then(errno) {
            Some(errno) => Err(errno),
            None => {
                let room = vec![0; LARGEST + 1].into_boxed_slice();
                Ok(Recording { folder: folder.to_owned(), files: BTreeMap::new(), room })
            }
        }
    }

    /// The recorded answer; a message in the memory of one before it.
    pub(super) fn answer(&mut self, question: Question, memory: Vec<u8>) -> Outcome {
        match self.content(question) {
            Ok(bytes) => meaning(question, bytes, memory),
            Err(failure) if failure.kind == FailureKind::Absent => unknown(question, memory),
            Err(failure) => Outcome::Unasked(chain(&failure)),
        }
    }

    fn content(&mut self, question: Question) -> Result<&[u8], Failure> {
        let read = self.read(question);
        let length = read.map_err(|error| Failure::io("read", &self.folder.join(question.name()), error))?;
        match self.room.get(..length) {
            Some(bytes) if length <= LARGEST => Ok(bytes),
            _ => Err(Failure::new(FailureKind::Oversized, "read", question.name())),
        }
    }

    fn read(&mut self, question: Question) -> io::Result<usize> {
        if let Some(file) = self.files.get(&question)
            && let Some(length) = again(file, &mut self.room)?
        {
            return Ok(length);
        }
        self.anew(question)
    }

    /// Opens a file and reads it; keeps it if it can be read again.
    fn anew(&mut self, question: Question) -> io::Result<usize> {
        self.files.remove(&question);
        let file = OpenOptions::new().read(true).open(self.folder.join(question.name()))?;
        let length = whole(&file, &mut self.room)?;
        if file.metadata()?.is_file() {
            self.files.insert(question, file);
        }
        Ok(length)
    }
}

/// Reads a kept file; nothing if another stands in its place.
fn again(file: &File, room: &mut [u8]) -> io::Result<Option<usize>> {
    if file.metadata()?.nlink() == 0 { Ok(None) } else { file.read_at(room, 0).map(Some) }
}

/// Reads to the end, or until there is no more room.
fn whole(mut file: &File, room: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    loop {
        match file.read(&mut room[length..])? {
            0 => return Ok(length),
            read => length += read,
        }
    }
}

fn meaning(question: Question, bytes: &[u8], memory: Vec<u8>) -> Outcome {
    let text = String::from_utf8_lossy(bytes);
    if let Some(errno) = errno(&text) {
        return Outcome::Errno(errno);
    }
    if text.trim() == "unanswered" {
        return Outcome::Message(answered::nothing(question));
    }
    match question {
        Question::Text(_) => Outcome::Message(answered::text_in(memory, question, bytes)),
        Question::Tag(_) => words(&text).map_or_else(
            || Outcome::Unasked(format!("no words in the recording of {}", question.name())),
            |words| Outcome::Message(answered::words(question, &words)),
        ),
    }
}

fn unknown(question: Question, memory: Vec<u8>) -> Outcome {
    match question {
        Question::Text(_) => Outcome::Message(answered::text_in(memory, question, NOT_REGISTERED.as_bytes())),
        Question::Tag(_) => Outcome::Errno(Errno::EINVAL as i32),
    }
}

fn errno(text: &str) -> Option<i32> {
    text.trim().strip_prefix("errno ")?.parse().ok()
}

fn words(text: &str) -> Option<Vec<u32>> {
    let word = |word: &str| match word.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => word.parse().ok(),
    };
    let words: Option<Vec<u32>> = text.split_whitespace().map(word).collect();
    words.filter(|words| (1..=2).contains(&words.len()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::parse::message;
    use crate::parse::question::{Clock, Command, Tag};

    const TEMP: Question = Question::Text(Command::MeasureTemp);
    const MEASURED: Tag = Tag::ClockMeasured(Clock::Arm);

    fn content(question: Question, bytes: &[u8]) -> Outcome {
        meaning(question, bytes, Vec::new())
    }

    fn says(recording: &mut Recording) -> String {
        match recording.answer(TEMP, Vec::new()) {
            Outcome::Message(answer) => String::from_utf8(message::text(&answer).unwrap().to_vec()).unwrap(),
            other => format!("{other:?}"),
        }
    }

    /// However a file is changed: in place, by another that takes its name, or by nothing.
    #[test]
    fn what_was_recorded_last_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join(TEMP.name()), folder.path().join("other"));
        let mut recording = Recording::open(folder.path()).unwrap();
        assert!(says(&mut recording).contains("not registered"));
        fs::write(&path, "temp=1.0'C").unwrap();
        assert_eq!(says(&mut recording), "temp=1.0'C");
        fs::write(&path, "temp=22.0'C").unwrap();
        assert_eq!(says(&mut recording), "temp=22.0'C");
        fs::write(&other, "temp=3.0'C").unwrap();
        fs::rename(&other, &path).unwrap();
        assert_eq!(says(&mut recording), "temp=3.0'C");
        fs::remove_file(&path).unwrap();
        assert!(says(&mut recording).contains("not registered"));
        fs::create_dir(&path).unwrap();
        assert!(says(&mut recording).starts_with("Unasked"));
    }

    #[test]
    fn more_than_a_message_holds_is_no_answer() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(TEMP.name()), vec![b'x'; LARGEST + 1]).unwrap();
        let mut recording = Recording::open(folder.path()).unwrap();
        for _ in 0..2 {
            assert!(says(&mut recording).starts_with("Unasked"), "opened, and kept");
        }
    }

    /// Its reader waits for a writer each time.
    #[test]
    fn a_pipe_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(TEMP.name());
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let mut recording = Recording::open(folder.path()).unwrap();
        for text in ["temp=1.0'C", "temp=2.0'C"] {
            let path = path.clone();
            let writer = std::thread::spawn(move || fs::write(path, text).unwrap());
            assert_eq!(says(&mut recording), text);
            writer.join().unwrap();
        }
        assert!(recording.files.is_empty());
    }

    #[test]
    fn a_recording_says_what_a_firmware_would() {
        let Outcome::Message(answer) = content(TEMP, b"temp=48.2'C\n") else { panic!("a text is an answer") };
        assert_eq!(message::text(&answer), Ok(&b"temp=48.2'C"[..]));
        let Outcome::Message(answer) = content(Question::Tag(MEASURED), b"3 0x10\n") else { panic!("words are one") };
        assert_eq!(message::number(&answer, MEASURED), Ok(16));
        assert_eq!(content(TEMP, b"errno 110\n"), Outcome::Errno(110));
        assert_eq!(
            content(Question::Tag(MEASURED), b"unanswered"),
            Outcome::Message(answered::nothing(Question::Tag(MEASURED)))
        );
        assert!(matches!(content(Question::Tag(MEASURED), b"three"), Outcome::Unasked(_)));
        assert_eq!(unknown(Question::Tag(MEASURED), Vec::new()), Outcome::Errno(22));
    }
}
