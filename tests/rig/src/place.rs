//! Where things stand while a test runs: free ports, folders, the programs of this workspace, the cache of heavy things.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result, ensure};

/// A loopback port that nobody listened on a moment ago.
///
/// # Errors
/// When the machine has no port left.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("ask for a free port")?;
    Ok(listener.local_addr()?.port())
}

/// A folder that disappears with its owner.
///
/// # Errors
/// When the temporary folder of this machine cannot be written.
pub fn temporary() -> Result<tempfile::TempDir> {
    tempfile::Builder::new().prefix("gjallarhorn-").tempdir().context("make a temporary folder")
}

/// The root of the checkout.
#[must_use]
pub fn checkout() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Where images, unpacked packages and recordings are kept between runs.
#[must_use]
pub fn cache() -> PathBuf {
    if let Some(named) = std::env::var_os("GJALLARHORN_CACHE") {
        return named.into();
    }
    let home = std::env::var_os("HOME").map_or_else(|| PathBuf::from("/root"), PathBuf::from);
    home.join(".cache/gjallarhorn")
}

/// The path of one of our programs, built from this checkout first (once for each test process).
///
/// # Errors
/// When cargo cannot build it; the compiler's words are in the error.
pub fn program(name: &str) -> Result<PathBuf> {
    static BUILT: OnceLock<Result<(), String>> = OnceLock::new();
    let built = BUILT.get_or_init(|| build_programs().map_err(|error| format!("{error:#}")));
    if let Err(error) = built {
        anyhow::bail!("{error}");
    }
    let path = target()?.join(name);
    ensure!(path.is_file(), "cargo built no {}", path.display());
    Ok(path)
}

/// The path of our exporter for a machine with an arm64 processor: static, and built from this checkout first.
///
/// # Errors
/// When cargo cannot build it; the compiler's words are in the error.
pub fn arm64_exporter() -> Result<PathBuf> {
    const TARGET: &str = "aarch64-unknown-linux-musl";
    let mut command = cargo_build(&["--target", TARGET, "-p", "gjallarhorn-exporter"]);
    // Rust's own linker, and Debian's cross compiler for what is written in C.
    command.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER", "rust-lld");
    command.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_RUSTFLAGS", "-Cstrip=debuginfo");
    command.env("CC_aarch64_unknown_linux_musl", "aarch64-linux-gnu-gcc");
    finish(command)?;
    let profile = target()?;
    let folder = profile.file_name().zip(profile.parent()).context("the target folder is the root")?;
    let path = folder.1.join(TARGET).join(folder.0).join("gjallarhorn-exporter");
    ensure!(path.is_file(), "cargo built no {}", path.display());
    Ok(path)
}

fn build_programs() -> Result<()> {
    finish(cargo_build(&["-p", "gjallarhorn-exporter", "-p", "gjallarhorn-router"]))
}

fn cargo_build(what: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet"]).args(what);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    // Cargo tells a test about the test's package. The build script of ring reads that as a change, and ring and all that
    // stands on it would be built anew, here and again in the next build outside.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    command
}

fn finish(mut command: Command) -> Result<()> {
    let output = command.current_dir(checkout()).output().context("start cargo")?;
    ensure!(output.status.success(), "cargo build failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// The folder of the profile this test binary was built in (`target/debug`).
fn target() -> Result<PathBuf> {
    let test = std::env::current_exe().context("find the running test")?;
    let deps = test.parent().context("the running test stands in no folder")?;
    let folder = if deps.ends_with("deps") { deps.parent().unwrap_or(deps) } else { deps };
    Ok(folder.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checkout_is_the_workspace() {
        assert!(checkout().join("Cargo.lock").is_file());
    }

    #[test]
    fn a_free_port_can_be_bound() {
        let port = free_port().unwrap();
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
    }
}
