//! Pages as pictures: `raster` draws them in grey, `ink` says which pixels are inked and where two pictures differ.

pub mod ink;
pub mod raster;
