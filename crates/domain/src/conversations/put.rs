//! How conversations and entries are written, for every way by which something is said.

use store::Tx;

use super::{Direction, Kind, NewFile, queries};
use crate::customers::index::fold;
use crate::kit::{ConversationId, Ctx, CustomerId, EntryFileId, EntryId, MailId, MailboxId, Micros, Result};

/// So many characters of a body are kept, and so many can be found by a search.
const LONGEST: usize = 200_000;
const SEARCHED: usize = 20_000;

/// A conversation that begins.
pub(super) struct Opening<'a> {
    pub kind: Kind,
    pub customer: Option<&'a CustomerId>,
    pub mailbox: Option<&'a MailboxId>,
    pub name: &'a str,
    pub address: &'a str,
    pub address_key: &'a str,
    pub subject: &'a str,
}

/// Writes it; the first entry says its moment.
pub(super) fn open(tx: &mut Tx, ctx: &Ctx, new: &Opening<'_>, at: Micros) -> Result<ConversationId> {
    let id: ConversationId = ctx.id();
    let key = subject_key(new.subject);
    tx.exec(
        &queries::OPEN,
        &[
            &ctx.merchant,
            &id,
            &new.kind,
            &new.customer.cloned(),
            &new.mailbox.cloned(),
            &new.name,
            &new.address,
            &new.address_key,
            &new.subject,
            &key,
            &at,
            &ctx.now,
        ],
    )?;
    Ok(id)
}

/// An entry about to be written.
#[derive(Default)]
pub(super) struct Line<'a> {
    pub at: Micros,
    pub author: &'a str,
    pub address: &'a str,
    pub more: &'a str,
    pub subject: &'a str,
    pub body: &'a str,
    pub html: &'a str,
    /// What the outside names it by: a Message-ID, a call's id. Each is taken once.
    pub outside_id: &'a str,
    /// What it answers: the References of an answer to it, blank-separated. One of our own mails stands by its id alone.
    pub answers: &'a str,
    pub mail: Option<&'a MailId>,
    pub outcome: &'a str,
    pub seconds: i64,
    pub files: &'a [NewFile],
    /// A machine said it: nothing is opened by it, and who waits goes on waiting.
    pub quiet: bool,
}

/// Writes an entry. `waits`: an answer is expected of us. The customer is locked by the verb.
pub(super) fn entry(
    tx: &mut Tx,
    ctx: &Ctx,
    (conversation, customer): (&ConversationId, Option<&CustomerId>),
    (kind, direction): (Kind, Direction),
    line: &Line<'_>,
    waits: bool,
) -> Result<EntryId> {
    let id: EntryId = ctx.id();
    let body = kept(line.body);
    let said: String = body.chars().take(SEARCHED).collect();
    let folded = fold(&format!("{} {} {} {said}", line.subject, line.author, line.address));
    tx.exec(
        &queries::INSERT,
        &[
            &ctx.merchant,
            &id,
            conversation,
            &customer.cloned(),
            &kind,
            &direction,
            &line.at,
            &line.author,
            &line.address,
            &line.more,
            &line.subject,
            &body,
            &line.html,
            &folded,
            &line.outside_id,
            &line.answers,
            &line.mail.cloned(),
            &line.outcome,
            &line.seconds,
            &ctx.now,
            &ctx.actor.name,
        ],
    )?;
    for (at, file) in line.files.iter().enumerate() {
        let (file_id, size): (EntryFileId, i64) = (ctx.id(), file.bytes.len() as i64);
        let position = at as i64;
        tx.exec(
            &queries::INSERT_FILE,
            &[&ctx.merchant, &file_id, &id, &position, &file.name, &file.content_type, &size, &file.bytes.as_slice()],
        )?;
    }
    match line.quiet {
        true => tx.exec(&queries::KEEP_QUIET, &[&ctx.merchant, conversation, &line.at])?,
        false => tx.exec(&queries::KEEP, &[&ctx.merchant, conversation, &line.at, &waits])?,
    };
    Ok(id)
}

/// So much of a text is kept.
pub(super) fn kept(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(LONGEST).collect()
}

/// By this two subjects are of one conversation: without the marks of answers and forwards, case and blanks aside. At most 200 characters.
pub(super) fn subject_key(subject: &str) -> String {
    let mut rest = subject.trim();
    while let Some((mark, behind)) = rest.split_once(':') {
        let mark = mark.trim().to_lowercase();
        let word = mark.split(['[', '(']).next().unwrap_or_default().trim();
        if !["re", "aw", "sv", "vs", "fw", "fwd", "wg", "tr", "rv", "antw", "odp", "res", "enc", "ref"].contains(&word) {
            break;
        }
        rest = behind.trim();
    }
    crate::kit::name_key(rest).chars().take(200).collect()
}

/// A name of a file as it may be kept: the last part of a path, without control characters; never empty.
pub(super) fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control() && !matches!(c, '"' | '<' | '>')).take(150).collect();
    let clean = clean.trim().trim_start_matches('.').trim();
    if clean.is_empty() { "file".to_owned() } else { clean.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_and_forwards_are_of_the_same_subject() {
        for subject in ["Your order", "RE: Your  order", "Re[2]: your order", "AW: Fwd: Your order", " re : Your order "] {
            assert_eq!(subject_key(subject), "your order", "{subject}");
        }
        assert_eq!(subject_key("Order: 12"), "order: 12");
        assert_eq!(subject_key("Re:"), "");
    }

    #[test]
    fn a_name_of_a_file_is_a_name_and_no_path() {
        for (given, kept) in
            [("../../etc/passwd", "passwd"), ("C:\\a\\b.pdf", "b.pdf"), ("", "file"), ("..", "file"), ("a\r\nb\".txt", "ab.txt")]
        {
            assert_eq!(file_name(given), kept);
        }
    }
}
