//! Accounts with payment providers: set up, look, switch off. Secrets go in and are never given back.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{AccountId, Right, ShopId};
use domain::providers::accounts::{self, Account, AccountInput};
use domain::providers::{CallState, Provider, calls, inbox};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::api::asked::At;
use crate::api::types::{Page, Time, time};
use crate::api::words;
use crate::api::write::{Write, done, reply};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};
use crate::outside;

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let settings = Policy::May(Right::Settings);
    routes
        .api(settings, routes!(list))
        .api(settings, routes!(put))
        .api(settings, routes!(get))
        .api(settings, routes!(trouble))
        .api(settings, routes!(disable))
        .api(settings, routes!(retry))
        .api(settings, routes!(test))
}

/// An account of a shop with a payment provider.
#[derive(Debug, Serialize, ToSchema)]
struct ProviderAccount {
    id: String,
    shop: String,
    /// `stripe`, `paypal`, `test`.
    provider: String,
    /// Real money.
    live: bool,
    /// The path that the provider sends its webhooks to.
    webhook_path: String,
    /// The last characters of the secret key.
    hint: String,
    created_at: Time,
    disabled_at: Option<Time>,
    /// When the provider was last heard of.
    told_at: Option<Time>,
    /// When the keys were last tried.
    tested_at: Option<Time>,
    /// They worked.
    tested_works: bool,
    /// What came of it, in words.
    tested_message: String,
}

impl From<Account> for ProviderAccount {
    fn from(a: Account) -> Self {
        Self {
            id: a.id.to_string(),
            shop: a.shop.to_string(),
            provider: a.provider.name().to_owned(),
            live: a.live,
            webhook_path: format!("/hooks/{}", a.address),
            hint: a.hint,
            created_at: Time(a.created_at),
            disabled_at: time(a.disabled_at),
            told_at: time(a.told_at),
            tested_at: time(a.tested_at),
            tested_works: a.tested_ok,
            tested_message: a.tested_words,
        }
    }
}

/// An account to set up, or new keys for the one that the shop has.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProviderAccountPut {
    #[schema(value_type = String)]
    shop: ShopId,
    /// `stripe`, `paypal`, `test`.
    #[schema(value_type = String, example = "stripe")]
    provider: Provider,
    /// Real money; the test provider never has any.
    #[serde(default)]
    live: bool,
    /// PayPal's client id; absent keeps the one that is there.
    #[serde(default)]
    client: String,
    /// Stripe's secret key, PayPal's secret; absent keeps the one that is there.
    #[serde(default)]
    secret: String,
    /// Stripe's signing secret, PayPal's webhook id; absent keeps the one that is there.
    #[serde(default)]
    webhook: String,
}

/// List the accounts with payment providers.
///
/// By shop, those that are switched off too.
#[utoipa::path(get, path = "/api/v1/provider-accounts", operation_id = "listProviderAccounts", tag = "Payment providers",
    responses((status = 200, body = Page<ProviderAccount>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller) -> Result<axum::Json<Page<ProviderAccount>>, Problem> {
    let found = app.read(&ctx, |tx, ctx| accounts::list(tx, ctx)).await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Set up an account with a payment provider, or change its keys.
///
/// A shop has one account for each provider and mode. Keys are stored encrypted and never given back.
#[utoipa::path(post, path = "/api/v1/provider-accounts", operation_id = "putProviderAccount", tag = "Payment providers",
    request_body = ProviderAccountPut, responses((status = 200, body = ProviderAccount)))]
async fn put(State(app): State<App>, caller: Caller, write: Write<ProviderAccountPut>) -> Result<Response, Problem> {
    let vault = app.config.vault.clone();
    write
        .run(&app, &caller, move |tx, ctx, b| {
            let (client, secret, webhook) = (b.client.clone(), b.secret.clone(), b.webhook.clone());
            let input = AccountInput { shop: b.shop.clone(), provider: b.provider, live: b.live, client, secret, webhook };
            let id = accounts::put(tx, ctx, &vault, &input)?;
            reply(StatusCode::OK, "", &ProviderAccount::from(accounts::get(tx, ctx, &id)?))
        })
        .await
}

/// Read an account with a payment provider.
#[utoipa::path(get, path = "/api/v1/provider-accounts/{id}", operation_id = "getProviderAccount", tag = "Payment providers",
    params(("id" = String, Path)), responses((status = 200, body = ProviderAccount)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<ProviderAccount>, Problem> {
    let id: AccountId = id(&text, "provider account")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| accounts::get(tx, ctx, &id)).await?.into()))
}

/// What came from a provider and could not be applied.
#[derive(Debug, Serialize, ToSchema)]
struct FailedEvent {
    /// The provider's id of it.
    id: String,
    /// What the provider calls it.
    kind: String,
    received_at: Time,
    /// Why, in words.
    message: String,
}

/// What a provider was asked for and did not do.
#[derive(Debug, Serialize, ToSchema)]
struct FailedCall {
    id: String,
    /// What was asked for, in words.
    what: String,
    #[schema(value_type = words::ProviderCallState)]
    state: CallState,
    at: Time,
    /// Why not, in the provider's words.
    message: String,
}

/// How an account with a provider does.
#[derive(Debug, Serialize, ToSchema)]
struct ProviderAccountHealth {
    /// Events that came and wait to be applied.
    waiting: i64,
    /// The latest that could not be applied; `retryProviderEvents` takes them up again.
    failed: Vec<FailedEvent>,
    /// Calls of the last seven days that are tried again, or were refused.
    calls: Vec<FailedCall>,
}

/// Read how an account with a payment provider does.
///
/// What waits, what could not be applied, and what the provider did not do.
#[utoipa::path(get, path = "/api/v1/provider-accounts/{id}/health", operation_id = "getProviderAccountHealth", tag = "Payment providers",
    params(("id" = String, Path)), responses((status = 200, body = ProviderAccountHealth)))]
async fn trouble(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<ProviderAccountHealth>, Problem> {
    let id: AccountId = id(&text, "provider account")?;
    let found = app
        .read(&ctx, move |tx, ctx| {
            accounts::get(tx, ctx, &id)?;
            Ok((inbox::waiting(tx, ctx, &id)?, inbox::failed(tx, ctx, &id, 20)?, calls::in_trouble(tx, ctx, &id)?))
        })
        .await?;
    let failed = |f: inbox::Failed| FailedEvent { id: f.event, kind: f.kind, received_at: Time(f.received_at), message: f.error };
    let call = |c: calls::Call| FailedCall {
        id: c.id.to_string(),
        what: c.kind.label().to_owned(),
        state: c.state,
        at: Time(c.updated_at),
        message: c.error,
    };
    Ok(axum::Json(ProviderAccountHealth {
        waiting: found.0,
        failed: found.1.into_iter().map(failed).collect(),
        calls: found.2.into_iter().map(call).collect(),
    }))
}

/// Switch an account with a payment provider off.
///
/// Its keys are forgotten. What it brought stays.
#[utoipa::path(post, path = "/api/v1/provider-accounts/{id}/disable", operation_id = "disableProviderAccount", tag = "Payment providers",
    params(("id" = String, Path)), responses((status = 204)))]
async fn disable(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: AccountId = id(&text, "provider account")?;
    write.run(&app, &caller, move |tx, ctx, ()| accounts::disable(tx, ctx, &id).map(|()| done())).await
}

/// What the provider says to the keys.
#[derive(Debug, Serialize, ToSchema)]
struct ProviderAccountTest {
    /// It answers, and the keys work.
    works: bool,
    /// Its words when it does not.
    message: String,
}

/// Try the keys of an account with a payment provider.
///
/// Asks the provider the smallest question there is; nothing is changed there. The answer is kept with the account. Answers 409 `switched_off` for one that
/// is off.
#[utoipa::path(post, path = "/api/v1/provider-accounts/{id}/test", operation_id = "testProviderAccount", tag = "Payment providers",
    params(("id" = String, Path)), responses((status = 200, body = ProviderAccountTest)))]
async fn test(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: AccountId = id(&text, "provider account")?;
    let (which, vault) = (id.clone(), app.config.vault.clone());
    let read = move |tx: &mut store::Tx, ctx: &domain::Ctx| {
        let account = accounts::get(tx, ctx, &which)?;
        // The test provider is asked nothing: it has no keys.
        let asked = account.provider.is_outside() || account.disabled_at.is_some();
        asked.then(|| accounts::opened(tx, ctx, &vault, &which)).transpose()
    };
    let (opened, asking) = (app.read(&caller.0, read).await?, app.clone());
    let found = tokio::task::spawn_blocking(move || opened.map_or(Ok(()), |opened| outside::test(&asking, &opened))).await;
    let found = found.map_err(|e| domain::Error::Internal(e.to_string()))?;
    let message = found.err().map(|refusal| refusal.message().to_owned());
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            let (works, words) = (message.is_none(), message.clone().unwrap_or_default());
            let told = if works { "The provider answers, and the keys work." } else { &words };
            accounts::tested(tx, ctx, &id, works, told)?;
            reply(StatusCode::OK, "", &ProviderAccountTest { works, message: words })
        })
        .await
}

/// How many were taken up again.
#[derive(Debug, Serialize, ToSchema)]
struct RetriedEvents {
    retried: u64,
}

/// Try again what a payment provider told and could not be applied.
#[utoipa::path(post, path = "/api/v1/provider-accounts/{id}/retries", operation_id = "retryProviderEvents", tag = "Payment providers",
    params(("id" = String, Path)), responses((status = 200, body = RetriedEvents)))]
async fn retry(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: AccountId = id(&text, "provider account")?;
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            accounts::get(tx, ctx, &id)?;
            reply(StatusCode::OK, "", &RetriedEvents { retried: inbox::retry(tx, ctx, &id)? })
        })
        .await
}
