//! The workspace: the folder with `templates/`, `inbox/` and `outbox/`, and the only file that touches the file system.
//!
//! Reading names the path in every error. Writing is atomic: into a temporary file beside the target, flushed, then
//! renamed, so a kill at any moment leaves the old file or the new one. The inbox is only ever read.
#![expect(clippy::disallowed_methods, reason = "this is the file that the others must use")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufWriter, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::token;

/// A folder with `templates/`, `inbox/` and `outbox/`.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Opens an existing folder as a workspace.
    pub fn open(root: &Path) -> Result<Self> {
        let meta = fs::metadata(root).map_err(|e| io("open", root, e))?;
        if meta.is_dir() {
            Ok(Workspace { root: root.to_owned() })
        } else {
            Err(Error::plain(
                format!("`{}` is not a folder", root.display()),
                "give the folder that holds `templates/` with `--workspace`",
            ))
        }
    }

    /// Makes a folder for a new workspace; refuses one that holds anything.
    pub fn create(root: &Path) -> Result<Self> {
        if root.exists() && list(root)?.next().is_some() {
            return Err(Error::plain(format!("`{}` is not empty", root.display()), "give the name of a new folder"));
        }
        fs::create_dir_all(root).map_err(|e| io("create", root, e))?;
        Ok(Workspace { root: root.to_owned() })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn inbox(&self) -> PathBuf {
        self.root.join("inbox")
    }

    /// Whether there is an inbox.
    ///
    /// # Errors
    /// When it is there and cannot be listed: that is not the same as an empty one.
    pub fn list_inbox(&self) -> Result<bool> {
        let path = self.inbox();
        match fs::read_dir(&path) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !path.is_symlink() => Ok(false),
            Err(error) => Err(io("list", &path, error)),
        }
    }

    /// The absolute or root-relative path of a workspace path written with forward slashes.
    pub fn path(&self, relative: &str) -> PathBuf {
        relative.split('/').fold(self.root.clone(), |path, part| path.join(part))
    }

    /// A workspace path as it is printed: with the workspace's folder before it, unless that is the current one.
    pub fn shown(&self, relative: &str) -> String {
        if self.root == Path::new(".") { relative.to_owned() } else { self.path(relative).display().to_string() }
    }

    /// How a path is shown and recorded: relative to the workspace, with forward slashes.
    pub fn relative(&self, path: &Path) -> String {
        let shown = path.strip_prefix(&self.root).unwrap_or(path);
        if shown.has_root() {
            return path.display().to_string();
        }
        let parts: Vec<_> = shown
            .components()
            .filter(|c| !matches!(c, Component::CurDir))
            .map(|c| c.as_os_str().to_string_lossy().into_owned())
            .collect();
        parts.join("/")
    }

    /// Names of the folders in a folder of the workspace, sorted; none when it is missing.
    pub fn folders(&self, relative: &str) -> Result<Vec<String>> {
        let path = self.path(relative);
        if !path.is_dir() {
            return Ok(Vec::new());
        }
        names(&path, |kind| kind.is_dir())
    }

    /// Names of the files in a folder of the workspace, sorted; none when it is missing.
    pub fn files(&self, relative: &str) -> Result<Vec<String>> {
        let path = self.path(relative);
        if !path.is_dir() {
            return Ok(Vec::new());
        }
        names(&path, |kind| kind.is_file())
    }

    /// Size and time of the last change of every file below a folder of the workspace. A file that goes while one looks
    /// is left out.
    pub fn times(&self, relative: &str) -> Result<BTreeMap<String, (u64, Option<SystemTime>)>> {
        let mut times = BTreeMap::new();
        for name in self.files(relative)? {
            let file = format!("{relative}/{name}");
            if let Ok(size_and_time) = size_and_time(&self.path(&file)) {
                times.insert(file, size_and_time);
            }
        }
        for name in self.folders(relative)? {
            times.append(&mut self.times(&format!("{relative}/{name}"))?);
        }
        Ok(times)
    }

    pub fn exists(&self, relative: &str) -> bool {
        self.path(relative).exists()
    }

    pub fn read(&self, relative: &str) -> Result<Vec<u8>> {
        read(&self.path(relative))
    }

    /// Writes a file whole or not at all, making its folder where needed.
    pub fn write(&self, relative: &str, bytes: &[u8]) -> Result<()> {
        self.write_for(relative, |out| out.write_all(bytes), open_to_all)
    }

    /// The same, readable by its owner alone.
    pub fn write_private(&self, relative: &str, bytes: &[u8]) -> Result<()> {
        self.write_for(relative, |out| out.write_all(bytes), |_| Ok(()))
    }

    /// Writes a file part by part, unless the very same file stands there already. `write` is asked twice for the same bytes.
    pub fn write_where_different(
        &self,
        relative: &str,
        write: impl Fn(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<()> {
        let path = self.path(relative);
        if path.exists() {
            let mut hash = Sha256::new();
            write(&mut HashWriter(&mut hash)).map_err(|e| io("write", &path, e))?;
            if sha256(&path).is_ok_and(|there| there == token::hex(&hash.finalize())) {
                return Ok(());
            }
        }
        self.write_for(relative, write, open_to_all)
    }

    fn write_for(
        &self,
        relative: &str,
        write: impl Fn(&mut dyn Write) -> std::io::Result<()>,
        open: impl Fn(&Path) -> std::io::Result<()>,
    ) -> Result<()> {
        let path = self.path(relative);
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder).map_err(|e| io("create", folder, e))?;
        let mut temporary =
            tempfile::Builder::new().prefix(".avsikt-").tempfile_in(folder).map_err(|e| io("write in", folder, e))?;
        let mut buffer = BufWriter::new(temporary.as_file_mut());
        write(&mut buffer).and_then(|()| buffer.flush()).map_err(|e| io("write", &path, e))?;
        drop(buffer);
        temporary.as_file().sync_data().map_err(|e| io("write", &path, e))?;
        open(temporary.path()).map_err(|e| io("write", &path, e))?;
        temporary.persist(&path).map_err(|e| io("replace", &path, e.error))?;
        Ok(())
    }

    /// A staging folder inside `relative`, empty.
    pub fn staging(&self, relative: &str) -> Result<Staging> {
        let folder = self.path(relative).join(STAGING);
        let staging = Staging { workspace: self.clone(), folder };
        // What a run left that was killed.
        staging.clear().map_err(|e| io("remove", &staging.folder, e))?;
        fs::create_dir_all(&staging.folder).map_err(|e| io("create", &staging.folder, e))?;
        Ok(staging)
    }

    /// Removes a file of the outbox; one that is gone already is no error.
    pub fn remove_output(&self, relative: &str) -> Result<()> {
        let path = self.path(relative);
        match fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(io("remove", &path, e)),
            _ => Ok(()),
        }
    }
}

const STAGING: &str = ".staging";

/// Where files wait until all of them are there: outputs of one run, written as they are made and moved to their places at
/// the end. Nothing of it is left when it is dropped.
#[derive(Debug)]
pub struct Staging {
    workspace: Workspace,
    folder: PathBuf,
}

impl Staging {
    /// Writes a file that is to stand at `relative`, unless the very same file stands there already.
    pub fn put(&self, relative: &str, bytes: &[u8]) -> Result<()> {
        if self.workspace.exists(relative) && self.workspace.read(relative).is_ok_and(|there| there == bytes) {
            return Ok(());
        }
        let path = self.place(relative);
        let mut file = fs::File::create(&path).map_err(|e| io("write", &path, e))?;
        file.write_all(bytes)
            .and_then(|()| file.sync_data())
            .map_err(|e| io("write", &self.workspace.path(relative), e))
    }

    /// Moves a file to its place; one that stood there already stays.
    pub fn settle(&self, relative: &str) -> Result<()> {
        let (from, path) = (self.place(relative), self.workspace.path(relative));
        if !from.exists() {
            return Ok(());
        }
        let folder = path.parent().unwrap_or(&self.workspace.root);
        fs::create_dir_all(folder).map_err(|e| io("create", folder, e))?;
        fs::rename(&from, &path).map_err(|e| io("replace", &path, e))
    }

    /// The path as one name.
    fn place(&self, relative: &str) -> PathBuf {
        self.folder.join(relative.replace('/', "+"))
    }

    fn clear(&self) -> std::io::Result<()> {
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next run.
        let _ = self.clear();
    }
}

/// Writes a file outside a workspace, whole or not at all, readable by its owner alone.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = Workspace { root: path.parent().unwrap_or(Path::new(".")).to_owned() };
    folder.write_private(&path.file_name().unwrap_or_default().to_string_lossy(), bytes)
}

/// Reads a whole file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|e| io("read", path, e))
}

/// Whether a file begins with these bytes; false for one that cannot be read.
pub fn begins_with(path: &Path, magic: &[u8]) -> bool {
    let mut head = vec![0; magic.len()];
    fs::File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok() && head == magic
}

/// Lets a hash be written to.
struct HashWriter<'h>(&'h mut Sha256);

impl Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// SHA-256 of a file that is too large to be read whole, in lower-case hexadecimal.
pub fn sha256(path: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    let mut file = fs::File::open(path).map_err(|e| io("read", path, e))?;
    std::io::copy(&mut file, &mut HashWriter(&mut hash)).map_err(|e| io("read", path, e))?;
    Ok(token::hex(&hash.finalize()))
}

/// Size in bytes and time of the last change of a file.
pub fn size_and_time(path: &Path) -> Result<(u64, Option<SystemTime>)> {
    let meta = fs::metadata(path).map_err(|e| io("look at", path, e))?;
    Ok((meta.len(), meta.modified().ok()))
}

fn io(action: &'static str, path: &Path, source: std::io::Error) -> Error {
    Error::Io { action, path: path.to_owned(), source }
}

fn list(path: &Path) -> Result<fs::ReadDir> {
    fs::read_dir(path).map_err(|e| io("list", path, e))
}

fn names(path: &Path, wanted: impl Fn(fs::FileType) -> bool) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in list(path)? {
        let entry = entry.map_err(|e| io("list", path, e))?;
        let kind = entry.file_type().map_err(|e| io("look at", &entry.path(), e))?;
        if wanted(kind) {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Temporary files are made for their owner alone; outputs are for whoever the folder is for.
#[cfg(unix)]
fn open_to_all(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn open_to_all(_: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_replaces_whole_files_and_leaves_no_temporary_one() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let workspace = Workspace::open(folder.path()).expect("it is a folder");
        workspace.write("outbox/a/b.txt", b"one").expect("writable");
        workspace.write("outbox/a/b.txt", b"two").expect("writable");
        assert_eq!(workspace.read("outbox/a/b.txt").expect("readable"), b"two");
        assert_eq!(workspace.files("outbox/a").expect("listable"), ["b.txt"]);
    }

    #[test]
    fn staged_files_stand_in_their_places_only_when_settled() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let workspace = Workspace::open(folder.path()).expect("it is a folder");
        workspace.write("outbox/.staging/left", b"by a run that was killed").expect("writable");
        let staging = workspace.staging("outbox").expect("writable");
        assert_eq!(workspace.files("outbox/.staging").expect("listable"), [""; 0]);
        staging.put("outbox/a/b.txt", b"one").expect("writable");
        assert!(!workspace.exists("outbox/a/b.txt"));
        staging.settle("outbox/a/b.txt").expect("writable");
        staging.put("outbox/a/b.txt", b"one").expect("the same is there");
        assert_eq!(workspace.files("outbox/.staging").expect("listable"), [""; 0]);
        staging.settle("outbox/a/b.txt").expect("it stays");
        drop(staging);
        assert_eq!(workspace.read("outbox/a/b.txt").expect("readable"), b"one");
        assert_eq!(workspace.folders("outbox").expect("listable"), ["a"]);
    }

    #[test]
    fn a_folder_in_the_way_is_an_error_with_its_path() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let workspace = Workspace::open(folder.path()).expect("it is a folder");
        workspace.write("outbox/report/x", b"").expect("writable");
        let error = workspace.write("outbox/report", b"").expect_err("a folder is there");
        assert!(error.to_string().contains("outbox"), "{error}");
    }
}
