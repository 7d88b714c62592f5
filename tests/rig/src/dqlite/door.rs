//! A loopback port of this machine that leads to one on a host, so that a test or Prometheus reaches a program there whatever
//! happens to the host's cable.

use std::io;
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};

use super::space::Space;

/// An open door; it closes when dropped.
#[derive(Debug)]
pub(super) struct Door {
    port: u16,
    closed: Arc<AtomicBool>,
}

impl Door {
    /// Leads to `there` on the loopback of a host.
    pub(super) fn open(host: &Space, there: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("open a door")?;
        let port = listener.local_addr()?.port();
        let closed = Arc::new(AtomicBool::new(false));
        let (pid, seen) = (host.pid(), Arc::clone(&closed));
        // The listener stays where it was bound; what this thread connects to is on the host.
        std::thread::spawn(move || Space::enter_network(pid).map(|()| serve(&listener, there, &seen)));
        Ok(Self { port, closed })
    }

    /// The port on this side.
    pub(super) fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Relaxed);
        drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
    }
}

fn serve(listener: &TcpListener, there: u16, closed: &AtomicBool) {
    for guest in listener.incoming() {
        if closed.load(Ordering::Relaxed) {
            return;
        }
        // A guest whose host has nobody at that port finds the connection closed.
        if let (Ok(guest), Ok(host)) = (guest, TcpStream::connect((Ipv4Addr::LOCALHOST, there))) {
            drop(lead(&guest, &host));
        }
    }
}

/// Carries both directions, each to its end.
fn lead(guest: &TcpStream, host: &TcpStream) -> io::Result<()> {
    for (mut from, mut to) in [(guest.try_clone()?, host.try_clone()?), (host.try_clone()?, guest.try_clone()?)] {
        std::thread::spawn(move || {
            drop(io::copy(&mut from, &mut to));
            drop(to.shutdown(Shutdown::Write));
        });
    }
    Ok(())
}
