//! Whom an address names.

use std::fmt;

use hyper::Uri;

use crate::error::Error;

/// One peer: what a connection can be kept for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Peer {
    pub(crate) tls: bool,
    /// A name, or an IP address without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Peer {
    /// The peer of an absolute address.
    pub(crate) fn of(uri: &Uri) -> Result<Peer, Error> {
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(Error::unusable("the address must begin with https://")),
        };
        let authority = uri.authority().ok_or_else(|| Error::unusable("the address names no host"))?;
        if authority.as_str().contains('@') {
            return Err(Error::unusable("a user name or password in the address is not sent; use a header"));
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = authority.port_u16().unwrap_or(if tls { 443 } else { 80 });
        Ok(Peer { tls, host, port })
    }

    fn usual_port(&self) -> u16 {
        if self.tls { 443 } else { 80 }
    }
}

/// As a `Host` header wants it: brackets around IPv6, the port only if it is not the usual one.
impl fmt::Display for Peer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(out, "[{}]", self.host)?;
        } else {
            out.write_str(&self.host)?;
        }
        if self.port == self.usual_port() { Ok(()) } else { write!(out, ":{}", self.port) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(address: &str) -> String {
        match Peer::of(&address.parse().unwrap()) {
            Ok(peer) => format!("{peer} {} {}", peer.host, peer.port),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn hosts_and_ports() {
        assert_eq!(shown("https://discord.com/api/x"), "discord.com discord.com 443");
        assert_eq!(shown("https://discord.com:8443/"), "discord.com:8443 discord.com 8443");
        assert_eq!(shown("http://[::1]:80/"), "[::1] ::1 80");
        assert_eq!(shown("ftp://peer/secret"), "unusable: the address must begin with https://");
        assert!(shown("https://user:secret@peer/").starts_with("unusable: a user name"));
    }
}
