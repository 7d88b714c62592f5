//! Why a peer gave no answer, told apart as far as a person would act differently.

use std::fmt;
use std::io;

use rustls::{AlertDescription, CertificateError};

use crate::parse::wire::{Refusal, Request};

/// What went wrong, as one bounded set of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PeerFailure {
    /// No answer in time: the host is off, its network is cut, or its process is frozen.
    Timeout,
    /// The host is there and nothing listens.
    Refused,
    /// The network knows no way to it.
    Unreachable,
    /// It ended the connection.
    Reset,
    /// Its name has no address.
    Dns,
    /// It shows another certificate than ours, or does not accept ours: not of this cluster, or not yet renewed.
    TlsUntrusted,
    /// The certificate is no longer valid, or not yet.
    TlsExpired,
    /// Its certificate is of our key and for another name.
    TlsName,
    /// What it says is no TLS or no dqlite.
    Protocol,
}

impl PeerFailure {
    /// Every kind, in the order of [`PeerFailure::WORDS`].
    pub const ALL: [PeerFailure; 9] = [
        PeerFailure::Timeout,
        PeerFailure::Refused,
        PeerFailure::Unreachable,
        PeerFailure::Reset,
        PeerFailure::Dns,
        PeerFailure::TlsUntrusted,
        PeerFailure::TlsExpired,
        PeerFailure::TlsName,
        PeerFailure::Protocol,
    ];
    /// Every word that [`PeerFailure::word`] can give.
    pub const WORDS: &'static [&'static str] =
        &["timeout", "refused", "unreachable", "reset", "dns", "tls_untrusted", "tls_expired", "tls_name", "protocol"];

    /// The kind as a label value.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }
}

/// How far a visit had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Finding its address.
    Resolve,
    /// Opening the connection.
    Connect,
    /// Shaking hands.
    Tls,
    /// A question and its answer.
    Ask(Request),
}

impl Step {
    /// What was being done, to stand after "failed to".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Step::Resolve => "find its address",
            Step::Connect => "connect",
            Step::Tls => "shake hands",
            Step::Ask(Request::Leader) => "ask who leads",
            Step::Ask(Request::Cluster) => "ask who belongs",
            Step::Ask(Request::Describe) => "ask for its failure domain",
        }
    }
}

/// A failed visit. Its text names no secret: at most what the peer said of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The word for labels.
    pub kind: PeerFailure,
    /// How far it had come.
    pub step: Step,
    detail: String,
}

impl fmt::Display for Trouble {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}: {}", self.step.words(), self.kind.word(), self.detail)
    }
}

impl std::error::Error for Trouble {}

impl Trouble {
    pub(super) fn new(kind: PeerFailure, step: Step, detail: impl Into<String>) -> Trouble {
        Trouble { kind, step, detail: detail.into() }
    }

    /// The deadline of a step has passed.
    pub(super) fn late(step: Step) -> Trouble {
        Trouble::new(PeerFailure::Timeout, step, "no answer in time")
    }

    /// An error of the system, or of TLS wrapped in one.
    pub(super) fn io(step: Step, error: &io::Error) -> Trouble {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(error) => Trouble::new(of_tls(error), step, error.to_string()),
            None => Trouble::new(of_system(error.kind()), step, error.to_string()),
        }
    }

    /// An answer that is none.
    pub(super) fn refusal(step: Step, refusal: &Refusal) -> Trouble {
        Trouble::new(PeerFailure::Protocol, step, refusal.to_string())
    }
}

fn of_system(kind: io::ErrorKind) -> PeerFailure {
    match kind {
        io::ErrorKind::TimedOut => PeerFailure::Timeout,
        io::ErrorKind::ConnectionRefused => PeerFailure::Refused,
        io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::AddrNotAvailable
        // What a firewall on this machine says.
        | io::ErrorKind::PermissionDenied => PeerFailure::Unreachable,
        _ => PeerFailure::Reset,
    }
}

fn of_tls(error: &rustls::Error) -> PeerFailure {
    match error {
        rustls::Error::InvalidCertificate(reason) => of_certificate(reason),
        rustls::Error::NoCertificatesPresented => PeerFailure::TlsUntrusted,
        rustls::Error::AlertReceived(alert) => of_alert(*alert),
        _ => PeerFailure::Protocol,
    }
}

/// What is wrong with the certificate it shows.
fn of_certificate(reason: &CertificateError) -> PeerFailure {
    match reason {
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => PeerFailure::TlsExpired,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => PeerFailure::TlsName,
        _ => PeerFailure::TlsUntrusted,
    }
}

/// What it finds wrong with the certificate we show.
fn of_alert(alert: AlertDescription) -> PeerFailure {
    match alert {
        AlertDescription::CertificateExpired => PeerFailure::TlsExpired,
        AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnknownCA
        | AlertDescription::AccessDenied
        | AlertDescription::DecryptError
        | AlertDescription::CertificateRequired => PeerFailure::TlsUntrusted,
        _ => PeerFailure::Protocol,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_word() {
        let of = |kind: PeerFailure| kind.word();
        assert_eq!(PeerFailure::ALL.map(of).as_slice(), PeerFailure::WORDS);
    }

    #[test]
    fn the_system_and_tls_are_understood() {
        let kind = |error: io::Error| Trouble::io(Step::Connect, &error).kind;
        assert_eq!(kind(io::ErrorKind::ConnectionRefused.into()), PeerFailure::Refused);
        assert_eq!(kind(io::ErrorKind::HostUnreachable.into()), PeerFailure::Unreachable);
        assert_eq!(kind(io::ErrorKind::UnexpectedEof.into()), PeerFailure::Reset);
        let tls = |error: rustls::Error| kind(io::Error::new(io::ErrorKind::InvalidData, error));
        assert_eq!(tls(rustls::Error::AlertReceived(AlertDescription::UnknownCA)), PeerFailure::TlsUntrusted);
        assert_eq!(tls(rustls::Error::AlertReceived(AlertDescription::CertificateExpired)), PeerFailure::TlsExpired);
        assert_eq!(tls(rustls::Error::AlertReceived(AlertDescription::HandshakeFailure)), PeerFailure::Protocol);
        assert_eq!(tls(CertificateError::NotValidYet.into()), PeerFailure::TlsExpired);
        assert_eq!(tls(CertificateError::NotValidForName.into()), PeerFailure::TlsName);
        assert_eq!(tls(CertificateError::BadSignature.into()), PeerFailure::TlsUntrusted);
    }

    #[test]
    fn trouble_reads_after_failed_to() {
        let step = Step::Ask(Request::Leader);
        assert_eq!(format!("failed to {}", Trouble::late(step)), "failed to ask who leads: timeout: no answer in time");
    }
}
