//! A peer that answers like a dqlite node, or misbehaves: a thread per connection, real TLS, counted from the outside.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};

use crate::parse::wire::{HELLO, Member, Request};

/// A cluster's certificate and key, made the way MicroK8s makes them.
pub(crate) struct Pair {
    pub(crate) certificate: rcgen::Certificate,
    pub(crate) key: KeyPair,
}

impl Pair {
    pub(crate) fn new(name: &str) -> Pair {
        Pair::spoilt(KeyPair::generate().unwrap(), name, |_| ())
    }

    /// A certificate of a given key that `change` may spoil.
    pub(crate) fn spoilt(key: KeyPair, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Pair {
        let mut params = CertificateParams::new(vec![name.to_owned(), "127.0.0.1".into()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "k8s");
        params.is_ca = IsCa::ExplicitNoCa;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        change(&mut params);
        Pair { certificate: params.self_signed(&key).unwrap(), key }
    }

    /// Another certificate of the same key.
    pub(crate) fn again(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Pair {
        Pair::spoilt(KeyPair::from_pem(&self.key.serialize_pem()).unwrap(), name, change)
    }

    /// Writes `cluster.crt` and `cluster.key`, each by renaming, as a rotation does.
    pub(crate) fn write(&self, folder: &Path) {
        for (name, text) in [("cluster.crt", self.certificate.pem()), ("cluster.key", self.key.serialize_pem())] {
            std::fs::write(folder.join("new"), text).unwrap();
            std::fs::rename(folder.join("new"), folder.join(name)).unwrap();
        }
    }

    /// What a node of this cluster listens with: it shows this certificate and accepts only `accepted`.
    pub(crate) fn server(&self, accepted: &Pair, versions: &[&'static SupportedProtocolVersion]) -> Arc<ServerConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(accepted.certificate.der().clone()).unwrap();
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.key.serialize_der()));
        let config = ServerConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
        let config = config.with_client_cert_verifier(verifier);
        Arc::new(config.with_single_cert(vec![self.certificate.der().clone()], key).unwrap())
    }
}

/// A connection of a fake, after the handshake.
pub(crate) type Stream = StreamOwned<ServerConnection, TcpStream>;

/// A listening fake, and what was done to it.
pub(crate) struct Fake {
    pub(crate) address: SocketAddr,
    pub(crate) seen: Arc<Seen>,
}

/// Counted from outside the client.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) connections: AtomicUsize,
    pub(crate) questions: Mutex<Vec<[u8; 16]>>,
    pub(crate) greetings: AtomicUsize,
}

impl Seen {
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Fake {
    /// Runs `serve` for each connection, on a thread of its own, before any TLS.
    pub(crate) fn raw(serve: impl Fn(TcpStream, &Seen) + Send + Sync + 'static) -> Fake {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, serve) = (Arc::new(Seen::default()), Arc::new(serve));
        let shared = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                shared.connections.fetch_add(1, Ordering::SeqCst);
                let (serve, seen) = (Arc::clone(&serve), Arc::clone(&shared));
                thread::spawn(move || serve(stream, &seen));
            }
        });
        Fake { address, seen }
    }

    /// Shakes hands, then runs `serve`.
    pub(crate) fn tls(config: Arc<ServerConfig>, serve: impl Fn(Stream, &Seen) + Send + Sync + 'static) -> Fake {
        Fake::raw(move |stream, seen| {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            serve(StreamOwned::new(connection, stream), seen);
        })
    }

    /// A node that names itself as the leader of `members`.
    pub(crate) fn node(pair: &Pair, members: &[Member]) -> Fake {
        let members = members.to_vec();
        let config = pair.server(pair, rustls::ALL_VERSIONS);
        Fake::tls(config, move |mut stream, seen| {
            while let Some(question) = next(&mut stream, seen) {
                if stream.write_all(&answer(question, &members)).is_err() {
                    return;
                }
            }
        })
    }

    pub(crate) fn name(&self) -> String {
        self.address.to_string()
    }
}

/// The next question; nothing once the client is gone. Takes the version word before the first one.
pub(crate) fn next(stream: &mut Stream, seen: &Seen) -> Option<Request> {
    let mut bytes = [0; 16];
    stream.read_exact(&mut bytes[..8]).ok()?;
    if bytes[..8] == HELLO && stream.conn.process_new_packets().is_ok_and(|state| state.plaintext_bytes_to_read() == 16)
    {
        seen.greetings.fetch_add(1, Ordering::SeqCst);
        stream.read_exact(&mut bytes[..8]).ok()?;
    }
    stream.read_exact(&mut bytes[8..]).ok()?;
    // Whoever sends more before it is answered does not get away with it.
    assert_eq!(stream.conn.process_new_packets().unwrap().plaintext_bytes_to_read(), 0, "pipelined");
    seen.questions.lock().unwrap().push(bytes);
    Request::ALL.into_iter().find(|request| request.encoded() == bytes)
}

/// The answer of a node that leads.
pub(crate) fn answer(question: Request, members: &[Member]) -> Vec<u8> {
    let mut body = Vec::new();
    let kind = match question {
        Request::Leader => {
            let leader = members.first();
            body.extend(leader.map_or(0, |leader| leader.id).to_le_bytes());
            text(&mut body, leader.map_or("", |leader| &leader.address));
            1
        }
        Request::Cluster => {
            body.extend((members.len() as u64).to_le_bytes());
            for member in members {
                body.extend(member.id.to_le_bytes());
                text(&mut body, &member.address);
                body.extend((member.role as u64).to_le_bytes());
            }
            3
        }
        Request::Describe => {
            body.extend([1_u64.to_le_bytes(), 7_u64.to_le_bytes()].concat());
            10
        }
    };
    message(kind, &body)
}

/// A message as a node writes it.
pub(crate) fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let words = u32::try_from(body.len() / 8).unwrap();
    [&words.to_le_bytes()[..], &[kind, 0, 0, 0], body].concat()
}

fn text(body: &mut Vec<u8>, text: &str) {
    body.extend(text.as_bytes());
    body.push(0);
    body.resize(body.len().next_multiple_of(8), 0);
}
