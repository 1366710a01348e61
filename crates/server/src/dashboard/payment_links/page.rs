//! A payment link's own page: how it stands, the way to the buyer, and its end.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::kit::{Ctx, Money, PaymentLinkId, Right, Zone};
use domain::payment_links::{self, PaymentLink, State as Step, Way};
use domain::replies::Reply;
use domain::{customers, mail, merchants};
use store::Tx;

use crate::app::App;
use crate::dashboard::invoices::{Sent, sent};
use crate::dashboard::payments::{kinds, manual, moment_of};
use crate::dashboard::sure::{Sure, sure};
use crate::dashboard::{PageResult, Typed, frame, moments, once, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame, When, band};

/// A link in a list.
#[derive(Clone, Debug)]
pub struct Line {
    pub l: PaymentLink,
    pub amount: String,
    pub tone: &'static str,
    pub words: &'static str,
    pub made: When,
    pub until: When,
}

/// As lists show it.
pub fn line(l: PaymentLink, zone: &Zone) -> Line {
    let (tone, words) = match l.state {
        Step::Open if l.is_under_way() => ("attention", "Payment on its way"),
        Step::Open => ("attention", l.state.label()),
        Step::Paid => ("good", l.state.label()),
        Step::Expired | Step::Withdrawn => ("quiet", l.state.label()),
    };
    let amount = Money::new(l.amount, l.currency).to_string();
    Line { amount, tone, words, made: moments::moment(zone, l.created_at), until: moments::day(zone, l.expires_at), l }
}

/// No button that would be refused.
struct May {
    send: bool,
    receive: bool,
}

#[derive(Template)]
#[template(path = "dashboard/payment_links/page.html")]
struct Page {
    frame: Frame,
    form: Form,
    line: Line,
    /// The customer's page and name.
    whose: (String, String),
    /// How it is paid, in words.
    way: String,
    mails: Vec<Sent>,
    /// A door that was just opened, whole.
    fresh: String,
    /// A mail server is set up.
    ready: bool,
    may: May,
    kinds: Vec<(&'static str, &'static str)>,
    once: String,
}

#[allow(clippy::too_many_arguments, reason = "a request and what came of it, as every dialog has them")]
async fn render(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    link: PaymentLinkId,
    status: StatusCode,
    form: Option<Form>,
    fresh: String,
) -> PageResult {
    let (l, customer, way, mails, zone) = app
        .read(&who.ctx, move |tx, ctx| {
            let l = payment_links::get(tx, ctx, &link)?;
            let customer = customers::get(tx, ctx, &l.customer)?;
            let way = payment_links::way(tx, ctx, &l.shop, l.price())?;
            let mails = mail::of_payment_link(tx, ctx, &link)?;
            Ok((l, customer, way, mails, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let test = way.as_ref().is_some_and(|w| !w.is_live());
    let open = l.state == Step::Open && !l.is_under_way();
    let today = zone.date(who.ctx.now).to_string();
    let form = form.unwrap_or_else(|| Form::of([("to", customer.email.clone()), ("kind", "transfer".to_owned()), ("day", today)]));
    let page = Page {
        frame: frame(app, who, "customers", uri, headers).await?.under(band(usize::from(test), 1)),
        whose: (format!("/customers/{}", l.customer), customer.display_name.clone()),
        way: match way {
            Some(Way::Stripe(_)) => "On a page of Stripe",
            Some(Way::Paypal(_)) => "On a page of PayPal",
            Some(Way::Transfer(_)) => "By bank transfer",
            Some(Way::Test(_)) => "With a test card: no money moves",
            None => "In no way: the shop has neither Stripe nor PayPal nor a bank account",
        }
        .to_owned(),
        mails: mails.iter().map(|m| sent(m, &zone)).collect(),
        fresh,
        ready: app.config.smtp.is_some(),
        may: May {
            send: open && customer.is_active() && who.ctx.may(Right::Orders),
            receive: (open || l.state == Step::Expired) && who.ctx.may(Right::Payments),
        },
        kinds: kinds(),
        once: once(&form, who),
        form,
        line: line(l, &zone),
    };
    Ok(show_with(status, &page))
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(link): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&link, "payment link")?, StatusCode::OK, None, String::new()).await
}

/// Opens a door for the buyer and shows it once.
pub async fn open_link(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(link): Path<String>) -> PageResult {
    let link: PaymentLinkId = id(&link, "payment link")?;
    let which = link.clone();
    let secret = app.write(&who.ctx, move |tx, ctx| payment_links::open_link(tx, ctx, &which)).await?;
    let fresh = format!("{}/pay/{secret}", app.config.origin());
    render(&app, &who, &uri, &headers, link, StatusCode::OK, None, fresh).await
}

/// Puts it into the outbox, once.
pub async fn send(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(link): Path<String>, typed: Typed) -> PageResult {
    let origin = app.config.origin();
    let verb = move |tx: &mut Tx, ctx: &Ctx, id: &PaymentLinkId, t: &Typed| {
        mail::send_payment_link(tx, ctx, id, t.get("to"), t.get("message"), &origin).map(drop)
    };
    act(&app, &who, &uri, &headers, &link, typed, "send", "Payment link put into the outbox.", verb).await
}

/// Its money came by hand.
pub async fn receive(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(link): Path<String>, typed: Typed) -> PageResult {
    let verb = |tx: &mut Tx, ctx: &Ctx, id: &PaymentLinkId, t: &Typed| {
        let at = moment_of(tx, ctx, t.get("day"))?;
        payment_links::receive(tx, ctx, id, manual(t.get("kind"))?, at).map(drop)
    };
    act(&app, &who, &uri, &headers, &link, typed, "receive", "Payment recorded.", verb).await
}

/// Says what withdrawing means.
pub async fn ask_withdraw(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(link): Path<String>) -> PageResult {
    let link: PaymentLinkId = id(&link, "payment link")?;
    let at = format!("/payment-links/{link}");
    let l = app.read(&who.ctx, move |tx, ctx| payment_links::get(tx, ctx, &link)).await?;
    let amount = Money::new(l.amount, l.currency).to_string();
    let ask = Sure {
        room: "customers",
        title: format!("Withdraw the payment link of {amount}?"),
        words: "Nobody can pay by it any more, whoever has it. This is final: make a new link instead.".to_owned(),
        button: "Withdraw link",
        keep: "Keep it",
        act: "withdraw",
        at: (at, format!("Payment link of {amount}")),
    };
    sure(&app, &who, &uri, &headers, ask).await
}

/// Takes it back.
pub async fn withdraw(State(app): State<App>, who: Who, Path(link): Path<String>) -> PageResult {
    let link: PaymentLinkId = id(&link, "payment link")?;
    let which = link.clone();
    app.write(&who.ctx, move |tx, ctx| payment_links::withdraw(tx, ctx, &which)).await?;
    Ok(toasted(see_other(&format!("/payment-links/{link}")), "Payment link withdrawn.", None))
}

#[allow(clippy::too_many_arguments, reason = "a request and what is done with it, as every dialog has them")]
async fn act(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    link: &str,
    typed: Typed,
    end: &'static str,
    said: &str,
    verb: impl Fn(&mut Tx, &Ctx, &PaymentLinkId, &Typed) -> domain::Result<()> + Send + Sync + 'static,
) -> PageResult {
    let link: PaymentLinkId = id(link, "payment link")?;
    let (which, sent) = (link.clone(), typed.clone());
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            sent.once(tx, ctx, &format!("/payment-links/{which}/{end}"), |tx| {
                verb(tx, ctx, &which, &sent)?;
                Ok(Reply::new(303, format!("/payment-links/{which}"), ""))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), said, None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(app, who, uri, headers, link, status, Some(form), String::new()).await
        }
    }
}
