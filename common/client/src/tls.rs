//! Whom we trust.

use std::sync::Arc;

use rustls::client::Resumption;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use crate::error::Error;

/// A client speaks to a handful of peers.
const SESSIONS: usize = 16;

/// TLS 1.2 and 1.3 on ring, trusting Mozilla's roots and `extra` (PEM).
///
/// # Errors
/// `unusable`: `extra` holds no certificate, or one that cannot be a root.
pub(crate) fn config(extra: Option<&[u8]>) -> Result<Arc<ClientConfig>, Error> {
    let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(pem) = extra {
        add(&mut roots, pem)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|_| Error::unusable("TLS offers no protocol version"))?;
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = Resumption::in_memory_sessions(SESSIONS);
    Ok(Arc::new(config))
}

fn add(roots: &mut RootCertStore, pem: &[u8]) -> Result<(), Error> {
    let mut found = false;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|_| Error::unusable("the extra roots are not PEM"))?;
        roots.add(certificate).map_err(|error| Error::unusable(format!("an extra root: {error}")))?;
        found = true;
    }
    if found { Ok(()) } else { Err(Error::unusable("the extra roots hold no certificate")) }
}
