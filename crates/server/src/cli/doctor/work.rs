//! Work that was left lying, and the erasures.

use domain::checkup::{self, Waiting};
use domain::kit::DAY;
use domain::privacy::Ledger;
use store::{Engine, Inspection};

use super::database::unread;
use super::{Report, Seen};

/// How long erased bytes may wait for the maintenance, microseconds: within the month that the law gives.
const MONTH: i64 = 25 * DAY;

/// Jobs, mail, what providers told, webhooks and accounting services.
pub fn waiting(seen: &Seen<'_>, open: &mut Inspection, report: &mut Report) {
    match open.read(|tx| checkup::waiting(tx, seen.now)) {
        Ok(found) => tell(&found, seen.file.smtp_url.is_some(), report),
        Err(error) => unread("work", &error, report),
    }
}

fn tell(found: &Waiting, mails: bool, report: &mut Report) {
    let served = "Look whether regulars serve runs on this database; restart it when it does.";
    let checks: [(&'static str, [(i64, &str, &str); 2]); 6] = [
        (
            "jobs",
            [
                (found.jobs, "have waited for longer than a quarter of an hour and nobody works on them", served),
                (found.jobs_failed, "failed during the last week", "Open them under Jobs: each says why, and can be tried again."),
            ],
        ),
        ("imports", [(found.imports, "were left lying half way", served), (0, "", "")]),
        (
            "outbox",
            [
                (
                    found.mails,
                    "mails should have gone for longer than a quarter of an hour",
                    if mails { served } else { "Set smtp_url and mail_from: without a mail server nothing goes." },
                ),
                (0, "", ""),
            ],
        ),
        (
            "providers",
            [
                (found.events + found.calls, "messages from or to payment providers were left lying", served),
                (
                    found.events_failed,
                    "messages of payment providers could not be applied",
                    "Open Settings, Payments: each says why, and can be tried again.",
                ),
            ],
        ),
        (
            "webhooks",
            [
                (found.messages, "messages should have gone for longer than a quarter of an hour", served),
                (
                    found.endpoints_off,
                    "endpoints were given up and are switched off",
                    "Open Settings, Webhooks: switch them on when they work, and replay what they missed.",
                ),
            ],
        ),
        (
            "accounting",
            [
                (
                    found.books_lost,
                    "accounting services have lost their sign-in, and nothing goes into the books",
                    "Open Settings, Accounting and sign in there again.",
                ),
                (0, "", ""),
            ],
        ),
    ];
    for (check, faults) in checks {
        let mut fine = true;
        for (count, words, advice) in faults.into_iter().filter(|(count, _, _)| *count > 0) {
            fine = false;
            report.todo(check, format!("{count} {words}."), advice);
        }
        if fine {
            report.fine(check, "Nothing lies about.");
        }
    }
}

/// The ledger, and the bytes that wait for the maintenance.
pub fn erasures(seen: &Seen<'_>, open: &mut Inspection, report: &mut Report) {
    let ledger = Ledger::of(&seen.data);
    let looked = open.read(|tx| {
        let (missing, clear) = (checkup::not_in_ledger(tx, &ledger)?, checkup::in_clear(tx, &ledger)?);
        Ok::<_, domain::Error>((missing, clear, checkup::unscrubbed_since(tx)?, tx.engine()))
    });
    let (missing, clear, since, engine) = match looked {
        Ok(looked) => looked,
        Err(error) => return unread("erasures", &error, report),
    };
    if clear > 0 {
        report.todo(
            "erasures",
            format!("{clear} people of the erasure ledger stand in the database in clear."),
            "Start regulars serve: it erases them again, or says of each why it cannot.",
        );
    } else if missing > 0 {
        report.todo(
            "erasures",
            format!(
                "{missing} anonymised customers are not in {}/erasures.ledger: an older backup would bring them back.",
                seen.data.display()
            ),
            "Put the ledger back beside the database; of several folders join them with cat.",
        );
    } else if since.is_some_and(|since| seen.now - since > MONTH) {
        let advice = match engine {
            Engine::Sqlite => "Restart regulars serve, or run regulars maintain while nobody reads.",
            Engine::Postgres => "Run regulars maintain as a superuser of the server: the law gives a month.",
        };
        report.todo("erasures", "Erased data has been in the files of the database for more than 25 days.", advice);
    } else {
        report.fine("erasures", "Everybody who was anonymised is in the ledger.");
    }
}
