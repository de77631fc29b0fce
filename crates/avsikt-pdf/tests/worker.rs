//! The pool with the real program as its worker, on files that are good, broken and hostile.

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use avsikt_pdf::Limits;
use avsikt_pdf::facts::{PdfFacts, PdfProblem};
use avsikt_pdf::seen::{LookAsk, PageAsk, PageSeen};
use avsikt_pdf::worker::{Failure, Pool};
use lopdf::{Dictionary, Document, Object, Stream, dictionary};

fn pool(limits: Limits) -> Pool {
    Pool::with_limits(env!("CARGO_BIN_EXE_avsikt-pdf"), 2, limits)
}

fn read(pool: &Pool, bytes: &[u8]) -> Result<PdfFacts, PdfProblem> {
    pool.open(bytes).facts().map_err(|failure| match failure {
        Failure::File(problem) => problem,
        Failure::Worker(error) => panic!("{error}"),
    })
}

/// A file of one page with one text field, and whatever `change` does to it.
fn file(change: impl FnOnce(&mut Document, lopdf::ObjectId)) -> Vec<u8> {
    let mut document = Document::with_version("1.7");
    let pages = document.new_object_id();
    let field = document.add_object(dictionary! {
        "FT" => "Tx", "T" => Object::string_literal("name"), "V" => Object::string_literal("Anna"),
        "Type" => "Annot", "Subtype" => "Widget",
        "Rect" => vec![10.into(), 10.into(), 90.into(), 30.into()],
    });
    let page = document.add_object(dictionary! {
        "Type" => "Page", "Parent" => pages, "Annots" => vec![field.into()],
        "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
    });
    document.objects.insert(pages, dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 }.into());
    let catalog = document.add_object(dictionary! {
        "Type" => "Catalog", "Pages" => pages,
        "AcroForm" => dictionary! { "Fields" => vec![field.into()] },
    });
    document.trailer.set("Root", catalog);
    change(&mut document, page);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).expect("a document can be written to memory");
    bytes
}

fn good() -> Vec<u8> {
    file(|_, _| {})
}

/// Streams that unpack to `megabytes` each, as contents of the page.
fn bomb(streams: usize, megabytes: usize) -> Vec<u8> {
    file(|document, page| {
        let mut stream = Stream::new(Dictionary::new(), b"0 0 m\n1 ".repeat(megabytes << 17));
        stream.compress().expect("deflate works");
        let ids: Vec<Object> = (0..streams).map(|_| document.add_object(stream.clone()).into()).collect();
        let page = document.get_dictionary_mut(page).expect("the page is there");
        page.set("Contents", ids);
    })
}

fn assert_reads_on(pool: &Pool) {
    let facts = read(pool, &good()).expect("the next file is read");
    assert_eq!(facts.fields[0].name, "name");
}

#[test]
fn good_files_are_read_by_one_worker() {
    let pool = pool(Limits::default());
    assert_reads_on(&pool);
    let first = pool.idle_workers();
    assert_reads_on(&pool);
    assert_eq!(pool.idle_workers(), first);
    assert_eq!(first.len(), 1);
}

#[test]
fn garbage_is_a_problem_of_that_file_alone() {
    let pool = pool(Limits::default());
    assert_eq!(read(&pool, b"not a pdf"), Err(PdfProblem::NotAPdf));
    assert_eq!(read(&pool, b""), Err(PdfProblem::NotAPdf));
    assert!(matches!(read(&pool, b"%PDF-1.7\nnothing"), Err(PdfProblem::Damaged(_))));
    assert_reads_on(&pool);
}

#[test]
fn a_file_over_the_limit_starts_no_worker() {
    let pool = pool(Limits { input_bytes: 100, ..Limits::default() });
    assert_eq!(read(&pool, &good()), Err(PdfProblem::TooLarge("over 100 bytes".into())));
    assert!(pool.idle_workers().is_empty());
}

#[test]
fn an_unpacking_bomb_is_refused() {
    let pool = pool(Limits::default());
    let facts = read(&pool, &bomb(1, 64)).expect("only the content is lost");
    assert_eq!(facts.pages[0].content_sha256, None);
    assert_reads_on(&pool);
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_takes_all_memory_ends_its_worker_only() {
    // hayro unpacks without a limit, and has to keep all of it.
    let pool = pool(Limits { memory_bytes: 500 << 20, ..Limits::default() });
    let bomb = bomb(10, 64);
    assert!(bomb.len() < 10 << 20);
    match pool.open(&bomb).texts(vec![0]) {
        Err(Failure::File(problem)) => {
            assert_eq!(problem, PdfProblem::ReaderCrashed("out of memory or stack".into()));
        }
        other => panic!("{other:?}"),
    }
    assert_reads_on(&pool);
}

#[cfg(unix)]
#[test]
fn processor_time_is_limited() {
    let pool = pool(Limits { cpu_seconds: 1, stream_bytes: 64 << 20, ..Limits::default() });
    // A hundred pages that each unpack 60 MB: seconds of work in a small file. No stream is like another, since what was
    // unpacked once is remembered: each has another byte after the end of its data.
    let slow = file(|document, page| {
        let mut stream = Stream::new(Dictionary::new(), b"0 0 m ".repeat(10 << 20));
        stream.compress().expect("deflate works");
        let mut copy = document.get_dictionary(page).expect("the page is there").clone();
        let pages = copy.get(b"Parent").and_then(Object::as_reference).expect("it has a parent");
        copy.remove(b"Annots");
        let mut leaf = |number: u8| {
            let mut other = stream.clone();
            other.set_content([stream.content.as_slice(), &[number]].concat());
            copy.set("Contents", document.add_object(other));
            document.add_object(copy.clone()).into()
        };
        let copies: Vec<Object> = (0..100).map(&mut leaf).collect();
        let pages = document.get_dictionary_mut(pages).expect("the tree is there");
        pages.set("Kids", copies);
    });
    assert!(matches!(
        read(&pool, &slow),
        Err(PdfProblem::TooSlow(why)) if why.contains("processor")
    ));
    assert_reads_on(&pool);
}

#[test]
fn the_wall_clock_is_limited() {
    let hasty = pool(Limits { wall_ms: 0, ..Limits::default() });
    assert!(matches!(read(&hasty, &good()), Err(PdfProblem::TooSlow(_))));
    assert!(hasty.idle_workers().is_empty());
}

#[test]
fn nesting_and_cycles_do_no_harm() {
    let pool = pool(Limits::default());
    for depth in [100, 10_000, 1_000_000] {
        for (open, close) in [("[", "]"), ("<< /A ", " >>"), ("(", ")")] {
            let nested = format!("{}{}", open.repeat(depth), close.repeat(depth));
            let mut bytes = good();
            let at = bytes.windows(6).position(|w| w == b"/Annot").expect("the page has it");
            bytes.splice(at..at, format!("/X {nested} ").into_bytes());
            // Damaged, repaired or read: anything but the end of the program.
            let _ = read(&pool, &bytes);
            assert_reads_on(&pool);
        }
    }
    let cyclic = file(|document, page| {
        let kids: Object = vec![Object::Reference(page)].into();
        let page = document.get_dictionary_mut(page).expect("the page is there");
        page.set("Kids", kids.clone());
        page.set("Type", "Pages");
    });
    assert!(matches!(read(&pool, &cyclic), Err(PdfProblem::Damaged(_))));
    assert_reads_on(&pool);
}

#[cfg(unix)]
#[test]
fn a_worker_that_dies_idle_is_replaced_in_silence() {
    let pool = pool(Limits::default());
    assert_reads_on(&pool);
    let [worker] = pool.idle_workers()[..] else {
        panic!("one worker waits");
    };
    let killed = Command::new("kill").args(["-9", &worker.to_string()]).status();
    assert!(killed.expect("kill exists").success());
    assert_reads_on(&pool);
    assert_ne!(pool.idle_workers(), [worker]);
}

#[cfg(unix)]
#[test]
fn a_worker_that_hangs_is_ended() {
    let pool = pool(Limits { wall_ms: 300, ..Limits::default() });
    assert_reads_on(&pool);
    let [worker] = pool.idle_workers()[..] else {
        panic!("one worker waits");
    };
    let stopped = Command::new("kill").args(["-STOP", &worker.to_string()]).status();
    assert!(stopped.expect("kill exists").success());
    let started = Instant::now();
    // More than a pipe holds, so that writing hangs as well.
    let mut large = good();
    large.extend(vec![b'\n'; 4 << 20]);
    assert!(matches!(read(&pool, &large), Err(PdfProblem::TooSlow(_))));
    assert!(started.elapsed() < Duration::from_secs(3));
    assert_reads_on(&pool);
}

#[cfg(unix)]
#[test]
fn a_program_that_is_no_worker_is_told() {
    for program in ["/nonexistent/avsikt", "/bin/true", "/bin/cat"] {
        // `cat` says back what it is told, and `true` nothing: neither greets.
        let started = Instant::now();
        let pool = Pool::new(program, 1);
        let good = good();
        match pool.open(&good).facts() {
            Err(Failure::Worker(error)) => assert!(error.to_string().contains(program), "{error}"),
            other => panic!("{program}: {other:?}"),
        }
        assert!(started.elapsed() < Duration::from_secs(30));
    }
}

/// The whole first page of [`good`], with a picture of its field.
fn whole_page() -> LookAsk {
    let page = [0.0, 0.0, 595.0, 842.0].into();
    let field = [10.0, 10.0, 90.0, 30.0].into();
    LookAsk {
        pages: vec![PageAsk {
            page: 0,
            original: None,
            crop: page,
            places: vec![field],
            pictures: vec![field],
            explain: true,
        }],
    }
}

#[test]
fn a_file_is_asked_several_things_and_pictures_come_as_they_are() {
    let (pool, good) = (pool(Limits::default()), good());
    let mut session = pool.open(&good);
    let facts = session.facts().expect("facts");
    assert_eq!(session.facts().expect("facts again"), facts);
    let seen: Vec<PageSeen> = session.look(&[], &whole_page()).expect("it is drawn");
    assert_eq!(seen[0].places.len(), 1);
    assert!(seen[0].pictures[0].0.starts_with(b"\x89PNG"), "{:?}", seen[0].pictures);
    assert!(seen[0].explained[0].0.starts_with(b"\x89PNG"));
    drop(session);
    assert_eq!(pool.idle_workers().len(), 1);
}

#[cfg(unix)]
#[test]
fn a_worker_that_dies_between_two_questions_is_replaced_once() {
    let (pool, good) = (pool(Limits::default()), good());
    assert_reads_on(&pool);
    let worker = pool.idle_workers()[0];
    let mut session = pool.open(&good);
    session.facts().expect("facts");
    assert!(Command::new("kill").args(["-9", &worker.to_string()]).status().expect("kill exists").success());
    assert_eq!(session.look(&[], &whole_page()).expect("a fresh worker opens it again").len(), 1);
    drop(session);
    assert_ne!(pool.idle_workers(), [worker]);
}

#[test]
fn many_threads_share_few_workers() {
    let pool = pool(Limits::default());
    thread::scope(|scope| {
        for thread in 0..8 {
            let pool = &pool;
            scope.spawn(move || {
                for file in 0..20 {
                    if (thread + file) % 5 == 0 {
                        assert_eq!(read(pool, b"%!PS"), Err(PdfProblem::NotAPdf));
                    } else {
                        assert_reads_on(pool);
                    }
                }
            });
        }
    });
    assert!((1..=2).contains(&pool.idle_workers().len()));
}
