//! A workspace in a temporary folder, and the program run in it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The shipped campaign's folder.
pub const SHIPPED: &str = "templates/siths-paket-2";

/// A workspace that is removed when dropped.
pub struct Desk {
    folder: tempfile::TempDir,
}

/// How a run of the program ended.
#[derive(Debug)]
pub struct Said {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Desk {
    /// A folder with the shipped campaign and nothing else.
    pub fn shipped() -> Self {
        let desk = Desk::empty();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"), &desk.path("templates"));
        desk
    }

    /// The shipped campaign, where an answer needs no signature: for tests of all else.
    pub fn without_signatures() -> Self {
        let desk = Desk::shipped();
        desk.edit(&format!("{SHIPPED}/campaign.yaml"), "signature: required", "signature: optional");
        desk.edit(&format!("{SHIPPED}/declaration.yaml"), "required: [avsikt, namnteckning]", "required: [avsikt]");
        desk
    }

    /// A folder with a campaign of `tests/campaigns` and the typeface; the shipped campaign and its look are not there.
    pub fn with_campaign(name: &str) -> Self {
        let desk = Desk::empty();
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        copy(&project.join("tests/campaigns").join(name), &desk.path(&format!("templates/{name}")));
        copy(&project.join("templates/style/fonts"), &desk.path("templates/style/fonts"));
        desk
    }

    pub fn empty() -> Self {
        Desk { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, relative: &str) -> PathBuf {
        relative.split('/').fold(self.root().to_owned(), |path, part| path.join(part))
    }

    pub fn write(&self, relative: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder can be made");
        fs::write(path, bytes).expect("the file can be written");
    }

    pub fn read(&self, relative: &str) -> Vec<u8> {
        fs::read(self.path(relative)).unwrap_or_else(|error| panic!("{relative}: {error}"))
    }

    pub fn text(&self, relative: &str) -> String {
        String::from_utf8(self.read(relative)).expect("UTF-8")
    }

    pub fn json(&self, relative: &str) -> serde_json::Value {
        serde_json::from_slice(&self.read(relative)).expect("JSON")
    }

    /// Replaces a stretch of a text file; the stretch must be there.
    pub fn edit(&self, relative: &str, from: &str, to: &str) {
        let text = self.text(relative);
        assert!(text.contains(from), "{relative} does not hold {from:?}");
        self.write(relative, text.replacen(from, to, 1));
    }

    /// Names of the files below a folder, sorted, with forward slashes; none when it is missing.
    pub fn files(&self, relative: &str) -> Vec<String> {
        let mut found = Vec::new();
        walk(&self.path(relative), "", &mut found);
        found.sort();
        found
    }

    /// Runs the program in this folder.
    pub fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Said {
        self.run_with(arguments, &[])
    }

    /// Runs the program in this folder with more in its environment.
    pub fn run_with<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
        environment: &[(&str, &str)],
    ) -> Said {
        let output = Command::new(env!("CARGO_BIN_EXE_avsikt"))
            .args(arguments)
            .current_dir(self.root())
            .env_remove("NO_COLOR")
            .envs(environment.iter().copied())
            .output()
            .expect("the program starts");
        let text = |bytes| String::from_utf8(bytes).expect("the program writes UTF-8");
        Said {
            status: output.status.code().expect("the program ends by itself"),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

impl Said {
    /// The run's standard output; the run must have ended with this status.
    #[track_caller]
    pub fn ended(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let entry = entry.expect("the folder can be listed");
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            walk(&entry.path(), &format!("{name}/"), found);
        } else {
            found.push(name);
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder can be made");
    for entry in fs::read_dir(from).expect("the folder can be listed") {
        let entry = entry.expect("the folder can be listed");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("the file can be copied");
        }
    }
}
