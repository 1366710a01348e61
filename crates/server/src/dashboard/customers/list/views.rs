//! Saving, changing and deleting views (SPEC 1.7): as of every list.

use domain::customers::list::ListQuery;

use crate::dashboard::lists::Place;

/// Where the views of customers are kept.
pub static PLACE: Place = Place {
    list: "customers",
    title: "Customers",
    room: "customers",
    nouns: ["customer", "customers"],
    at: "/customers",
    bare: "view=all",
    kept: |text| ListQuery::parse(text).0.unbound().print(),
};
