//! A connection whose peer may not take for ever.
//!
//! hyper knows one deadline for "waiting for a request", which would have to be both long (a scraper keeps its
//! connection between two scrapes) and short (a client that dribbles its headers). This wrapper tells the two apart,
//! and it bounds how long a client may take to accept an answer.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::server::Limits;

/// What the connection waits for from its peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waiting {
    /// The rest of a request's head.
    Head,
    /// Nothing: a request is being served, its body has a deadline of its own.
    Nothing,
    /// The next request.
    Request,
}

/// Shared by the connection and by the service that answers on it.
#[derive(Clone, Debug)]
pub(super) struct Phase {
    // A std mutex: held for two words, never across an await.
    current: Arc<Mutex<(Waiting, Instant)>>,
}

impl Phase {
    fn new() -> Phase {
        Phase { current: Arc::new(Mutex::new((Waiting::Head, Instant::now()))) }
    }

    pub(super) fn enter(&self, waiting: Waiting) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = (waiting, Instant::now());
    }

    fn get(&self) -> (Waiting, Instant) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// See the module's head.
#[derive(Debug)]
pub(super) struct Patient<I> {
    io: I,
    phase: Phase,
    head: Duration,
    idle: Duration,
    answer: Duration,
    read_alarm: Pin<Box<Sleep>>,
    write_alarm: Pin<Box<Sleep>>,
    writing: bool,
}

impl<I> Patient<I> {
    pub(super) fn new(io: I, limits: &Limits) -> Patient<I> {
        let (head, idle, answer) = (limits.header, limits.idle, limits.answer);
        let alarm = || Box::pin(tokio::time::sleep(Duration::ZERO));
        let (read_alarm, write_alarm) = (alarm(), alarm());
        Patient { io, phase: Phase::new(), head, idle, answer, read_alarm, write_alarm, writing: false }
    }

    pub(super) fn phase(&self) -> Phase {
        self.phase.clone()
    }

    /// Ready with an error once the peer has had its time for what is waited for.
    fn poll_read_alarm(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let (waiting, since) = self.phase.get();
        let allowed = match waiting {
            Waiting::Head => self.head,
            Waiting::Request => self.idle,
            Waiting::Nothing => return Poll::Pending,
        };
        poll_alarm(&mut self.read_alarm, since + allowed, cx)
    }

    /// The same for an answer that is not taken; the time begins with its first byte.
    fn poll_write_alarm(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        if !self.writing {
            self.writing = true;
            self.write_alarm.as_mut().reset(Instant::now() + self.answer);
        }
        let deadline = self.write_alarm.deadline();
        poll_alarm(&mut self.write_alarm, deadline, cx)
    }
}

fn poll_alarm(alarm: &mut Pin<Box<Sleep>>, deadline: Instant, cx: &mut Context<'_>) -> Poll<io::Error> {
    if alarm.deadline() != deadline {
        alarm.as_mut().reset(deadline);
    }
    ready!(alarm.as_mut().poll(cx));
    Poll::Ready(io::ErrorKind::TimedOut.into())
}

impl<I: AsyncRead + Unpin> AsyncRead for Patient<I> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.io).poll_read(cx, buffer);
        if read.is_pending() {
            return this.poll_read_alarm(cx).map(Err);
        }
        if buffer.filled().len() > before && this.phase.get().0 == Waiting::Request {
            this.phase.enter(Waiting::Head);
        }
        read
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Patient<I> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.io).poll_write(cx, bytes) {
            Poll::Pending => self.poll_write_alarm(cx).map(Err),
            ready => ready,
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.io).poll_write_vectored(cx, slices) {
            Poll::Pending => self.poll_write_alarm(cx).map(Err),
            ready => ready,
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    /// hyper flushes once its own buffer is empty: the whole answer was taken.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.io).poll_flush(cx);
        self.writing &= flushed.is_pending();
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
