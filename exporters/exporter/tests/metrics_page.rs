//! `docs/metrics.md` is what the binary says of itself.

use std::path::Path;
use std::process::Command;

#[test]
#[expect(clippy::disallowed_methods, reason = "the page is a file of the repository")]
fn the_metrics_page_is_fresh() {
    let output = Command::new(env!("CARGO_BIN_EXE_gjallarhorn-exporter"))
        .args(["families", "--format", "markdown"])
        .output()
        .expect("the program starts");
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/metrics.md");
    let written = std::fs::read_to_string(page).unwrap_or_default();
    assert!(
        written == String::from_utf8_lossy(&output.stdout),
        "docs/metrics.md is stale; refresh it with\n    \
         cargo run -p gjallarhorn-exporter -- families --format markdown > docs/metrics.md"
    );
}
