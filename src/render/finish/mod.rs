//! The last touches to a typeset document: `stamp` puts identity and corner marks on every page, `colour` makes its colours
//! device colours, and `splice` writes the file, copying what no one has touched.

pub mod colour;
pub mod splice;
pub mod stamp;
