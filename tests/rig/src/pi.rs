//! An emulated Raspberry Pi with Debian's kernel and a played firmware, booted through `tests/rig/pi/rig.sh`.

#![expect(clippy::disallowed_methods, reason = "the board's console is a file")]

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::http;
use crate::place::{checkout, temporary};
use crate::process::Program;

/// Fetching the kernel and building the firmware take minutes the first time; booting takes seconds.
const BUILD_AND_BOOT: Duration = Duration::from_secs(900);

/// A running board, switched off when dropped.
#[derive(Debug)]
pub struct Pi {
    folder: TempDir,
    agent: String,
}

/// One question that came to the firmware.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The node it came through: `vcio` or `vcio_gencmd`.
    pub node: String,
    /// The tag's number; 0 for a call that went wrong before its tags were looked at.
    pub tag: u32,
    /// `answered`, `unanswered`, `refused`, `forbidden`, `hung`, `timeout` or `errno=N`.
    pub outcome: String,
    /// The command of a text tag, the words of another in hex.
    pub question: String,
}

impl Pi {
    /// Boots a board called `name`. Each of `ports` is a port of 127.0.0.1 here and the port it leads to there, each of
    /// `files` a file of this machine and where it stands there.
    ///
    /// # Errors
    /// When qemu or Rust's target is missing, the kernel cannot be fetched, or the board does not get ready.
    pub fn start(name: &str, ports: &[(u16, u16)], files: &[(&Path, &str)]) -> Result<Self> {
        let mut board = Self { folder: temporary()?, agent: String::new() };
        let mut program = rig("start").args(["--name", name]);
        for (here, there) in ports {
            program = program.arg("--port").arg(format!("{here}:{there}"));
        }
        for (here, there) in files {
            program = program.arg("--file").arg(format!("{}:{there}", here.display()));
        }
        program.arg(board.folder.path()).run(BUILD_AND_BOOT)?;
        let port = std::fs::read_to_string(board.folder.path().join("agent")).context("read the agent's port")?;
        board.agent = format!("http://127.0.0.1:{}/cgi-bin/run", port.trim());
        Ok(board)
    }

    /// Runs a script as root and returns what it printed.
    ///
    /// # Errors
    /// When it fails, with its output, or takes longer than a request may.
    pub fn shell(&self, script: &str) -> Result<String> {
        let reply = http::post(&self.agent, &[], script.as_bytes())?;
        let printed = reply.text();
        ensure!(reply.header("x-exit") == Some("0"), "on the board, `{script}` failed ({reply:?}):\n{printed}");
        Ok(printed)
    }

    /// From now on the firmware says this; `file` is one of those that `tests/rig/pi/firmware` lists.
    ///
    /// # Errors
    /// As [`Pi::shell`].
    pub fn say(&self, file: &str, text: &str) -> Result<()> {
        let quoted = text.replace('\'', r"'\''");
        self.shell(&format!(
            "cd /run/firmware && printf '%s\\n' '{quoted}' >'{file}.new' && mv '{file}.new' '{file}'"
        ))?;
        Ok(())
    }

    /// Every question that came to the firmware so far.
    ///
    /// # Errors
    /// As [`Pi::shell`]; when a line is none.
    pub fn asked(&self) -> Result<Vec<Asked>> {
        let log = self.shell("cat /run/firmware/asked 2>/dev/null || true")?;
        log.lines().map(|line| parse(line).with_context(|| format!("no question: `{line}`"))).collect()
    }

    /// What the kernel wrote on its console.
    #[must_use]
    pub fn console(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("console")).unwrap_or_default()
    }
}

impl Drop for Pi {
    fn drop(&mut self) {
        drop(rig("stop").arg(self.folder.path()).run(BUILD_AND_BOOT));
    }
}

impl Asked {
    /// Whether it could change anything on a real board: a tag that sets, a mask that clears latched bits, a text command that
    /// is none of the three kinds that read.
    #[must_use]
    pub fn writes(&self) -> bool {
        const TEXT: u32 = 0x0003_0080;
        const THROTTLED: u32 = 0x0003_0046;
        /// Tags of this bit set what the tag without it gets.
        const SETS: u32 = 0x0000_8000;
        let reads = |command: &str| {
            ["get_throttled", "pmic_read_adc", "version"].contains(&command)
                || ["measure_", "get_config "].iter().any(|kind| command.starts_with(kind))
        };
        match self.tag {
            TEXT => !reads(&self.question),
            THROTTLED => self.question != "0",
            tag => tag & SETS != 0,
        }
    }
}

fn parse(line: &str) -> Option<Asked> {
    let mut words = line.splitn(4, ' ');
    let node = words.next()?.to_owned();
    let tag = u32::from_str_radix(words.next()?, 16).ok()?;
    Some(Asked { node, tag, outcome: words.next()?.to_owned(), question: words.next()?.to_owned() })
}

fn rig(verb: &str) -> Program {
    Program::new("rig.sh", checkout().join("tests/rig/pi/rig.sh")).arg(verb)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_read_with_its_spaces() {
        let asked = parse("vcio_gencmd 00030080 answered measure_clock arm").unwrap();
        assert_eq!((asked.tag, asked.question.as_str()), (0x0003_0080, "measure_clock arm"));
        assert!(parse("vcio nonsense").is_none());
    }

    #[test]
    fn what_could_change_a_board_is_seen() {
        for (line, writes) in [
            ("vcio 00030046 answered 0", false),
            ("vcio 00030046 answered ffff", true),
            ("vcio 00038002 refused 3,0", true),
            ("vcio 00030047 answered 3,0", false),
            ("vcio_gencmd 00030080 answered get_throttled", false),
            ("vcio_gencmd 00030080 answered get_throttled 1", true),
            ("vcio 00030080 answered otp_dump", true),
        ] {
            assert_eq!(parse(line).unwrap().writes(), writes, "{line}");
        }
    }
}
