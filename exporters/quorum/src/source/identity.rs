//! Who we are to the peers: the node's own certificate and key.
//!
//! All members of a cluster share one self-signed certificate. It is what a peer must show (the only anchor of trust, so
//! no authority in the world can make another), what we show to it, and its first DNS name is the name under which every
//! peer is spoken to, whatever its address is (go-dqlite `app/tls.go`).

use std::fmt;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gjallarhorn_service::bounded;
use gjallarhorn_service::{Failure, FailureKind};
use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};

use super::grant::explained;
use crate::parse::certificate::{self, Certificate};

#[cfg(test)]
mod tests;

/// A certificate with its key: an RSA key of 16,384 bits is far smaller.
const LIMIT_BYTES: usize = 64 * 1024;

/// Sessions that are remembered: reconnecting to a peer then costs it no signature.
const SESSIONS: usize = 64;

/// What is needed to speak with a peer.
pub struct Identity {
    /// How to shake hands.
    pub(crate) tls: Arc<ClientConfig>,
    /// Whom to expect.
    pub(crate) name: ServerName<'static>,
    /// What the certificate says of itself.
    pub certificate: Certificate,
}

/// Shows nothing that stands in the key.
impl fmt::Debug for Identity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Identity").field("fingerprint", &self.certificate.fingerprint).finish_non_exhaustive()
    }
}

/// The files of an identity, read when they are others than before.
#[derive(Debug)]
pub struct Keyring {
    certificate: PathBuf,
    key: PathBuf,
    kept: Option<([Stamp; 2], Arc<Identity>)>,
}

/// What tells one content of a file from the next: device, inode, time of change.
type Stamp = Option<(u64, u64, i64, i64)>;

impl Keyring {
    /// The files `cluster.crt` and `cluster.key` in `folder`; nothing is read yet.
    #[must_use]
    pub fn new(folder: &Path) -> Keyring {
        Keyring { certificate: folder.join("cluster.crt"), key: folder.join("cluster.key"), kept: None }
    }

    /// The identity as the files have it now. Blocks.
    ///
    /// # Errors
    /// As [`bounded::read`]; `malformed`: no certificate, no key, or not a pair (a rotation that is half done passes by);
    /// `unsupported`: a certificate without a DNS name. The identity before is then forgotten.
    pub fn current(&mut self) -> Result<Arc<Identity>, Failure> {
        let stamps = [stamp(&self.certificate), stamp(&self.key)];
        if let Some((_, identity)) = self.kept.as_ref().filter(|(known, _)| *known == stamps) {
            return Ok(Arc::clone(identity));
        }
        self.kept = None;
        let identity = Arc::new(self.read()?);
        self.kept = Some((stamps, Arc::clone(&identity)));
        Ok(identity)
    }

    fn read(&self) -> Result<Identity, Failure> {
        let pem = bounded::read(&self.certificate, LIMIT_BYTES).map_err(explained)?;
        let (der, about) = certificate::first(&pem)
            .map_err(|error| broken(FailureKind::Malformed, &self.certificate).because(error))?;
        let name = about.names.first().cloned().and_then(|name| ServerName::try_from(name).ok());
        let name =
            name.ok_or_else(|| broken(FailureKind::Unsupported, &self.certificate).because("it is for no DNS name"))?;
        let pem = bounded::read(&self.key, LIMIT_BYTES).map_err(explained)?;
        // The reason is left out: it can repeat a line of the key.
        let key = PrivateKeyDer::from_pem_slice(&pem)
            .map_err(|_| broken(FailureKind::Malformed, &self.key).because("no private key in PEM form"))?;
        let tls = config(der, key).map_err(|error| broken(FailureKind::Malformed, &self.key).because(error))?;
        Ok(Identity { tls: Arc::new(tls), name, certificate: about })
    }
}

fn broken(kind: FailureKind, path: &Path) -> Failure {
    Failure::new(kind, "use", path.display().to_string())
}

/// TLS 1.2 or 1.3, the certificate both as what we trust and as what we show.
fn config(certificate: CertificateDer<'static>, key: PrivateKeyDer<'static>) -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone())?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let mut config = config.with_root_certificates(roots).with_client_auth_cert(vec![certificate], key)?;
    config.resumption = Resumption::in_memory_sessions(SESSIONS);
    Ok(config)
}

fn stamp(path: &Path) -> Stamp {
    let about = fs::metadata(path).ok()?;
    Some((about.dev(), about.ino(), about.ctime(), about.ctime_nsec()))
}
