//! The shop's side of a dispute: collected, then submitted to the provider before the due date. What was submitted is not changed any more.

use serde::Serialize;
use serde_json::json;
use store::{Row, Tx};

use super::{CallKind, CallState, Provider, accounts, calls, queries};
use crate::events::Event;
use crate::files::kind::{self as file_kind, Kind as FileKind};
use crate::kit::{Ctx, DisputeId, Error, EvidenceFileId, Micros, Problems, Result, Right, clean, words};
use crate::payments::disputes::{self, Dispute, DisputeStatus};
use crate::payments::{self, PaymentView};

/// All files of one dispute together: what both providers take, bytes.
pub const LARGEST: i64 = 4_500_000;

words! {
    /// What a file proves; of each kind there is one.
    pub enum ProofKind {
        /// The receipt or invoice.
        Receipt = "receipt", "Receipt or invoice";
        /// What was written to and by the customer.
        Communication = "customer_communication", "Messages with the customer";
        /// That it was sent or delivered.
        Shipping = "shipping_documentation", "Proof of delivery";
        /// Anything else.
        Other = "uncategorized_file", "Something else";
    }
}

/// A file as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EvidenceFile {
    /// Its id.
    pub id: EvidenceFileId,
    /// What it proves.
    pub kind: ProofKind,
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: i64,
}

/// The evidence of a dispute as it stands.
#[derive(Clone, Debug, Serialize)]
pub struct Evidence {
    /// The dispute.
    pub dispute: Dispute,
    /// About this payment.
    #[serde(skip)]
    pub payment: PaymentView,
    /// The shop's side in words.
    pub words: String,
    /// What proves it.
    pub files: Vec<EvidenceFile>,
    /// When somebody pressed Submit.
    pub submitted_at: Option<Micros>,
    /// How far that came.
    pub state: Option<CallState>,
    /// Why not, in the provider's words.
    pub error: String,
    /// The provider it goes to; none when there is no account, and it can only be answered there.
    pub provider: Option<Provider>,
}

impl Evidence {
    /// May it still be changed and submitted at `now`? A refusal opens it again.
    pub fn is_open(&self, now: Micros) -> bool {
        let sent = self.submitted_at.is_some() && self.state != Some(CallState::Refused);
        self.dispute.status == DisputeStatus::Open && !sent && self.provider.is_some() && self.dispute.due_at.is_none_or(|due| now <= due)
    }
}

/// A file to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    /// Ours.
    pub id: EvidenceFileId,
    /// What it proves.
    pub kind: ProofKind,
    /// The file.
    pub file: ::providers::wire::File,
    /// The provider's id of it, once it has it.
    pub provider_ref: Option<String>,
}

/// The evidence of a dispute.
///
/// # Errors
/// `NotFound`.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &DisputeId) -> Result<Evidence> {
    ctx.must(Right::Payments)?;
    let dispute = disputes::get(tx, ctx, id)?;
    let payment = payments::get(tx, ctx, &dispute.payment)?;
    let provider = match payment.provider.parse::<Provider>() {
        Ok(p) if p.is_outside() && dispute.provider_ref.is_some() => {
            accounts::in_use(tx, ctx, &payment.shop, p, payment.live)?.map(|a| a.provider)
        }
        _ => None,
    };
    let saved = tx.opt(&queries::EVIDENCE, &[&ctx.merchant, id], |r| Ok((r.get::<String>(0)?, r.get::<Option<Micros>>(1)?)))?;
    let (words, submitted_at) = saved.unwrap_or_default();
    let files = tx.rows(&queries::EVIDENCE_FILES, &[&ctx.merchant, id], read)?;
    let call = calls::of_subject(tx, ctx, id.as_str(), 1)?.into_iter().next();
    let state = call.as_ref().map(|c| c.state);
    let error = call.filter(|c| c.state != CallState::Done).map(|c| c.error).unwrap_or_default();
    Ok(Evidence { dispute, payment, words, files, submitted_at, state, error, provider })
}

fn read(r: &Row<'_>) -> std::result::Result<EvidenceFile, store::Error> {
    Ok(EvidenceFile { id: r.get(0)?, kind: r.get(1)?, name: r.get(2)?, size: r.get(3)? })
}

/// Reads it under the lock of its payment, when it may still be changed.
fn open(tx: &mut Tx, ctx: &Ctx, id: &DisputeId) -> Result<Evidence> {
    let payment = get(tx, ctx, id)?.dispute.payment;
    payments::find_locked(tx, ctx, &payment)?;
    let found = get(tx, ctx, id)?;
    if found.is_open(ctx.now) {
        return Ok(found);
    }
    Err(Error::conflict(
        "dispute_state",
        "This dispute cannot be answered here any more: it is decided, answered or past its date, or its provider has no account.",
    ))
}

/// Saves the words.
///
/// # Errors
/// `Conflict` (`dispute_state`) once it is submitted, decided or past its date.
pub fn save(tx: &mut Tx, ctx: &Ctx, id: &DisputeId, words: &str) -> Result<()> {
    let found = open(tx, ctx, id)?;
    let mut problems = Problems::default();
    let words = clean(&mut problems, "words", words, 2000);
    problems.check()?;
    tx.exec(&queries::SAVE_EVIDENCE, &[&ctx.merchant, id, &words, &ctx.now, &ctx.actor.name])?;
    if words == found.words { Ok(()) } else { tell(tx, ctx, "dispute.evidence_saved", &found, None) }
}

fn tell(tx: &mut Tx, ctx: &Ctx, kind: &'static str, e: &Evidence, file: Option<ProofKind>) -> Result<()> {
    Event::new(kind)
        .of_opt(e.payment.customer.as_ref())
        .on("dispute", e.dispute.id.as_str())
        .data(json!({ "payment": e.payment.id, "file": file.map(ProofKind::name) }))
        .record(tx, ctx)?;
    Ok(())
}

/// Adds a file, in the place of the one of its kind.
///
/// # Errors
/// `Invalid` on `file` for what is no PDF, PNG or JPEG, and when all together would be too large.
pub fn add_file(tx: &mut Tx, ctx: &Ctx, id: &DisputeId, kind: ProofKind, name: &str, bytes: &[u8]) -> Result<()> {
    let found = open(tx, ctx, id)?;
    let content_type = match file_kind::of(bytes) {
        Some(kind @ (FileKind::Pdf | FileKind::Png | FileKind::Jpeg)) => kind.media_type(),
        _ => return Err(Problems::one("file", "invalid", "Choose a PDF, a PNG or a JPEG.")),
    };
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let others: i64 = found.files.iter().filter(|f| f.kind != kind).map(|f| f.size).sum();
    if size.saturating_add(others) > LARGEST {
        return Err(Problems::one("file", "too_large", "All files together may have 4.5 MB."));
    }
    let name = file_kind::name(name, || kind.name().to_owned());
    tx.exec(&queries::DROP_EVIDENCE_FILE, &[&ctx.merchant, id, &kind])?;
    let file: EvidenceFileId = ctx.id();
    tx.exec(&queries::ADD_EVIDENCE_FILE, &[&ctx.merchant, &file, id, &kind, &name, &content_type, &size, &bytes.to_vec(), &ctx.now])?;
    tell(tx, ctx, "dispute.file_added", &found, Some(kind))
}

/// Takes a file out again.
pub fn remove_file(tx: &mut Tx, ctx: &Ctx, id: &DisputeId, kind: ProofKind) -> Result<()> {
    let found = open(tx, ctx, id)?;
    if tx.exec(&queries::DROP_EVIDENCE_FILE, &[&ctx.merchant, id, &kind])? == 0 {
        return Ok(());
    }
    tell(tx, ctx, "dispute.file_removed", &found, Some(kind))
}

/// Sends it to the provider. It cannot be changed afterwards, unless the provider refuses it.
///
/// # Errors
/// `Invalid` when there is neither a word nor a file; `Conflict` (`dispute_state`).
pub fn submit(tx: &mut Tx, ctx: &Ctx, id: &DisputeId) -> Result<()> {
    let found = open(tx, ctx, id)?;
    if found.words.is_empty() && found.files.is_empty() {
        return Err(Problems::one("words", "required", "Say your side of it, or add a file that proves it."));
    }
    let account = match found.provider {
        Some(p) => accounts::in_use(tx, ctx, &found.payment.shop, p, found.payment.live)?,
        None => None,
    };
    let account = account.ok_or_else(|| Error::conflict("dispute_state", "Its provider has no account here."))?;
    tx.exec(&queries::SUBMIT_EVIDENCE, &[&ctx.merchant, id, &ctx.now, &ctx.actor.name])?;
    let payload = json!({ "reference": found.dispute.provider_ref, "words": found.words });
    calls::enqueue(tx, ctx, &account.id, CallKind::Evidence, id.as_str(), &payload)?;
    Event::new("dispute.answered").of_opt(found.payment.customer.as_ref()).on("dispute", id.as_str()).record(tx, ctx)?;
    Ok(())
}

/// The files of a call, for whoever sends them.
pub(super) fn sending(tx: &mut Tx, ctx: &Ctx, dispute: &str) -> Result<Vec<Sending>> {
    Ok(tx.rows(&queries::EVIDENCE_BYTES, &[&ctx.merchant, &dispute], |r| {
        let file = ::providers::wire::File { name: r.get(2)?, content_type: r.get(3)?, bytes: r.get(4)? };
        Ok(Sending { id: r.get(0)?, kind: r.get(1)?, file, provider_ref: r.get(5)? })
    })?)
}
