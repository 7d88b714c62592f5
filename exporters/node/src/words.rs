//! The bounded words of the role: checks, kinds of swap, and who brings swap back.

/// An enum of which each value has one word, the one that labels show.
macro_rules! words {
    ($(#[doc = $about:literal])+ $name:ident { $($(#[doc = $doc:literal])+ $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[doc = $doc])+ $variant),+
        }

        impl $name {
            /// Every value, in the order of [`Self::WORDS`].
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Every word.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The label value.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }

            /// The value of a word.
            #[must_use]
            pub fn of_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }
    };
}

words! {
    /// What a host must conform to.
    Check {
        /// No swap is on.
        SwapOff = "swap_off",
        /// Nothing on the host will turn swap on at the next boot.
        SwapStaysOff = "swap_stays_off",
        /// The kernel's hostname is the one in `/etc/hostname`.
        HostnameFile = "hostname_file",
        /// The name of the Kubernetes node is the host's.
        HostnameNode = "hostname_node",
        /// The hostname is one that a Kubernetes node can bear: lower case, RFC 1123.
        HostnameValid = "hostname_valid",
        /// The kernel can account and limit memory of control groups.
        CgroupMemory = "cgroup_memory",
        /// The kernel's pages have the size that the configuration names.
        PageSizeExpected = "page_size_expected",
        /// The kernel is a 64-bit one.
        Kernel64bit = "kernel_64bit",
    }
}

words! {
    /// What a swap device is.
    Kind {
        /// Compressed memory, `/dev/zramN`.
        Zram = "zram",
        /// A file of a file system.
        File = "file",
        /// A partition, a logical volume, or another block device.
        Partition = "partition",
    }
}

words! {
    /// Who turns swap on at boot. The order is that of trust: where two fit a device, the first is named.
    Restorer {
        /// The package `dphys-swapfile` (Raspberry Pi OS up to bookworm).
        DphysSwapfile = "dphys_swapfile",
        /// The package `rpi-swap` (Raspberry Pi OS from trixie on).
        RpiSwap = "rpi_swap",
        /// The package `zram-config` of Ubuntu, Armbian's and others of that name.
        ZramConfig = "zram_config",
        /// The package `zram-tools` (`zramswap.service`).
        ZramTools = "zram_tools",
        /// `systemd-zram-generator`.
        ZramGenerator = "zram_generator",
        /// A line of `/etc/fstab`, Ubuntu's `/swap.img` among them.
        Fstab = "fstab",
        /// A `.swap` unit that is enabled.
        SwapUnit = "swap_unit",
        /// A partition that `systemd-gpt-auto-generator` finds by its type.
        GptAuto = "gpt_auto",
        /// The package `swapspace`, which makes swap files when memory runs short.
        Swapspace = "swapspace",
        /// A service that somebody wrote on this host and that calls `swapon`.
        Service = "service",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_names_one_value_and_back() {
        for check in Check::ALL {
            assert_eq!(Check::of_word(check.word()), Some(*check));
        }
        assert_eq!(Check::of_word("swap"), None);
        assert_eq!(Restorer::WORDS.len(), Restorer::ALL.len());
    }
}
