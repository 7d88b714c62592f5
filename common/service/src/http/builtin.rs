//! The paths every program has.

use std::sync::Arc;
use std::time::Duration;

use super::answer::Answer;
use super::gzip::{self, Gzip};
use super::landing;
use super::request::Head;
use super::site::{Readiness, Reload, Route, Scrape, Site};

/// What a scraper says it waits for, minus the time for the way.
const SCRAPE_HEADER: &str = "x-prometheus-scrape-timeout-seconds";
const SCRAPE_MARGIN: Duration = Duration::from_millis(500);

/// The site's own routes first, so that a program may replace a page, then the ones every program has.
pub(super) fn routes(site: Site, scrape_budget: Duration) -> Vec<Route> {
    let page = landing::page(&site);
    let mut routes = site.routes;
    routes.push(Route::get("/", move |_| ready(Answer::html(200, page.clone()))));
    routes.push(Route::get("/-/healthy", |_| ready(Answer::text(200, "healthy\n"))));
    routes.push(readiness(site.readiness));
    routes.extend(site.scrape.map(|scrape| metrics(scrape, scrape_budget)));
    routes.extend(site.reload.map(reload));
    routes
}

fn ready(answer: Answer) -> std::future::Ready<Answer> {
    std::future::ready(answer)
}

fn readiness(readiness: Option<Readiness>) -> Route {
    Route::get("/-/ready", move |_| {
        let verdict = readiness.as_ref().map_or(Ok(()), |readiness| readiness());
        ready(match verdict {
            Ok(()) => Answer::text(200, "ready\n"),
            Err(why) => Answer::text(503, format!("not ready: {why}\n")),
        })
    })
}

fn reload(reload: Reload) -> Route {
    Route::post("/-/reload", move |_| {
        let outcome = reload();
        async move {
            match outcome.await {
                Ok(line) => Answer::text(200, format!("{line}\n")),
                Err(why) => Answer::text(500, format!("not reloaded: {why}\n")),
            }
        }
    })
}

fn metrics(scrape: Scrape, most: Duration) -> Route {
    let gzip = Arc::new(Gzip::default());
    Route::get("/metrics", move |request| {
        let page = scrape(budget(&request.head, most), gzip.paper());
        let zipped = gzip::wanted(&request.head);
        let gzip = Arc::clone(&gzip);
        async move { gzip.answer(gjallarhorn_metrics::encode::CONTENT_TYPE, page.await, zipped) }
    })
}

fn budget(head: &Head, most: Duration) -> Duration {
    let said = head.header(SCRAPE_HEADER).and_then(|text| text.parse::<f64>().ok());
    let said = said.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    said.map_or(most, |said| said.saturating_sub(SCRAPE_MARGIN).max(SCRAPE_MARGIN).min(most))
}
