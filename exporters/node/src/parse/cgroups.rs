//! Whether the kernel accounts and limits memory of control groups. Raspberry Pi OS turns it off unless the kernel's command
//! line asks for it, and then no pod with a memory limit starts.

/// From `cgroup.controllers` of the unified hierarchy (cgroup v2): a list of words.
#[must_use]
pub fn memory_of_controllers(text: &str) -> bool {
    text.split_ascii_whitespace().any(|controller| controller == "memory")
}

/// From `/proc/cgroups` (cgroup v1): name, hierarchy, number of groups, enabled. A controller that is not listed is not
/// built in.
#[must_use]
pub fn memory_of_table(text: &str) -> bool {
    text.lines().any(|line| {
        let mut fields = line.split_ascii_whitespace();
        fields.next() == Some("memory") && fields.nth(2) == Some("1")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_controller_is_a_word_of_the_list() {
        assert!(memory_of_controllers("cpuset cpu io memory pids\n"));
        assert!(!memory_of_controllers("cpuset cpu io pids memory_recursiveprot\n"));
        assert!(!memory_of_controllers(""));
    }

    #[test]
    fn the_controller_is_enabled_in_the_table() {
        let table = |enabled| {
            format!("#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t2\t1\t1\nmemory\t0\t36\t{enabled}\n")
        };
        assert!(memory_of_table(&table("1")));
        assert!(!memory_of_table(&table("0")));
        assert!(!memory_of_table("#subsys_name\thierarchy\tnum_cgroups\tenabled\n"));
    }
}
