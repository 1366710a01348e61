//! A customer as a row of the list.

use domain::customers::list::ListRow;
use domain::customers::{MethodStatus, Status};
use domain::kit::{CustomerId, Micros, Zone};

use super::filters::country;
use crate::dashboard::{moments, tones};
use crate::look::When;

/// What the cells show.
#[derive(Debug)]
pub struct RowView {
    pub id: String,
    pub name: String,
    pub email: String,
    /// Where its picture is; empty for initials.
    pub picture: String,
    pub status: Status,
    pub status_tone: &'static str,
    /// Under whom it stands now, and how that one is called.
    pub merged_into: Option<(CustomerId, String)>,
    pub method_status: MethodStatus,
    pub method_tone: &'static str,
    /// The default method, where it is not the oldest one (SPEC 1.8).
    pub method_named: String,
    pub method: String,
    pub created: When,
    pub last_order: Option<When>,
    pub lifetime: String,
    pub lifetime_missing: bool,
    pub group: String,
    pub shop: String,
    pub country: String,
    pub phone: String,
    pub company: String,
    pub tags: Vec<String>,
}

impl RowView {
    /// Of a row, in the merchant's time zone.
    pub fn of(row: ListRow, zone: &Zone) -> Self {
        let other = row.default_method.as_ref().filter(|d| row.oldest_method.as_ref().is_none_or(|o| o.id != d.id));
        Self {
            method_named: other.map(|m| m.words()).unwrap_or_default(),
            method: row.oldest_method.as_ref().map(|m| m.words()).unwrap_or_default(),
            picture: row.avatar.as_ref().map(|a| format!("/customers/{}/avatar/{a}", row.id)).unwrap_or_default(),
            lifetime: row.lifetime_money().to_string(),
            lifetime_missing: row.lifetime_missing,
            email: if row.email == row.display_name { String::new() } else { row.email },
            name: row.display_name,
            status: row.status,
            status_tone: tones::of_status(row.status),
            merged_into: None,
            method_status: row.method_status,
            method_tone: tones::of_method(row.method_status),
            created: day(zone, row.created_at),
            last_order: row.last_order_at.map(|at| day(zone, at)),
            group: row.group.map(|g| g.name).unwrap_or_default(),
            shop: row.shop.map(|s| s.name).unwrap_or_default(),
            country: country(Some(&row.country)),
            phone: row.phone,
            company: row.company,
            tags: row.tags.into_iter().map(|t| t.name).collect(),
            id: row.id.to_string(),
        }
    }
}

/// The day alone: fifty rows with two moments each would weigh a kilobyte more on the wire.
fn day(zone: &Zone, at: Micros) -> When {
    let date = zone.date(at);
    When { machine: date.to_string(), shown: moments::date(date) }
}
