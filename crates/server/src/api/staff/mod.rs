//! Who comes in: the staff, invitations by link, and API keys.

mod invitations;
mod keys;
mod members;

use domain::kit::{Right, Rights};

use crate::http::Routes;

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    keys::routes(invitations::routes(members::routes(routes)))
}

/// A set of rights.
fn set(rights: &[Right]) -> Rights {
    Rights::of(rights)
}
