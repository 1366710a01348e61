//! The first start: one owner, one merchant, one shop, only while nobody is there (SPEC 15.1); and further merchants of an owner.

use store::Tx;

use super::account::person_name;
use super::password::{self, Hashed};
use super::{Moment, Person, SignedIn, person_row, queries, sessions};
use crate::events::Event;
use crate::kit::{Email, Error, MerchantId, PersonId, Problems, Result, Rights, Role, ShopId};
use crate::merchants::NewMerchant;
use crate::shops::{self, ShopInput};

/// What the page of the first start asks.
#[derive(Clone, Default)]
pub struct NewOwner {
    /// The person's name.
    pub name: String,
    /// The person's e-mail address, by which they sign in.
    pub email: String,
    /// As typed.
    pub password: String,
    /// The merchant and its first shop; none when those who wait for an owner are enough.
    pub merchant: Option<NewMerchant>,
}

impl std::fmt::Debug for NewOwner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewOwner").field("merchant", &self.merchant).finish_non_exhaustive()
    }
}

/// A [`NewOwner`] found good, with the password hashed.
#[derive(Clone, Debug)]
pub struct Prepared {
    name: String,
    email: Email,
    hashed: Hashed,
    merchant: Option<NewMerchant>,
}

#[cfg(feature = "testing")]
impl Prepared {
    /// Without waiting for a hash; the password is [`crate::testing::PASSWORD`].
    pub fn of_tests(name: &str, email: &str, merchant: NewMerchant) -> Self {
        let email = Email::parse(email).expect("an address");
        Self { name: name.to_owned(), email, hashed: Hashed::of_tests(), merchant: Some(merchant) }
    }
}

/// What was made.
#[derive(Clone, Debug)]
pub struct SetUp {
    /// The merchant.
    pub merchant: MerchantId,
    /// Its owner.
    pub person: PersonId,
    /// Its first shop.
    pub shop: ShopId,
}

/// A merchant that nobody works for yet: a file was imported before the first start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its id.
    pub id: MerchantId,
    /// Its name.
    pub name: String,
    /// How many customers it has.
    pub customers: i64,
}

/// The merchants that wait for an owner, oldest first.
pub fn waiting(tx: &mut Tx) -> Result<Vec<Waiting>> {
    Ok(tx.rows(&queries::WAITING, &[], |r| Ok(Waiting { id: r.get(0)?, name: r.get(1)?, customers: r.get(2)? }))?)
}

impl NewOwner {
    /// Checks everything at once and hashes the password. Slow; outside of transactions.
    ///
    /// # Errors
    /// Field errors for `name`, `email`, `password`, `merchant`, `currency`, `time_zone`, `country`, `shop`.
    pub fn prepare(self) -> Result<Prepared> {
        let mut problems = Problems::default();
        let name = person_name(&mut problems, &self.name);
        let email = Email::parse(&self.email);
        if email.is_none() {
            problems.add("email", "invalid", "Fill in an e-mail address such as name@example.com.");
        }
        password::check(&mut problems, "password", &self.password, &self.email, &self.name);
        self.merchant.iter().for_each(|m| m.check(&mut problems));
        problems.check()?;
        let Some(email) = email else { return Err(Error::Internal("an address that passed is gone".into())) };
        Ok(Prepared { name, email, hashed: password::hash(&self.password)?, merchant: self.merchant })
    }
}

/// Is nobody there yet?
pub fn is_needed(tx: &mut Tx) -> Result<bool> {
    Ok(tx.opt(&queries::ANYBODY, &[], |_| Ok(()))?.is_none())
}

/// Makes owner, merchant and first shop, only while there is no person: of two who try at once, one is refused. Merchants that wait for
/// an owner get this one.
///
/// # Errors
/// [`Error::Conflict`] `already_set_up`; a field error for `merchant` when none is given and none waits.
pub fn set_up(tx: &mut Tx, moment: &Moment, owner: &Prepared) -> Result<SetUp> {
    if !is_needed(tx)? || tx.exec(&queries::FIRST, &[&moment.now])? == 0 {
        return Err(Error::conflict("already_set_up", "Regulars is set up already. Sign in instead."));
    }
    let id = insert_person(tx, moment, &owner.email, &owner.name, &owner.hashed)?;
    let person = tx.one(&queries::PERSON, &[&id], person_row)?;
    let waiting = waiting(tx)?;
    for merchant in &waiting {
        insert_staff(tx, &merchant.id, &id, Role::Owner.name(), "", "", moment.now)?;
        let ctx = moment.ctx(&merchant.id, &person, Rights::all());
        Event::new("staff.joined").on("person", id.as_str()).record(tx, &ctx)?;
    }
    let (merchant, shop) = match (&owner.merchant, waiting.first()) {
        (Some(new), _) => found(tx, moment, &person, new)?,
        (None, Some(first)) => {
            let ctx = moment.ctx(&first.id, &person, Rights::all());
            let oldest = shops::list(tx, &ctx)?.into_iter().min_by_key(|s| s.created_at);
            (first.id.clone(), oldest.ok_or(Error::NotFound("shop"))?.id)
        }
        (None, None) => return Err(Problems::one("merchant", "required", "Give the merchant a name.")),
    };
    Ok(SetUp { merchant, person: id, shop })
}

/// A further merchant of a person who owns one already; they own the new one too, and their session works in it.
///
/// # Errors
/// [`Error::Conflict`] `owners_only`; field errors as in [`NewOwner::prepare`].
pub fn create_merchant(tx: &mut Tx, who: &SignedIn, moment: &Moment, new: &NewMerchant) -> Result<SetUp> {
    if !sessions::memberships(tx, &who.person.id)?.iter().any(|m| m.role == Role::Owner) {
        return Err(Error::conflict("owners_only", "Only people who own a merchant can make another one."));
    }
    let (merchant, shop) = found(tx, moment, &who.person, new)?;
    sessions::switch(tx, who, &merchant)?;
    Ok(SetUp { merchant, person: who.person.id.clone(), shop })
}

fn found(tx: &mut Tx, moment: &Moment, owner: &Person, new: &NewMerchant) -> Result<(MerchantId, ShopId)> {
    let merchant: MerchantId = moment.id();
    new.insert(tx, &merchant, moment.now)?;
    let ctx = moment.ctx(&merchant, owner, Rights::all());
    insert_staff(tx, &merchant, &owner.id, Role::Owner.name(), "", "", moment.now)?;
    Event::new("merchant.created").on("merchant", merchant.as_str()).record(tx, &ctx)?;
    let shop = shops::create(tx, &ctx, &ShopInput { name: new.shop.clone(), country: new.country.clone(), ..ShopInput::default() })?;
    Ok((merchant, shop.id))
}

pub(super) fn insert_person(tx: &mut Tx, moment: &Moment, email: &Email, name: &str, hashed: &Hashed) -> Result<PersonId> {
    const TAKEN: &str = "Somebody with this e-mail address is here already. Sign in instead.";
    if tx.opt(&queries::EMAIL_TAKEN, &[&email.key], |_| Ok(()))?.is_some() {
        return Err(Problems::one("email", "taken", TAKEN));
    }
    let id: PersonId = moment.id();
    tx.exec(&queries::PERSON_INSERT, &[&id, &email.typed, &email.key, &name, &hashed.as_str(), &moment.now])
        .map_err(|e| Error::from(e).or_taken("people", "email", TAKEN))?;
    Ok(id)
}

pub(super) fn insert_staff(
    tx: &mut Tx,
    merchant: &MerchantId,
    person: &PersonId,
    role: &str,
    granted: &str,
    withdrawn: &str,
    now: i64,
) -> Result<()> {
    const HERE: &str = "This person belongs to the staff already.";
    tx.exec(&queries::STAFF_INSERT, &[merchant, person, &role, &granted, &withdrawn, &now])
        .map_err(|e| Error::from(e).or_taken("staff", "email", HERE))?;
    Ok(())
}
