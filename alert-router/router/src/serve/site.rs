//! What is served: the door, the pages, the ledger, and the paths every program has.

use std::sync::Arc;

use gjallarhorn_service::health::Health;
use gjallarhorn_service::http::{About, Answer, Head, Route, Site, page};

use tokio::sync::Semaphore;

use super::gauges;
use crate::config::Config;
use crate::intake::Door;
use crate::lanes::preview::Gallery;
use crate::ledger;
use crate::pages;
use crate::secrets::Vault;
use crate::shared::Shared;

/// Readers of the ledger at a time.
const READERS: usize = 2;

/// What the pages may look at.
#[derive(Clone)]
pub struct Rooms {
    /// Core, clock, metrics.
    pub shared: Arc<Shared>,
    /// The preview's wall.
    pub gallery: Arc<Gallery>,
    /// Only to keep secrets out of pages.
    pub vault: Arc<Vault>,
    /// The configuration in force.
    pub config: Arc<Config>,
}

/// The whole site.
#[must_use]
pub fn site(rooms: Rooms, door: Arc<Door>) -> Site {
    let about = About {
        name: "gjallarhorn-router",
        version: env!("CARGO_PKG_VERSION"),
        about: "Carries alerts to Discord and mail without losing one.",
    };
    let health = Health::new(env!("CARGO_PKG_VERSION"));
    let (metrics, ready) = (rooms.shared.clone(), rooms.shared.clone());
    Site::new(about)
        .metrics(page(move || gauges::page(&metrics, &health)))
        .ready(Arc::new(move || ready.journal().failing.map_or(Ok(()), |reason| Err(format!("journal: {reason}")))))
        .route(door.route())
        .route(shown("/", rooms.clone(), pages::status::page))
        .route(shown("/preview", rooms.clone(), pages::preview::page))
        .route(ledger_route(rooms))
}

fn shown(path: &str, rooms: Rooms, make: fn(&Rooms, &Head) -> String) -> Route {
    Route::get(path, move |request| {
        let page = rooms.vault.scrub(&make(&rooms, &request.head));
        std::future::ready(pages::answer(page))
    })
}

/// `GET /v1/ledger?since=SEQ`: what happened, as JSON. Read by a thread: the event loop touches no file.
fn ledger_route(rooms: Rooms) -> Route {
    let readers = Arc::new(Semaphore::new(READERS));
    Route::get("/v1/ledger", move |request| {
        let place = readers.clone().try_acquire_owned();
        let since = request.head.query("since").and_then(|text| text.parse().ok()).unwrap_or(0);
        let directory = rooms.config.state_dir.clone();
        let vault = rooms.vault.clone();
        async move {
            // A disk that hangs holds its reader for ever; there are never more than a few.
            let Ok(place) = place else { return Answer::text(503, "the ledger is being read by others\n") };
            let read = tokio::task::spawn_blocking(move || {
                let _place = place;
                ledger::since(&directory, since)
            })
            .await;
            match read {
                Ok(Ok(json)) => Answer::json(200, vault.scrub(&json)),
                Ok(Err(failure)) => Answer::text(503, format!("{failure}\n")),
                Err(_) => Answer::text(503, "the ledger cannot be read\n"),
            }
        }
    })
}
