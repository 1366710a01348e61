//! What people of the demo and the house say to each other: mails, a chat, calls, and two who are no customers yet.

use store::{Db, Tx};

use super::{House, Plan};
use crate::addresses;
use crate::conversations::{self, CallInput, ChatInput, Direction, Draft, MessageInput, Outcome};
use crate::customers::list::{self, Indexes, ListQuery};
use crate::kit::{Ctx, CustomerId, EntryId, Error, IdSource, Micros, Result, rfc3339};
use crate::mail::{self as outbox, Outcome as Outgoing};

const HOUR: Micros = 3_600_000_000;

/// Writes them down.
///
/// # Errors
/// What the verbs refuse (a fault of the story) or the database says.
pub fn talks(db: &Db, house: &House, plan: &Plan) -> Result<()> {
    let ctx = Ctx { ids: IdSource::seeded(plan.seed.wrapping_mul(1_000_003).wrapping_add(29)), ..house.ctx.clone() }.at(plan.now);
    let reader = ctx.clone();
    let newest = db.read_now::<_, Error>(move |tx| {
        let found = list::page_only(tx, &reader, &Indexes::default(), &ListQuery::default())?;
        let active = found.rows.into_iter().filter(|row| row.email.contains('@'));
        Ok(active.map(|row| (row.id, row.display_name, row.email)).collect::<Vec<(CustomerId, String, String)>>())
    })?;
    db.write_now::<_, Error>(move |tx| {
        let some = |n: usize| newest.get(n);
        if let Some((_, name, email)) = some(0) {
            let who = (name.as_str(), email.as_str());
            let first = mail(tx, &ctx, 52, who, "Grinder setting", "Which setting do you use for the Aeropress? Mine comes out bitter.")?;
            tx.next_verb();
            answer(tx, &ctx.at(ctx.now - 49 * HOUR), &first, "Try two steps coarser, and water at 88 degrees. Tell us how it went.")?;
            mail(
                tx,
                &ctx,
                26,
                who,
                "Re: Grinder setting",
                "Much better, thank you! Could you add a bag of the Yirgacheffe to my next order?",
            )?;
        }
        if let Some((id, ..)) = some(1) {
            chat(tx, &ctx, id)?;
        }
        if let Some((id, ..)) = some(2) {
            call(
                tx,
                &ctx.at(ctx.now - 30 * HOUR),
                Some(id),
                (Direction::In, Outcome::Answered, 245),
                "Asked whether the parcel can be left with a neighbour.",
            )?;
            call(tx, &ctx.at(ctx.now - 6 * HOUR), Some(id), (Direction::In, Outcome::Missed, 0), "")?;
        }
        if let Some((_, _, email)) = some(3) {
            tx.next_verb();
            addresses::bounced(tx, &ctx.at(ctx.now - 12 * HOUR), email, "5.1.1")?;
        }
        mail(
            tx,
            &ctx,
            9,
            ("Petra Novak", "petra.novak@example.org"),
            "Do you deliver to offices?",
            "We are twelve people and drink a lot of coffee. Is there a price for that?",
        )?;
        call(tx, &ctx.at(ctx.now - 3 * HOUR), None, (Direction::In, Outcome::Voicemail, 31), "Wants to sell us paper cups.")
    })
}

fn mail(tx: &mut Tx, ctx: &Ctx, hours: i64, (name, email): (&str, &str), subject: &str, text: &str) -> Result<EntryId> {
    tx.next_verb();
    let ctx = ctx.at(ctx.now - hours * HOUR);
    let key = email.replace('@', ".");
    let raw = format!(
        "From: \"{}\" <{email}>\r\nTo: desk@kilde.example\r\nSubject: {subject}\r\nMessage-ID: <demo.{hours}.{key}@mail.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n",
        name.replace('"', "")
    );
    Ok(conversations::receive(tx, &ctx, &conversations::parse(raw.as_bytes()), conversations::Arrival::default())?.entry)
}

/// An answer that left at once: it stands in the stream, and nothing waits in the outbox, because a demo never calls a network.
fn answer(tx: &mut Tx, ctx: &Ctx, to: &EntryId, text: &str) -> Result<()> {
    conversations::reply(tx, ctx, to, &Draft { body: text.to_owned(), ..Draft::default() })?;
    tx.next_verb();
    while let Some(claimed) = outbox::claim(tx, "demo", ctx.now)? {
        outbox::done(tx, &claimed, &Outgoing::Sent, ctx.now)?;
    }
    Ok(())
}

fn chat(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<()> {
    tx.next_verb();
    let early = ctx.at(ctx.now - 20 * HOUR);
    let input = ChatInput { customer: Some(customer.clone()), subject: "Opening hours".to_owned(), ..ChatInput::default() };
    let chat = conversations::open_chat(tx, &early, &input)?;
    let said = [
        (Direction::In, "Hello, is the roastery open on Saturday?"),
        (Direction::Out, "Yes, from nine to two. Come by for a tasting."),
        (Direction::In, "Great, see you there."),
    ];
    for (n, (direction, body)) in (1..).zip(said) {
        tx.next_verb();
        let later = early.at(early.now + n * 60_000_000);
        let message = MessageInput { direction, author: String::new(), body: body.to_owned(), at: Some(later.now) };
        conversations::say(tx, &later, &chat, &message)?;
    }
    tx.next_verb();
    conversations::close(tx, &early.at(early.now + 5 * 60_000_000), &chat)
}

fn call(
    tx: &mut Tx,
    ctx: &Ctx,
    customer: Option<&CustomerId>,
    (direction, outcome, seconds): (Direction, Outcome, i64),
    note: &str,
) -> Result<()> {
    tx.next_verb();
    let input = CallInput {
        customer: customer.cloned(),
        phone: "+47 22 00 00 00".to_owned(),
        direction,
        outcome,
        started_at: ctx.now,
        seconds,
        author: "Mara".to_owned(),
        note: note.to_owned(),
        external_id: format!("demo-{}", rfc3339(ctx.now)),
    };
    conversations::record_call(tx, ctx, &input)?;
    Ok(())
}
