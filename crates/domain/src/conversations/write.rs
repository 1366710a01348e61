//! Writing to a customer: a new mail, or an answer. It goes into the outbox, which hands it to a server at most once.

use store::Tx;

use super::put::{self, Line, Opening, file_name};
use super::{Direction, Entry, Kind, Sending, drafts, queries, read};
use crate::customers::{self, Customer, state, survivor};
use crate::events::Event;
use crate::kit::{
    ConversationId, Ctx, CustomerId, Email, EntryId, Error, MailDraftFileId, MailId, Problems, Result, Right, clean, email_key,
};
use crate::{mail, tickets};

/// The longest text, in characters; the longest subject.
const LONGEST: usize = 50_000;
const SUBJECT: usize = 250;
/// Files of one mail, and their bytes together: more than that few servers take.
const FILES: usize = 20;
const BYTES: usize = 10 * 1024 * 1024;
/// A mail says at most so many that it answers.
const ANSWERS: usize = 20;

/// A file to be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewFile {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// What is to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// One of the customer's addresses; empty is the primary one. An answer goes where the mail came from.
    pub to: String,
    /// What about; an answer keeps its subject when this is empty.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// What is attached.
    pub files: Vec<NewFile>,
    /// Files that were kept with what this person began there, and stay attached; before the others.
    pub kept: Vec<MailDraftFileId>,
}

/// Where one may write to a customer: the primary address first.
pub fn recipients(customer: &Customer) -> Vec<String> {
    let all = std::iter::once(&customer.email).chain(customer.emails.iter().map(|e| &e.value));
    all.filter(|a| Email::parse(a).is_some()).cloned().collect()
}

/// Begins a conversation with a customer. Needs [`Right::Write`].
///
/// # Errors
/// Field errors for `to`, `subject`, `body`, `files`; `Conflict` (`customer_inactive`) for one that is archived or gone.
pub fn compose(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, draft: &Draft) -> Result<EntryId> {
    ctx.must(Right::Write)?;
    let customer = survivor(tx, ctx, customer)?;
    let (entry, _) = begin(tx, ctx, &customer, draft)?;
    drafts::sent(tx, ctx, &customer, None)?;
    Ok(entry)
}

/// The new mail itself and its conversation; what somebody began to write stays.
pub(crate) fn begin(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, draft: &Draft) -> Result<(EntryId, ConversationId)> {
    ctx.must(Right::Write)?;
    let customer = survivor(tx, ctx, customer)?;
    state::locked(tx, ctx, &customer)?;
    customers::ensure_active_id(tx, ctx, &customer)?;
    let theirs = recipients(&customers::get(tx, ctx, &customer)?);
    let mut problems = Problems::default();
    let wanted = email_key(&draft.to);
    let to = if wanted.is_empty() { theirs.first() } else { theirs.iter().find(|a| email_key(a) == wanted) };
    match (to, wanted.is_empty()) {
        (None, true) => problems.add("to", "required", "This customer has no e-mail address."),
        (None, false) => problems.add("to", "unknown", "Choose one of the customer’s addresses."),
        _ => {}
    }
    let kept = drafts::files(tx, ctx, &customer, None, &draft.kept)?;
    let checked = check(draft, kept, &mut problems);
    if checked.subject.is_empty() {
        problems.add("subject", "required", "Say what it is about.");
    }
    problems.check()?;
    let to = to.cloned().unwrap_or_default();
    let key = email_key(&to);
    let opening = Opening {
        kind: Kind::Mail,
        customer: Some(&customer),
        mailbox: None,
        name: "",
        address: &to,
        address_key: &key,
        subject: &checked.subject,
    };
    let conversation = put::open(tx, ctx, &opening, ctx.now)?;
    let entry = send(tx, ctx, (&conversation, &customer), &to, &checked, "")?;
    Ok((entry, conversation))
}

/// Answers a mail. Needs [`Right::Write`].
///
/// # Errors
/// Field errors; conflicts: `not_mail` for what is no mail, `no_customer` before somebody said whose it is, `no_address` when it says none,
/// `customer_deleted` for a customer that is gone.
pub fn reply(tx: &mut Tx, ctx: &Ctx, entry: &EntryId, draft: &Draft) -> Result<EntryId> {
    let answer = answer(tx, ctx, entry, draft)?;
    let written = read::find(tx, ctx, &answer)?;
    if let Some(customer) = &written.customer {
        drafts::sent(tx, ctx, customer, Some(entry))?;
    }
    tickets::follow(tx, ctx, &written, false)?;
    Ok(answer)
}

/// The answer itself: what somebody began to write stays, and no ticket hears of it.
pub(crate) fn answer(tx: &mut Tx, ctx: &Ctx, entry: &EntryId, draft: &Draft) -> Result<EntryId> {
    ctx.must(Right::Write)?;
    let before = read::find(tx, ctx, entry)?;
    let customer = may_be_answered(&before)?.clone();
    state::locked(tx, ctx, &customer)?.ensure_here()?;
    let entry = read::find(tx, ctx, entry)?;
    if entry.customer.as_ref() != Some(&customer) {
        return Err(Error::conflict("moved", "This conversation was given to another customer just now. Look again."));
    }
    let mut problems = Problems::default();
    let kept = drafts::files(tx, ctx, &customer, Some(&entry.id), &draft.kept)?;
    let mut checked = check(draft, kept, &mut problems);
    problems.check()?;
    if checked.subject.is_empty() {
        checked.subject = answer_to(&entry.subject);
    }
    let answers = thread(tx, ctx, &entry)?;
    send(tx, ctx, (&entry.conversation, &customer), &entry.address, &checked, &answers)
}

/// Whose mail it is, when it can be answered.
pub(super) fn may_be_answered(entry: &Entry) -> Result<&CustomerId> {
    if entry.kind != Kind::Mail {
        return Err(Error::conflict("not_mail", "Only mail is answered from here."));
    }
    if Email::parse(&entry.address).is_none() {
        return Err(Error::conflict("no_address", "This mail says no address that an answer could go to."));
    }
    entry.customer.as_ref().ok_or_else(no_customer)
}

/// Nobody is written to before it is known who they are.
pub fn no_customer() -> Error {
    Error::conflict("no_customer", "Say first which customer this is.")
}

/// `Re: …`, once.
pub(super) fn answer_to(subject: &str) -> String {
    let marked = subject.get(..3).is_some_and(|m| m.eq_ignore_ascii_case("re:"));
    let full = if marked { subject.to_owned() } else { format!("Re: {subject}") };
    full.chars().take(SUBJECT).collect::<String>().trim().to_owned()
}

/// What an answer to this entry answers, the nearest last.
fn thread(tx: &mut Tx, ctx: &Ctx, entry: &Entry) -> Result<String> {
    let found = tx.opt(&queries::THREAD, &[&ctx.merchant, &entry.id], |r| {
        Ok((r.get::<String>(0)?, r.get::<String>(1)?, r.get::<Option<MailId>>(2)?))
    })?;
    let (outside, answers, mail) = found.unwrap_or_default();
    let own = mail.map_or(outside, |m| m.to_string());
    let all: Vec<&str> = answers.split_whitespace().chain((!own.is_empty()).then_some(own.as_str())).collect();
    Ok(all[all.len().saturating_sub(ANSWERS)..].join(" "))
}

/// Recipient, subject and text of a mail that is only begun: each may be empty, all together with the files may not.
pub(super) fn begun(draft: &Draft, problems: &mut Problems) -> (String, String, String) {
    let to = clean(problems, "to", &draft.to, 250);
    let (subject, body) = words(draft, problems);
    if subject.is_empty() && body.is_empty() && draft.files.is_empty() && draft.kept.is_empty() {
        problems.add("body", "required", "Write something first.");
    }
    (to, subject, body.replace("\r\n", "\n"))
}

fn words(draft: &Draft, problems: &mut Problems) -> (String, String) {
    let subject = clean(problems, "subject", &draft.subject, SUBJECT);
    if subject.chars().any(char::is_control) {
        problems.add("subject", "invalid", "Use one line.");
    }
    (subject, clean(problems, "body", &draft.body, LONGEST))
}

/// The draft as it may be sent, with the files that were kept before.
fn check(draft: &Draft, kept: Vec<NewFile>, problems: &mut Problems) -> Draft {
    let (subject, body) = words(draft, problems);
    if body.is_empty() {
        problems.add("body", "required", "Write something.");
    }
    let files: Vec<NewFile> = kept.into_iter().chain(draft.files.iter().map(tidy)).collect();
    fit(files.len(), files.iter().map(|f| f.bytes.len()).sum(), problems);
    Draft { subject, body: body.replace("\r\n", "\n"), files, ..Draft::default() }
}

/// Notes when so many files, with so many bytes, are too much for one mail.
pub(super) fn fit(count: usize, bytes: usize, problems: &mut Problems) {
    if count > FILES {
        problems.add("files", "too_many", format!("Attach at most {FILES} files."));
    }
    if bytes > BYTES {
        problems.add("files", "too_large", "Attach at most 10 MB in all.");
    }
}

/// A file as it may be kept: a name without a path, and a media type that is one.
pub(super) fn tidy(f: &NewFile) -> NewFile {
    let sane = |kind: &str| kind.len() < 100 && kind.contains('/') && kind.bytes().all(|b| b.is_ascii_graphic());
    NewFile {
        name: file_name(&f.name),
        content_type: if sane(&f.content_type) { f.content_type.clone() } else { "application/octet-stream".to_owned() },
        bytes: f.bytes.clone(),
    }
}

/// Into the outbox and into the stream.
fn send(
    tx: &mut Tx,
    ctx: &Ctx,
    (conversation, customer): (&ConversationId, &CustomerId),
    to: &str,
    draft: &Draft,
    answers: &str,
) -> Result<EntryId> {
    let mail = mail::put(tx, ctx, &mail::Draft { customer: Some(customer), ..mail::Draft::new(to, &draft.subject, &draft.body) })?;
    let line = Line {
        at: ctx.now,
        author: &ctx.actor.name,
        address: to,
        subject: &draft.subject,
        body: &draft.body,
        answers,
        mail: Some(&mail),
        files: &draft.files,
        ..Line::default()
    };
    let entry = put::entry(tx, ctx, (conversation, Some(customer)), (Kind::Mail, Direction::Out), &line, false)?;
    Event::new("mail.written")
        .of(customer)
        .on("conversation", conversation.as_str())
        .value("subject", None, Some(&draft.subject))
        .record(tx, ctx)?;
    Ok(entry)
}

impl Entry {
    /// May it be answered from here?
    pub fn is_answerable(&self) -> bool {
        may_be_answered(self).is_ok()
    }

    /// What the subject of an answer says.
    pub fn answer_subject(&self) -> String {
        answer_to(&self.subject)
    }

    /// The mail it became, when a person may send it once more.
    pub fn may_go_again(&self) -> Option<&Sending> {
        self.sending.as_ref().filter(|s| s.state.may_go_again())
    }
}
