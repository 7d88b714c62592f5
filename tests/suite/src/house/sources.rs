//! What no source file may hold, and how long files and functions may grow.
//!
//! Functions are found by counting braces outside of strings and comments, not by a parser: good enough to keep a limit.

/// Lines of code in one file, tests left out.
const FILE_LINES: usize = 300;
/// Lines of one function.
const FUNCTION_LINES: usize = 80;

/// Left out of the limits on size, not of the rest: tests are as long as what they show needs.
const TESTS: &[&str] = &["tests.rs", "/tests/"];

/// Everything wrong with one file. `name` is its path below the root.
#[must_use]
pub fn judge(name: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for (number, line) in text.lines().enumerate().map(|(index, line)| (index + 1, line)) {
        findings.extend(forbidden(line).map(|what| format!("{name}:{number}: {what}")));
    }
    let code = code_lines(text);
    let long = code.iter().filter(|line| !line.trim().is_empty()).count();
    if long > FILE_LINES && !TESTS.iter().any(|part| name.contains(part)) {
        findings.push(format!("{name}: {long} lines in one file"));
    }
    let long = functions(&code).into_iter().filter(|(_, _, length)| *length > FUNCTION_LINES);
    findings.extend(long.map(|(function, line, length)| format!("{name}:{line}: {function} has {length} lines")));
    findings
}

/// What a line must not say. The words are put together here so that this file does not find itself.
fn forbidden(line: &str) -> impl Iterator<Item = &'static str> {
    let table = [
        (concat!("#[ign", "ore"), "a test that is not run"),
        (concat!("#[should_", "panic"), "a test that any panic satisfies"),
        (concat!("#[al", "low("), "an exception without an end: write #[expect(…, reason = …)]"),
        (concat!("/wo", "rk/"), "the path of a build machine"),
        (concat!("/ho", "me/"), "the path of a build machine"),
        (concat!("TO", "DO"), "a left-over note"),
        (concat!("FIX", "ME"), "a left-over note"),
        (concat!("thread::sl", "eep("), "a sleep: wait for a state with a deadline"),
    ];
    let excused = line.contains("PAUSE") || line.contains("disallowed");
    table
        .into_iter()
        .filter(move |(word, what)| line.contains(word) && !(excused && what.starts_with("a sleep")))
        .map(|(_, what)| what)
}

/// The lines with test modules, comments and the insides of strings emptied.
fn code_lines(text: &str) -> Vec<String> {
    let mut kept = Vec::new();
    let mut test_depth: Option<usize> = None;
    let mut pending = false;
    for line in text.lines() {
        let code = strip(line);
        pending |= test_depth.is_none() && code.trim_start().starts_with("#[cfg(test)]");
        let opened = code.matches('{').count();
        let closed = code.matches('}').count();
        match test_depth {
            Some(depth) => {
                let depth = (depth + opened).saturating_sub(closed);
                test_depth = (depth > 0).then_some(depth);
                kept.push(String::new());
            }
            None if pending => {
                if opened > 0 {
                    test_depth = (opened > closed).then_some(opened.saturating_sub(closed));
                }
                pending = opened == 0 && !code.trim_end().ends_with(';');
                kept.push(String::new());
            }
            None => kept.push(code),
        }
    }
    kept
}

/// A line without comment, strings and character literals.
fn strip(line: &str) -> String {
    let mut out = String::new();
    let mut chars = line.chars().peekable();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' if quoted => drop(chars.next()),
            '"' => quoted = !quoted,
            _ if quoted => {}
            '/' if chars.peek() == Some(&'/') => break,
            '\'' => {
                // `'{'` is a character, `'a` a lifetime.
                let ahead: String = chars.clone().take(2).collect();
                if ahead.ends_with('\'') {
                    chars.nth(1);
                }
            }
            _ => out.push(c),
        }
    }
    out
}

/// Name, first line and length of each function with a body.
fn functions(lines: &[String]) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    let mut open: Vec<(String, usize, usize)> = Vec::new();
    let (mut depth, mut waiting) = (0_usize, None);
    for (number, line) in lines.iter().enumerate().map(|(index, line)| (index + 1, line)) {
        if let Some((before, name)) = line.split_once("fn ")
            && (before.is_empty() || before.ends_with(' '))
        {
            waiting = name.split(|c: char| !c.is_alphanumeric() && c != '_').next().map(str::to_owned);
        }
        for c in line.chars() {
            match c {
                '{' => {
                    depth += 1;
                    open.extend(waiting.take().map(|name| (name, number, depth)));
                }
                '}' => {
                    if let Some((name, first, _)) = open.pop_if(|(_, _, at)| *at == depth) {
                        found.push((name, first, number - first));
                    }
                    depth = depth.saturating_sub(1);
                }
                ';' => waiting = None,
                _ => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(lines: usize) -> String {
        format!("fn long() {{\n{}}}\n", "    let _ = '{';\n".repeat(lines))
    }

    #[test]
    fn a_long_function_is_found_with_its_name() {
        assert!(judge("a.rs", &function(79)).is_empty());
        assert_eq!(judge("a.rs", &function(80)), ["a.rs:1: long has 81 lines"]);
    }

    #[test]
    fn a_long_file_is_found_and_its_tests_do_not_count() {
        let lines = "const A: u8 = 1;\n".repeat(300);
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "    const B: u8 = 1;\n".repeat(50));
        assert!(judge("a.rs", &format!("{lines}{tests}")).is_empty());
        assert_eq!(judge("a.rs", &format!("{lines}{tests}{lines}")), ["a.rs: 600 lines in one file"]);
    }

    #[test]
    fn each_forbidden_word_is_found() {
        for planted in [
            concat!("#[ign", "ore]"),
            concat!("\"/wo", "rk/main\""),
            concat!("// TO", "DO: later"),
            concat!("#[al", "low(dead_code)]"),
            concat!("std::thread::sl", "eep(second)"),
        ] {
            assert_eq!(judge("a.rs", planted).len(), 1, "{planted}");
        }
    }

    #[test]
    fn braces_in_text_do_not_count() {
        assert_eq!(functions(&code_lines("fn a() {\n  b(\"{\"); // }\n}\n")), [("a".to_owned(), 1, 2)]);
    }
}
