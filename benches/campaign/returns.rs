//! How long reading takes: one return of each kind through a worker that is already there, and a full inbox.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use avsikt::answer::document::{Document, Outcome};
use avsikt::answer::understand;
use avsikt::inbox;
use avsikt::pdf::worker::Pool;
use avsikt::read::{Campaigner, Pictures};
use avsikt::workspace::Workspace;
use divan::Bencher;
use tempfile::TempDir;

use crate::support::journey::flatten;
use crate::support::returned::Returned;
use crate::support::sent::{Outbox, outbox};
use crate::support::signer::signed;
use crate::{MANY, peak_of_children, root};

/// Every fourth return of a full inbox is flattened.
const FLATTENED: usize = 4;

fn filled(code: &str) -> Returned {
    let mut returned = Returned::filled(code, "ja");
    returned.set_text("kommentar_ja", "Vi vill vara med från början.\nÅterkom gärna om tidplanen.");
    returned
}

fn flattened(code: &str) -> Vec<u8> {
    let mut returned = filled(code);
    flatten(&mut returned);
    returned.pdf.prune_objects();
    returned.bytes()
}

/// A folder with one return in it.
struct Inbox {
    _folder: TempDir,
    workspace: Workspace,
    path: PathBuf,
}

impl Inbox {
    fn of(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("svar.pdf");
        std::fs::write(&path, bytes).unwrap();
        let workspace = Workspace::open(folder.path()).unwrap();
        Inbox { _folder: folder, workspace, path }
    }
}

fn read(parcel: &inbox::Parcel, against: &Campaigner<'_>, pool: &Pool) -> Document {
    read_with(parcel, against, pool, Pictures::None)
}

fn read_with_crops(parcel: &inbox::Parcel, against: &Campaigner<'_>, pool: &Pool) -> Document {
    read_with(parcel, against, pool, Pictures::Fields)
}

fn read_with(parcel: &inbox::Parcel, against: &Campaigner<'_>, pool: &Pool, pictures: Pictures) -> Document {
    let evidence = avsikt::read::read(parcel, against, pool, pictures).unwrap().remove(0);
    understand(evidence, against.manifest, &outbox().needs).0
}

fn with_campaigner<T>(outbox: &Outbox, then: impl FnOnce(&Campaigner<'_>) -> T) -> T {
    let workspace = Workspace::open(outbox.desk.root()).unwrap();
    then(&Campaigner { manifest: &outbox.manifest, key: &outbox.key, workspace: &workspace })
}

fn pool(size: usize) -> Pool {
    Pool::new(env!("CARGO_BIN_EXE_avsikt"), size)
}

/// Reads a return as the report needs it, and makes sure that it is an answer.
fn whole_reading(bencher: Bencher, bytes: &[u8], read: impl Fn(&inbox::Parcel, &Campaigner<'_>, &Pool) -> Document) {
    let (inbox, pool) = (Inbox::of(bytes), pool(1));
    with_campaigner(outbox(), |against| {
        let once = || read(&inbox::parcel(&inbox.workspace, &inbox.path), against, &pool);
        assert_eq!(once().outcome, Outcome::Answer);
        bencher.bench_local(once);
    });
}

/// Asks a worker for one form's facts alone: fields, identity, digests and text, without looking at the page.
#[divan::bench(min_time = 3)]
fn facts_of_one_form(bencher: Bencher) {
    let (bytes, pool) = (filled("18").bytes(), pool(1));
    bencher.bench_local(|| pool.open(&bytes).facts().unwrap());
}

/// Everything that careful reading does with a filled-in form.
#[divan::bench(min_time = 3)]
fn one_returned_form(bencher: Bencher) {
    whole_reading(bencher, &filled("18").bytes(), read);
}

/// The same, and draws the pictures for the report.
#[divan::bench(min_time = 3)]
fn one_returned_form_with_crops(bencher: Bencher) {
    whole_reading(bencher, &filled("18").bytes(), read_with_crops);
}

/// A form that was filled in and then signed.
#[divan::bench(min_time = 3)]
fn one_signed_return(bencher: Bencher) {
    whole_reading(bencher, &signed(filled("18")), read);
}

/// A form that became part of its page.
#[divan::bench(min_time = 3)]
fn one_flattened_return(bencher: Bencher) {
    whole_reading(bencher, &flattened("18"), read);
}

/// A return of the shipped inbox that came on paper.
fn shipped(name: &str) -> Vec<u8> {
    std::fs::read(root().join("inbox/2026-02-18").join(name)).unwrap()
}

/// A scan, 300 dots to the inch, in shades of grey.
#[divan::bench(min_time = 3)]
fn one_scanned_return(bencher: Bencher) {
    whole_reading(bencher, &shipped("Skannat_20260218_0912.pdf"), read);
}

/// A photograph in colour.
#[divan::bench(min_time = 3)]
fn one_photographed_return(bencher: Bencher) {
    whole_reading(bencher, &shipped("IMG_2218.jpg"), read);
}

/// Reads as many returns as there are municipalities, with crops, on two cores.
pub fn a_full_inbox() {
    let codes: Vec<String> = outbox().manifest.documents.iter().map(|sent| sent.recipient.to_string()).collect();
    let file = |at: usize| {
        let code = &codes[at % codes.len()];
        Inbox::of(&if at.is_multiple_of(FLATTENED) { flattened(code) } else { filled(code).bytes() })
    };
    let files: Vec<Inbox> = (0..MANY).map(file).collect();
    let (start, next, pool) = (Instant::now(), AtomicUsize::new(0), pool(2));
    with_campaigner(outbox(), |against| {
        let work = || {
            while let Some(inbox) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                let parcel = inbox::parcel(&inbox.workspace, &inbox.path);
                assert_eq!(read_with_crops(&parcel, against, &pool).outcome, Outcome::Answer);
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(work);
            }
        });
    });
    let seconds = start.elapsed().as_secs_f64();
    println!("{MANY} returns, every fourth flattened, two workers: {seconds:.2} s{}", peak_of_children());
    drop(pool);
}
