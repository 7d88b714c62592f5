//! The commands of a runbook, so that a test can run what a person is told to run.

/// The commands below a heading (`### WORD`): the first block that is marked as shell.
#[must_use]
pub fn commands<'a>(page: &'a str, word: &str) -> Option<&'a str> {
    let section = page.split("\n### ").find_map(|section| section.strip_prefix(word)?.strip_prefix('\n'))?;
    let (_, block) = section.split_once("```sh\n")?;
    block.split_once("```").map(|(commands, _)| commands)
}

/// The words of all headings that have commands.
#[must_use]
pub fn words(page: &str) -> Vec<&str> {
    let headings = page.split("\n### ").skip(1).filter_map(|section| section.lines().next());
    headings.filter(|word| commands(page, word).is_some()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# A\n\n### one\n\nText.\n\n```sh\nfirst\nsecond\n```\n\n### one_more\n\n```sh\nthird\n```\n\n### none\n\nText.\n";

    #[test]
    fn a_block_is_found_by_its_whole_heading() {
        assert_eq!(commands(PAGE, "one"), Some("first\nsecond\n"));
        assert_eq!(commands(PAGE, "one_more"), Some("third\n"));
        assert_eq!((commands(PAGE, "none"), commands(PAGE, "two")), (None, None));
    }

    #[test]
    fn headings_without_commands_are_left_out() {
        assert_eq!(words(PAGE), ["one", "one_more"]);
    }
}
