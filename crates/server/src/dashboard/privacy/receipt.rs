//! The receipt of an erasure: what was cleared, what was kept and under which rule; and the legal copies, for who may read them.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::Error;
use domain::kit::{CustomerId, InvoiceId, Right};
use domain::privacy::{self, Kept, Receipt};
use domain::{customers, merchants};

use crate::app::App;
use crate::dashboard::invoices::file;
use crate::dashboard::moments;
use crate::dashboard::slow::slow;
use crate::dashboard::{PageResult, frame, show_with, tones};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Frame, When};

#[derive(Template)]
#[template(path = "dashboard/privacy/receipt.html")]
struct Page {
    frame: Frame,
    name: String,
    at: String,
    r: Receipt,
    when: When,
    steps: Vec<Step>,
    cleared: Vec<(String, String)>,
    kept: Vec<Line>,
    copies: Vec<(String, String, When)>,
}

/// Something that an erasure goes through.
struct Step {
    words: &'static str,
    at: Option<When>,
    waits: &'static str,
}

struct Line {
    kept: Kept,
    until: Option<When>,
}

/// The receipt.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> PageResult {
    let customer: CustomerId = id(&customer, "customer")?;
    let which = customer.clone();
    let (name, r, copies, zone) = app
        .read(&who.ctx, move |tx, ctx| {
            let c = customers::get(tx, ctx, &which)?;
            let receipt = privacy::of_customer(tx, ctx, &which)?.ok_or(Error::NotFound("receipt"))?;
            let copies = if ctx.may(Right::LegalCopies) { privacy::copies(tx, ctx, &which)? } else { Vec::new() };
            Ok((c.display_name, receipt, copies, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let day = |at| moments::day(&zone, at);
    let step = |words, at: Option<i64>, waits| Step { words, at: at.map(day), waits };
    let steps = vec![
        step("Cleared in the database", Some(r.at), ""),
        step("In the erasure ledger, so that no backup brings it back", r.noted_at, "within a minute"),
        step("Named in no webhook, stored answer or journal any more", r.swept_at, "a job looks through them"),
        step("Gone from the bytes of the files too", r.scrubbed_at, "with the next maintenance"),
    ];
    let page = Page {
        frame: frame(&app, &who, "customers", &uri, &headers).await?,
        name,
        at: format!("/customers/{customer}"),
        when: day(r.at),
        steps,
        cleared: r.cleared_words().into_iter().map(|(what, n)| (what, tones::number(n))).collect(),
        kept: r.kept.iter().map(|k| Line { kept: k.clone(), until: k.until.map(day) }).collect(),
        copies: copies.into_iter().map(|c| (format!("/invoices/{}/legal", c.invoice), c.number, day(c.keep_until))).collect(),
        r,
    };
    Ok(show_with(StatusCode::OK, &page))
}

/// An invoice as it was issued. Who read it is told in the audit log.
pub async fn legal(State(app): State<App>, who: Who, Path(invoice): Path<String>) -> PageResult {
    let (invoice, vault) = (id::<InvoiceId>(&invoice, "invoice")?, app.config.vault.clone());
    let paper = app.write(&who.ctx, move |tx, ctx| privacy::legal_paper(tx, ctx, &vault, &invoice)).await?;
    let name = paper.file_name.clone();
    Ok(file(slow(move || paper.pdf()).await?, "application/pdf", &name))
}
