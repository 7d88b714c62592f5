//! Who turns swap on at boot, and which of the devices that are on are theirs. Pure.

use crate::parse::swaps::Device;
use crate::words::{Kind, Restorer};

/// One thing on the host that turns swap on at boot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Who.
    pub by: Restorer,
    /// What it turns on.
    pub brings: Brings,
    /// The file that says so, as the host names it: `/etc/fstab`.
    pub file: String,
}

/// What a cause turns on, as far as files tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Brings {
    /// The device or file of this path.
    Device(String),
    /// Some device of this kind.
    Some(Kind),
    /// Whatever it likes.
    Anything,
}

impl Brings {
    /// The path, if it is known.
    #[must_use]
    pub fn device(&self) -> Option<&str> {
        match self {
            Brings::Device(path) => Some(path),
            Brings::Some(_) | Brings::Anything => None,
        }
    }

    /// How well a device fits; 0 best.
    fn distance(&self, device: &Device) -> Option<u8> {
        match self {
            Brings::Device(path) => (*path == device.path).then_some(0),
            Brings::Some(kind) => (*kind == device.kind).then_some(1),
            Brings::Anything => Some(2),
        }
    }
}

/// Who brings a device: the cause that names it, else one that makes devices of its kind; the first in the order of
/// [`Restorer`] among equals.
#[must_use]
pub fn brought_by<'c>(device: &Device, causes: impl Iterator<Item = &'c Cause>) -> Option<Restorer> {
    let fitting = causes.filter_map(|cause| Some((cause.brings.distance(device)?, cause.by)));
    fitting.min().map(|(_, by)| by)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(path: &str, kind: Kind) -> Device {
        Device { path: path.into(), kind, size: 1, used: 0, deleted: false }
    }

    fn cause(by: Restorer, brings: Brings) -> Cause {
        Cause { by, brings, file: "/etc/x".into() }
    }

    #[test]
    fn who_names_the_device_comes_before_who_makes_its_kind() {
        let causes = [
            cause(Restorer::Service, Brings::Anything),
            cause(Restorer::ZramTools, Brings::Some(Kind::Zram)),
            cause(Restorer::ZramGenerator, Brings::Device("/dev/zram1".into())),
            cause(Restorer::RpiSwap, Brings::Device("/dev/zram0".into())),
            cause(Restorer::Fstab, Brings::Device("/dev/zram0".into())),
        ];
        let by = |path, kind| brought_by(&device(path, kind), causes.iter());
        assert_eq!(by("/dev/zram0", Kind::Zram), Some(Restorer::RpiSwap));
        assert_eq!(by("/dev/zram1", Kind::Zram), Some(Restorer::ZramGenerator));
        assert_eq!(by("/dev/zram2", Kind::Zram), Some(Restorer::ZramTools));
        assert_eq!(by("/swap.img", Kind::File), Some(Restorer::Service));
        assert_eq!(brought_by(&device("/swap.img", Kind::File), causes[1..].iter()), None);
    }
}
