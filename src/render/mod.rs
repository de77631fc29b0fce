pub mod compose;
mod markdown;
mod texts;
mod tree;
mod typeset;
