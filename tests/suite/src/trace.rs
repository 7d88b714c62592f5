//! The output of strace, as far as a test wants to look.

/// `ZFS_IOC_POOL_STATS`.
pub const POOL_STATS: u32 = 0x5a05;
/// `ZFS_IOC_POOL_GET_PROPS`: crashes the kernel when asked of a pool that is not whole.
pub const POOL_GET_PROPS: u32 = 0x5a27;

/// One system call that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The thread that made it.
    pub thread: u32,
    /// Its name.
    pub name: String,
    /// Its line from the name on.
    pub text: String,
}

impl Call {
    /// Whether this is the ioctl with that number.
    #[must_use]
    pub fn is_ioctl(&self, number: u32) -> bool {
        self.name == "ioctl" && self.text.contains(&format!(", {number:#x}"))
    }
}

/// The calls in the output of `strace -f -tt -e raw=ioctl -o`: thread, time of day, call. Ends of interrupted calls and notes about
/// signals and exits are no calls.
#[must_use]
pub fn parse(text: &str) -> Vec<Call> {
    text.lines().filter_map(call).collect()
}

fn call(line: &str) -> Option<Call> {
    let (thread, rest) = line.split_once(' ')?;
    let (_time, text) = rest.trim_start().split_once(' ')?;
    let (name, _) = text.split_once('(')?;
    let real = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    real.then(|| Call { thread: thread.parse().unwrap_or(0), name: name.to_owned(), text: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
101 10:00:00.000001 execve(\"/usr/bin/x\", [\"x\"], 0x7ff /* 5 vars */) = 0
102 10:00:00.100000 ioctl(0x3, 0x5a05, 0x7f <unfinished ...>
101 10:00:00.200000 --- SIGCHLD {si_signo=SIGCHLD} ---
102 10:00:00.300000 <... ioctl resumed>) = 0
103 10:00:00.400000 ioctl(0x3, 0x5a27, 0x7f) = -1 ENOENT (No such file or directory)
103 10:00:00.500000 +++ exited with 0 +++
";

    #[test]
    fn calls_are_found_and_nothing_else() {
        let calls = parse(TEXT);
        let names: Vec<(u32, &str)> = calls.iter().map(|call| (call.thread, call.name.as_str())).collect();
        assert_eq!(names, [(101, "execve"), (102, "ioctl"), (103, "ioctl")]);
        assert!(calls[1].is_ioctl(POOL_STATS) && !calls[1].is_ioctl(POOL_GET_PROPS));
        assert!(calls[2].is_ioctl(POOL_GET_PROPS));
    }
}
