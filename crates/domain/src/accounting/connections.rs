//! Connections: one for each service. Secrets go in and never come out again but to ask.

use serde::{Deserialize, Serialize};
use store::{Row, Tx};

use super::sheets::Sheets;
use super::{Mapping, SITES, Service, State, queries};
use crate::events::Event;
use crate::invoices::{json, text};
use crate::kit::{AccountingId, Ctx, Error, JobId, Micros, Problems, Result, Right, clean};
use crate::merchants;
use crate::providers::Vault;

/// A connection as pages and the API show it: no secrets.
#[derive(Clone, Debug, PartialEq)]
pub struct Connection {
    /// Its id.
    pub id: AccountingId,
    /// Which service.
    pub service: Service,
    /// Exact: of which country.
    pub site: String,
    /// How it stands.
    pub state: State,
    /// Exact: the division; empty takes the one that whoever signs in works in. Twinfield: the office.
    pub office: String,
    /// Twinfield: the cluster that was told at the sign-in.
    pub place: String,
    /// The client id of the app.
    pub client: String,
    /// Journal, accounts and VAT codes.
    pub mapping: Mapping,
    /// What there is to choose from, as it was fetched.
    pub sheets: Sheets,
    /// When it was fetched, microseconds UTC.
    pub sheets_at: Option<Micros>,
    /// A run begins by itself each day.
    pub daily: bool,
    /// The latest run.
    pub run: Option<JobId>,
    /// What went wrong last, in words.
    pub words: String,
    /// Nothing is asked before; 0 for at once.
    pub quiet_until: Micros,
    /// When somebody last signed in there.
    pub connected_at: Option<Micros>,
    /// When it was made.
    pub created_at: Micros,
}

/// What a person says about a connection.
#[derive(Clone, Debug, Default)]
pub struct ConnectionInput {
    /// `exact`, `twinfield`.
    pub service: String,
    /// Exact: of which country.
    pub site: String,
    /// The client id of the app that was registered there.
    pub client: String,
    /// Its secret; blank keeps the one that is there.
    pub secret: String,
    /// Exact: the division, may be empty. Twinfield: the office.
    pub office: String,
}

/// The tokens, as they are sealed.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Pair {
    pub access: String,
    pub refresh: String,
}

/// All connections. Needs [`Right::Payments`] or [`Right::Settings`].
pub fn list(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Connection>> {
    may_look(ctx)?;
    Ok(tx.rows(&queries::CONNECTIONS, &[&ctx.merchant], read)?)
}

/// One connection. Needs [`Right::Payments`] or [`Right::Settings`].
///
/// # Errors
/// [`Error::NotFound`], also for another merchant's.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &AccountingId) -> Result<Connection> {
    may_look(ctx)?;
    find(tx, ctx, id)
}

fn may_look(ctx: &Ctx) -> Result<()> {
    if ctx.may(Right::Settings) { Ok(()) } else { ctx.must(Right::Payments) }
}

pub(super) fn find(tx: &mut Tx, ctx: &Ctx, id: &AccountingId) -> Result<Connection> {
    tx.opt(&queries::CONNECTION, &[&ctx.merchant, id], read)?.ok_or(Error::NotFound("accounting connection"))
}

/// Names the app of a service, or changes it; somebody signs in there next ([`super::sign_in`]). Needs [`Right::Settings`].
///
/// # Errors
/// Field errors; in a demo, which never calls another machine; a conflict `other_books` when things are exported to another office already.
pub fn put(tx: &mut Tx, ctx: &Ctx, vault: &Vault, input: &ConnectionInput) -> Result<AccountingId> {
    set_up(tx, ctx, vault, input, false)
}

/// The same; `shown`: for a demo that only shows what one looks like, and switches it off before anybody is asked.
pub(crate) fn set_up(tx: &mut Tx, ctx: &Ctx, vault: &Vault, input: &ConnectionInput, shown: bool) -> Result<AccountingId> {
    ctx.must(Right::Settings)?;
    let mut problems = Problems::default();
    if !shown && merchants::settings(tx, ctx)?.demo {
        problems.add("service", "invalid", "This is a demo: it never sends anything to another machine.");
    }
    let Ok(service) = input.service.parse::<Service>() else {
        problems.add("service", "unknown", "Choose a service.");
        return problems.check().map(|()| ctx.id());
    };
    let known = tx.opt(&queries::OF_SERVICE, &[&ctx.merchant, &service], |r| Ok((read(r)?, r.get::<String>(SECRET)?)))?;
    let (client, site, office) = fields(service, input, &mut problems);
    let secret = clean(&mut problems, "secret", &input.secret, 500);
    if secret.is_empty() && known.as_ref().is_none_or(|(c, _)| c.client != client) {
        problems.add("secret", "required", "Copy the client secret of the app.");
    }
    problems.check()?;
    let Some((old, sealed)) = known else {
        let id: AccountingId = ctx.id();
        let sealed = vault.seal(&owner(&ctx.merchant, &id, "app"), &secret)?;
        let mapping = text(&Mapping::default());
        let by = &ctx.actor.name;
        tx.exec(&queries::INSERT, &[&ctx.merchant, &id, &service, &site, &office, &client, &sealed, &mapping, &ctx.now, by])?;
        return Ok(id);
    };
    if (&old.site, &old.office) != (&site, &office) && tx.scalar::<i64>(&queries::ANY_DONE, &[&ctx.merchant, &old.id])? > 0 {
        let words = format!("{} holds exports of another administration already. Keep country and office as they are.", service.label());
        return Err(Error::conflict("other_books", words));
    }
    let sealed = if secret.is_empty() { sealed } else { vault.seal(&owner(&ctx.merchant, &old.id, "app"), &secret)? };
    tx.exec(&queries::EDIT, &[&ctx.merchant, &old.id, &site, &office, &client, &sealed, &ctx.now])?;
    Ok(old.id)
}

fn fields(service: Service, input: &ConnectionInput, problems: &mut Problems) -> (String, String, String) {
    let client = clean(problems, "client", &input.client, 200);
    if client.is_empty() {
        problems.add("client", "required", "Copy the client id of the app.");
    }
    let office = clean(problems, "office", &input.office, 40);
    match service {
        Service::Exact if !office.bytes().all(|b| b.is_ascii_digit()) => {
            problems.add("office", "invalid", "The number of an administration has digits alone.");
        }
        Service::Twinfield if office.is_empty() => problems.add("office", "required", "Type the code of the office."),
        _ => {}
    }
    let known = SITES.iter().any(|(key, ..)| *key == input.site);
    if service == Service::Exact && !known {
        problems.add("site", "unknown", "Choose the country of Exact Online that you sign in to.");
    }
    let site = if service == Service::Exact { input.site.clone() } else { String::new() };
    (client, site, office)
}

/// Switches a connection off and forgets the sign-in. What was exported stays known. Twice is once. Needs [`Right::Settings`].
///
/// # Errors
/// [`Error::NotFound`].
pub fn disconnect(tx: &mut Tx, ctx: &Ctx, id: &AccountingId) -> Result<()> {
    ctx.must(Right::Settings)?;
    find(tx, ctx, id)?;
    if tx.exec(&queries::DISCONNECT, &[&ctx.merchant, id, &ctx.now])? > 0 {
        record(tx, ctx, "accounting.disconnected", id, serde_json::Value::Null)?;
    }
    Ok(())
}

pub(super) fn record(tx: &mut Tx, ctx: &Ctx, kind: &'static str, id: &AccountingId, data: serde_json::Value) -> Result<()> {
    Event::new(kind).on("accounting_connection", id.as_str()).data(data).record(tx, ctx)?;
    Ok(())
}

/// To whom a secret is sealed.
pub(crate) fn owner(merchant: impl std::fmt::Display, id: impl std::fmt::Display, what: &str) -> String {
    format!("{merchant}/{id}/{what}")
}

/// The column of the sealed secret of the app; the sealed tokens stand behind it.
pub(super) const SECRET: usize = 16;

pub(super) fn read(r: &Row<'_>) -> std::result::Result<Connection, store::Error> {
    Ok(Connection {
        id: r.get(0)?,
        service: r.get(1)?,
        site: r.get(2)?,
        state: r.get(3)?,
        office: r.get(4)?,
        place: r.get(5)?,
        client: r.get(6)?,
        mapping: json(r.str(7)?),
        sheets: json(r.str(8)?),
        sheets_at: r.get(9)?,
        daily: r.get(10)?,
        run: r.get(11)?,
        words: r.get(12)?,
        quiet_until: r.get(13)?,
        connected_at: r.get(14)?,
        created_at: r.get(15)?,
    })
}
