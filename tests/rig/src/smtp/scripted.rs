//! A small SMTP server that fails on demand: in the line of its script, one fault for each transaction.
//!
//! It never offers STARTTLS, which is a fault of its own to a sender that insists.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use anyhow::Result;

use super::mail::Mail;

/// What happens to one transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// This code instead of the greeting.
    Greeting(u16),
    /// This code to RCPT.
    Recipient(u16),
    /// This code after the whole mail came; it is not kept.
    Content(u16),
    /// The mail is kept, and no answer ever comes.
    StallAfterContent,
    /// The mail is kept, and the connection closed without an answer.
    DropAfterContent,
}

#[derive(Debug, Default)]
struct Shared {
    script: Mutex<VecDeque<Fault>>,
    mails: Mutex<Vec<Mail>>,
    ending: AtomicBool,
}

/// A running scripted server; it stops when dropped.
#[derive(Debug)]
pub struct Scripted {
    shared: Arc<Shared>,
    address: SocketAddr,
    thread: Option<JoinHandle<()>>,
}

impl Scripted {
    /// Starts it on a free loopback port.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let state = Arc::clone(&shared);
        let thread = std::thread::spawn(move || accept(&listener, &state));
        Ok(Self { shared, address, thread: Some(thread) })
    }

    /// The port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The next connection meets this fault; several calls line up.
    pub fn fail_next(&self, fault: Fault) {
        self.shared.script.lock().unwrap_or_else(PoisonError::into_inner).push_back(fault);
    }

    /// The mails kept so far.
    #[must_use]
    pub fn mailbox(&self) -> Vec<Mail> {
        self.shared.mails.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.shared.ending.store(true, Ordering::Relaxed);
        // Wakes the thread out of its accept.
        drop(TcpStream::connect(self.address));
        drop(self.thread.take().map(JoinHandle::join));
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming().map_while(Result::ok) {
        if shared.ending.load(Ordering::Relaxed) {
            return;
        }
        let shared = Arc::clone(shared);
        std::thread::spawn(move || drop(converse(&stream, &shared)));
    }
}

fn converse(stream: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    let fault = shared.script.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let mut writer = stream.try_clone()?;
    let mut say = move |code: u16, text: &str| write!(writer, "{code} {text}\r\n");
    if let Some(Fault::Greeting(code)) = fault {
        return say(code, "scripted");
    }
    say(220, "scripted.example.org ESMTP")?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        match (verb.as_str(), fault) {
            ("RCPT", Some(Fault::Recipient(code))) => say(code, "4.0.0 scripted")?,
            ("EHLO" | "HELO" | "MAIL" | "RCPT" | "RSET" | "NOOP", _) => say(250, "scripted.example.org")?,
            ("DATA", Some(Fault::Recipient(_))) => say(554, "no valid recipients")?,
            ("DATA", _) => {
                say(354, "go on")?;
                let mail = content(&mut reader)?;
                if !take(shared, fault, mail, &mut say)? {
                    return Ok(());
                }
            }
            ("QUIT", _) => return say(221, "bye"),
            _ => say(502, "not here")?,
        }
    }
}

/// Deals with a whole mail; false ends the connection.
fn take(
    shared: &Shared,
    fault: Option<Fault>,
    mail: Mail,
    say: &mut impl FnMut(u16, &str) -> std::io::Result<()>,
) -> std::io::Result<bool> {
    if let Some(Fault::Content(code)) = fault {
        say(code, "scripted")?;
        return Ok(true);
    }
    shared.mails.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
    match fault {
        Some(Fault::DropAfterContent) => return Ok(false),
        Some(Fault::StallAfterContent) => {
            let parked = || (!shared.ending.load(Ordering::Relaxed)).then_some(());
            while parked().is_some() {
                std::thread::park_timeout(std::time::Duration::from_millis(100));
            }
            return Ok(false);
        }
        _ => say(250, "kept")?,
    }
    Ok(true)
}

fn content(reader: &mut impl BufRead) -> std::io::Result<Mail> {
    let mut bytes = Vec::new();
    loop {
        let mut line = Vec::new();
        if reader.read_until(b'\n', &mut line)? == 0 || line == b".\r\n" {
            return Ok(Mail::parse(&bytes));
        }
        bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smtp::tests::send;

    fn talk(peer: &Scripted) -> String {
        send(peer.port(), "c@d", "Subject: x\r\n\r\n..dot\r\n.")
    }

    #[test]
    fn a_mail_is_kept_with_its_dots_unstuffed() {
        let peer = Scripted::start().unwrap();
        assert!(talk(&peer).ends_with("221 bye\r\n"));
        assert_eq!(peer.mailbox()[0].raw, "Subject: x\n\n.dot\n");
    }

    #[test]
    fn faults_come_in_line_and_then_all_is_well() {
        let peer = Scripted::start().unwrap();
        peer.fail_next(Fault::Greeting(421));
        peer.fail_next(Fault::Recipient(451));
        peer.fail_next(Fault::Content(550));
        peer.fail_next(Fault::DropAfterContent);
        assert!(talk(&peer).starts_with("421"));
        assert!(talk(&peer).contains("451"));
        assert!(talk(&peer).contains("550"));
        assert!(talk(&peer).ends_with("354 go on\r\n"), "the answer to the mail is missing");
        assert_eq!(peer.mailbox().len(), 1, "what was dropped after its end was kept");
        assert!(talk(&peer).contains("250 kept"));
    }
}
