//! How long rendering and reading take, each as one whole: `cargo bench`.
//!
//! The shipped campaign. Before divan's table stand the figures that compare: rendering against Typst alone on one core,
//! and a campaign of 290 recipients on two. Typst and its PDF writer use rayon inside; "one core" means that rayon has one
//! thread. Those figures are processor time where the system tells it, so that other programs on the machine matter less;
//! divan's are time on the wall.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a bench that cannot start has no figure")]

mod floor;
mod reports;
mod returns;
#[expect(dead_code, reason = "what the tests need of it, the benches need only in part")]
#[path = "../../tests/support/mod.rs"]
mod support;

use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use avsikt::campaign::declaration::{Section, Text};
use avsikt::campaign::{Campaign, load};
use avsikt::diagnostic::Problems;
use avsikt::ids::RecipientCode;
use avsikt::render::compose::Composer;
use avsikt::render::{Renderer, on_one_thread};
use avsikt::workspace::Workspace;
use divan::Bencher;

/// As many as Sweden has municipalities.
const MANY: usize = 290;

fn main() {
    let one_core = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    // A filter among the arguments asks for some of divan's benches alone.
    if std::env::args().skip(1).all(|argument| argument.starts_with('-')) {
        reports::all_formats();
        one_core.install(against_typst_alone);
        a_large_campaign();
        returns::a_full_inbox();
    }
    one_core.install(divan::main);
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

/// Renders the campaign's documents a few times over, each beside Typst's work on the same document.
fn against_typst_alone() {
    let (renderer, composer, mut desk) = (renderer(), Composer::new(campaign()), floor::Desk::new(root()));
    let [mut whole, mut layout, mut export] = [(); 3].map(|()| Vec::new());
    // In turns, so that both meet the same machine; not document by document, since Typst's memory is one.
    for _ in 0..5 {
        for index in 0..campaign().recipients.len() {
            timed(&mut whole, || renderer.render(index).unwrap());
        }
        for index in 0..campaign().recipients.len() {
            let tree = composer.compose(index, &mut Problems::default()).tree;
            let data = serde_json::to_vec(&tree).unwrap();
            let document = timed(&mut layout, || desk.layout(data));
            timed(&mut export, || floor::export(&document));
            comemo::evict(4);
        }
    }
    comemo::evict(0);
    let [whole, layout, export] = [whole, layout, export].map(median);
    println!("one more declaration, one core, medians");
    println!("  everything           {whole:6.1} ms");
    println!("  Typst's layout alone {layout:6.1} ms");
    println!("  Typst's export alone {export:6.1} ms");
    println!("  everything / export  {:6.2}", whole / export);
    println!("  everything / Typst   {:6.2}", whole / (layout + export));
}

fn timed<T>(times: &mut Vec<Duration>, work: impl FnOnce() -> T) -> T {
    let start = spent();
    let made = work();
    times.push(spent() - start);
    made
}

/// Processor time of this process.
#[cfg(unix)]
fn spent() -> Duration {
    rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime).try_into().unwrap()
}

/// Time on the wall.
#[cfg(not(unix))]
fn spent() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// In milliseconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

/// The shipped campaign with its recipients over and over, each with a name and a code of its own.
fn multiplied() -> Campaign {
    let mut many = campaign().clone();
    let few = many.recipients.len();
    many.recipients = (0..MANY).map(|at| many.recipients[at % few].clone()).collect();
    for (at, recipient) in many.recipients.iter_mut().enumerate() {
        recipient.code = RecipientCode::new(&format!("{at:04}")).unwrap();
        recipient.name = format!("{} {}", recipient.name, at / few + 1);
    }
    for line in many.prices.iter_mut().flat_map(|prices| &mut prices.lines) {
        line.shares = (0..MANY).map(|at| line.shares[at % few].clone()).collect();
    }
    many
}

/// Renders it on two threads and keeps everything, as the command does until it writes.
fn a_large_campaign() {
    let many = multiplied();
    let (start, busy) = (Instant::now(), spent());
    let renderer = Renderer::new(&Workspace::open(root()).unwrap(), &many).unwrap();
    let next = AtomicUsize::new(0);
    let work = || {
        let take = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|index| *index < MANY);
        std::iter::from_fn(take).map(|index| renderer.render(index).unwrap().pdf).collect::<Vec<_>>()
    };
    let threads = || {
        std::thread::scope(|scope| [(); 2].map(|()| scope.spawn(|| on_one_thread(work))).map(|one| one.join().unwrap()))
    };
    let made = threads();
    let seconds = start.elapsed().as_secs_f64();
    let bytes: usize = made.iter().flatten().map(Vec::len).sum();
    let busy = (spent() - busy).as_secs_f64();
    println!("{MANY} declarations, two threads: {seconds:.2} s ({busy:.2} s of processor time in all)");
    println!("  {} MB of PDF{}", bytes / 1_000_000, peak());
    comemo::evict(0);
}

/// Peak memory of this process, where the system tells.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map(|peak| format!(", peak memory {}", peak.trim())).unwrap_or_default()
}

/// Peak memory of the largest worker, where the system tells.
#[cfg(target_os = "linux")]
pub fn peak_of_children() -> String {
    let children = std::fs::read_dir("/proc/self/task").unwrap().flatten().flat_map(|task| {
        let list = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
        list.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    });
    let peak = |child: String| {
        let status = std::fs::read_to_string(format!("/proc/{child}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    children
        .filter_map(peak)
        .max()
        .map(|kib| format!(", peak memory of a worker {} MB", kib / 1000))
        .unwrap_or_default()
}

/// Peak memory of the largest worker, where the system tells.
#[cfg(not(target_os = "linux"))]
pub fn peak_of_children() -> String {
    String::new()
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

/// The same for a text three times as long as the shipped one.
#[divan::bench(sample_count = 5)]
fn first_declaration_of_a_long_text(bencher: Bencher) {
    let mut long = campaign().clone();
    let sections = &campaign().declaration.sections;
    // Three times as long; no paragraph twice, since Typst remembers what it has laid out.
    long.declaration.sections = ["", "Även ", "Dessutom "].map(|word| begun(sections, word)).concat();
    let renderer = || Renderer::new(&Workspace::open(root()).unwrap(), &long).unwrap();
    bencher.with_inputs(|| comemo::evict(0)).bench_local_values(|()| renderer().render(0).unwrap());
}

/// The sections with a word at the beginning of every sentence but the paragraphs' first.
fn begun(sections: &[Section], word: &str) -> Vec<Section> {
    let with = |text: &mut Option<Text>| {
        if let Some(text) = text {
            text.source = text.source.replace(". ", &format!(". {word}"));
        }
    };
    let mut sections = sections.to_vec();
    for section in &mut sections {
        with(&mut section.text);
        with(&mut section.text_after);
        section.sections = begun(&section.sections, word);
    }
    sections
}
