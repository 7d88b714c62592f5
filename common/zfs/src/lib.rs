//! Reading ZFS: kstats, /dev/zfs through a child, nvlists and their layouts, into a model
