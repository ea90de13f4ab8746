//! The search through the customers: a crate of its own, since it alone is compiled for speed and all else for size.

pub mod blocks;
pub mod fold;
pub mod ids;
pub mod index;
mod letters;
