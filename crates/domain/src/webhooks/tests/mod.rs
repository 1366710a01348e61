//! Webhooks out, on both engines: who is told, what happens when nobody answers, and what must never happen.

mod told;
mod walls;

use store::Tx;

use super::note::Noted;
use super::send::{self, Answer, Held, Round};
use super::*;
use crate::events::Event;
use crate::kit::Ctx;
use crate::orders::desk::Desk;
use crate::providers::Vault;

const SECOND: Micros = 1_000_000;
const MINUTE: Micros = 60 * SECOND;

fn vault() -> Vault {
    Vault::new(&[7; 32]).unwrap()
}

fn input(url: &str, events: &[&str]) -> EndpointInput {
    EndpointInput { url: url.into(), description: "Shop".into(), events: events.iter().map(|e| (*e).to_owned()).collect(), local: false }
}

fn endpoint(desk: &Desk, events: &[&str]) -> WebhookId {
    let input = input("https://shop.example.com/hooks", events);
    desk.write(move |tx, ctx| endpoints::create(tx, ctx, &vault(), &input)).unwrap().id
}

fn shown(desk: &Desk, id: &WebhookId) -> Endpoint {
    let id = id.clone();
    desk.read(move |tx, ctx| endpoints::get(tx, ctx, &id)).unwrap()
}

/// What is there for an endpoint: kind and state, oldest first.
fn deliveries(desk: &Desk, id: &WebhookId) -> Vec<(String, DeliveryState)> {
    let id = id.clone();
    let mut rows = desk.read(move |tx, ctx| read::list(tx, ctx, &id, None, None, 200)).unwrap().rows;
    rows.reverse();
    rows.into_iter().map(|d| (d.kind, d.state)).collect()
}

fn claim(desk: &Desk, by: &str, now: Micros) -> Option<Held> {
    let by = by.to_owned();
    desk.write(move |tx, _| send::claim(tx, &by, true, true, now)).unwrap()
}

fn next(desk: &Desk, held: &Held, now: Micros) -> Round {
    let held = held.clone();
    desk.read(move |tx, _| send::next(tx, &vault(), &held, now)).unwrap()
}

fn note(desk: &Desk, held: &Held, round: &Round, status: u16, now: Micros) -> Noted {
    let (held, round) = (held.clone(), round.clone());
    let answers = vec![Answer { status, error: "No answer.".into(), body: "thanks".into(), ..Answer::default() }; round.messages.len()];
    desk.write(move |tx, _| super::note::note(tx, &held, &round, &answers, true, now)).unwrap()
}

fn release(desk: &Desk, held: &Held) {
    let held = held.clone();
    desk.write(move |tx, _| send::release(tx, &held)).unwrap();
}

/// Sends all that is due with this answer; gives how many messages went out.
fn send_all(desk: &Desk, status: u16, now: Micros) -> usize {
    let mut sent = 0;
    while let Some(held) = claim(desk, "worker", now) {
        loop {
            let round = next(desk, &held, now);
            sent += round.messages.len();
            if round.is_empty() || !note(desk, &held, &round, status, now).go_on {
                break;
            }
        }
        release(desk, &held);
    }
    sent
}

/// An event of a kind that nothing else writes here.
fn happen(tx: &mut Tx, ctx: &Ctx) -> crate::Result<EventId> {
    Event::new("rate.set").on("rate", "USD").record(tx, ctx)
}

fn tidied(desk: &Desk, now: Micros) {
    while desk.write(move |tx, _| tidy::slice(tx, now)).unwrap() {}
}
