//! The files of this checkout, as a developer wrote them.

#![expect(clippy::disallowed_methods, reason = "a judge of sources reads sources")]

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Folders that hold nothing written by hand.
const LEFT_OUT: &[&str] = &["target", ".git", ".run", "fixtures", "node_modules"];

/// All files below `root` whose name ends in `ending`, sorted, as paths relative to it.
///
/// # Errors
/// When a folder cannot be read.
pub fn files(root: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| format!("list {}", folder.display()))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type()?.is_dir() {
                if !LEFT_OUT.contains(&name.as_str()) {
                    open.push(entry.path());
                }
            } else if name.ends_with(ending) {
                found.push(entry.path().strip_prefix(root)?.to_path_buf());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A text file of the checkout.
///
/// # Errors
/// When it is absent or not UTF-8.
pub fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))
}
