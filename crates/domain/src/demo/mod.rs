//! A believable merchant: a roastery with two shops, three years of customers, every status and every payment method status.
//!
//! Everything goes through the same verbs as in service, at the moments at which it would have happened, so the timelines read like a
//! life and `regulars verify` finds nothing. The same seed and day give the same shop on both engines. E-mail addresses are at
//! `example.*`; nothing here ever calls a network.

mod asks;
mod bills;
mod books;
#[cfg(feature = "testing")]
pub mod bulk;
mod charges;
mod clubs;
mod contracts;
mod dice;
mod erased;
mod files;
mod goods;
mod hooks;
mod house;
mod letters;
mod merges;
mod offers;
mod people;
mod portal;
mod service;
mod story;
mod talks;
#[cfg(test)]
mod tests;
mod write;

pub use asks::asks;
pub use bills::bills;
pub use books::books;
pub use charges::charges;
pub use clubs::clubs;
pub use contracts::contracts;
pub use erased::erased;
pub use files::files;
pub use hooks::{hooks, told};
pub use house::{House, PASSWORD, open, zone};
pub use letters::letters;
pub use merges::merges;
pub use offers::offers;
pub use portal::portal;
pub use service::service;
pub use talks::talks;
pub use write::{business, fill, guests};

use crate::kit::Micros;

/// What to make.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many customers.
    pub customers: usize,
    /// The same seed makes the same shop.
    pub seed: u64,
    /// The last moment of the story, microseconds UTC.
    pub now: Micros,
}
