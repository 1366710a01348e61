//! What tests of every room begin with: a merchant with its owner and a shop, a clock that stands still, ids that repeat.
//!
//! Compiled with the feature `testing` only; nothing here reaches the binary.

use std::sync::Arc;

use store::Db;

use crate::kit::{Actor, ActorKind, Ctx, Door, IdSource, MerchantId, Micros, PersonId, Right, Rights, Role, ShopId};
use crate::merchants::NewMerchant;
use crate::staff::{self, Access, Moment, set_up::Prepared};

/// 2026-06-15T12:00:00Z, the day tests happen on.
pub const NOW: Micros = 1_781_524_800_000_000;

/// The password of everybody [`Fixture`] makes.
pub const PASSWORD: &str = "three blue tea cups";

/// A merchant in EUR and Europe/Paris with one shop, and its owner Olivia.
#[derive(Clone, Debug)]
pub struct Fixture {
    /// The database.
    pub db: Db,
    /// The owner, through a page, at [`NOW`].
    pub ctx: Ctx,
    /// The owner.
    pub owner: PersonId,
    /// The shop.
    pub shop: ShopId,
}

/// A file of the world, in the folder that `REGULARS_REAL_DATA` names; none where it names no folder, or this one is not in it.
pub fn real(name: &str) -> Option<std::path::PathBuf> {
    let found = std::env::var_os("REGULARS_REAL_DATA").map(|folder| std::path::Path::new(&folder).join(name)).filter(|path| path.exists());
    if found.is_none() {
        println!("skipped: {name} is not in REGULARS_REAL_DATA");
    }
    found
}

impl Fixture {
    /// The first merchant of this database.
    pub fn new(db: &Db) -> Self {
        let moment = Self::moment(1);
        let made = db
            .write_now({
                let moment = moment.clone();
                move |tx| staff::set_up(tx, &moment, &prepared())
            })
            .expect("set up");
        let actor = Actor { kind: ActorKind::Staff, id: made.person.to_string(), name: "Olivia".into(), rights: Rights::all() };
        let ctx = Ctx { merchant: made.merchant, actor: Arc::new(actor), door: Door::Page, now: NOW, ids: moment.ids };
        Self { db: db.clone(), ctx, owner: made.person, shop: made.shop }
    }

    /// Another merchant of the same owner in the same database: what walls are tested against.
    pub fn other(&self) -> Self {
        let moment = Self::moment(2);
        let owner = self.owner.clone();
        let made = self
            .db
            .write_now(move |tx| {
                let opened = staff::sessions::open(tx, &moment, &owner, &staff::sessions::Device::default(), staff::Means::SetUp)?;
                let who = staff::resolve_session(tx, &opened.secret, NOW)?.expect("just opened");
                staff::create_merchant(tx, &who, &moment, &NewMerchant { name: "Other".into(), ..merchant() })
            })
            .expect("another merchant");
        Self { ctx: Ctx { merchant: made.merchant, ids: IdSource::seeded(3), ..self.ctx.clone() }, shop: made.shop, ..self.clone() }
    }

    /// Somebody else of the staff with this role; gives the context they act in.
    pub fn staff(&self, role: Role) -> Ctx {
        self.staff_with(Access::role(role))
    }

    /// The same with exact rights.
    pub fn staff_with(&self, access: Access) -> Ctx {
        let (ctx, moment) = (self.ctx.clone(), Moment { now: NOW, door: Door::Page, ids: self.ctx.ids.clone() });
        let email = format!("{}-{}@example.com", access.role.name(), ctx.id::<PersonId>());
        let person = self
            .db
            .write_now(move |tx| {
                let made = staff::invitations::invite(tx, &ctx, &email, access)?;
                let comer = staff::invitations::Comer::New(staff::invitations::NewPerson::ready("Sam", staff::Hashed::of_tests()));
                staff::invitations::accept(tx, &moment, &made.secret, &comer).map(|(_, person)| person)
            })
            .expect("a member of the staff");
        let actor = Actor { kind: ActorKind::Staff, id: person.to_string(), name: "Sam".into(), rights: access.rights() };
        Ctx { actor: Arc::new(actor), ..self.ctx.clone() }
    }

    /// The same owner without one right: what refusals are tested with.
    pub fn without(&self, right: Right) -> Ctx {
        let actor = Actor { rights: Rights::all().without(right), ..(*self.ctx.actor).clone() };
        Ctx { actor: Arc::new(actor), ..self.ctx.clone() }
    }

    /// The id of the merchant.
    pub fn merchant(&self) -> &MerchantId {
        &self.ctx.merchant
    }

    /// [`NOW`] with ids of their own row.
    pub fn moment(seed: u64) -> Moment {
        Moment { now: NOW, door: Door::Page, ids: IdSource::seeded(seed) }
    }
}

/// The merchant every fixture begins with.
pub fn merchant() -> NewMerchant {
    NewMerchant {
        name: "Roastery".into(),
        currency: "EUR".into(),
        time_zone: "Europe/Paris".into(),
        country: "FR".into(),
        shop: "Online".into(),
        demo: false,
    }
}

/// The owner of every fixture, ready to be set up without waiting for a hash.
pub fn prepared() -> Prepared {
    Prepared::of_tests("Olivia", "olivia@example.com", merchant())
}
