//! `safe-to-stop NODE`: one sentence, and an exit code for scripts.
//!
//! The service that runs here is asked first: it looks every few seconds and has seen what only time shows. Without one,
//! everything is looked at once, here and now.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Context as _;
use gjallarhorn_service::http::{Head, HeaderMap, Method};
use gjallarhorn_service::roles::Roles;
use gjallarhorn_service::{Failure, Timestamp, runtime};
use serde::Deserialize;

use super::{print, running};
use crate::assembly::{self, Assembly};
use crate::cli::Options;
use crate::place::Place;
use crate::registry;

/// It cannot be told.
const CANNOT_TELL: u8 = 3;
/// The role that knows.
const ROLE: &str = "quorum";

/// The answer, as the role writes it.
#[derive(Debug, Deserialize)]
struct Told {
    exit_code: u8,
    sentence: String,
}

pub(super) fn run(options: &Options, place: &Place, node: &str) -> anyhow::Result<ExitCode> {
    let path = format!("/v1/safe-to-stop?node={}", encoded(node));
    let running = if place.root == std::path::Path::new("/") { ask_running(options, &path) } else { None };
    let told = match running {
        Some(told) => told,
        None => look(options, place, &path)?,
    };
    print(&format!("{}\n", told.sentence))?;
    Ok(ExitCode::from(told.exit_code))
}

fn ask_running(options: &Options, path: &str) -> Option<Told> {
    let answers = running::addresses(options).into_iter().filter_map(|address| running::ask(&address, path));
    answers.filter(|told| told.status != 404).find_map(|told| serde_json::from_str(&told.body).ok())
}

/// Looks at everything once.
fn look(options: &Options, place: &Place, path: &str) -> anyhow::Result<Told> {
    if registry::by_name(ROLE).is_none() {
        return Ok(cannot("this program was built without the role quorum"));
    }
    let options = Options { roles: vec![ROLE.to_owned()], ..options.clone() };
    let Assembly { health, roles, .. } = assembly::assemble(&options, place)?;
    let asked = head(path)?;
    let answer = runtime::block_on(async move {
        let running = Roles::start(roles.clone(), &health)?;
        running.settled().await;
        let reply = roles.iter().find_map(|role| role.answer(&asked, Timestamp::now()));
        Ok::<_, Failure>(match reply {
            Some(reply) => Some(reply.await),
            None => None,
        })
    })?;
    match answer {
        Some(answer) => serde_json::from_slice(&answer.body).context("read the role's answer"),
        None => Ok(cannot("no role that runs here knows")),
    }
}

fn cannot(why: &str) -> Told {
    Told { exit_code: CANNOT_TELL, sentence: format!("Cannot tell: {why}.") }
}

/// The same question that a client of the service would ask.
fn head(path: &str) -> anyhow::Result<Head> {
    let uri = path.parse().context("ask about such a name")?;
    Ok(Head { method: Method::GET, uri, headers: HeaderMap::new(), peer: SocketAddr::from(([127, 0, 0, 1], 0)) })
}

/// Percent-encoded, but for letters, digits and what addresses are made of.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_fits_into_the_question() {
        for name in ["pi-2", "10.0.0.2:19001", "a b&c=%", "[fe80::1]:1", "ä"] {
            let asked = head(&format!("/v1/safe-to-stop?node={}", encoded(name))).unwrap();
            assert_eq!(asked.query_decoded("node").as_deref(), Some(name));
        }
    }
}
