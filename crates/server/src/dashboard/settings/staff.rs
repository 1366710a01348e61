//! The staff of the merchant: who they are, what they may, and inviting others by a link that is shown once.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::kit::{InvitationId, PersonId, Role};
use domain::merchants;
use domain::replies::Reply;
use domain::staff::{Member, factor, invitations, members, resets};

use super::rights::{self, RightChoice, RoleChoice};
use super::{Item, around, reveal};
use crate::app::App;
use crate::dashboard::moments::{day, moment};
use crate::dashboard::typed::{Typed, once, refused};
use crate::dashboard::{PageError, PageResult, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame, When};

const HERE: &str = "/settings/staff";

struct Line {
    id: String,
    name: String,
    email: String,
    role: &'static str,
    /// `and refund; without delete customers`
    more: String,
    seen: Option<When>,
    disabled: bool,
    me: bool,
    second_factor: bool,
}

struct Waiting {
    id: String,
    email: String,
    role: &'static str,
    by: String,
    until: When,
}

#[derive(Template)]
#[template(path = "dashboard/settings/staff.html")]
struct StaffPage {
    frame: Frame,
    entries: Vec<Item>,
    lines: Vec<Line>,
    waiting: Vec<Waiting>,
    /// A link just made: shown once.
    link: Option<Link>,
}

struct Link {
    address: String,
    words: &'static str,
}

#[derive(Template)]
#[template(path = "dashboard/settings/staff_invite.html")]
struct InvitePage {
    frame: Frame,
    entries: Vec<Item>,
    roles: Vec<RoleChoice>,
    rights: Vec<RightChoice>,
    once: String,
    form: Form,
}

#[derive(Template)]
#[template(path = "dashboard/settings/staff_member.html")]
struct MemberPage {
    frame: Frame,
    entries: Vec<Item>,
    roles: Vec<RoleChoice>,
    rights: Vec<RightChoice>,
    line: Line,
    form: Form,
    /// An owner looks: they can help the person back in.
    owner: bool,
}

/// Does this person own the merchant they work in?
pub(super) fn is_owner(who: &Who) -> bool {
    who.signed_in.current.as_ref().is_some_and(|m| m.role == Role::Owner)
}

fn line(zone: &domain::kit::Zone, who: &Who, m: Member) -> Line {
    let list = |set: domain::kit::Rights| {
        let words = domain::kit::ALL_RIGHTS.into_iter().filter(|r| set.has(*r)).map(|r| r.words());
        words.collect::<Vec<_>>().join(", ")
    };
    let more = match (list(m.access.granted), list(m.access.withdrawn)) {
        (plus, minus) if plus.is_empty() && minus.is_empty() => String::new(),
        (plus, minus) if minus.is_empty() => format!("also: {plus}"),
        (plus, minus) if plus.is_empty() => format!("without: {minus}"),
        (plus, minus) => format!("also: {plus}; without: {minus}"),
    };
    Line {
        me: m.person == who.signed_in.person.id,
        id: m.person.to_string(),
        name: m.name,
        email: m.email,
        role: m.access.role.label(),
        more,
        seen: m.last_seen.map(|at| moment(zone, at)),
        disabled: m.disabled_at.is_some(),
        second_factor: m.second_factor,
    }
}

/// The list, with the link of an invitation just made.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let read = |tx: &mut store::Tx, ctx: &domain::Ctx| {
        Ok((merchants::settings(tx, ctx)?.zone, members::list(tx, ctx)?, invitations::list(tx, ctx)?))
    };
    let (zone, staff, waiting) = app.read(&who.ctx, read).await?;
    let (frame, entries) = around(&app, &who, &uri, &headers, HERE).await?;
    let page = StaffPage {
        frame,
        entries,
        lines: staff.into_iter().map(|m| line(&zone, &who, m)).collect(),
        waiting: waiting
            .into_iter()
            .map(|i| Waiting {
                id: i.id.to_string(),
                email: i.email,
                role: i.access.role.label(),
                by: i.inviter.unwrap_or(i.invited_by),
                until: day(&zone, i.expires_at),
            })
            .collect(),
        link: reveal::take(&headers).map(|secret| link(&app.config.reached_at(&headers), &secret)),
    };
    Ok(reveal::forget(&app, HERE, &headers, show_with(StatusCode::OK, &page)))
}

/// What marks the secret of a link to a new password on its way to the list.
const PASSWORD_LINK: &str = "password=";

fn link(origin: &str, secret: &str) -> Link {
    match secret.strip_prefix(PASSWORD_LINK) {
        Some(secret) => Link {
            address: format!("{origin}/new-password/{secret}"),
            words: "It leads to a new password. It is shown only now, works once, and for half an hour.",
        },
        None => Link { address: format!("{origin}/invitations/{secret}"), words: "It is shown only now, works once, and for seven days." },
    }
}

/// Makes a link to a new password for somebody.
pub async fn password_link(State(app): State<App>, who: Who, Path(person): Path<String>) -> PageResult {
    let person = id::<PersonId>(&person, "person")?;
    let made = app.write(&who.ctx, move |tx, ctx| resets::by_owner(tx, ctx, &person)).await?;
    Ok(reveal::hand_on(&app, HERE, &format!("{PASSWORD_LINK}{}", made.secret)))
}

/// Takes the second factor off somebody who lost it.
pub async fn reset_factor(State(app): State<App>, who: Who, Path(person): Path<String>) -> PageResult {
    let (person, site) = (id::<PersonId>(&person, "person")?, app.config.site());
    let member = app.write(&who.ctx, move |tx, ctx| factor::reset(tx, ctx, &person, site.as_deref())).await?;
    Ok(toasted(see_other(HERE), &format!("The second factor of {} is gone. Their sessions have ended.", member.name), None))
}

async fn invite_form(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, status: StatusCode, form: Form) -> Result<Response, PageError> {
    let (frame, entries) = around(app, who, uri, headers, HERE).await?;
    let (roles, rights) = (rights::roles(&who.ctx, is_owner(who)), rights::rights(&who.ctx));
    Ok(show_with(status, &InvitePage { frame, entries, roles, rights, once: once(&form, who), form }))
}

/// The form of an invitation.
pub async fn invite_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let form = rights::form(domain::staff::Access::role(Role::Support));
    invite_form(&app, &who, &uri, &headers, StatusCode::OK, form).await
}

/// Makes a link, once. Its secret is kept nowhere: a second press can say only that it was made.
pub async fn invite(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let (email, sent) = (typed.text("email"), typed.clone());
    let made = match rights::chosen(&typed) {
        Ok(access) => {
            app.write(&who.ctx, move |tx, ctx| {
                let mut secret = None;
                sent.once(tx, ctx, "/settings/staff/invite", |tx| {
                    secret = Some(invitations::invite(tx, ctx, &email, access)?.secret);
                    Ok(Reply::new(303, HERE, ""))
                })?;
                Ok(secret)
            })
            .await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok(Some(secret)) => Ok(reveal::hand_on(&app, HERE, &secret)),
        Ok(None) => {
            let words = "This invitation was made a moment ago. If its link is not shown here, take it back and invite again.";
            Ok(toasted(see_other(HERE), words, None))
        }
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            invite_form(&app, &who, &uri, &headers, status, form).await
        }
    }
}

/// Takes a link back.
pub async fn revoke(State(app): State<App>, who: Who, Path(which): Path<String>) -> PageResult {
    let which = id::<InvitationId>(&which, "invitation")?;
    app.write(&who.ctx, move |tx, ctx| invitations::revoke(tx, ctx, &which)).await?;
    Ok(toasted(see_other(HERE), "Invitation taken back. Its link does not work any more.", None))
}

async fn one(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    person: PersonId,
    status: StatusCode,
    form: Option<Form>,
) -> Result<Response, PageError> {
    let (zone, member) =
        app.read(&who.ctx, move |tx, ctx| Ok((merchants::settings(tx, ctx)?.zone, members::get(tx, ctx, &person)?))).await?;
    let (frame, entries) = around(app, who, uri, headers, HERE).await?;
    let page = MemberPage {
        frame,
        entries,
        roles: rights::roles(&who.ctx, is_owner(who)),
        rights: rights::rights(&who.ctx),
        form: form.unwrap_or_else(|| rights::form(member.access)),
        owner: is_owner(who),
        line: line(&zone, who, member),
    };
    Ok(show_with(status, &page))
}

/// One of them.
pub async fn edit_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(person): Path<String>) -> PageResult {
    one(&app, &who, &uri, &headers, id(&person, "person")?, StatusCode::OK, None).await
}

/// Another role, other rights.
pub async fn edit(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(person): Path<String>, typed: Typed) -> PageResult {
    let person = id::<PersonId>(&person, "person")?;
    let which = person.clone();
    let saved = match rights::chosen(&typed) {
        Ok(access) => app.write(&who.ctx, move |tx, ctx| members::change(tx, ctx, &which, access)).await,
        Err(error) => Err(error),
    };
    match saved {
        Ok(member) => Ok(toasted(see_other(HERE), &format!("Saved. {} is {} now.", member.name, member.access.role.label()), None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            one(&app, &who, &uri, &headers, person, status, Some(form)).await
        }
    }
}

/// Shuts somebody out.
pub async fn disable(State(app): State<App>, who: Who, Path(person): Path<String>) -> PageResult {
    let person = id::<PersonId>(&person, "person")?;
    let undo = format!("{HERE}/{person}/enable");
    let member = app.write(&who.ctx, move |tx, ctx| members::disable(tx, ctx, &person)).await?;
    Ok(toasted(see_other(HERE), &format!("{} can’t come in any more.", member.name), Some(&undo)))
}

/// Lets somebody in again.
pub async fn enable(State(app): State<App>, who: Who, Path(person): Path<String>) -> PageResult {
    let person = id::<PersonId>(&person, "person")?;
    let member = app.write(&who.ctx, move |tx, ctx| members::enable(tx, ctx, &person)).await?;
    Ok(toasted(see_other(HERE), &format!("{} can come in again.", member.name), None))
}
