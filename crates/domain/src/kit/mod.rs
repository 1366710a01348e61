//! What every room uses: ids, time, money, people who act, and errors.
//!
//! Nothing in here knows a table. A type stands here when at least two rooms need it.

mod actor;
mod address;
mod clock;
mod ctx;
pub mod discount;
mod error;
mod ids;
mod locale;
pub mod locks;
mod money;
mod page;
mod phone;
pub mod sorter;
mod text;
pub mod together;
mod words;

pub use actor::{ALL_RIGHTS, ALL_ROLES, Actor, ActorKind, Door, Right, Rights, Role};
pub use address::Address;
pub use clock::{AsOf, Clock, DAY, FixedClock, Micros, SystemClock, Zone, day_date, day_number, rfc3339};
pub use ctx::Ctx;
pub use discount::Discount;
pub use error::{Error, Link, Problem, Problems, Result, Stale, StaleField};
pub use ids::*;
pub use locale::{LOCALES, Locale, typed_number, within};
pub use money::{Currency, Money, exact_to_minor};
pub use page::PageKey;
pub use phone::{Phone, phone_key};
pub use text::{
    Email, any_part, as_one_line, clean, clean_opt, email_key, email_twin, hex, name_key, one_line, printable, spoken, thousands,
};
pub(crate) use words::words;
