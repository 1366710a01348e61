//! The customer list (SPEC 1): what is asked ([`ListQuery`]), the images that answer ([`Indexes`]), pages, neighbours, views.
//!
//! Which customers, how many and in what order says the image; what a row shows is read from the database by key. Everything that asks an
//! image must be in a read transaction.

mod ask;
mod columns;
mod counts;
mod cursor;
mod filters;
mod load;
mod memory;
mod metadata;
mod page;
pub mod queries;
mod views;
mod warm;

pub use super::index::{Sort, SortBy};
pub use columns::{Column, DEFAULT_COLUMNS, columns, keep_columns};
pub use counts::ListCounts;
pub use filters::{BUILT_IN, Chip, ListQuery, Pair, SORTS, View};
pub(crate) use load::of as some_of;
pub use memory::Indexes;
pub use page::{ListPage, ListRow, Neighbours, count, ids, named_like, neighbours, of_ids, page, page_only, sort_in_force};
pub use views::{SavedView, change_view, delete_view, expand, keep_used, last_used, reset_used, save_view, views};
pub use warm::warm;
