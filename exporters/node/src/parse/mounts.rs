//! `/proc/self/mountinfo`: whether something is mounted at a place. Format: proc_pid_mountinfo(5), the fifth field.

use super::octal;

/// Whether something is mounted exactly at `point`.
#[must_use]
pub fn is_mount_point(mountinfo: &[u8], point: &str) -> bool {
    let points = mountinfo.split(|byte| *byte == b'\n').filter_map(|line| line.split(|byte| *byte == b' ').nth(4));
    points.map(octal::unescape).any(|mounted| mounted == point)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_fifth_field_counts() {
        let text = b"22 28 0:21 / /proc rw,nosuid - proc proc rw\n\
                     611 590 8:2 /var/lib/x/hostname /etc/hostname rw,relatime - ext4 /dev/sda2 rw\n\
                     7 1 0:1 /etc/hosts /a\\040b rw - tmpfs tmpfs rw\n";
        assert!(is_mount_point(text, "/etc/hostname"));
        assert!(is_mount_point(text, "/a b"));
        assert!(!is_mount_point(text, "/etc/hosts"));
        assert!(!is_mount_point(b"\xff\n\n ", "/etc/hostname"));
    }
}
