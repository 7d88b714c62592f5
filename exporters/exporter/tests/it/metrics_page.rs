//! `docs/metrics.md` is what the binary says of itself.

use std::path::Path;

use crate::program::run;

#[test]
fn the_metrics_page_is_fresh() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/metrics.md");
    let written = std::fs::read_to_string(page).unwrap_or_default();
    assert!(
        written == run(&["families", "--format", "markdown"]).out,
        "docs/metrics.md is stale; refresh it with\n    \
         cargo run -p gjallarhorn-exporter -- families --format markdown > docs/metrics.md"
    );
}
