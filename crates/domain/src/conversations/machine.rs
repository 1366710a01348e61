//! Did a person write it? What responders, newsletters and mail servers send says so in its head (RFC 3834).

use mail_parser::Message;

use crate::kit::email_key;

/// A machine wrote it. What goes out for somebody who is named in Reply-To, as a form on a shop's site does, is that person's word; what came by a mailing
/// list (`Precedence: list`) is too, because many a house reads its mail by one.
pub(super) fn wrote(message: &Message<'_>, from: &str, reply_to: &str) -> bool {
    let header = |name: &str| message.header_raw(name).unwrap_or_default().trim().to_lowercase();
    let submitted = header("Auto-Submitted");
    let submitted = submitted.split([';', ' ', '(']).next().unwrap_or_default();
    let precedence = header("Precedence");
    if submitted == "auto-replied" || precedence == "auto_reply" || is_daemon(message) {
        return true;
    }
    let generated = !["", "no"].contains(&submitted)
        || ["bulk", "junk"].contains(&precedence.as_str())
        || !header("X-Auto-Response-Suppress").is_empty();
    let of_somebody = !reply_to.is_empty() && email_key(reply_to) != email_key(from) && header("List-Unsubscribe").is_empty();
    generated && !of_somebody
}

/// The mailbox that no person has.
fn is_daemon(message: &Message<'_>) -> bool {
    let sender = message.from().and_then(|f| f.first()).and_then(|a| a.address.as_deref()).unwrap_or_default();
    sender.split('@').next().is_some_and(|local| local.eq_ignore_ascii_case("mailer-daemon"))
}
