//! What the device tree says of the board, its bootloader and its supply. It does not change before a restart.

use gjallarhorn_service::{Failure, Timestamp};

use super::Sum;
use crate::observe::slow::{self, Tree};
use crate::role::{BOOTLOADER, DEVICETREE, PSU, Shared};

pub(crate) fn round(shared: &Shared, now: Timestamp) -> Result<(), Failure> {
    shared.present()?;
    let machine = &shared.machine;
    let mut sum = Sum::default();
    sum.take(machine.property("model"));
    let board = machine.board();
    shared.know(board.clone());
    let kernel = sum.take(machine.kernel()).unwrap_or_default();
    // Each step is on the page before the next is read, so that one that hangs takes nothing along.
    let say = |tree: &Tree| shared.keep(DEVICETREE, now, slow::tree(tree));
    say(&Tree { board: board.clone(), kernel: kernel.clone(), ..Tree::default() });
    let supply = shared.told(PSU, || supply(shared)).unwrap_or_default();
    let mut tree = Tree { board, kernel, ..supply };
    say(&tree);
    tree.bootloader = shared.told(BOOTLOADER, || machine.cell("chosen/bootloader/build_timestamp")).ok();
    say(&tree);
    sum.outcome().and_then(|()| machine.property("model").map(drop))
}

/// What a Raspberry Pi 5 was told by its supply and its power chip.
fn supply(shared: &Shared) -> Result<Tree, Failure> {
    let cell = |name: &str| shared.machine.cell(&format!("chosen/power/{name}"));
    let psu = cell("max_current")?;
    // Present and not 0 is how the documentation reads these flags.
    let flag = |name: &str| cell(name).ok().map(|value| value != 0);
    let (usb_full, usb_over) = (flag("usb_max_current_enable"), flag("usb_over_current_detected"));
    Ok(Tree { psu: Some(psu), usb_full, usb_over, reset: cell("power_reset").ok(), ..Tree::default() })
}
