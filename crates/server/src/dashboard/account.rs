//! One's own account: name, how pages look, password, identity provider, second factor, passkeys, sessions.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::conversations;
use domain::kit::{Door, LOCALES, Locale, SessionId, Zone};
use domain::merchants;
use domain::staff::{Look, Moment, account, oidc, passkeys, sessions};

use super::moments::moment as shown;
use super::slow::slow;
use super::typed::{Typed, refused};
use super::{PageError, PageResult, frame, see_other, show_with, toasted};
use crate::app::App;
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame, When};

struct Line {
    id: String,
    device: String,
    address: String,
    opened: When,
    seen: When,
    here: bool,
    /// The first session with its browser.
    new: bool,
    /// What they proved themselves with.
    means: &'static str,
}

struct Connection {
    email: String,
    since: When,
    used: Option<When>,
}

struct Key {
    id: String,
    name: String,
    created: When,
    used: Option<When>,
}

#[derive(Template)]
#[template(path = "dashboard/account.html")]
struct AccountPage {
    frame: Frame,
    email: String,
    role: &'static str,
    merchant: String,
    name: Form,
    signature: Form,
    look: Form,
    locales: Vec<(&'static str, &'static str)>,
    password: Form,
    second_factor: bool,
    /// They have a password.
    has_password: bool,
    /// The identity provider by its name, where there is one, and their account there.
    provider: Option<(String, Option<Connection>)>,
    /// It is an app.
    app: bool,
    passkeys: Vec<Key>,
    sessions: Vec<Line>,
}

/// The forms that a refusal may be shown in; the others show what is stored.
#[derive(Default)]
struct Refused {
    name: Option<Form>,
    signature: Option<Form>,
    password: Option<Form>,
}

async fn render(app: &App, who: Who, uri: &Uri, headers: &HeaderMap, status: StatusCode, refused: Refused) -> Result<Response, PageError> {
    let (by, now) = (who.signed_in.clone(), app.now());
    let issuer = app.config.oidc.as_ref().map(|client| client.issuer.clone());
    let (zone, list, signature, keys, connection) = app
        .read(&who.ctx, move |tx, ctx| {
            let zone = merchants::settings(tx, ctx)?.zone;
            let connection = issuer.as_deref().map(|issuer| oidc::connection(tx, &by, issuer)).transpose()?.flatten();
            Ok((zone, sessions::list(tx, &by, now)?, conversations::signature(tx, ctx)?, passkeys::list(tx, &by)?, connection))
        })
        .await?;
    let person = &who.signed_in.person;
    let look = &person.look;
    let mut form =
        Form::of([("theme", look.theme.name()), ("density", look.density.name()), ("locale", look.locale.map_or("", |l| l.tag))]);
    if look.shortcuts {
        form.set("shortcuts", "on");
    }
    let current = who.signed_in.current.as_ref();
    let page = AccountPage {
        frame: frame(app, &who, "", uri, headers).await?,
        email: person.email.clone(),
        role: current.map_or("", |m| m.role.label()),
        merchant: current.map(|m| m.name.clone()).unwrap_or_default(),
        name: refused.name.unwrap_or_else(|| Form::of([("name", &person.name)])),
        signature: refused.signature.unwrap_or_else(|| Form::of([("signature", signature)])),
        look: form,
        locales: LOCALES.iter().map(|l| (l.tag, l.name)).collect(),
        password: refused.password.unwrap_or_default(),
        second_factor: who.signed_in.second_factor,
        has_password: who.signed_in.password,
        provider: super::oidc::name(app).map(|name| (name, connection.map(|c| connected(&zone, c)))),
        app: who.signed_in.app,
        passkeys: keys.into_iter().map(|k| key(&zone, k)).collect(),
        sessions: list.into_iter().map(|s| line(&zone, &who, s)).collect(),
    };
    Ok(show_with(status, &page))
}

fn key(zone: &Zone, k: passkeys::Passkey) -> Key {
    Key { id: k.id.to_string(), name: k.name, created: shown(zone, k.created_at), used: k.last_used_at.map(|at| shown(zone, at)) }
}

fn connected(zone: &Zone, c: oidc::Connection) -> Connection {
    Connection { email: c.email, since: shown(zone, c.created_at), used: c.last_used_at.map(|at| shown(zone, at)) }
}

fn line(zone: &Zone, who: &Who, s: sessions::Session) -> Line {
    Line {
        means: s.means.map_or("", |m| m.label()),
        here: s.id == who.signed_in.session,
        new: s.new_device,
        id: s.id.to_string(),
        device: device(&s.user_agent),
        address: s.address,
        opened: shown(zone, s.created_at),
        seen: shown(zone, s.seen_at),
    }
}

/// The account.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    render(&app, who, &uri, &headers, StatusCode::OK, Refused::default()).await
}

/// Another name.
pub async fn rename(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let (by, moment, name) = (who.signed_in.clone(), Moment::new(app.now(), Door::Page), typed.text("name"));
    match app.db.write::<_, domain::Error>(move |tx| account::rename(tx, &by, &moment, &name)).await {
        Ok(()) => Ok(toasted(see_other("/account"), "Name saved.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, who, &uri, &headers, status, Refused { name: Some(form), ..Refused::default() }).await
        }
    }
}

/// Another look.
pub async fn set_look(State(app): State<App>, who: Who, typed: Typed) -> PageResult {
    let look = Look {
        shortcuts: typed.ticked("shortcuts"),
        theme: typed.get("theme").parse().unwrap_or_default(),
        density: typed.get("density").parse().unwrap_or_default(),
        locale: Locale::of(typed.get("locale")),
    };
    let by = who.signed_in;
    app.db.write::<_, domain::Error>(move |tx| account::set_look(tx, &by, look)).await?;
    Ok(toasted(see_other("/account"), "Saved.", None))
}

/// Another signature, in the merchant at work.
pub async fn set_signature(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let text = typed.text("signature");
    match app.write(&who.ctx, move |tx, ctx| conversations::set_signature(tx, ctx, &text)).await {
        Ok(()) => Ok(toasted(see_other("/account"), "Signature saved.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, who, &uri, &headers, status, Refused { signature: Some(form), ..Refused::default() }).await
        }
    }
}

/// Another password; all other sessions end.
pub async fn change_password(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let (by, person) = (who.signed_in.clone(), who.signed_in.person.id.clone());
    let present = app.db.read::<_, domain::Error>(move |tx| account::present(tx, &person)).await?;
    let (current, new) = (typed.text("current"), typed.text("password"));
    let checked = slow(move || account::check_password(&by, present, &current, &new)).await;
    let done = match checked {
        Ok(change) => {
            let (by, moment) = (who.signed_in.clone(), Moment::new(app.now(), Door::Page));
            app.db.write::<_, domain::Error>(move |tx| account::set_password(tx, &by, &moment, &change)).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(0) => Ok(toasted(see_other("/account"), "Password changed.", None)),
        Ok(n) => Ok(toasted(see_other("/account"), &format!("Password changed. {n} other {} ended.", sessions_word(n)), None)),
        Err(error) => {
            let mut form = Form::default();
            let status = refused(&mut form, error)?;
            render(&app, who, &uri, &headers, status, Refused { password: Some(form), ..Refused::default() }).await
        }
    }
}

/// Ends one session.
pub async fn end_session(State(app): State<App>, who: Who, Path(session): Path<String>) -> PageResult {
    let (session, by, moment) = (id::<SessionId>(&session, "session")?, who.signed_in, Moment::new(app.now(), Door::Page));
    app.db.write::<_, domain::Error>(move |tx| sessions::revoke(tx, &by, &moment, &session)).await?;
    Ok(toasted(see_other("/account"), "Session ended.", None))
}

/// Ends all sessions but this one.
pub async fn end_others(State(app): State<App>, who: Who) -> PageResult {
    let (by, moment) = (who.signed_in, Moment::new(app.now(), Door::Page));
    let n = app.db.write::<_, domain::Error>(move |tx| sessions::revoke_others(tx, &by, &moment)).await?;
    Ok(toasted(see_other("/account"), &format!("{n} other {} ended.", sessions_word(n)), None))
}

fn sessions_word(n: u64) -> &'static str {
    if n == 1 { "session" } else { "sessions" }
}

/// `Firefox on Linux`, as far as the browser says; else the start of what it says.
pub fn device(agent: &str) -> String {
    let first = |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let browser = first(&[("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        _ if agent.is_empty() => "Unknown browser".to_owned(),
        _ => agent.chars().take(40).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn a_session_is_recognised_by_its_browser() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/125.0 Safari/537.36 Edg/125.0";
        assert_eq!(device(edge), "Edge on Windows");
        assert_eq!(device("Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0"), "Firefox on Linux");
        assert_eq!(device("curl/8.1"), "curl/8.1");
        assert_eq!(device(""), "Unknown browser");
    }
}
