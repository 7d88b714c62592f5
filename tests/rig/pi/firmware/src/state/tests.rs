use std::path::Path;

use super::*;

/// A folder of its own for one test, gone with it.
struct Board(PathBuf);

impl Board {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = std::env::temp_dir().join(format!("gjallarhorn-firmware-{}-{name}", std::process::id()));
        let board = Self(folder);
        files.iter().for_each(|(file, text)| board.set(file, text));
        board
    }

    fn set(&self, file: &str, text: &str) {
        let path = self.0.join(file);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Asks one tag on a node; the answer's value.
    fn ask(&self, kind: Kind, number: u32, value: &[u8]) -> Result<Vec<u8>, i32> {
        let length = u32::try_from(value.len()).unwrap();
        let mut bytes: Vec<u8> =
            [24 + length, 0, number, length, 0].iter().flat_map(|word| word.to_le_bytes()).collect();
        bytes.extend(value);
        bytes.extend([0; 4]);
        State::new(self.0.clone()).answer(kind, &mut bytes)?;
        assert_eq!(word(&bytes, 4), Some(0x8000_0000));
        Ok(bytes[20..bytes.len() - 4].to_vec())
    }

    fn bits(&self, clear: u32) -> Option<u32> {
        word(&self.ask(Kind::Property, THROTTLED, &clear.to_le_bytes()).unwrap(), 0)
    }

    fn text(&self, asked: &str) -> String {
        let mut value = vec![0; 64];
        value[4..4 + asked.len()].copy_from_slice(asked.as_bytes());
        command(&self.ask(Kind::Text, TEXT, &value).unwrap())
    }

    fn asked(&self) -> String {
        fs::read_to_string(self.0.join("asked")).unwrap()
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

#[test]
fn a_mask_clears_the_latch_of_the_tag_and_not_that_of_the_text() {
    let board = Board::new("latches", &[("throttled", "0x5")]);
    assert_eq!((board.bits(0), board.text("get_throttled").as_str()), (Some(0x5_0005), "throttled=0x50005"));
    board.set("throttled", "0");
    assert_eq!(board.bits(0xffff), Some(0x5_0000), "what was there is still told to the one who clears it");
    assert_eq!(board.bits(0), Some(0));
    assert_eq!(board.text("get_throttled"), "throttled=0x50000");
}

#[test]
fn a_tag_is_answered_with_its_id() {
    let board = Board::new("ids", &[("tag/00030047.3", "600117184\n"), ("tag/00010002", "10494082")]);
    let clock = board.ask(Kind::Property, 0x0003_0047, &[3, 0, 0, 0, 0, 0, 0, 0]).unwrap();
    assert_eq!((word(&clock, 0), word(&clock, 4)), (Some(3), Some(600_117_184)));
    assert_eq!(word(&board.ask(Kind::Property, 0x0001_0002, &[0; 4]).unwrap(), 0), Some(10_494_082));
}

#[test]
fn an_unknown_tag_fails_the_message_unless_the_board_is_quiet() {
    let board = Board::new("unknown", &[("throttled", "0")]);
    assert_eq!(board.ask(Kind::Property, 0x0003_0099, &[0; 4]), Err(22));
    board.set("quiet", "");
    assert_eq!(board.ask(Kind::Property, 0x0003_0099, &[0; 4]), Ok(vec![0; 4]));
    assert_eq!(board.asked(), "vcio 00030099 refused 0\nvcio 00030099 unanswered 0\n");
}

#[test]
fn the_text_door_takes_text_and_nothing_else() {
    let board = Board::new("doors", &[("text/measure_clock_arm", "frequency(48)=600117184\n"), ("throttled", "0")]);
    assert_eq!(board.ask(Kind::Text, THROTTLED, &[0; 4]), Err(FORBIDDEN));
    assert_eq!(board.text("measure_clock arm"), "frequency(48)=600117184");
    assert_eq!(board.text("nonsense"), NOT_REGISTERED);
    assert!(board.asked().contains("vcio_gencmd 00030080 answered measure_clock arm\n"), "{}", board.asked());
}

#[test]
fn a_fault_is_every_calls() {
    let board = Board::new("faults", &[("throttled", "0"), ("fault", "errno 5")]);
    assert_eq!(board.ask(Kind::Property, THROTTLED, &[0; 4]), Err(5));
    board.set("fault", "");
    assert_eq!(board.bits(0), Some(0));
}

#[test]
fn an_answer_is_cut_to_the_room_it_has() {
    let board = Board::new("room", &[("text/long", &"x".repeat(200))]);
    assert_eq!(board.text("long").len(), 64 - 5);
}
