//! The wires: one switch for everybody and one for those set aside, in a namespace of their own.
//!
//! The kernel may have no packet filter. A host is cut off by taking its cable out, a side by moving cables to the other
//! switch, and one direction is blocked by a false neighbour: the sender then addresses its packets to nobody.

use anyhow::Result;

use super::space::Space;

/// The hub; whoever runs in its space is on the switch for everybody.
#[derive(Debug)]
pub(super) struct Switch {
    space: Space,
}

/// The network of all hosts.
const NETWORK: &str = "10.77.0";

/// The number of the hub's own address.
const HUB: u8 = 254;

/// The address of a host, without a port.
pub(super) fn address(number: u8) -> String {
    format!("{NETWORK}.{number}")
}

impl Switch {
    /// Both switches, no cable yet.
    pub(super) fn new() -> Result<Self> {
        let space = Space::new("switch")?;
        let hub = address(HUB);
        space.shell(&format!(
            "for one in everybody aside; do ip link add $one type bridge && ip link set $one up || exit; done
             ip address add {hub}/24 dev everybody"
        ))?;
        Ok(Self { space })
    }

    /// Where clients run that reach every host which is not cut off.
    pub(super) fn space(&self) -> &Space {
        &self.space
    }

    /// Gives a host its cable and its address.
    pub(super) fn plug(&self, number: u8, host: &Space) -> Result<()> {
        let pid = host.pid();
        self.space.shell(&format!(
            "ip link add cable{number} type veth peer name eth0 netns {pid} && ip link set cable{number} master everybody up"
        ))?;
        host.shell(&format!("ip address add {}/24 dev eth0 && ip link set eth0 up", address(number)))?;
        Ok(())
    }

    /// Takes a host's cable out.
    pub(super) fn pull(&self, number: u8) -> Result<()> {
        self.space.shell(&format!("ip link set cable{number} down")).map(drop)
    }

    /// Puts it back, on the switch for everybody.
    pub(super) fn push(&self, number: u8) -> Result<()> {
        self.space.shell(&format!("ip link set cable{number} master everybody up")).map(drop)
    }

    /// Moves it to the other switch.
    pub(super) fn aside(&self, number: u8) -> Result<()> {
        self.space.shell(&format!("ip link set cable{number} master aside up")).map(drop)
    }
}

/// From now on a host sends its packets for host `to` to an address that nobody has.
pub(super) fn lead_astray(host: &Space, to: u8) -> Result<()> {
    let to = address(to);
    host.shell(&format!("ip neigh replace {to} lladdr 02:00:00:00:00:99 dev eth0 nud permanent")).map(drop)
}

/// Ends that.
pub(super) fn lead_right(host: &Space, to: u8) -> Result<()> {
    host.shell(&format!("ip neigh del {} dev eth0", address(to))).map(drop)
}
