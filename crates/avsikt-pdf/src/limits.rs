//! What a returned file may cost, in one place.
//!
//! The figures come from reading 14,612 public PDFs: each lies far above what any honest form took, and the room's
//! memory and time limits below them are what stops the rest (`worker`). The limits travel with every request, so tests
//! can use small ones.

use serde::{Deserialize, Serialize};

use crate::facts::PdfProblem;

/// A mebibyte.
const MIB: usize = 1024 * 1024;

/// Budgets for one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of the file itself; above it nothing is read.
    pub input_bytes: usize,
    /// Bytes that one stream may unpack to. lopdf counts each stream by itself, so `memory_bytes` is what stops a file
    /// with a hundred of them.
    pub stream_bytes: usize,
    pub pages: usize,
    /// Nodes of the field tree and widgets, together.
    pub fields: usize,
    /// Levels of the page tree, the field tree and of dictionaries inside each other.
    pub depth: usize,
    /// Bytes of one field's value.
    pub value_bytes: usize,
    /// Bytes of every decoded string in the answer: a value of 1 MB that 50,000 kids inherit must not become 50 GB.
    pub text_bytes: usize,
    /// Annotations that are told, and embedded files.
    pub annotations: usize,
    /// Glyphs of one page whose text is read.
    pub glyphs: usize,
    /// Pages whose text is read.
    pub text_pages: usize,
    /// Pages that are looked at as pictures.
    pub sheets: usize,
    /// Pixels of one picture; A4 at 600 dots to the inch has 35 million.
    pub pixels: u64,
    /// Bytes of the worker's answer.
    pub answer_bytes: usize,
    /// Address space of the worker process, on Linux. The largest honest file of the collection took 710 MB.
    pub memory_bytes: u64,
    /// Processor time for one file, on Unix, in whole seconds.
    pub cpu_seconds: u64,
    /// Time on the wall for one file, in milliseconds.
    pub wall_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            input_bytes: 32 * MIB,
            stream_bytes: 16 * MIB,
            pages: 2_000,
            fields: 50_000,
            depth: 64,
            value_bytes: MIB,
            text_bytes: 8 * MIB,
            annotations: 10_000,
            glyphs: 200_000,
            text_pages: 40,
            sheets: 40,
            pixels: 60_000_000,
            answer_bytes: 16 * MIB,
            memory_bytes: 1024 * MIB as u64,
            cpu_seconds: 10,
            wall_ms: 15_000,
        }
    }
}

impl Limits {
    /// # Errors
    /// When a picture has more pixels than are looked at.
    pub(crate) fn pixels_allowed(&self, width: u32, height: u32) -> Result<(), PdfProblem> {
        let pixels = u64::from(width) * u64::from(height);
        if pixels <= self.pixels { Ok(()) } else { Err(PdfProblem::TooLarge(Self::pixels_in_words(pixels))) }
    }

    pub(crate) fn pixels_in_words(pixels: u64) -> String {
        format!("its picture has {} million pixels", pixels / 1_000_000)
    }

    /// `bytes` in words, for messages: whole megabytes where it is some.
    pub(crate) fn in_words(bytes: usize) -> String {
        if bytes >= MIB { format!("{} MB", bytes / MIB) } else { format!("{bytes} bytes") }
    }
}
