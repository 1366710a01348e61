//! The merchant itself: people of every role, two shops, groups, rates, a key.

use jiff::ToSpan as _;
use store::Db;

use super::Plan;
use crate::affiliates::{self, AffiliateInput, Terms};
use crate::kit::{Actor, ActorKind, Ctx, Currency, DAY, Door, Error, GroupId, IdSource, Result, Rights, Role, ShopId, Zone};
use crate::labels;
use crate::merchants::NewMerchant;
use crate::providers::accounts;
use crate::rates;
use crate::shops::{self, ShopInput};
use crate::staff::{self, Access, Moment, NewOwner, api_keys, invitations};

/// The password of everybody in the demo.
pub const PASSWORD: &str = "coffee before code";

/// The merchant, ready to be filled.
#[derive(Clone, Debug)]
pub struct House {
    /// The owner, now.
    pub ctx: Ctx,
    /// The web shop in EUR and the shop in London in GBP.
    pub shops: [ShopId; 2],
    /// Their currencies.
    pub currencies: [Currency; 2],
    /// Retail and wholesale.
    pub groups: [GroupId; 2],
    /// Sign-in addresses, the owner first.
    pub people: Vec<(String, Role)>,
    /// The secret of a key with every right.
    pub api_key: String,
}

/// Makes people, merchant and shops; only in a database without people.
///
/// # Errors
/// A conflict `already_set_up`.
pub fn open(db: &Db, plan: &Plan) -> Result<House> {
    let start = plan.now - 3 * 365 * DAY - 30 * DAY;
    let ids = IdSource::seeded(plan.seed);
    let owner =
        NewOwner { name: "Mara Lind".into(), email: "mara@kilde.example".into(), password: PASSWORD.into(), merchant: Some(merchant()) }
            .prepare()?;
    let moment = Moment { now: start, door: Door::Cli, ids: ids.clone() };
    let made = db.write_now::<_, Error>(move |tx| staff::set_up(tx, &moment, &owner))?;
    let actor = Actor { kind: ActorKind::Staff, id: made.person.to_string(), name: "Mara Lind".into(), rights: Rights::all() };
    let ctx = Ctx { ids, ..Ctx::new(made.merchant, actor, Door::Cli, start) };
    let london = {
        let ctx = ctx.clone();
        db.write_now::<_, Error>(move |tx| {
            shops::create(
                tx,
                &ctx,
                &ShopInput {
                    name: "Kilde London".into(),
                    currency: "GBP".into(),
                    country: "GB".into(),
                    url: "https://london.example.com".into(),
                },
            )
        })?
    };
    let groups = {
        let ctx = ctx.clone();
        db.write_now::<_, Error>(move |tx| {
            Ok([labels::create::<GroupId>(tx, &ctx, "Retail")?.id, labels::create::<GroupId>(tx, &ctx, "Wholesale")?.id])
        })?
    };
    partners(db, &ctx)?;
    let mut people = vec![("mara@kilde.example".to_owned(), Role::Owner)];
    for (name, email, role) in [
        ("Jonas Holm", "jonas@kilde.example", Role::Manager),
        ("Priya Shah", "priya@kilde.example", Role::Support),
        ("Lucía Vidal", "lucia@kilde.example", Role::Finance),
        ("Tom Barnes", "tom@kilde.example", Role::ReadOnly),
    ] {
        join(db, &ctx, name, email, role)?;
        people.push((email.to_owned(), role));
    }
    let now = ctx.at(plan.now);
    rates_of(db, &now)?;
    let (paying, web) = (now.clone(), made.shop.clone());
    db.write_now::<_, Error>(move |tx| accounts::add_test(tx, &paying, &web))?;
    let key = {
        let now = now.clone();
        db.write_now::<_, Error>(move |tx| {
            api_keys::create(tx, &now, &api_keys::NewKey { name: "Demo".into(), scopes: Rights::all(), expires_at: None })
        })?
    };
    Ok(House {
        ctx: now,
        shops: [made.shop, london.id],
        currencies: [currency("EUR")?, currency("GBP")?],
        groups,
        people,
        api_key: key.secret,
    })
}

/// Codes of those who bring buyers.
pub(super) const PARTNERS: [&str; 3] = ["ANNA10", "BREWNOTES", "COPENHAGENCOFFEE"];

fn partners(db: &Db, ctx: &Ctx) -> Result<()> {
    let [anna, notes, guide] = PARTNERS;
    let all = [
        ("Anna’s coffee blog", anna, Terms::Percent, 1000),
        ("Brew Notes", notes, Terms::Percent, 750),
        ("Copenhagen coffee guide", guide, Terms::Amount, 300),
    ];
    let (ctx, eur) = (ctx.clone(), currency("EUR")?);
    db.write_now::<_, Error>(move |tx| {
        for (name, code, terms, rate) in all {
            affiliates::create(tx, &ctx, &AffiliateInput { name: name.into(), code: code.into(), terms, rate, currency: Some(eur) })?;
        }
        Ok(())
    })
}

fn currency(code: &str) -> Result<Currency> {
    Currency::of(code).ok_or_else(|| Error::Internal(format!("no currency {code}")))
}

/// Where the demo's merchant lives.
const HOME: &str = "Europe/Copenhagen";

/// The time zone of the demo's merchant.
pub fn zone() -> Zone {
    Zone::named(HOME).unwrap_or_else(Zone::utc)
}

fn merchant() -> NewMerchant {
    NewMerchant {
        name: "Kilde Coffee".into(),
        currency: "EUR".into(),
        time_zone: HOME.into(),
        country: "DK".into(),
        shop: "Kilde Web Shop".into(),
        demo: true,
    }
}

fn join(db: &Db, ctx: &Ctx, name: &str, email: &str, role: Role) -> Result<()> {
    let new = invitations::NewPerson::prepare(email, name, PASSWORD)?;
    let (ctx, email) = (ctx.clone(), email.to_owned());
    db.write_now::<_, Error>(move |tx| {
        let made = invitations::invite(tx, &ctx, &email, Access::role(role))?;
        let moment = Moment { now: ctx.now, door: ctx.door, ids: ctx.ids.clone() };
        invitations::accept(tx, &moment, &made.secret, &invitations::Comer::New(new.clone())).map(|_| ())
    })
}

/// A rate for every third day of the three years: any day finds one within seven.
fn rates_of(db: &Db, ctx: &Ctx) -> Result<()> {
    let today = Zone::utc().date(ctx.now);
    let all: Vec<_> = [("GBP", 8500_i64, 7_i64), ("USD", 10_800, 11)]
        .into_iter()
        .flat_map(|(code, base, step)| (0..400).map(move |n| (code, base, step, n)))
        .collect();
    for slice in all.chunks(100) {
        let (ctx, slice) = (ctx.clone(), slice.to_vec());
        db.write_slice_now::<_, Error>(move |tx| {
            for (code, base, step, n) in &slice {
                let (Some(currency), Ok(day)) = (Currency::of(code), today.checked_sub((n * 3).days())) else { continue };
                let rate = base + (n * step) % 37 * 10 - 180;
                rates::put_rate(tx, &ctx, currency, day, &format!("{}.{:04}", rate / 10_000, rate % 10_000))?;
            }
            Ok(())
        })?;
    }
    Ok(())
}
