//! What a certificate says of itself: until when it holds, for which names, and which one it is.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use sha2::{Digest as _, Sha256};
use x509_cert::Certificate as Document;
use x509_cert::der::Decode as _;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

#[cfg(test)]
mod tests;

/// A certificate, as far as we look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// From when it holds, in seconds since 1970 UTC.
    pub not_before: u64,
    /// Until when it holds, in seconds since 1970 UTC.
    pub not_after: u64,
    /// The DNS names it is for, in their order.
    pub names: Vec<String>,
    /// SHA-256 of its bytes, as 64 small hexadecimal digits: what `openssl x509 -fingerprint -sha256` prints.
    pub fingerprint: String,
}

/// A file that holds no certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// No certificate in PEM form.
    #[error("no certificate in PEM form")]
    NoPem,
    /// The PEM form holds something else than a certificate.
    #[error("no X.509 certificate: {0}")]
    NotX509(String),
}

/// The first certificate of a PEM file: its bytes, and what they say.
///
/// # Errors
/// [`Malformed`].
pub fn first(pem: &[u8]) -> Result<(CertificateDer<'static>, Certificate), Malformed> {
    let der = CertificateDer::from_pem_slice(pem).map_err(|_| Malformed::NoPem)?;
    let about = read(&der)?;
    Ok((der, about))
}

/// What the bytes of a certificate say.
///
/// # Errors
/// [`Malformed::NotX509`].
pub fn read(der: &[u8]) -> Result<Certificate, Malformed> {
    let broken = |error: x509_cert::der::Error| Malformed::NotX509(error.to_string());
    let document = Document::from_der(der).map_err(broken)?;
    let inner = document.tbs_certificate();
    let validity = inner.validity();
    let names = inner.get_extension::<SubjectAltName>().map_err(broken)?;
    let names = names.map(|(_, names)| names.0).unwrap_or_default();
    Ok(Certificate {
        not_before: validity.not_before.to_unix_duration().as_secs(),
        not_after: validity.not_after.to_unix_duration().as_secs(),
        names: names.into_iter().filter_map(dns).collect(),
        fingerprint: hex(&Sha256::digest(der)),
    })
}

fn dns(name: GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(name.to_string()),
        _ => None,
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
