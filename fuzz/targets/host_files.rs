//! The files of a host that say who turns swap on and what the host is called.

#![no_main]

use gjallarhorn_role_node::parse::{
    auxv, cgroups, fstab, ini, kubelet, machine_id, mounts, names, rpi_swap, shell, stat, unit, zram,
};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = (fstab::swap_entries(bytes), auxv::auxv(bytes), mounts::is_mount_point(bytes, "/sys/fs/cgroup"));
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let settings = ini::Ini::parse(text);
    let _ = (rpi_swap::mechanism(&settings), zram::devices(&settings, zram::memory(text), None));
    let _ = (kubelet::hostname_override(text), stat::boot_time(text), shell::variable(text, "ENABLED"));
    let _ = (cgroups::memory_of_controllers(text), cgroups::memory_of_table(text), names::complaint(text));
    let _ = (unit::of_path(text), unit::to_path(text));
    if let Ok(hash) = machine_id::short_hash(text) {
        assert!(!text.contains(&hash), "the id itself must not be told");
    }
});
