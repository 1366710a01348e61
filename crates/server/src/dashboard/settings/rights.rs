//! How roles and rights are chosen: a role as it is, or with rights picked by hand. Only what the person choosing has is offered.

use domain::kit::{ALL_RIGHTS, ALL_ROLES, Ctx, Problems, Right, Rights, Role};
use domain::staff::Access;

use crate::dashboard::typed::Typed;
use crate::look::Form;

/// A role to choose.
pub struct RoleChoice {
    pub name: &'static str,
    pub label: &'static str,
    /// What it may, in words.
    pub words: String,
}

/// A right to tick.
pub struct RightChoice {
    pub name: &'static str,
    pub words: String,
}

/// The roles that this person may give.
pub fn roles(ctx: &Ctx, owner: bool) -> Vec<RoleChoice> {
    let mine = ALL_ROLES.into_iter().filter(|r| owner || (*r != Role::Owner && ctx.actor.rights.covers(r.rights())));
    mine.map(|r| RoleChoice { name: r.name(), label: r.label(), words: words(r).to_owned() }).collect()
}

fn words(role: Role) -> &'static str {
    match role {
        Role::Owner => "Everything, and the only one who makes or changes owners.",
        Role::Manager => "Everything but staff and API keys.",
        Role::Support => "Customers, orders and payments; no refunds, exports or settings.",
        Role::Finance => "Looks at customers; orders, payments, refunds, exports and the audit log.",
        Role::ReadOnly => "Looks at customers and changes nothing.",
    }
}

/// The rights that this person may give.
pub fn rights(ctx: &Ctx) -> Vec<RightChoice> {
    ALL_RIGHTS.into_iter().filter(|r| ctx.may(*r)).map(|r| RightChoice { name: r.name(), words: capital(r) }).collect()
}

/// `See customers`.
pub fn capital(right: Right) -> String {
    let words = right.words();
    let mut chars = words.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The form that shows this access.
pub fn form(access: Access) -> Form {
    let custom = if access == Access::role(access.role) { "role" } else { "hand" };
    let mut form = Form::of([("role", access.role.name()), ("how", custom)]);
    for name in access.rights().names() {
        form.set("rights", name);
    }
    form
}

/// What the form says.
///
/// # Errors
/// A field error for a role nobody knows.
pub fn chosen(typed: &Typed) -> domain::Result<Access> {
    let role = typed.get("role").parse::<Role>().map_err(|_| Problems::one("role", "unknown", "Choose one of these roles."))?;
    Ok(if typed.get("how") == "hand" { Access::exactly(role, ticked(typed)) } else { Access::role(role) })
}

/// The ticked rights.
pub fn ticked(typed: &Typed) -> Rights {
    typed.all("rights").filter_map(|name| name.parse().ok()).fold(Rights::NONE, Rights::with)
}
