//! What a provider is asked, from the act to the answer: written in the act's transaction, sent by somebody else between two transactions, answered in another.
//! Until there is an answer the same call goes out with the same idempotency key, so a crash in between asks once and is answered twice.

use ::providers::news;
use ::providers::wire::Refusal;
use serde::Serialize;
use serde_json::Value as Json;
use store::{Row, Tx};

use super::apply::Source;
use super::evidence::{self, Sending};
use super::{Answer, Vault, accounts, inbox, money, queries, running, setups};
use crate::kit::{AccountId, CallId, Ctx, Error, MerchantId, Micros, Result, Right, words};
use crate::payments::{self, refunds};
use crate::{charges, method_setups, payment_links, subscriptions};

/// How long a sender holds a call: longer than the longest wait for an answer.
const LEASE: Micros = 120_000_000;
/// How long the same call is repeated: providers remember an idempotency key for a day at least; behind that, asking again could give twice.
const PATIENCE: Micros = 20 * 3_600_000_000;

words! {
    /// What is asked.
    pub enum CallKind {
        /// A refund.
        Refund = "refund", "Refund";
        /// A customer's new details.
        Customer = "customer", "Customer edit";
        /// The deletion of its record of a customer.
        Erase = "erase", "Deletion of a customer";
        /// The end of a subscription.
        Cancel = "cancel", "Cancellation";
        /// A cancellation taken back.
        Keep = "keep", "Cancellation taken back";
        /// A subscription stops for a while.
        Pause = "pause", "Pause";
        /// It goes on.
        Resume = "resume", "Resumption";
        /// Money for a period of a subscription that Regulars runs.
        Charge = "charge", "Charge";
        /// The answer to a dispute.
        Evidence = "evidence", "Evidence";
        /// A page on which a payment link is paid.
        Checkout = "checkout", "Payment page";
        /// That page is closed.
        CloseCheckout = "close_checkout", "Payment page closed";
        /// The money of a payment page that its buyer agreed to.
        Capture = "capture", "Payment taken";
        /// What became of it.
        Look = "look", "Payment looked at";
        /// A page on which a customer adds a payment method.
        SetUp = "set_up", "Page for a payment method";
        /// A method that its customer took off.
        Detach = "detach", "Removal of a payment method";
    }
}

words! {
    /// How far it came.
    pub enum CallState {
        /// Not sent, or not answered.
        Waiting = "waiting", "Waiting";
        /// Done.
        Done = "done", "Done";
        /// The provider said no, or could not be reached for too long.
        Refused = "refused", "Refused";
    }
}

/// A call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Call {
    /// Its id, which is also its idempotency key.
    pub id: CallId,
    /// Whom.
    pub account: AccountId,
    /// What.
    pub kind: CallKind,
    /// About what of ours: a refund, a customer, a subscription.
    pub subject: String,
    /// The content; no secrets.
    #[serde(skip)]
    pub payload: Json,
    /// The files of it, read when it is to be sent.
    #[serde(skip)]
    pub files: Vec<Sending>,
    /// How far it came.
    pub state: CallState,
    /// How often it was sent.
    pub attempts: i64,
    /// When it is sent next.
    pub next_at: Micros,
    /// The last refusal, in the provider's words.
    pub error: String,
    /// Since when.
    pub created_at: Micros,
    /// By whom.
    pub created_by: String,
    /// When something last happened to it.
    pub updated_at: Micros,
}

impl Call {
    /// Waits for its answer, or was refused.
    pub fn is_open(&self) -> bool {
        self.state != CallState::Done
    }
}

/// A call that a sender holds.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// Whose.
    pub merchant: MerchantId,
    /// Which.
    pub call: CallId,
}

/// Writes a call down. In the transaction of the act.
pub(crate) fn enqueue(tx: &mut Tx, ctx: &Ctx, account: &AccountId, kind: CallKind, subject: &str, payload: &Json) -> Result<CallId> {
    let id: CallId = ctx.id();
    tx.exec(&queries::INSERT_CALL, &[&ctx.merchant, &id, account, &kind, &subject, &payload.to_string(), &ctx.now, &ctx.actor.name])?;
    Ok(id)
}

/// Takes a call that is due; calls about one thing go one after the other.
pub fn claim(tx: &mut Tx, now: Micros) -> Result<Option<Claimed>> {
    let due = tx.rows(&queries::CALLS_DUE, &[&now], |r| Ok(Claimed { merchant: r.get(0)?, call: r.get(1)? }))?;
    for claimed in due {
        if tx.exec(&queries::TAKE_CALL, &[&claimed.merchant, &claimed.call, &now, &(now + LEASE)])? == 1 {
            return Ok(Some(claimed));
        }
    }
    Ok(None)
}

/// The call and the account it goes to.
///
/// # Errors
/// `Conflict` when the account is switched off or its keys cannot be opened.
pub fn open(tx: &mut Tx, vault: &Vault, claimed: &Claimed, now: Micros) -> Result<(Call, accounts::Opened)> {
    let seen = Ctx::new(claimed.merchant.clone(), crate::kit::Actor::system("provider"), crate::kit::Door::Job, now);
    let mut call = find(tx, &seen, &claimed.call)?;
    if call.kind == CallKind::Evidence {
        call.files = evidence::sending(tx, &seen, &call.subject)?;
    }
    if call.kind == CallKind::SetUp
        && let Some(theirs) = setups::customer_of(tx, &seen, &call.account, &call.subject)?
    {
        call.payload["customer"] = theirs.into();
    }
    let account = accounts::opened(tx, &seen, vault, &call.account)?;
    Ok((call, account))
}

/// Applies what came of it. A call that another sender has ended meanwhile is left alone.
pub fn answered(tx: &mut Tx, claimed: &Claimed, outcome: &std::result::Result<Answer, Refusal>, now: Micros) -> Result<()> {
    let seen = inbox::context(&claimed.merchant, &AccountId::from_db(String::new()), now);
    let call = find(tx, &seen, &claimed.call)?;
    if call.state != CallState::Waiting {
        return Ok(());
    }
    let account = accounts::find(tx, &seen, &call.account)?;
    let ctx = inbox::of(&inbox::context(&claimed.merchant, &call.account, now), &account);
    match outcome {
        // One file is there; the next step of the same call is due at once.
        Ok(Answer::File(file, reference)) => {
            tx.exec(&queries::SET_EVIDENCE_REF, &[&ctx.merchant, file, reference])?;
            tx.exec(&queries::CALL_LATER, &[&ctx.merchant, &call.id, &"", &now, &now])?;
            Ok(())
        }
        // So is a record of the customer, without which there is no page.
        Ok(Answer::Customer(reference)) => {
            if !setups::known(tx, &ctx, &Source::of_answer(&account, now, &call.id), &call, reference)? {
                return refuse(tx, &ctx, &call, "The provider’s record of this customer is somebody else’s.", false);
            }
            tx.exec(&queries::CALL_LATER, &[&ctx.merchant, &call.id, &"", &now, &now])?;
            Ok(())
        }
        Ok(answer) => {
            end(tx, &ctx, &call, CallState::Done, "", &left(&call))?;
            apply(tx, &ctx, &account, &call, answer)
        }
        Err(Refusal::Refused { message, .. }) => refuse(tx, &ctx, &call, message, false),
        Err(refusal) if now - call.created_at > PATIENCE => {
            let words = format!(
                "{} could not be reached for 20 hours ({}). Look there whether it was done before you try again.",
                account.provider.label(),
                refusal.message()
            );
            refuse(tx, &ctx, &call, &words, true)
        }
        Err(refusal) => {
            let asked = if let Refusal::Later { after, .. } = refusal { after.map_or(0, i64::from) } else { 60 };
            let pause = (5 << call.attempts.clamp(0, 8)).min(1_200).max(asked);
            let words: String = refusal.message().chars().take(500).collect();
            tx.exec(&queries::CALL_LATER, &[&ctx.merchant, &call.id, &words, &(now + pause * 1_000_000), &now])?;
            Ok(())
        }
    }
}

/// `payload`: what stays written down of the content.
fn end(tx: &mut Tx, ctx: &Ctx, call: &Call, state: CallState, words: &str, payload: &str) -> Result<()> {
    let words: String = words.chars().take(500).collect();
    tx.exec(&queries::END_CALL, &[&ctx.merchant, &call.id, &state, &words, &payload, &ctx.now])?;
    Ok(())
}

/// What stays of the content of a call that is done: of a customer's edit only whose record it was, so that the page can say that this one knows.
fn left(call: &Call) -> String {
    match (call.kind, call.payload["reference"].as_str()) {
        (CallKind::Customer, Some(reference)) => serde_json::json!({ "reference": reference }).to_string(),
        _ => String::new(),
    }
}

/// `unsure`: it may have been done all the same.
fn refuse(tx: &mut Tx, ctx: &Ctx, call: &Call, words: &str, unsure: bool) -> Result<()> {
    end(tx, ctx, call, CallState::Refused, words, &call.payload.to_string())?;
    match call.kind {
        CallKind::Refund => call.subject.parse().map_or(Ok(()), |refund| refunds::refused(tx, ctx, &refund, words)),
        CallKind::Charge => match call.subject.parse() {
            Ok(id) => charges::refused(tx, ctx, &id, words, unsure),
            Err(()) => call.subject.parse().map_or(Ok(()), |id| subscriptions::refused(tx, ctx, &id, words, unsure)),
        },
        CallKind::SetUp => call.subject.parse().map_or(Ok(()), |id| method_setups::refused(tx, ctx, &id, words)),
        CallKind::Capture | CallKind::Look => taken(tx, ctx, call, words),
        CallKind::Checkout => call.subject.parse().map_or(Ok(()), |id| payment_links::checkout_refused(tx, ctx, &id, words)),
        _ => Ok(()),
    }
}

fn apply(tx: &mut Tx, ctx: &Ctx, account: &accounts::Account, call: &Call, answer: &Answer) -> Result<()> {
    let provider = account.provider.name();
    match answer {
        Answer::Refund(r) => {
            let row =
                payments::by_ref(tx, ctx, provider, &r.payment)?.ok_or_else(|| Error::Internal("a refund of no payment".to_owned()))?;
            let r = news::Refund { at: if r.at == 0 { ctx.now } else { r.at }, ..r.clone() };
            refunds::tell(tx, ctx, &money::told(&row, &r))
        }
        Answer::Payment(p) => {
            let said = news::News::Payment(p.clone());
            money::payment(tx, ctx, &Source::of_answer(account, ctx.now, &call.id), p, &said)
        }
        Answer::Payments(all) => {
            for p in all {
                // What PayPal leaves out of an answer is known by whom it was asked for.
                let p = Box::new(news::Payment { ours: Some(call.subject.clone()), ..p.clone() });
                let said = news::News::Payment(p.clone());
                money::payment(tx, ctx, &Source::of_answer(account, ctx.now, &call.id), &p, &said)?;
                tx.next_verb();
            }
            taken(tx, ctx, call, "")
        }
        Answer::Look => match call.subject.parse() {
            Ok(id) => payment_links::capture::look(tx, ctx, &call.account, &id, reference(call)),
            Err(()) => Ok(()),
        },
        Answer::Subscription(s) => running::answered(tx, ctx, account, s),
        Answer::Checkout(reference, url) if call.kind == CallKind::SetUp => {
            call.subject.parse().map_or(Ok(()), |id| method_setups::ready(tx, ctx, &id, reference, url))
        }
        Answer::Checkout(reference, url) => {
            call.subject.parse().map_or(Ok(()), |id| payment_links::checkout_ready(tx, ctx, &id, reference, url))
        }
        Answer::Done if call.kind == CallKind::Cancel => running::cancelled(tx, ctx, call),
        Answer::Done | Answer::File(..) | Answer::Customer(_) => Ok(()),
    }
}

/// The money of a payment page was taken, or was not.
fn taken(tx: &mut Tx, ctx: &Ctx, call: &Call, words: &str) -> Result<()> {
    call.subject.parse().map_or(Ok(()), |id| payment_links::capture::answered(tx, ctx, &id, reference(call), words))
}

fn reference(call: &Call) -> &str {
    call.payload["reference"].as_str().unwrap_or_default()
}

/// The latest calls about one thing of ours, newest first.
pub fn of_subject(tx: &mut Tx, ctx: &Ctx, subject: &str, limit: i64) -> Result<Vec<Call>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::CALLS_OF, &[&ctx.merchant, &subject, &limit], read)?)
}

/// Calls of an account that have trouble: not answered yet, or refused within a week.
pub fn in_trouble(tx: &mut Tx, ctx: &Ctx, account: &AccountId) -> Result<Vec<Call>> {
    ctx.must(Right::Settings)?;
    Ok(tx.rows(&queries::CALLS_OF_ACCOUNT, &[&ctx.merchant, account, &(ctx.now - 7 * crate::kit::DAY)], read)?)
}

/// Sends a waiting call now instead of later.
pub fn hurry(tx: &mut Tx, ctx: &Ctx, id: &CallId) -> Result<()> {
    tx.exec(&queries::RETRY_CALL, &[&ctx.merchant, id, &ctx.now])?;
    Ok(())
}

fn find(tx: &mut Tx, ctx: &Ctx, id: &CallId) -> Result<Call> {
    tx.opt(&queries::CALL, &[&ctx.merchant, id], read)?.ok_or(Error::NotFound("call"))
}

pub(super) fn read(r: &Row<'_>) -> std::result::Result<Call, store::Error> {
    Ok(Call {
        id: r.get(0)?,
        account: r.get(1)?,
        kind: r.get(2)?,
        subject: r.get(3)?,
        payload: serde_json::from_str(r.str(4)?).unwrap_or(Json::Null),
        files: Vec::new(),
        state: r.get(5)?,
        attempts: r.get(6)?,
        next_at: r.get(7)?,
        error: r.get(8)?,
        created_at: r.get(9)?,
        created_by: r.get(10)?,
        updated_at: r.get(11)?,
    })
}
