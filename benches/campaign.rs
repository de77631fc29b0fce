//! How long rendering and reading take, each as one whole: `cargo bench`.
//!
//! The shipped campaign, one thread. `first` is a cold start; the others are the steady state that a batch has. Typst's
//! own export of the same document is not measured alone here: it is about half of `one_more_declaration`.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a bench that cannot start has no figure")]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use avsikt::campaign::{Campaign, load};
use avsikt::inbox;
use avsikt::manifest::Manifest;
use avsikt::pdf::worker::Pool;
use avsikt::read::{Campaigner, read};
use avsikt::render::{Renderer, manifest};
use avsikt::workspace::Workspace;
use divan::Bencher;

fn main() {
    divan::main();
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn campaign() -> &'static Campaign {
    static CAMPAIGN: OnceLock<Campaign> = OnceLock::new();
    CAMPAIGN.get_or_init(|| load(&Workspace::open(root()).unwrap(), None).unwrap().campaign.unwrap())
}

fn renderer() -> Renderer<'static> {
    Renderer::new(&Workspace::open(root()).unwrap(), campaign()).unwrap()
}

/// Composes, typesets and finishes a declaration after others of the same campaign.
#[divan::bench(min_time = 3)]
fn one_more_declaration(bencher: Bencher) {
    let renderer = renderer();
    let mut index = 0;
    renderer.render(0).unwrap();
    bencher.bench_local(|| {
        index = (index + 1) % campaign().recipients.len();
        renderer.render(index).unwrap()
    });
}

/// Reads the style and renders the first declaration with nothing in Typst's memory.
#[divan::bench(sample_count = 10)]
fn first_declaration(bencher: Bencher) {
    bencher.with_inputs(|| comemo::evict(0)).bench_local_values(|()| renderer().render(0).unwrap());
}

/// Reads one form through a worker process that is already there.
#[divan::bench(min_time = 3)]
fn one_returned_form(bencher: Bencher) {
    let renderer = renderer();
    let rendered = renderer.render(13).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("inbox.pdf");
    std::fs::write(&path, &rendered.pdf).unwrap();
    let sent: Manifest = manifest(campaign(), &[rendered]);
    let pool = Pool::new(env!("CARGO_BIN_EXE_avsikt"), 1);
    let workspace = Workspace::open(folder.path()).unwrap();
    let against = Campaigner { manifest: &sent, key: &campaign().key, workspace: &workspace };
    bencher.bench_local(|| read(&inbox::parcel(&workspace, &path), &against, &pool));
}
