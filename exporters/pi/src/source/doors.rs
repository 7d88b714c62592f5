//! The life of the child: it opens the firmware's devices and puts questions to them.
//!
//! Text commands go to `/dev/vcio_gencmd`, which can do nothing else and is the group video's; where it is not there or may
//! not be opened, to `/dev/vcio`. Property tags go to `/dev/vcio` alone. Devices are opened for reading when they are first
//! needed, and kept.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Path, PathBuf};

use gjallarhorn_service::{Failure, Timestamp, child};
use nix::errno::Errno;

use super::mailbox;
use super::recorded::Recording;
use crate::parse::answer::{Answer, Door, Outcome};
use crate::parse::exchange::{self, AT_ONCE};
use crate::parse::message;
use crate::parse::question::Question;

/// The life of the child: answers from the devices in `folder` until the program is gone. `lock` keeps a second child from asking while this one is
/// stuck in the kernel.
///
/// # Errors
/// As [`child::serve`].
pub fn serve(folder: &Path, lock: Option<&Path>) -> Result<(), Failure> {
    let mut doors = Doors::new(folder);
    child::serve(lock, |questions, memory| {
        // One question is answered whatever the time.
        let begun = (questions.len() > 1).then(Timestamp::now);
        doors.answers(questions, memory, || begun.is_some_and(|begun| begun.elapsed() >= AT_ONCE))
    })
}

/// The devices in a folder.
#[derive(Debug)]
pub struct Doors {
    folder: PathBuf,
    gencmd: State,
    vcio: State,
    /// The memory of the last message.
    memory: Vec<u8>,
}

/// What is known of a device.
#[derive(Debug, Default)]
enum State {
    #[default]
    Untried,
    Opened(Opened),
    /// It could not be opened; the error number of the system. Not tried again in the same exchange.
    Closed(i32),
}

#[derive(Debug)]
enum Opened {
    Device(File),
    Recording(Recording),
}

impl Doors {
    /// The devices in `folder` (`/dev`), not yet opened.
    #[must_use]
    pub fn new(folder: &Path) -> Doors {
        let (gencmd, vcio) = (State::default(), State::default());
        Doors { folder: folder.to_owned(), gencmd, vcio, memory: Vec::new() }
    }

    /// The answers of one exchange ([`exchange`]), in the memory of those before them: to the first question, and to those
    /// after it until `is_over` says so. Blocks for as long as the firmware does.
    pub fn answers(&mut self, questions: &[u8], mut packed: Vec<u8>, is_over: impl Fn() -> bool) -> Vec<u8> {
        packed.clear();
        for state in [&mut self.gencmd, &mut self.vcio] {
            if let State::Closed(_) = state {
                *state = State::Untried;
            }
        }
        for (place, question) in questions.iter().enumerate() {
            if place > 0 && is_over() {
                break;
            }
            let answer = self.answer(*question);
            exchange::push(&answer, &mut packed);
            if let Outcome::Message(message) = answer.outcome {
                self.memory = message;
            }
        }
        packed
    }

    fn answer(&mut self, question: u8) -> Answer {
        match Question::unpacked(question) {
            Some(question) => self.ask(question),
            None => Answer { door: Door::Gencmd, outcome: Outcome::Unasked("no question of ours".into()) },
        }
    }

    fn ask(&mut self, question: Question) -> Answer {
        if matches!(question, Question::Tag(_)) {
            return self.through(Door::Vcio, question);
        }
        let first = self.through(Door::Gencmd, question);
        match first.outcome {
            Outcome::Closed(one) => {
                let second = self.through(Door::Vcio, question);
                match second.outcome {
                    // Of two closed doors, the one that is there says more.
                    Outcome::Closed(other) if is_there(one) || !is_there(other) => first,
                    _ => second,
                }
            }
            _ => first,
        }
    }

    fn through(&mut self, door: Door, question: Question) -> Answer {
        let state = match door {
            Door::Gencmd => &mut self.gencmd,
            Door::Vcio => &mut self.vcio,
        };
        let opened = match std::mem::take(state) {
            State::Untried => open(&self.folder.join(door.name())),
            State::Opened(opened) => Ok(opened),
            State::Closed(errno) => Err(errno),
        };
        let mut opened = match opened {
            Ok(opened) => opened,
            Err(errno) => {
                *state = State::Closed(errno);
                return Answer { door, outcome: Outcome::Closed(errno) };
            }
        };
        let outcome = opened.ask(question, std::mem::take(&mut self.memory));
        // A driver that was unloaded and loaded again has another device behind the same path.
        if !matches!(outcome, Outcome::Errno(errno) if is_gone(errno)) {
            *state = State::Opened(opened);
        }
        Answer { door, outcome }
    }
}

impl Opened {
    /// What comes of a question; a message in the memory of one before it.
    fn ask(&mut self, question: Question, memory: Vec<u8>) -> Outcome {
        match self {
            Opened::Recording(recording) => recording.answer(question, memory),
            Opened::Device(device) => {
                let mut message = message::request_in(memory, question);
                match mailbox::exchange(device, &mut message) {
                    Ok(()) => Outcome::Message(message),
                    Err(errno) => Outcome::Errno(errno),
                }
            }
        }
    }
}

/// Opens a device for reading, or takes a folder for a recording; gives the system's error number otherwise.
fn open(path: &Path) -> Result<Opened, i32> {
    let number = |error: io::Error| error.raw_os_error().unwrap_or(Errno::EIO as i32);
    let kind = fs::metadata(path).map_err(number)?.file_type();
    if kind.is_dir() {
        return Recording::open(path).map(Opened::Recording);
    }
    if !kind.is_char_device() {
        return Err(Errno::ENOTTY as i32);
    }
    OpenOptions::new().read(true).open(path).map(Opened::Device).map_err(number)
}

fn is_there(errno: i32) -> bool {
    !is_gone(errno)
}

fn is_gone(errno: i32) -> bool {
    matches!(Errno::from_raw(errno), Errno::ENOENT | Errno::ENODEV | Errno::ENXIO | Errno::EBADF | Errno::ENOTDIR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::question::{Command, Tag};

    const THROTTLED: Question = Question::Text(Command::GetThrottled);
    const BUILD: Question = Question::Tag(Tag::FirmwareBuild);

    fn machine(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, content) in files {
            let path = root.path().join("dev").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        root
    }

    fn asked(files: &[(&str, &str)], question: Question) -> (Door, Outcome) {
        let root = machine(files);
        let answer = Doors::new(&root.path().join("dev")).ask(question);
        (answer.door, answer.outcome)
    }

    #[test]
    fn texts_go_through_the_narrow_door_if_it_opens() {
        let wide = ("vcio/get_throttled", "throttled=0x1");
        let narrow = ("vcio_gencmd/get_throttled", "throttled=0x2");
        assert_eq!(asked(&[wide, narrow], THROTTLED).0, Door::Gencmd);
        assert_eq!(asked(&[wide], THROTTLED).0, Door::Vcio);
        let (door, outcome) = asked(&[wide, ("vcio_gencmd/open", "errno 13")], THROTTLED);
        assert!(door == Door::Vcio && matches!(outcome, Outcome::Message(_)));
    }

    #[test]
    fn of_two_closed_doors_the_one_that_is_there_is_told() {
        let denied = Outcome::Closed(13);
        assert_eq!(asked(&[("vcio_gencmd/open", "errno 13")], THROTTLED), (Door::Gencmd, denied.clone()));
        assert_eq!(asked(&[("vcio/open", "errno 13")], THROTTLED), (Door::Vcio, denied.clone()));
        let both = [("vcio/open", "errno 13"), ("vcio_gencmd/open", "errno 13")];
        assert_eq!(asked(&both, THROTTLED), (Door::Gencmd, denied));
        assert_eq!(asked(&[], THROTTLED), (Door::Gencmd, Outcome::Closed(2)));
    }

    #[test]
    fn tags_go_through_the_wide_door_alone() {
        assert_eq!(asked(&[("vcio_gencmd/00000001", "5")], BUILD), (Door::Vcio, Outcome::Closed(2)));
        assert_eq!(asked(&[("vcio/other", "")], BUILD), (Door::Vcio, Outcome::Errno(22)));
    }

    #[test]
    fn what_is_no_device_is_not_opened() {
        assert_eq!(asked(&[("vcio", "a file")], BUILD).1, Outcome::Closed(Errno::ENOTTY as i32));
        let other = Doors::new(Path::new("/nowhere")).answer(200);
        assert!(matches!(other.outcome, Outcome::Unasked(_)));
    }

    fn together(doors: &mut Doors, questions: &[Question], is_over: bool) -> Vec<Answer> {
        let asked = exchange::questions(questions).unwrap();
        exchange::answers(&doors.answers(&asked, Vec::new(), || is_over), questions.len()).unwrap()
    }

    #[test]
    fn questions_of_one_exchange_are_answered_one_by_one() {
        let root = machine(&[("vcio/get_throttled", "throttled=0x1"), ("vcio/00000001", "5")]);
        let mut doors = Doors::new(&root.path().join("dev"));
        let all = [THROTTLED, BUILD, Question::Tag(Tag::Temperature), THROTTLED];
        let alone: Vec<Answer> = all.iter().map(|one| doors.ask(*one)).collect();
        assert_eq!(together(&mut doors, &all, false), alone);
        assert_eq!(together(&mut doors, &all, true), alone[..1], "its time is over, and one is always answered");
    }

    #[test]
    fn a_closed_door_is_tried_once_in_an_exchange() {
        let root = machine(&[("vcio/open", "errno 13")]);
        let mut doors = Doors::new(&root.path().join("dev"));
        let closed = |answer: &Answer| answer.outcome == Outcome::Closed(13);
        assert!(together(&mut doors, &[BUILD], false).iter().all(closed));
        fs::remove_file(root.path().join("dev/vcio/open")).unwrap();
        assert_eq!(doors.ask(BUILD).outcome, Outcome::Closed(13), "the exchange is not over");
        assert!(!together(&mut doors, &[BUILD], false).iter().any(closed), "the next one tries again");
    }

    #[test]
    fn a_device_that_is_not_the_firmware_is_told() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("dev")).unwrap();
        std::os::unix::fs::symlink("/dev/null", root.path().join("dev/vcio_gencmd")).unwrap();
        let answer = Doors::new(&root.path().join("dev")).ask(THROTTLED);
        assert_eq!(answer.outcome, Outcome::Errno(Errno::ENOTTY as i32));
    }
}
