//! The arguments file of MicroK8s' kubelet (`$SNAP_DATA/args/kubelet`): one argument a line.

use super::Malformed;

/// The name that `--hostname-override` gives to the node; `None` if it is not there.
///
/// # Errors
/// The value is empty, or a variable that only the shell which starts the kubelet knows.
pub fn hostname_override(text: &str) -> Result<Option<String>, Malformed> {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let mut values = lines.filter_map(|line| line.strip_prefix("--hostname-override")?.strip_prefix(['=', ' ']));
    let Some(value) = values.next_back() else { return Ok(None) };
    let name = value.trim().trim_matches(['"', '\'']);
    if name.is_empty() || name.contains(['$', '`']) {
        return Err(Malformed::new("a name behind --hostname-override", value));
    }
    Ok(Some(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_override_counts() {
        let defaults = "--kubeconfig=${SNAP_DATA}/credentials/kubelet.config\n--fail-swap-on=false\n";
        assert_eq!(hostname_override(defaults), Ok(None));
        for (line, name) in [
            ("--hostname-override=odrerir", "odrerir"),
            ("--hostname-override \"odrerir\"", "odrerir"),
            ("--hostname-override=old\n  --hostname-override=Odrerir ", "Odrerir"),
            ("#--hostname-override=old\n--hostname-override=new", "new"),
        ] {
            assert_eq!(hostname_override(&format!("{defaults}{line}\n")), Ok(Some(name.to_owned())), "{line}");
        }
        assert_eq!(hostname_override("--hostname-overrides=x\n"), Ok(None));
    }

    #[test]
    fn a_variable_is_no_name() {
        for line in ["--hostname-override=", "--hostname-override=$(hostname)", "--hostname-override=\"\""] {
            assert!(hostname_override(line).is_err(), "{line}");
        }
    }
}
