//! What providers tell and are asked: any order, once, and nothing lost.

mod amounts;
mod asked;
pub(crate) mod desk;
mod late;
mod order;
mod rings;
mod taken;
mod told;
mod whose;
