//! Endpoints: made, changed, switched on and off, given a new secret, removed. A secret is told once, when it is made; kept sealed.

use serde::{Deserialize, Deserializer, Serialize};
use store::{Row, Tx};

use super::wants::Wants;
use super::{Endpoint, MOST, OVERLAP, OffReason, State, queries, signature, target};
use crate::events::Event;
use crate::kit::{Ctx, Error, MerchantId, Micros, Problems, Result, Right, WebhookId, clean};
use crate::merchants;
use crate::providers::{Vault, seal_name};

/// What a person or program says about an endpoint.
#[derive(Clone, Debug, Default)]
pub struct EndpointInput {
    /// Where messages go.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// Which events: `*`, `customer.*`, `customer.edited`.
    pub events: Vec<String>,
    /// The configuration lets it be this machine.
    pub local: bool,
}

/// An endpoint or its new secret, told once.
#[derive(Clone, Debug)]
pub struct Made {
    /// The endpoint.
    pub id: WebhookId,
    /// `whsec_…`
    pub secret: String,
}

/// The secrets of an endpoint, as they are sealed.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Secrets {
    now: String,
    /// Those before, the newest first, each with until when it signs.
    #[serde(default, deserialize_with = "before")]
    before: Vec<(String, Micros)>,
}

/// One, as earlier versions kept it, or several.
fn before<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Vec<(String, Micros)>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Kept {
        One((String, Micros)),
        Several(Vec<(String, Micros)>),
    }
    Ok(match Option::<Kept>::deserialize(from)? {
        None => Vec::new(),
        Some(Kept::One(one)) => vec![one],
        Some(Kept::Several(several)) => several,
    })
}

/// So many secrets sign at once, at most: the header has to hold a signature of each.
const MOST_SECRETS: usize = 10;

impl Secrets {
    /// Those that sign at `now`, the newest first.
    pub(super) fn signing(&self, now: Micros) -> Vec<String> {
        let before = self.before.iter().filter(|(_, until)| *until > now).map(|(secret, _)| secret.clone());
        std::iter::once(self.now.clone()).chain(before).collect()
    }
}

/// All endpoints, in the order they were made. Needs [`Right::Settings`].
pub fn list(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Endpoint>> {
    ctx.must(Right::Settings)?;
    Ok(tx.rows(&queries::ENDPOINTS, &[&ctx.merchant], row)?)
}

/// One endpoint. Needs [`Right::Settings`].
///
/// # Errors
/// [`Error::NotFound`], also for another merchant's.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &WebhookId) -> Result<Endpoint> {
    ctx.must(Right::Settings)?;
    tx.opt(&queries::ENDPOINT, &[&ctx.merchant, id], row)?.ok_or(Error::NotFound("webhook endpoint"))
}

/// Makes an endpoint, switched on. Needs [`Right::Settings`].
///
/// # Errors
/// Field errors for `url`, `description`, `events`; a conflict `too_many` beyond [`MOST`].
pub fn create(tx: &mut Tx, ctx: &Ctx, vault: &Vault, input: &EndpointInput) -> Result<Made> {
    ctx.must(Right::Settings)?;
    no_demo(tx, ctx)?;
    make(tx, ctx, vault, input)
}

/// The same in a demo too, which tells a story of one.
pub(crate) fn make(tx: &mut Tx, ctx: &Ctx, vault: &Vault, input: &EndpointInput) -> Result<Made> {
    let (url, description, wants) = check(input)?;
    if tx.scalar::<i64>(&queries::COUNT_ENDPOINTS, &[&ctx.merchant])? >= MOST {
        return Err(Error::conflict("too_many", format!("A merchant has at most {MOST} endpoints. Remove one that is not needed.")));
    }
    let (id, secret) = (ctx.id::<WebhookId>(), signature::new_secret()?);
    let sealed = seal(vault, &ctx.merchant, &id, &Secrets { now: secret.clone(), before: Vec::new() })?;
    tx.exec(&queries::INSERT_ENDPOINT, &[&ctx.merchant, &id, &url, &description, &wants.text(), &sealed, &ctx.now])?;
    write_wants(tx, ctx, &id, &wants)?;
    record(tx, ctx, "webhook.created", &id, serde_json::json!({ "host": host(&url), "events": wants.words() }))?;
    Ok(Made { id, secret })
}

/// Changes address, description and filter; what waits goes to the new address. Needs [`Right::Settings`].
///
/// # Errors
/// As [`create`].
pub fn edit(tx: &mut Tx, ctx: &Ctx, id: &WebhookId, input: &EndpointInput) -> Result<Endpoint> {
    let old = get(tx, ctx, id)?;
    let (url, description, wants) = check(input)?;
    if (&url, &description, &wants) != (&old.url, &old.description, &old.wants) {
        tx.exec(&queries::EDIT_ENDPOINT, &[&ctx.merchant, id, &url, &description, &wants.text(), &ctx.now])?;
        if old.state == State::On {
            write_wants(tx, ctx, id, &wants)?;
        }
        if url != old.url {
            tx.exec(&queries::HURRY, &[&ctx.merchant, id])?;
        }
        record(tx, ctx, "webhook.edited", id, serde_json::json!({ "host": host(&url), "events": wants.words() }))?;
    }
    get(tx, ctx, id)
}

/// Makes a new secret; each one before signs too for [`OVERLAP`] from then on, so that a receiver can change over, also when it was turned twice. Needs
/// [`Right::Settings`].
///
/// # Errors
/// [`Error::NotFound`]; a conflict `too_many` when ten of them sign already.
pub fn rotate(tx: &mut Tx, ctx: &Ctx, vault: &Vault, id: &WebhookId) -> Result<Made> {
    get(tx, ctx, id)?;
    tx.exec(&queries::HOLD_ENDPOINT, &[&ctx.merchant, id, &ctx.now])?;
    let (secret, until) = (signature::new_secret()?, ctx.now + OVERLAP);
    // Sealed with another key, the old one is of no use to anybody.
    let before = secrets(tx, vault, &ctx.merchant, id)?.map_or_else(Vec::new, |old| {
        let older = old.before.into_iter().filter(|(_, until)| *until > ctx.now);
        std::iter::once((old.now, until)).chain(older).collect()
    });
    if before.len() >= MOST_SECRETS {
        return Err(Error::conflict(
            "too_many",
            "Ten secrets of the last 24 hours sign already. Give the newest to the receiver, or wait until one is over.",
        ));
    }
    let kept = (!before.is_empty()).then_some(until);
    let sealed = seal(vault, &ctx.merchant, id, &Secrets { now: secret.clone(), before })?;
    tx.exec(&queries::SET_SECRETS, &[&ctx.merchant, id, &sealed, &kept, &ctx.now])?;
    record(tx, ctx, "webhook.secret_rotated", id, serde_json::Value::Null)?;
    Ok(Made { id: id.clone(), secret })
}

/// Switches it off: nothing is kept for it from now on, and what waits is given up. Twice is once. Needs [`Right::Settings`].
///
/// # Errors
/// [`Error::NotFound`].
pub fn switch_off(tx: &mut Tx, ctx: &Ctx, id: &WebhookId, reason: OffReason) -> Result<Endpoint> {
    get(tx, ctx, id)?;
    if tx.exec(&queries::SWITCH_OFF, &[&ctx.merchant, id, &reason, &ctx.now])? > 0 {
        tx.exec(&queries::DROP_WANTS, &[&ctx.merchant, id])?;
        record(tx, ctx, "webhook.switched_off", id, serde_json::json!({ "reason": reason }))?;
    }
    get(tx, ctx, id)
}

/// Switches it on for what happens from now on. Twice is once. Needs [`Right::Settings`].
///
/// # Errors
/// [`Error::NotFound`]; a field error in a demo.
pub fn switch_on(tx: &mut Tx, ctx: &Ctx, id: &WebhookId) -> Result<Endpoint> {
    let endpoint = get(tx, ctx, id)?;
    no_demo(tx, ctx)?;
    if tx.exec(&queries::SWITCH_ON, &[&ctx.merchant, id, &ctx.now])? > 0 {
        write_wants(tx, ctx, id, &endpoint.wants)?;
        record(tx, ctx, "webhook.switched_on", id, serde_json::Value::Null)?;
    }
    get(tx, ctx, id)
}

/// Removes it with its deliveries; they go slice by slice. Needs [`Right::Settings`].
///
/// # Errors
/// [`Error::NotFound`].
pub fn remove(tx: &mut Tx, ctx: &Ctx, id: &WebhookId) -> Result<()> {
    let endpoint = get(tx, ctx, id)?;
    if tx.exec(&queries::REMOVE, &[&ctx.merchant, id, &ctx.now])? > 0 {
        tx.exec(&queries::DROP_WANTS, &[&ctx.merchant, id])?;
        record(tx, ctx, "webhook.removed", id, serde_json::json!({ "host": host(&endpoint.url) }))?;
    }
    Ok(())
}

/// One endpoint for those who have it in hand already; `None` when it was removed meanwhile.
pub(super) fn find(tx: &mut Tx, ctx: &Ctx, id: &WebhookId) -> Result<Option<Endpoint>> {
    Ok(tx.opt(&queries::ENDPOINT, &[&ctx.merchant, id], row)?)
}

/// How many endpoints Regulars switched off and nobody switched on again: what Home tells.
pub fn given_up(tx: &mut Tx, ctx: &Ctx) -> Result<i64> {
    Ok(tx.scalar(&queries::COUNT_GIVEN_UP, &[&ctx.merchant])?)
}

/// The secrets of an endpoint; `None` when they were sealed with another key.
pub(super) fn secrets(tx: &mut Tx, vault: &Vault, merchant: &MerchantId, id: &WebhookId) -> Result<Option<Secrets>> {
    let sealed = tx.opt(&queries::ENDPOINT, &[merchant, id], |r| r.get::<String>(13))?.ok_or(Error::NotFound("webhook endpoint"))?;
    Ok(vault.open(&seal_name(merchant, id), &sealed).and_then(|text| serde_json::from_str(&text).ok()))
}

fn seal(vault: &Vault, merchant: &MerchantId, id: &WebhookId, secrets: &Secrets) -> Result<String> {
    let text = serde_json::to_string(secrets).map_err(|e| Error::Internal(e.to_string()))?;
    vault.seal(&seal_name(merchant, id), &text)
}

fn check(input: &EndpointInput) -> Result<(String, String, Wants)> {
    let mut problems = Problems::default();
    let url = target::check(&input.url, input.local, &mut problems);
    let description = clean(&mut problems, "description", &input.description, 200);
    let wants = Wants::of(input.events.iter().map(String::as_str), &mut problems);
    problems.check()?;
    Ok((url, description, wants))
}

fn no_demo(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    if merchants::settings(tx, ctx)?.demo {
        return Err(Problems::one("url", "invalid", "This is a demo: it never sends anything to another machine."));
    }
    Ok(())
}

fn write_wants(tx: &mut Tx, ctx: &Ctx, id: &WebhookId, wants: &Wants) -> Result<()> {
    tx.exec(&queries::DROP_WANTS, &[&ctx.merchant, id])?;
    for word in wants.words() {
        tx.exec(&queries::INSERT_WANT, &[&ctx.merchant, word, id])?;
    }
    Ok(())
}

fn record(tx: &mut Tx, ctx: &Ctx, kind: &'static str, id: &WebhookId, data: serde_json::Value) -> Result<()> {
    Event::new(kind).on("webhook_endpoint", id.as_str()).data(data).record(tx, ctx)?;
    Ok(())
}

/// What the audit log says of an address: the rest of it may hold a password.
fn host(url: &str) -> String {
    url::Url::parse(url).ok().and_then(|u| u.host_str().map(str::to_owned)).unwrap_or_default()
}

fn row(r: &Row<'_>) -> std::result::Result<Endpoint, store::Error> {
    Ok(Endpoint {
        id: r.get(0)?,
        url: r.get(1)?,
        description: r.get(2)?,
        wants: Wants::parse(r.str(3)?),
        state: r.get(4)?,
        off_reason: r.get(5)?,
        off_at: r.get(6)?,
        previous_until: r.get(7)?,
        failing_since: r.get(8)?,
        failures: r.get(9)?,
        slow: r.get(10)?,
        sent_at: r.get(11)?,
        created_at: r.get(12)?,
    })
}

#[cfg(test)]
mod tests {
    use super::Secrets;

    #[test]
    fn secrets_sealed_by_an_earlier_version_are_read() {
        for (kept, signing) in [
            (r#"{"now":"b","before":null}"#, &["b"][..]),
            (r#"{"now":"b","before":["a",9]}"#, &["b", "a"]),
            (r#"{"now":"c","before":[["b",9],["a",4]]}"#, &["c", "b"]),
        ] {
            let secrets: Secrets = serde_json::from_str(kept).unwrap();
            assert_eq!(secrets.signing(5), signing, "{kept}");
        }
    }
}
