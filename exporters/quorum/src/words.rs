//! The words that labels, answers and sentences use, each in one place. Nothing else of the role is known here.

/// From one line per word: an enum and its `WORDS`, `word()` and `ALL`.
macro_rules! words {
    ($(#[doc = $about:literal])+ $name:ident { $($(#[doc = $help:literal])+ $variant:ident = $word:literal,)+ }) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[doc = $help])+ $variant,)+ }

        impl $name {
            /// Every word, in the order of the table.
            pub const WORDS: &[&str] = &[$($word),+];
            /// Every value, in the same order.
            pub const ALL: &[$name] = &[$($name::$variant),+];

            /// The word of this value.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)+ }
            }

            /// The value of a word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.word() == word)
            }
        }
    };
}

/// The stores that can be watched.
pub const BACKENDS: &[&str] = &["dqlite"];
/// Phases of a connection.
pub const PHASES: &[&str] = &["resolve", "connect", "tls"];
/// Certificates whose end is told.
pub const CERTIFICATES: &[&str] = &["cluster.crt", "server.crt", "ca.crt", "front-proxy-client.crt"];
/// What is checked of a node's identity.
pub const IDENTITY_CHECKS: &[&str] = &["address_local", "address_resolvable", "in_table", "cluster_yaml_fresh"];

/// The services of MicroK8s' snap, as `snapcraft.yaml` names them after `daemon-` (1.19 to 1.34).
pub const SERVICES: &[&str] = &[
    "apiserver-kicker",
    "apiserver-proxy",
    "cluster-agent",
    "containerd",
    "etcd",
    "flanneld",
    "k8s-dqlite",
    "kubelite",
];
/// What a service may have to wait for.
pub const RESOURCES: &[&str] = &["cpu", "memory", "io"];

words! {
    /// Whose table of members is believed, best first.
    Authority {
        /// The confirmed leader's.
        Leader = "leader",
        /// Another voter's.
        Voter = "voter",
        /// A standby's.
        Standby = "standby",
        /// The file `cluster.yaml`, written from the leader's answer some time ago.
        File = "file",
        /// Nobody's: who is a member is not known.
        None = "none",
    }
}

words! {
    /// Why one more failure is not survived, the first that holds.
    HaReason {
        /// It is survived.
        Ok = "ok",
        /// The node is a worker and knows nothing of the store.
        Worker = "worker",
        /// MicroK8s is stopped on this node.
        Stopped = "stopped",
        /// MicroK8s left dqlite off because the node has little memory.
        LowMemoryGuard = "low_memory_guard",
        /// The addon ha-cluster is off.
        AddonDisabled = "addon_disabled",
        /// Nobody could be asked, so nothing is known.
        Unreachable = "unreachable",
        /// Fewer effective voters than the quorum.
        NoQuorum = "no_quorum",
        /// Enough voters, and none leads.
        NoLeader = "no_leader",
        /// Fewer than three members.
        TooFewMembers = "too_few_members",
        /// Three members or more, and fewer than three voters.
        VotersNotPromoted = "voters_not_promoted",
        /// A voter does not answer.
        VoterOffline = "voter_offline",
        /// A voter answers and cannot write: disk full, or far behind.
        VoterLagging = "voter_lagging",
    }
}

words! {
    /// State of a log segment.
    SegmentState {
        /// Being written, or made ready for it.
        Open = "open",
        /// Full, with its first and last entry in its name.
        Closed = "closed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_back_to_their_value() {
        for reason in HaReason::ALL {
            assert_eq!(HaReason::from_word(reason.word()), Some(*reason));
        }
        assert_eq!(HaReason::from_word("luck"), None);
    }
}
