//! The portal (SPEC 12): what a customer sees and does of one merchant by themselves. Invited by the merchant, they come in with a password or by a
//! link that is mailed to them.
//!
//! A [`Visitor`] is one customer of one merchant and nobody else: every verb in here takes one, and asks the rooms only for what is theirs. It acts
//! with the one right that a verb needs and has none by itself. Whether an address is known is told to nobody. What is deleted, anonymised or merged
//! away has no portal; what is archived still reads.

mod access;
mod browser;
mod colour;
mod email;
mod enter;
mod handed;
mod invite;
mod letters;
mod link;
mod methods;
mod own;
pub mod queries;
mod see;
mod sessions;
mod settings;
#[cfg(test)]
mod tests;
mod visitor;

pub(crate) use access::shut;
pub use access::{Access, State, access, close};
pub use browser::{mark, marked};
pub use colour::Colour;
pub use email::{ask_email, confirm_email};
pub use enter::{Attempt, Credentials, Secret, ask_link, attempt, by_link, set_password, succeed};
pub(crate) use handed::{Kept, kept, put};
pub use invite::{Invited, Way, invite};
pub use link::{Kind as LinkKind, Looked, look};
pub(crate) use link::{LINK, for_mail};
pub use methods::{add_method, adding, choose_method, method, method_places, method_setup, remove_method, type_test_card};
pub use own::{Contact, ask_data, ask_return, cancel_subscription, edit_contact, say};
pub use see::{
    Home, conversation, customer, home, invoice_paper, invoices, methods, order, orders, payments, requests, returnable, returns,
    subscriptions,
};
pub use sessions::{IDLE, LONGEST, Opened, forget, sign_out, touch, visitor};
pub use settings::{Portal, Settings, SettingsEdit, edit, find, logo, open_of, settings};
pub use visitor::Visitor;
