//! The HTTP side of a program.
//!
//! [`Site`] says what is served, [`Listeners`] where, [`Limits`] what a client may take. The paths every program has:
//! `/` (a landing page), `/metrics`, `/-/healthy`, `/-/ready`, POST `/-/reload`; a program adds [`Route`]s of its own.

mod answer;
mod builtin;
mod connection;
mod desk;
mod gzip;
mod landing;
mod listen;
mod patience;
mod request;
mod server;
mod site;

pub use answer::Answer;
pub use hyper::body::Bytes;
pub use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
pub use hyper::{Method, StatusCode};
pub use landing::escape;
pub use listen::Listeners;
pub use request::{Head, Request};
pub use server::{Limits, Server};
pub use site::{About, Readiness, Reload, Reply, Route, Scrape, Site, page};

#[cfg(test)]
mod tests;
