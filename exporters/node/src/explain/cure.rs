//! What ends what should not be: commands that a person can copy. The runbooks of `rules/` say the same at length.

use crate::restore::Cause;
use crate::words::Restorer;

/// For a node whose name may not be read.
pub(super) const NODE_NAME: &str = "Name the node in the configuration (node: node-name: NAME), or let the exporter read \
                                    the file:\n    \
                                    sudo setfacl -m u:gjallarhorn-node:x /var/snap/microk8s/current/args\n    \
                                    sudo setfacl -m u:gjallarhorn-node:r /var/snap/microk8s/current/args/kubelet";

/// For a kernel without memory control groups.
pub(super) const CGROUPS: &str = "On a Raspberry Pi add to the one line of /boot/firmware/cmdline.txt, and reboot:\n    \
                                  cgroup_enable=memory cgroup_memory=1";

/// The name people know a restorer by.
pub(super) fn name(by: Restorer) -> &'static str {
    match by {
        Restorer::DphysSwapfile => "dphys-swapfile",
        Restorer::RpiSwap => "rpi-swap",
        Restorer::ZramConfig => "zram-config",
        Restorer::ZramTools => "zram-tools",
        Restorer::ZramGenerator => "zram-generator",
        Restorer::Fstab => "fstab",
        Restorer::SwapUnit => "a swap unit",
        Restorer::GptAuto => "systemd-gpt-auto-generator",
        Restorer::Swapspace => "swapspace",
        Restorer::Service => "a service of this host",
    }
}

/// What ends it, for now and for good.
pub(super) fn commands(cause: &Cause) -> String {
    let unit = cause.file.rsplit('/').next().unwrap_or_default();
    match cause.by {
        Restorer::DphysSwapfile => {
            "sudo systemctl disable --now dphys-swapfile && sudo dphys-swapfile uninstall".into()
        }
        Restorer::RpiSwap => settings("rpi/swap.conf.d", "90-no-swap.conf", "[Main]\\nMechanism=none\\n"),
        Restorer::ZramGenerator => {
            let zram = cause.brings.device().and_then(|path| path.rsplit('/').next()).unwrap_or("zram0");
            let text = format!("[{zram}]\\nzram-size=0\\n");
            settings("systemd/zram-generator.conf.d", &format!("90-no-{zram}.conf"), &text)
        }
        Restorer::Fstab => {
            let line = cause.file.rsplit(':').next().unwrap_or_default();
            format!("sudo sed -i.bak '{line}s/^/#/' /etc/fstab && sudo systemctl daemon-reload && sudo swapoff -a")
        }
        Restorer::GptAuto => format!("sudo swapoff -a && sudo systemctl mask '{unit}'"),
        Restorer::SwapUnit => format!("sudo systemctl disable --now '{unit}'"),
        Restorer::ZramConfig | Restorer::ZramTools | Restorer::Swapspace | Restorer::Service => {
            let service = if cause.file.starts_with("/etc/rc") { unit.get(3..).unwrap_or(unit) } else { unit };
            format!("sudo systemctl disable --now '{service}' && sudo swapoff -a")
        }
    }
}

/// A file of settings that wins over the others, as commands.
fn settings(folder: &str, file: &str, text: &str) -> String {
    format!(
        "sudo mkdir -p /etc/{folder} && printf '{text}' | sudo tee /etc/{folder}/{file} && sudo systemctl daemon-reload && \
         sudo swapoff -a"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::restore::Brings;

    #[test]
    fn a_start_script_is_disabled_by_the_name_of_its_service() {
        let ends = |by, file: &str| commands(&Cause { by, brings: Brings::Anything, file: file.into() });
        let script = ends(Restorer::ZramTools, "/etc/rc2.d/S01zramswap");
        assert!(script.contains("disable --now 'zramswap'"), "{script}");
        let unit = ends(Restorer::Service, "/etc/systemd/system/Swap.service");
        assert!(unit.contains("disable --now 'Swap.service'"), "{unit}");
    }
}
