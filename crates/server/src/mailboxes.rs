//! Looks into the mailboxes that are due and files what came. How far each was read is written with every mail, so that this can die anywhere and go on.
//! A mail that cannot be filed is passed over and said; a database that cannot be reached ends the look.

use domain::conversations::mailboxes::{self as room, Claimed, Opened, Security};
use domain::conversations::{self, LARGEST, Parsed};
use domain::kit::{Clock, Micros, Zone};
use domain::providers::Vault;
use domain::{Error, Result};
use store::Db;

use crate::imap::Imap;

/// How often filing one mail is tried at once.
const TRIES: usize = 5;

/// Looks into all that are due; gives how many mails were filed. `sender`: the address the house sends from; may be empty. Blocking.
///
/// # Errors
/// When the database cannot say what is due or note what became of it.
pub fn run_all(db: &Db, (vault, sender): (&Vault, &str), clock: &dyn Clock, worker: &str, stop: &dyn Fn() -> bool) -> Result<usize> {
    let mut filed = 0;
    while !stop() {
        let (now, name) = (clock.now(), worker.to_owned());
        let Some(claimed) = db.write_slice_now::<_, Error>(move |tx| room::claim(tx, &name, now))? else { break };
        let (trouble, count) = look(db, (vault, sender), clock, &claimed, stop);
        filed += count;
        if trouble.is_some() {
            // The server's words may name whose it is: they stand in the settings.
            tracing::warn!(mailbox = %claimed.mailbox, "a mailbox could not be read; its settings say why");
        }
        let now = clock.now();
        db.write_now::<_, Error>(move |tx| room::done(tx, &claimed, trouble.as_deref(), now))?;
    }
    Ok(filed)
}

/// One mailbox: what went wrong, in words, and how many mails were filed.
fn look(
    db: &Db,
    (vault, sender): (&Vault, &str),
    clock: &dyn Clock,
    claimed: &Claimed,
    stop: &dyn Fn() -> bool,
) -> (Option<String>, usize) {
    let mut filed = 0;
    let end = read(db, (vault, sender), clock, claimed, stop, &mut filed);
    (end.err(), filed)
}

fn read(
    db: &Db,
    (vault, sender): (&Vault, &str),
    clock: &dyn Clock,
    claimed: &Claimed,
    stop: &dyn Fn() -> bool,
    filed: &mut usize,
) -> std::result::Result<(), String> {
    let (held, key, now) = (claimed.clone(), vault.clone(), clock.now());
    let opened = db.read_now::<_, Error>(move |tx| room::opened(tx, &key, &held, now)).map_err(|e| e.to_string())?;
    let mut imap = sign_in(&opened)?;
    let validity = imap.examine(&opened.mailbox.folder)?;
    let (mut last, mut since) = (opened.last_uid, opened.since);
    if validity != opened.uid_validity {
        let (held, was) = (claimed.clone(), opened.clone());
        since = db.write_now::<_, Error>(move |tx| room::fresh(tx, &held, &was, validity)).map_err(|e| e.to_string())?;
        last = 0;
    }
    let mut trouble = None;
    for uid in imap.newer(last, &day(since))? {
        if stop() {
            break;
        }
        let Some(mail) = fetch(&mut imap, uid)? else { continue };
        match file(db, clock, claimed, (validity, uid), (&mail, sender)) {
            Ok(new) => *filed += usize::from(new),
            Err(error) if is_of_the_mail(&error) => trouble = Some(format!("A mail (UID {uid}) could not be filed: {error}")),
            Err(error) => return Err(error.to_string()),
        }
    }
    imap.logout();
    trouble.map_or(Ok(()), Err)
}

/// Opens a line and signs in.
///
/// # Errors
/// In words.
pub fn sign_in(opened: &Opened) -> std::result::Result<Imap, String> {
    let port = u16::try_from(opened.mailbox.port).map_err(|_| "there is no such port".to_owned())?;
    let mut imap = Imap::connect(&opened.mailbox.host, port, opened.mailbox.security == Security::Tls, LARGEST)?;
    imap.login(&opened.mailbox.username, &opened.password)?;
    Ok(imap)
}

/// A mail, read; of one that is too large only its head. `None` when it is gone meanwhile.
fn fetch(imap: &mut Imap, uid: i64) -> std::result::Result<Option<Parsed>, String> {
    let Some(size) = imap.size(uid)? else { return Ok(None) };
    let large = size > LARGEST;
    let Some(raw) = imap.mail(uid, large)? else { return Ok(None) };
    let mut mail = conversations::parse(&raw);
    if large {
        mail.text = format!("This mail has {} MB, more than is taken in. It was left in the mailbox.", size / (1024 * 1024));
    }
    Ok(Some(mail))
}

/// Files one; is it new? What somebody else changed at that moment is tried again.
fn file(db: &Db, clock: &dyn Clock, claimed: &Claimed, at: (i64, i64), (mail, sender): (&Parsed, &str)) -> Result<bool> {
    let mut tries = 0;
    loop {
        let (held, mail, sender, now) = (claimed.clone(), mail.clone(), sender.to_owned(), clock.now());
        tries += 1;
        match db.write_now::<_, Error>(move |tx| room::took(tx, &held, at, (&mail, &sender), now)) {
            Ok(filed) => return Ok(filed.new),
            Err(error) if tries < TRIES && is_passing(&error) => std::thread::sleep(std::time::Duration::from_millis(50)),
            Err(error) => return Err(error),
        }
    }
}

/// Somebody else was faster: it may go well the next time.
fn is_passing(error: &Error) -> bool {
    match error {
        Error::Conflict { code, .. } => *code == "moved",
        Error::Store(error) => matches!(error, store::Error::Unique { .. } | store::Error::Busy | store::Error::Deadline),
        _ => false,
    }
}

/// The fault is the mail's own: others are filed all the same.
fn is_of_the_mail(error: &Error) -> bool {
    match error {
        Error::Conflict { code, .. } => *code != "moved",
        Error::Store(error) => error.kind() == store::Kind::Refused,
        Error::Invalid(_) | Error::Internal(_) => true,
        _ => false,
    }
}

/// `1-Feb-2026`, in UTC, and a day early: a server counts days where it stands.
fn day(since: Micros) -> String {
    let date = Zone::utc().date(since - domain::kit::DAY);
    date.strftime("%-d-%b-%Y").to_string()
}
