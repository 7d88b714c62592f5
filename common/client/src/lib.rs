//! HTTP out: one exchange with a deadline around the whole of it, a limit on what is read, and errors that name no
//! secret.
//!
//! A [`Client`] keeps one idle connection per peer and speaks TLS through rustls (ring, Mozilla's roots, plus one's own
//! root where a peer in the house has one). It follows no redirect, uses no proxy, and retries nothing except a request
//! that surely never left. Every [`Error`] says what the caller may conclude: surely not delivered, or nobody knows
//! ([`Error::delivery`]).
//!
//! A webhook's address *is* a password. No path, query, header or body appears in any `Debug` or `Display` here.
//!
//! ```no_run
//! # async fn example() -> Result<(), gjallarhorn_client::Error> {
//! use gjallarhorn_client::{Client, Method, Request, Settings};
//! let client = Client::new(Settings::default())?;
//! let request = Request::new(Method::POST, "https://discord.com/api/webhooks/1/secret")?
//!     .header("content-type", "application/json")?
//!     .body(r#"{"content":"hello"}"#);
//! let response = client.send(request).await?;
//! assert_eq!(response.status, 204);
//! # Ok(())
//! # }
//! ```

mod client;
mod connect;
mod error;
mod message;
mod peer;
mod pool;
mod tls;

pub use bytes::Bytes;
pub use client::{Client, Settings};
pub use error::{Delivery, Error, ErrorKind, Stage};
pub use hyper::Method;
pub use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
pub use message::{Request, Response};

#[cfg(test)]
mod tests;
