//! Exports, on both engines, against services that remember what they took: each thing once, whatever is cut, limited, expired or refused.

mod desk;

use ::providers::accounting::{Tokens, Trouble};

use self::desk::{Books, Fake, Mood, books, exact, twinfield};
use super::tokens::Ready;
use super::*;
use crate::customers::{self, CustomerEdit};
use crate::invoices::{self, NewCredit, Pay};
use crate::jobs;
use crate::kit::{DAY, Error, InvoiceId, Right, SessionId};
use crate::orders::desk::refusal;
use crate::payments::MethodKind;

const SECOND: Micros = 1_000_000;
const MINUTE: Micros = 60 * SECOND;

store::db_test! {
    crate::migrations();

    fn a_customer_and_its_papers_stand_in_the_books_once(db) {
        let (b, mut fake) = books(db, Service::Exact, exact());
        let ana = b.customer("ana@example.es");
        let first = b.issued(&ana, "100", "20");
        b.issued(&ana, "19.99", "20");
        let back = first.clone();
        b.write(move |tx, ctx| invoices::credit(tx, ctx, &back, &NewCredit { lines: None, reason: "Returned".into() })).unwrap();
        let run = b.run();
        b.work(&mut fake, b.now());
        assert_eq!((fake.accounts.len(), fake.entries.len()), (1, 3), "{:?}", fake.asked);
        assert_eq!(fake.accounts[0].1, "RG1001");
        let bodies: Vec<&String> = fake.asked.iter().map(|(_, body)| body).filter(|body| body.contains("SalesEntryLines")).collect();
        assert!(bodies[0].contains("\"AmountFC\":100.00,\"VATCode\":\"4\",\"VATAmountFC\":20.00"), "{}", bodies[0]);
        assert!(bodies.iter().any(|b| b.contains("\"AmountFC\":19.99,") && b.contains("\"VATAmountFC\":4.00")), "{bodies:?}");
        assert!(bodies.iter().any(|b| b.contains("\"AmountFC\":-100.00,") && b.contains("\"Type\":21")), "{bodies:?}");
        let ended = b.ended(&run, b.now() + SECOND);
        assert_eq!((ended.state, ended.exported, ended.refused, ended.done, ended.total), (jobs::State::Done, 4, 0, 4, 4));
        let before = fake.asked.len();
        let second = b.days(1).run();
        b.work(&mut fake, b.now() + 2 * SECOND);
        assert_eq!(fake.asked.len(), before, "nothing is new, so nothing is asked");
        assert_eq!(b.days(1).ended(&second, b.now() + 3 * SECOND + DAY).total, 0);
        let log = b.log_of(&ana);
        assert_eq!(log.len(), 4);
        assert!(log.iter().all(|e| e.outcome == Outcome::Done && e.action == Action::Create && !e.may_retry()), "{log:?}");
        let id = ana.clone();
        assert_eq!(b.read(move |tx, ctx| customers::profile::topics(tx, ctx, &id)).unwrap().exports, 4);
    }

    fn what_was_cut_behind_the_post_is_found_and_not_doubled_in_exact(db) {
        cut(db, Service::Exact, exact());
    }

    fn what_was_cut_behind_the_post_is_found_and_not_doubled_in_twinfield(db) {
        cut(db, Service::Twinfield, twinfield());
    }

    fn a_sender_that_died_behind_the_wire_leaves_a_row_that_is_looked_for(db) {
        let (b, mut fake) = books(db, Service::Exact, exact());
        let ana = b.customer("ana@example.es");
        b.issued(&ana, "100", "20");
        b.run();
        // It dies behind each thing it writes, without a note.
        let mut now = b.now();
        for _ in 0..8 {
            b.work_and_die(&mut fake, now);
            now += 10 * MINUTE;
        }
        b.work(&mut fake, now);
        assert_eq!((fake.accounts.len(), fake.entries.len()), (1, 1), "{:?}", fake.asked);
        assert_eq!(b.open(&ana), 0);
    }

    fn a_limit_is_waited_for_and_everything_comes_to_its_end(db) {
        let (b, mut fake) = books(db, Service::Exact, exact());
        let ana = b.customer("ana@example.es");
        for _ in 0..5 { b.issued(&ana, "10", "20"); }
        let run = b.run();
        fake.mood = Some(Box::new(|n, _| if n == 3 { Mood::Limited(90) } else { Mood::Well }));
        b.work(&mut fake, b.now());
        let asked = fake.asked.len();
        assert_eq!((asked, fake.entries.len()), (4, 1), "the fourth was told to wait");
        b.work(&mut fake, b.now() + 89 * SECOND);
        assert_eq!(fake.asked.len(), asked, "nobody asks before");
        b.work(&mut fake, b.now() + 91 * SECOND);
        assert_eq!((fake.accounts.len(), fake.entries.len()), (1, 5));
        assert_eq!(b.ended(&run, b.now() + 92 * SECOND).exported, 6);
    }

    fn the_service_says_how_much_is_left_and_none_is_overdrawn(db) {
        let (b, mut fake) = books(db, Service::Exact, exact());
        let ana = b.customer("ana@example.es");
        for _ in 0..4 { b.issued(&ana, "10", "20"); }
        b.run();
        fake.left = Some(3);
        let reset = b.now() / 1000 + 30_000;
        fake.reset = reset;
        b.work(&mut fake, b.now());
        assert_eq!(fake.asked.len(), 3, "the third answer said that none is left");
        b.work(&mut fake, b.now() + 29 * SECOND);
        assert_eq!(fake.asked.len(), 3);
        fake.left = None;
        b.work(&mut fake, b.now() + 31 * SECOND);
        assert_eq!(fake.entries.len(), 4);
    }

    fn a_token_that_is_over_is_renewed_and_the_same_is_asked_again(db) {
        let (b, mut fake) = books(db, Service::Twinfield, twinfield());
        let ana = b.customer("ana@example.es");
        b.issued(&ana, "100", "20");
        let run = b.run();
        fake.mood = Some(Box::new(|n, _| if n == 1 { Mood::Expired } else { Mood::Well }));
        b.work(&mut fake, b.now());
        assert_eq!((fake.refreshes, fake.accounts.len(), fake.entries.len()), (1, 1, 1), "{:?}", fake.asked);
        assert_eq!(b.ended(&run, b.now() + SECOND).exported, 2);
    }

    fn within_its_peace_exact_gives_no_new_token_and_everything_waits(db) {
        let (b, mut fake) = books(db, Service::Exact, exact());
        let ana = b.customer("ana@example.es");
        b.issued(&ana, "100", "20");
        b.run();
        fake.mood = Some(Box::new(|n, _| if n == 0 { Mood::Expired } else { Mood::Well }));
        b.work(&mut fake, b.now() + 60 * SECOND);
        assert_eq!((fake.refreshes, fake.asked.len()), (0, 1));
        b.work(&mut fake, b.now() + 569 * SECOND);
        assert_eq!(fake.asked.len(), 1);
        b.work(&mut fake, b.now() + 571 * SECOND);
        assert_eq!((fake.refreshes, fake.entries.len()), (1, 1));
    }

    fn of_two_that_refresh_at_once_one_does_and_the_other_gets_its_token(db) {
        let (b, _) = books(db, Service::Exact, exact());
        let now = b.now() + 580 * SECOND;
        let Ready::Refresh(held) = b.ready("one", now) else { panic!("it is due") };
        assert_eq!(held.refresh, "refresh-0");
        assert!(matches!(b.ready("two", now), Ready::Wait));
        let new = Ok(Tokens { access: "access-1".into(), refresh: "refresh-1".into(), seconds: 600 });
        b.refreshed(&held, &new, now);
        let Ready::Good(session, _) = b.ready("two", now) else { panic!("it is there") };
        assert_eq!(session.token, "access-1");
        // Somebody who was away so long that the refresh was given to another changes nothing any more.
        let later = now + 600 * SECOND;
        let Ready::Refresh(slow) = b.ready("slow", later) else { panic!("it is due again") };
        let Ready::Refresh(quick) = b.ready("quick", later + 61 * SECOND) else { panic!("the first is given up") };
        b.refreshed(&quick, &Ok(Tokens { access: "access-2".into(), refresh: "refresh-2".into(), seconds: 600 }), later + 62 * SECOND);
        b.refreshed(&slow, &Err(Trouble::SignIn("invalid_grant".into())), later + 63 * SECOND);
        let Ready::Good(session, _) = b.ready("two", later + 64 * SECOND) else { panic!("it is not lost") };
        assert_eq!(session.token, "access-2");
        // One that is refused is lost, is said, and a run says why it stopped.
        let end = later + 700 * SECOND;
        let Ready::Refresh(held) = b.ready("one", end) else { panic!("it is due") };
        b.refreshed(&held, &Err(Trouble::SignIn("invalid_grant".into())), end);
        assert!(matches!(b.ready("one", end), Ready::Lost(_)));
        let c = b.connection();
        assert_eq!((c.state, c.words.as_str()), (State::Lost, "The sign-in is lost: invalid_grant"));
        // Home counts it, and the owners have a mail: one, however often it is asked for.
        assert_eq!(b.read(|tx, ctx| lost::count(tx, ctx)).unwrap(), 1);
        b.refreshed(&held, &Err(Trouble::SignIn("invalid_grant".into())), end + SECOND);
        let all = store::Stmt::built("SELECT recipient, body FROM mails WHERE merchant_id = $1 AND subject LIKE 'The sign-in%'".to_owned());
        let mails = b.read(move |tx, ctx| Ok(tx.rows(&all, &[&ctx.merchant], |r| Ok((r.get::<String>(0)?, r.get::<String>(1)?)))?)).unwrap();
        assert!(mails.len() == 1 && mails[0].0 == "olivia@example.com" && mails[0].1.contains("Exact Online") && mails[0].1.contains("invalid_grant"), "{mails:?}");
        let id = c.id;
        assert_eq!(refusal(b.write(move |tx, ctx| run::start(tx, ctx, &id))), "not_connected");
    }

    fn many_threads_that_want_a_token_ask_for_one(db) {
        let (b, _) = books(db, Service::Exact, exact());
        let now = b.now() + 580 * SECOND;
        let taken: usize = std::thread::scope(|scope| {
            let all: Vec<_> = (0..6).map(|n| { let b = &b; scope.spawn(move || matches!(b.ready(&format!("w{n}"), now), Ready::Refresh(_))) }).collect();
            all.into_iter().map(|t| usize::from(t.join().unwrap())).sum()
        });
        assert_eq!(taken, 1);
    }

    fn twinfield_takes_twenty_five_at_a_time_and_refuses_one_of_them(db) {
        let (b, mut fake) = books(db, Service::Twinfield, twinfield());
        let ana = b.customer("ana@example.es");
        for _ in 0..27 { b.issued(&ana, "10", "20"); }
        let run = b.run();
        fake.refuse = Some("-00003".into());
        b.work(&mut fake, b.now());
        let sizes: Vec<usize> = fake.asked.iter().map(|(_, body)| body.matches("transaction destiny").count()).filter(|n| *n > 0).collect();
        assert_eq!((sizes, fake.entries.len()), (vec![25, 2], 26));
        let ended = b.ended(&run, b.now() + SECOND);
        assert_eq!((ended.exported, ended.refused), (27, 1));
        let log = b.log_of(&ana);
        let refused: Vec<_> = log.iter().filter(|e| e.outcome == Outcome::Refused).collect();
        assert!(refused.len() == 1 && refused[0].words == "Dimension 8000 is blocked." && refused[0].may_retry(), "{refused:?}");
        // Mended there, one press is enough; the others are not sent again.
        fake.refuse = None;
        let (connection, subject) = (b.connection().id, refused[0].subject.clone());
        let again = b.write({ let (c, s) = (connection.clone(), subject.clone()); move |tx, ctx| run::again_one(tx, ctx, &c, &s) }).unwrap();
        b.work(&mut fake, b.now() + MINUTE);
        assert_eq!(fake.entries.len(), 27);
        assert_eq!(b.ended(&again, b.now() + 2 * MINUTE).exported, 1);
        assert_eq!(refusal(b.write(move |tx, ctx| run::again_one(tx, ctx, &connection, &subject))), "not_refused");
        assert!(!b.log_of(&ana).iter().any(log::Entry::may_retry));
    }

    fn what_is_not_mapped_or_withdrawn_stays_out(db) {
        let (b, mut fake) = books(db, Service::Exact, exact());
        let (ana, ben) = (b.customer("ana@example.es"), b.customer("ben@example.es"));
        b.issued(&ana, "10", "5.5");
        let gone = b.issued(&ana, "10", "20");
        b.write(move |tx, ctx| invoices::void(tx, ctx, &gone)).unwrap();
        let kept = b.issued(&ana, "30", "20");
        let run = b.run();
        b.work(&mut fake, b.now());
        let ended = b.ended(&run, b.now() + SECOND);
        assert_eq!((ended.exported, ended.refused, fake.entries.len(), fake.accounts.len()), (2, 1, 1, 1), "nobody without an invoice");
        let log = b.log_of(&ana);
        assert!(log.iter().any(|e| e.words == "Choose VAT code and account for “Standard rate 5.5%” in the mapping."), "{log:?}");
        assert!(b.log_of(&ben).is_empty());
        // Withdrawn behind the booking: people are told, and nothing is sent.
        b.write(move |tx, ctx| invoices::void(tx, ctx, &kept)).unwrap();
        let (asked, b) = (fake.asked.len(), b.days(1));
        let second = b.run();
        b.work(&mut fake, b.now());
        assert_eq!(b.ended(&second, b.now() + SECOND).refused, 1, "the rate is still not mapped");
        assert_eq!(fake.entries.len(), 1);
        assert!(b.log_of(&ana).iter().any(|e| e.words.starts_with("It was withdrawn here after it was booked") && !e.may_retry()), "{:?}", b.log_of(&ana));
        assert!(!fake.asked[asked..].iter().any(|(_, body)| body.contains("SalesEntryLines")), "{:?}", &fake.asked[asked..]);
    }

    fn test_money_and_who_only_paid_it_never_come_into_the_books(db) {
        let (b, mut fake) = books(db, Service::Exact, exact());
        let ben = b.customer("ben@example.es");
        let shop = b.f.shop.clone();
        let who = ben.clone();
        let paid = b.write(move |tx, ctx| {
            let eur = crate::kit::Currency::of("EUR").unwrap();
            let input = crate::payments::PaymentInput {
                customer: Some(who.clone()),
                live: false,
                ..crate::payments::PaymentInput::settled(shop.clone(), "stripe", eur, 1000, ctx.now)
            };
            Ok(crate::payments::put(tx, ctx, &input)?.id)
        }).unwrap();
        let refused = b.write(move |tx, ctx| invoices::of_payment_draft(tx, ctx, &paid).map(drop));
        assert_eq!(refusal(refused), "test_payment", "so no paper of it is ever issued");
        let run = b.run();
        b.work(&mut fake, b.now());
        assert_eq!((fake.asked.len(), b.ended(&run, b.now() + SECOND).total), (0, 0), "{:?}", fake.asked);
        assert!(b.log_of(&ben).is_empty());
    }

    fn of_somebody_anonymised_nothing_is_sent_any_more_and_the_log_knows_nobody(db) {
        let (b, mut fake) = books(db, Service::Exact, exact());
        let (ana, ben) = (b.customer("ana@example.es"), b.customer("ben@example.es"));
        let paid = |b: &Books, id: InvoiceId| {
            b.write(move |tx, ctx| {
                let amount = invoices::get(tx, ctx, &id)?.summary.rest();
                invoices::record(tx, ctx, &id, &Pay { amount, kind: MethodKind::Transfer, paid_at: None, note: String::new() })
            })
            .unwrap();
        };
        paid(&b, b.issued(&ana, "10", "20"));
        paid(&b, b.issued(&ben, "10", "5.5"));
        let first = b.run();
        b.work(&mut fake, b.now());
        b.ended(&first, b.now() + SECOND);
        // One more of each waits to be sent when they are erased.
        let b = b.days(1);
        paid(&b, b.issued(&ana, "12", "20"));
        paid(&b, b.issued(&ben, "13", "20"));
        let run = b.run();
        for id in [&ana, &ben] {
            let id = id.clone();
            b.write(move |tx, ctx| crate::privacy::anonymise(tx, ctx, &desk::vault(), &id, crate::privacy::Cause::Hand).map(drop)).unwrap();
        }
        let asked = fake.asked.len();
        for minutes in 1..=15 {
            b.work(&mut fake, b.now() + minutes * MINUTE);
            b.finish(b.now() + minutes * MINUTE);
        }
        let now = b.ended(&run, b.now() + 16 * MINUTE);
        assert!(now.state.is_over(), "the run ends: {now:?}");
        let b = b.days(1);
        b.run();
        b.work(&mut fake, b.now() + SECOND);
        let sent: Vec<_> = fake.asked[asked..].iter().filter(|(line, _)| !line.starts_with("GET")).collect();
        assert!(sent.is_empty(), "{sent:?}");
        for id in [&ana, &ben] {
            for entry in b.log_of(id) {
                let line = format!("{entry:?}");
                assert!(!line.contains("Ana") && !line.contains("Söhne") && !line.contains("example.es"), "{line}");
            }
        }
        assert_eq!(b.faults(), [""; 0], "and verify finds nothing");
    }

    fn verify_finds_what_was_made_twice_and_what_its_log_does_not_say(db) {
        let (b, mut fake) = books(db, Service::Exact, exact());
        let ana = b.customer("ana@example.es");
        b.issued(&ana, "10", "20");
        b.issued(&ana, "10", "5.5");
        b.issued(&ana, "30", "20");
        b.run();
        b.work(&mut fake, b.now());
        assert_eq!(b.faults(), [""; 0]);
        let say = |text: &'static str| b.write(move |tx, _| Ok(tx.exec(&store::Stmt::built(text.to_owned()), &[])?)).unwrap();
        say("UPDATE accounting_exports SET state = 'done' WHERE state = 'refused'");
        assert_eq!(b.faults(), ["state: done, should be refused"]);
        say("UPDATE accounting_exports SET state = 'waiting' WHERE remote IS NULL");
        say("UPDATE accounting_exports SET remote = 'entry-0' WHERE kind = 'invoice' AND remote IS NOT NULL");
        assert_eq!(b.faults(), ["invoices behind one entry in the books: 2, should be 1"; 2]);
        say("UPDATE accounting_log SET subject_id = (SELECT MIN(subject_id) FROM accounting_log l WHERE l.kind = 'invoice' AND l.result = 'done') WHERE kind = 'invoice' AND result = 'done'");
        assert!(b.faults().contains(&"times made in the books: 2, should be 1".to_owned()), "{:?}", b.faults());
    }

    fn a_customer_that_changed_is_changed_there(db) {
        let (b, mut fake) = books(db, Service::Exact, exact());
        let ana = b.customer("ana@example.es");
        b.issued(&ana, "10", "20");
        b.run();
        b.work(&mut fake, b.now());
        let edit = CustomerEdit { company: Some("Ana & Co".into()), ..CustomerEdit::default() };
        let id = ana.clone();
        b.write(move |tx, ctx| customers::edit(tx, ctx, &id, edit.clone())).unwrap();
        b.finish(b.now() + SECOND);
        b.run();
        b.work(&mut fake, b.now() + 2 * SECOND);
        assert_eq!((fake.accounts.len(), fake.accounts[0].2.as_str()), (1, "Ana & Co"));
        assert_eq!(b.log_of(&ana)[0].action, Action::Update);
    }

    fn an_account_that_was_there_already_is_taken_and_not_doubled(db) {
        let (b, mut fake) = books(db, Service::Exact, exact());
        let ana = b.customer("ana@example.es");
        fake.accounts.push(("guid-old".into(), "RG1001".into(), "Old name".into()));
        b.issued(&ana, "10", "20");
        b.run();
        b.work(&mut fake, b.now());
        assert_eq!((fake.accounts.len(), fake.entries.len()), (1, 1));
        assert_ne!(fake.accounts[0].2, "Old name");
        let entry = fake.asked.iter().find(|(_, body)| body.contains("SalesEntryLines")).unwrap();
        assert!(entry.1.contains("\"Customer\":\"guid-old\""));
    }

    fn whether_it_is_paid_is_read_back_each_day_until_it_is(db) {
        let (b, mut fake) = books(db, Service::Exact, exact());
        let ana = b.customer("ana@example.es");
        b.issued(&ana, "10", "20");
        b.run();
        b.work(&mut fake, b.now());
        let asked = fake.asked.len();
        b.work(&mut fake, b.now() + DAY + SECOND);
        b.work(&mut fake, b.now() + DAY + 2 * SECOND);
        assert_eq!(fake.asked.iter().skip(asked).filter(|(line, _)| line.contains("Receivables")).count(), 1);
        fake.paid = true;
        b.work(&mut fake, b.now() + 2 * DAY + MINUTE);
        let log = b.log_of(&ana);
        assert_eq!((log[0].action, log[0].paid), (Action::Paid, Some(true)), "{log:?}");
        let asked = fake.asked.len();
        b.work(&mut fake, b.now() + 9 * DAY);
        assert_eq!(fake.asked.len(), asked, "paid is paid");
    }

    fn a_cancelled_run_sends_nothing_more_and_the_next_takes_what_it_left(db) {
        let (b, mut fake) = books(db, Service::Exact, exact());
        let ana = b.customer("ana@example.es");
        b.issued(&ana, "10", "20");
        let run = b.run();
        let id = b.connection().id;
        let twice = id.clone();
        assert_eq!(refusal(b.write(move |tx, ctx| run::start(tx, ctx, &twice))), "running");
        b.write(move |tx, ctx| jobs::cancel(tx, ctx, &run)).unwrap();
        b.work(&mut fake, b.now());
        assert_eq!(fake.asked.len(), 0);
        b.finish(b.now() + SECOND);
        let next = b.days(1).run();
        b.work(&mut fake, b.now() + DAY + SECOND);
        assert_eq!((fake.accounts.len(), fake.entries.len()), (1, 1));
        assert_eq!(b.ended(&next, b.now() + DAY + 2 * SECOND).exported, 2);
    }

    fn a_run_begins_by_itself_once_a_day(db) {
        let (b, mut fake) = books(db, Service::Exact, exact());
        let ana = b.customer("ana@example.es");
        b.issued(&ana, "10", "20");
        let mapping = b.connection().mapping;
        let id = b.connection().id;
        b.write(move |tx, ctx| mapping::save(tx, ctx, &id, &mapping, true)).unwrap();
        for _ in 0..2 {
            b.write(|tx, ctx| run::daily(tx, &context(&ctx.merchant, ctx.now))).unwrap();
        }
        b.finish(b.now());
        b.work(&mut fake, b.now());
        assert_eq!(fake.entries.len(), 1);
        let id = b.connection().id;
        assert_eq!(b.read(move |tx, ctx| run::list(tx, ctx, &id, None, 10)).unwrap().runs.len(), 1);
    }

    fn a_sign_in_belongs_to_the_session_that_began_and_is_good_once(db) {
        let (b, _) = books(db, Service::Exact, exact());
        let (id, session, stranger) = (b.connection().id, b.ctx.id::<SessionId>(), b.ctx.id::<SessionId>());
        let at = Addresses::default();
        let url = b.write({ let (at, session, id) = (at.clone(), session.clone(), id.clone()); move |tx, ctx| sign_in::begin(tx, ctx, &desk::vault(), &at, &id, &session, "https://desk.example.com/back") }).unwrap();
        assert!(url.starts_with("https://start.exactonline.nl/api/oauth2/auth?client_id=app&redirect_uri=https%3A%2F%2Fdesk.example.com%2Fback&"), "{url}");
        let state = url.split("state=").nth(1).unwrap().to_owned();
        let back = |b: &Books, session: &SessionId, state: &str| {
            let (at, session, state) = (at.clone(), session.clone(), state.to_owned());
            b.write(move |tx, ctx| sign_in::come_back(tx, ctx, &desk::vault(), &at, &session, &state, "https://desk.example.com/back"))
        };
        assert_eq!(refusal(back(&b, &stranger, &state)), "sign_in_over", "another browser");
        assert_eq!(refusal(back(&b.other(), &session, &state)), "sign_in_over", "another merchant");
        assert_eq!(refusal(back(&b.at(b.now() + 16 * MINUTE), &session, &state)), "sign_in_over", "too late");
        assert_eq!(refusal(back(&b, &session, "guess")), "sign_in_over");
        let coming = back(&b, &session, &state).unwrap();
        assert_eq!((coming.connection.id, coming.keys.secret.as_str()), (id, "app-secret"));
        assert_eq!(refusal(back(&b, &session, &state)), "sign_in_over", "once");
    }

    fn who_may_not_is_refused_and_nothing_of_another_merchant_is_seen(db) {
        let (b, _) = books(db, Service::Exact, exact());
        let id = b.connection().id;
        let (without_books, without_settings) = (b.f.without(Right::Payments), b.f.without(Right::Settings));
        let start = |ctx: crate::Ctx| { let id = id.clone(); b.f.db.write_now::<_, Error>(move |tx| run::start(tx, &ctx, &id)) };
        assert!(matches!(start(without_books), Err(Error::Forbidden(Right::Payments))));
        let put = |ctx: crate::Ctx| b.f.db.write_now::<_, Error>(move |tx| connections::put(tx, &ctx, &desk::vault(), &desk::input(Service::Exact)));
        assert!(matches!(put(without_settings.clone()), Err(Error::Forbidden(Right::Settings))));
        let off = { let id = id.clone(); b.f.db.write_now::<_, Error>(move |tx| connections::disconnect(tx, &without_settings, &id)) };
        assert!(matches!(off, Err(Error::Forbidden(Right::Settings))));
        let other = b.other();
        let (one, two) = (id.clone(), id.clone());
        assert!(matches!(other.read(move |tx, ctx| connections::get(tx, ctx, &one)), Err(Error::NotFound(_))));
        assert!(matches!(other.write(move |tx, ctx| run::start(tx, ctx, &two)), Err(Error::NotFound(_))));
        assert!(other.read(|tx, ctx| connections::list(tx, ctx)).unwrap().is_empty());
        // Disconnected, the sign-in is gone from the database too.
        b.write(move |tx, ctx| connections::disconnect(tx, ctx, &id)).unwrap();
        let left = b.read(|tx, ctx| Ok(tx.rows(&queries::CONNECTIONS, &[&ctx.merchant], |r| Ok((r.get::<String>(16)?, r.get::<String>(17)?)))?)).unwrap();
        assert_eq!(left, [(String::new(), String::new())]);
    }

    fn no_statement_that_grows_with_the_books_goes_over_all_of_them(db) {
        if db.engine() != store::Engine::Sqlite { return; }
        let all = [
            &queries::DUE, &queries::DUE_INVOICES, &queries::DUE_CHECKS, &queries::ISSUED, &queries::COUNT_OF_RUN, &queries::ADOPT, &queries::AGAIN_OF_RUN, &queries::LOG_OF_CUSTOMER,
            &queries::LOG_OF_RUN, &queries::EXPORT, &queries::READY, &queries::RUNS,
        ];
        for statement in all {
            let text = statement.text();
            let parameters = (1..20).filter(|n| text.contains(&format!("${n}"))).count();
            let explain = store::Stmt::built(format!("EXPLAIN QUERY PLAN {text}"));
            let plan = db.read_now::<_, Error>(move |tx| {
                let nothing: Vec<&dyn store::Bind> = vec![&None::<String>; parameters];
                Ok(tx.rows(&explain, &nothing, |r| r.get::<String>(3))?)
            }).unwrap();
            let bad = |step: &&String| (step.starts_with("SCAN ") && !step.starts_with("SCAN c ")) || step.contains("TEMP B-TREE") || step.ends_with("(merchant_id=?)");
            assert_eq!(plan.iter().find(bad), None, "{text}");
        }
    }

    fn a_mapping_without_codes_is_refused_beside_its_fields(db) {
        let (b, _) = books(db, Service::Twinfield, twinfield());
        let id = b.connection().id;
        let tax = |vat: &str, ledger: &str| mapping::Tax { category: invoices::Category::Standard, rate: "21.00".into(), vat_code: vat.into(), ledger: ledger.into() };
        let save = |m: Mapping| { let id = id.clone(); b.write(move |tx, ctx| mapping::save(tx, ctx, &id, &m, false)) };
        let Err(Error::Invalid(problems)) = save(Mapping { taxes: vec![tax("", "8000")], ..Mapping::default() }) else { panic!() };
        let fields: Vec<_> = problems.0.iter().map(|p| p.field.as_str()).collect();
        assert_eq!(fields, ["journal", "receivable", "vat.standard.21", "taxes"]);
        save(Mapping { journal: "VRK".into(), receivable: "1300".into(), taxes: vec![tax("VH", "8000")], ..Mapping::default() }).unwrap();
        assert_eq!(b.connection().mapping.taxes[0].rate, "21", "one spelling");
    }
}

/// Every other answer to something written is lost.
fn cut(db: &store::Db, service: Service, fake: Fake) {
    let (b, mut fake) = books(db, service, fake);
    let ana = b.customer("ana@example.es");
    b.issued(&ana, "100", "20");
    let run = b.run();
    let mut written = 0;
    fake.mood = Some(Box::new(move |_, writes| {
        written += usize::from(writes);
        if writes && written % 2 == 1 { Mood::CutBehind } else { Mood::Well }
    }));
    let mut now = b.now();
    for _ in 0..6 {
        b.work(&mut fake, now);
        now += 10 * MINUTE;
    }
    assert_eq!((fake.accounts.len(), fake.entries.len()), (1, 1), "{service:?} {:?}", fake.asked);
    let ended = b.ended(&run, now);
    assert_eq!((ended.state, ended.exported), (jobs::State::Done, 2), "{service:?}");
    let log = b.log_of(&ana);
    assert_eq!(log.iter().filter(|e| e.outcome == Outcome::Unknown).count(), 2, "{log:?}");
    assert!(log.iter().any(|e| e.action == Action::Find && e.words == "It was there: the answer had been lost."), "{log:?}");
}
