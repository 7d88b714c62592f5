//! The numbered steps of a runbook, as a person with nothing but the page would type them.

/// A step of the section "Do".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its number.
    pub number: u32,
    /// The words before its commands: when it is to be done, and why.
    pub words: String,
    /// Its commands.
    pub commands: String,
}

/// The numbered steps below `## Do`, up to the next heading.
#[must_use]
pub fn steps(page: &str) -> Vec<Step> {
    let body = page.lines().skip_while(|line| *line != "## Do").skip(1);
    let mut steps: Vec<Step> = Vec::new();
    let mut fenced = false;
    for line in body.take_while(|line| !line.starts_with('#')) {
        let text = line.trim();
        if text.starts_with("```") {
            fenced = !fenced;
        } else if let Some((number, words)) = numbered(line).filter(|_| !fenced) {
            steps.push(Step { number, words: words.to_owned(), commands: String::new() });
        } else if let Some(step) = steps.last_mut() {
            let into = if fenced { &mut step.commands } else { &mut step.words };
            into.push_str(if fenced { "" } else { " " });
            into.push_str(text);
            into.push_str(if fenced { "\n" } else { "" });
        }
    }
    steps.iter_mut().for_each(|step| step.words = step.words.trim().to_owned());
    steps
}

fn numbered(line: &str) -> Option<(u32, &str)> {
    let (number, words) = line.split_once(". ")?;
    number.parse().ok().map(|number| (number, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# A\n\n## Look\n\n1. No step of these.\n\n## Do\n\nWords.\n\n1. Start it, then\n   wait:\n\n   ```sh\n   \
                        microk8s start\n   ```\n\n2. Ask:\n\n   ```sh\n   ask 1. NODE\n   again\n   ```\n\nMore.\n\n## Over when\n\n1. Never.\n";

    #[test]
    fn the_steps_of_the_section_are_found_with_their_commands() {
        let step =
            |number, words: &str, commands: &str| Step { number, words: words.into(), commands: commands.into() };
        let found = steps(PAGE);
        assert_eq!(found[0], step(1, "Start it, then wait:", "microk8s start\n"));
        assert_eq!(found[1].commands, "ask 1. NODE\nagain\n");
        assert_eq!(found.len(), 2);
    }
}
