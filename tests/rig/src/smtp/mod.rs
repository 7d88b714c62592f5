//! Mail servers: a real postfix for what should work, a scripted one for the faults a real one cannot be asked for.

mod mail;
mod postfix;
mod scripted;

pub use mail::Mail;
pub use postfix::Postfix;
pub use scripted::{Fault, Scripted};

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::{Ipv4Addr, TcpStream};
    use std::time::Duration;

    use super::*;
    use crate::wait::{PATIENCE, until};

    /// Sends one mail line by line and returns everything the server said.
    pub(super) fn send(port: u16, to: &str, mail: &str) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut said = String::new();
        reader.read_line(&mut said).unwrap();
        for line in ["HELO a", "MAIL FROM:<a@b.example>", &format!("RCPT TO:<{to}>"), "DATA", mail] {
            if write!(stream, "{line}\r\n").is_err() || reader.read_line(&mut said).unwrap_or(0) == 0 {
                return said;
            }
        }
        // A server that has heard enough has hung up by now.
        drop(stream.write_all(b"QUIT\r\n").and_then(|()| reader.read_to_string(&mut said)));
        said
    }

    #[test]
    fn a_real_postfix_greylists_and_then_delivers() {
        let postfix = Postfix::start(Duration::from_secs(1)).unwrap();
        let deliver = || send(postfix.port, "you@example.org", "Subject: hello\r\n\r\nbody\r\n.");
        assert!(deliver().contains("Greylisted"));
        until("the second try", PATIENCE, || deliver().contains("queued").then_some(())).unwrap();
        let mail = postfix.wait_for_mail("the mail", PATIENCE, |mail| mail.raw.contains("body")).unwrap();
        assert_eq!(mail.header("Subject").as_deref(), Some("hello"));
        assert_eq!(mail.delivered_to(), "you@example.org");
        assert!(postfix.certificate().is_file());
    }
}
