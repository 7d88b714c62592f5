use super::*;

const GOOD: &str = "\
# HELP a Help with \\\\ and \\n in it.
# TYPE a gauge
a{x=\"one\",y=\"q\\\"\\\\\\n\"} 1
a{x=\"two\"} NaN
# HELP b_seconds Time.
# TYPE b_seconds histogram
b_seconds_bucket{le=\"0.5\"} 1
b_seconds_bucket{le=\"+Inf\"} 3
b_seconds_sum 4.5
b_seconds_count 3
";

#[test]
fn a_good_page_is_read_with_its_texts_unescaped() {
    let page = Page::read(GOOD).unwrap();
    assert_eq!(page.family("a").unwrap().help, "Help with \\ and \n in it.");
    assert_eq!(page.value("a", &[("x", "one"), ("y", "q\"\\\n")]), Some(Value::Integer(1)));
    assert_eq!(page.value("a", &[]), None, "two samples have the name");
    assert_eq!(page.value("b_seconds_sum", &[]), Some(Value::Float(4.5)));
    assert_eq!(Page::read("").unwrap(), Page::default());
}

/// The page above with one thing changed, and the rule that it breaks.
#[test]
fn every_rule_is_kept() {
    for (from, to, problem) in [
        ("# TYPE a gauge\n", "", Problem::Order),
        ("# HELP a Help with \\\\ and \\n in it.\n", "", Problem::Order),
        ("# TYPE a gauge", "# TYPE b gauge", Problem::Order),
        ("# TYPE a gauge", "# TYPE a untyped", Problem::Syntax),
        ("# HELP b_seconds", "# HELP a", Problem::Scattered),
        ("a{x=\"two\"}", "a{x=\"one\",y=\"q\\\"\\\\\\n\"}", Problem::Twice),
        ("a{x=\"two\"}", "a{y=\"q\\\"\\\\\\n\",x=\"one\"}", Problem::Twice),
        ("a{x=\"two\"}", "a{x=\"two\",x=\"two\"}", Problem::LabelTwice),
        ("a{x=\"two\"}", "aa{x=\"two\"}", Problem::Stray),
        ("a{x=\"two\"}", "a_count{x=\"two\"}", Problem::Stray),
        ("a{x=\"two\"}", "{x=\"two\"}", Problem::Name),
        ("a{x=\"two\"}", "a{x:=\"two\"}", Problem::Name),
        ("a{x=\"two\"}", "a{}", Problem::Name),
        ("a{x=\"two\"}", "a{x=\"two\",}", Problem::Name),
        ("a{x=\"two\"}", "a{x=\"two\"", Problem::Syntax),
        ("a{x=\"two\"}", "a{x=\"two}", Problem::Syntax),
        ("a{x=\"two\"}", "a{x=\"t\\wo\"}", Problem::Escape),
        ("a{x=\"two\"}", "a{x=\"two\"} ", Problem::Value),
        ("} NaN", "} nan", Problem::Value),
        ("} NaN", "} 1 1700000000000", Problem::Value),
        ("} NaN\n", "} NaN\n\n", Problem::Name),
        ("} NaN\n", "} NaN\n# a comment\n", Problem::Name),
        ("b_seconds_count 3\n", "b_seconds_count 3", Problem::Cut),
        ("b_seconds_count 3", "b_seconds_count 4", Problem::Histogram),
        ("b_seconds_sum 4.5\n", "", Problem::Histogram),
        ("b_seconds_bucket{le=\"+Inf\"} 3\n", "", Problem::Histogram),
        ("b_seconds_bucket{le=\"0.5\"} 1", "b_seconds_bucket{le=\"0.5\"} 7", Problem::Histogram),
    ] {
        let page = GOOD.replacen(from, to, 1);
        assert_ne!(page, GOOD, "{from:?} is not in the page");
        assert_eq!(Page::read(&page).map_err(|error| error.problem), Err(problem), "{from:?} -> {to:?}");
    }
}

#[test]
fn a_refusal_names_line_rule_and_text() {
    let error = Page::read(&GOOD.replace("} NaN", "} nan")).unwrap_err();
    assert_eq!(error.to_string(), "line 4: not a valid value: a{x=\"two\"} nan");
}
