//! `/proc/sys/kernel/arch` (since Linux 6.1): what `uname -m` says.

/// Whether a kernel of this name is a 64-bit one: `aarch64`, `x86_64`, `riscv64`, `ppc64le`, `s390x`.
#[must_use]
pub fn is_64bit(arch: &str) -> bool {
    let arch = arch.trim();
    arch.contains("64") || arch == "s390x"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_how_wide_a_kernel_is() {
        assert!(["aarch64\n", "x86_64", "riscv64", "s390x"].into_iter().all(is_64bit));
        assert!(!["armv7l\n", "armv6l", "i686", ""].into_iter().any(is_64bit));
    }
}
