//! A file that does not come back when it is opened: a pipe nobody writes to.

use std::fs::OpenOptions;

use gjallarhorn_service::roles::Roles;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::*;

/// Far more than anything takes; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks for pages until one satisfies.
async fn page_that(roles: &Roles, satisfies: impl Fn(&str) -> bool) -> String {
    let begun = Timestamp::now();
    loop {
        let page = roles.page(PATIENCE).await;
        if satisfies(&page) {
            return page;
        }
        assert!(begun.elapsed() < PATIENCE, "no such page: {page}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_disk_that_hangs_takes_nothing_with_it_but_what_stands_on_it() {
    let machine = Machine::with(&[("proc/swaps", "Filename\n"), ("proc/sys/kernel/hostname", "odin\n")]);
    let fstab = machine.path().join("etc/fstab");
    mkfifo(&fstab, Mode::S_IRWXU).unwrap();
    let role = Arc::new(Node::new(&Config::default(), machine.path(), &Health::new("test"), &|_| None));
    let shared = Arc::clone(&role.shared);
    let roles = Roles::start(vec![role], &shared.health).unwrap();
    let page = page_that(&roles, |page| check(page, "hostname_valid").is_some()).await;
    assert_eq!(check(&page, "swap_off"), Some("1"));
    assert_eq!(check(&page, "swap_stays_off"), None, "nobody knows while the file hangs");
    // The disk answers: a writer opens the pipe, and closes it again.
    tokio::task::spawn_blocking(move || OpenOptions::new().write(true).open(fstab).unwrap()).await.unwrap();
    page_that(&roles, |page| check(page, "swap_stays_off") == Some("1")).await;
}
