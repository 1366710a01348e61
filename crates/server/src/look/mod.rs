//! What every page is made with: the frame around it, the state of a form, and the small shown values that the
//! macros in `templates/components` take. It holds words and shapes only: no rule of the trade, no SQL, no HTTP.
//! How to use it stands in `docs/look.md`.

mod assets;
mod chart;
mod form;
mod frame;
mod list;

pub use assets::{Asset, asset, served};
pub use chart::{Bar, Chart};
pub use form::{FieldError, Form, described_by};
pub use frame::{Frame, Named, Part, Room, Toast, band};
pub use list::{Choice, Column, Menu, On, Page, Tab, When, lit};

/// The keys that pages answer to, as the help dialog shows them. `assets/app.js` does what stands here.
pub const KEYS: [(&str, &str); 11] = [
    ("Ctrl K", "Find anything"),
    ("/", "Search this list"),
    ("j", "Next row"),
    ("k", "Previous row"),
    ("x", "Select the row"),
    ("p", "Profile of the row, beside the list"),
    ("c", "Create"),
    ("e", "Edit"),
    ("[", "Previous customer"),
    ("]", "Next customer"),
    ("?", "This help"),
];

/// One or two letters that stand for a name where there is no picture: first and last word, upper case.
/// Gives `?` for a name without a letter or digit.
pub fn initials(name: &str) -> String {
    let mut letters = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let Some(first) = letters.next() else { return "?".to_owned() };
    let last = letters.next_back();
    [Some(first), last].into_iter().flatten().flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests;
