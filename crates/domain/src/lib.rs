//! The trade of Regulars: one room (module) per noun.
//!
//! A room knows SQL and no HTTP. Every verb takes a transaction and a [`kit::Ctx`], checks the right, applies its rule,
//! writes, and records the event in the same transaction. Nothing here reads the clock, makes chance or talks to the network
//! by itself: time, ids and chance come with the `Ctx`.

pub mod accounting;
pub mod addresses;
pub mod affiliates;
pub mod blocks;
pub mod charges;
pub mod checkup;
pub mod contracts;
pub mod conversations;
pub mod credit;
pub mod customers;
pub mod demo;
pub mod dump;
pub mod duplicates;
pub mod events;
pub mod files;
pub mod home;
pub mod housekeeping;
pub mod imports;
pub mod invoices;
pub mod jobs;
pub mod kit;
pub mod labels;
pub mod lists;
pub mod mail;
pub mod mailings;
pub mod merchants;
pub mod method_links;
pub mod method_setups;
pub mod offers;
pub mod orders;
pub mod payment_links;
pub mod payments;
pub mod portal;
pub mod privacy;
pub mod providers;
pub mod rates;
pub mod replies;
pub mod returns;
mod schema;
pub mod shops;
pub mod staff;
pub mod subscriptions;
pub mod tasks;
pub mod templates;
#[cfg(feature = "testing")]
pub mod testing;
pub mod tickets;
pub mod verify;
pub mod webhooks;

pub use kit::{Ctx, Error, Result};
pub use schema::migrations;
