//! The page that a table with everything in it makes, byte for byte, and what promtool says of it.

mod everything;

use everything::page;

#[test]
fn the_page_is_the_golden_one() {
    insta::assert_snapshot!("page", page());
}

#[test]
fn the_golden_table_has_no_findings() {
    assert_eq!(gjallarhorn_metrics::lint::table(everything::TABLE), []);
}
