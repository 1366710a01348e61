//! Mail out, mail in, and what signs it. Nothing is sent.

use domain::checkup;
use domain::conversations::mailboxes as room;
use domain::providers::Vault;
use store::Inspection;

use super::database::unread;
use super::{Report, Seen};
use crate::mailboxes::sign_in;
use crate::mailer::Smtp;

/// At most so many mailboxes are tried.
const MAILBOXES: i64 = 20;

/// Greets the server that takes mail, and signs in.
pub fn server(seen: &Seen<'_>, report: &mut Report) {
    let check = "mail server";
    let smtp = match Smtp::of(seen.file.smtp_url.as_deref(), seen.file.mail_from.as_deref()) {
        Ok(Some(smtp)) => smtp,
        Ok(None) => return report.note(check, "None is set: invoices, invitations and links to a new password are not mailed."),
        Err(words) => return report.todo(check, words, "Mend smtp_url and mail_from in the configuration."),
    };
    if seen.offline {
        return report.note(check, format!("{} was not asked.", smtp.at()));
    }
    match smtp.greet() {
        Ok(how) => report.fine(check, format!("{} answers, {how}.", smtp.at())),
        Err(words) => report.todo(
            check,
            format!("{} does not take mail: {words}.", smtp.at()),
            "Look at host, port, user and password in smtp_url, and whether a firewall is in between.",
        ),
    }
}

/// The keys of DKIM: whole, and of the domain that mail comes from.
pub fn signing(seen: &Seen<'_>, open: &mut Inspection, vault: Option<&Vault>, report: &mut Report) {
    let Some(vault) = vault else { return };
    let keys = match open.read(|tx| checkup::signing(tx, vault)) {
        Ok(keys) => keys,
        Err(error) => return unread("signing", &error, report),
    };
    let from = seen.file.mail_from.as_deref().and_then(|from| from.trim().rsplit_once('@')).map(|(_, domain)| domain.to_lowercase());
    for key in &keys {
        let (name, domain) = (&key.name, &key.domain);
        if !key.is_whole {
            let says = format!("The key of {name} does not open, or its record is of another key: mail leaves unsigned.");
            report.todo("signing", says, "Set it anew under Settings, Mailboxes, and publish the record shown there.");
        } else if from.as_ref().is_some_and(|from| from != domain && !from.ends_with(&format!(".{domain}"))) {
            report.todo(
                "signing",
                format!(
                    "Mail comes from {} and is signed for {domain}: receivers count that as unsigned.",
                    from.as_deref().unwrap_or_default()
                ),
                "Sign with the domain of mail_from (Settings, Mailboxes).",
            );
        } else {
            report.fine("signing", format!("{name} is whole. That its TXT record is published was not looked at."));
        }
    }
    if keys.is_empty() && from.is_some() {
        report.note("signing", "No merchant has a key (DKIM): mail leaves unsigned.");
    }
}

/// Signs in to the mailboxes that are read, without opening a folder.
pub fn mailboxes(seen: &Seen<'_>, open: &mut Inspection, vault: Option<&Vault>, report: &mut Report) {
    let check = "mailboxes";
    let found = match open.read(|tx| checkup::mailboxes(tx, MAILBOXES)) {
        Ok(found) if found.is_empty() => return,
        Ok(found) => found,
        Err(error) => return unread(check, &error, report),
    };
    let Some(vault) = vault.filter(|_| !seen.offline) else {
        return report.note(check, format!("{} are read; they were not asked.", found.len()));
    };
    for claimed in &found {
        let opened = match open.read(|tx| room::opened(tx, vault, claimed, seen.now)) {
            Ok(opened) => opened,
            Err(error) => {
                report.todo(check, format!("One cannot be read: {error}"), "Enter its password again under Settings, Mailboxes.");
                continue;
            }
        };
        let at = format!("{}:{}", opened.mailbox.host, opened.mailbox.port);
        match sign_in(&opened) {
            Ok(imap) => {
                imap.logout();
                report.fine(check, format!("{at} lets us in."));
            }
            Err(words) => report.todo(check, format!("{at}: {words}."), "Look at server and password under Settings, Mailboxes."),
        }
    }
}
