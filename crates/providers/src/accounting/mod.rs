//! Accounting services (SPEC 13.3), as pure functions behind one trait: where a person signs in, requests that find and write an account, requests that
//! find and write an entry, and what the answers mean. Nothing here does I/O.
//!
//! Every answer says what its asker can do next ([`Trouble`]). What was sent and not answered is [`Trouble::Unknown`]: it may be there, so it is
//! looked for by our own reference before it is sent again.

pub mod exact;
pub mod twinfield;
mod xml;

use crate::wire::{Reply, Request};

/// Why something asked did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The service says no, in its words; the same again is refused again.
    Refused(String),
    /// Busy or down, and nothing was done: the same later. With the pause it asks for, seconds.
    Later(String, Option<i64>),
    /// The access token is over or was taken back: a new one, then the same again.
    Expired(String),
    /// Somebody must sign in there again.
    SignIn(String),
    /// It may have been done. Look before it is sent again.
    Unknown(String),
}

impl Trouble {
    /// The words of it.
    pub fn words(&self) -> &str {
        match self {
            Self::Refused(words) | Self::Later(words, _) | Self::Expired(words) | Self::SignIn(words) | Self::Unknown(words) => words,
        }
    }
}

/// What any answer may be instead.
pub type Answer<T> = Result<T, Trouble>;

/// The app that a merchant registered at the service.
#[derive(Clone)]
pub struct Keys {
    /// Its client id.
    pub client: String,
    /// Its secret.
    pub secret: String,
    /// Where people come back to.
    pub redirect: String,
}

/// A secret is not printed.
impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

/// What a sign-in or a refresh gives.
#[derive(Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Opens the service.
    pub access: String,
    /// Gives the next pair.
    pub refresh: String,
    /// How long the first is good, seconds.
    pub seconds: i64,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens")
    }
}

/// Where and as whom the books are asked.
#[derive(Clone)]
pub struct Session {
    /// Exact: its origin. Twinfield: the cluster. Without a slash at the end.
    pub base: String,
    /// The access token.
    pub token: String,
    /// Exact: the division. Twinfield: the office.
    pub office: String,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session")
    }
}

/// A customer as an account or debtor. Empty text is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// Ours; it is found by it.
    pub reference: String,
    /// What it is called.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Phone.
    pub phone: String,
    /// First street line.
    pub line1: String,
    /// Second street line.
    pub line2: String,
    /// City.
    pub city: String,
    /// State or province.
    pub state: String,
    /// Postcode.
    pub zip: String,
    /// ISO 3166, two letters.
    pub country: String,
    /// With its country prefix.
    pub vat_number: String,
    /// Number in a register of companies.
    pub company_id: String,
}

/// What a line sells, where the service must be told for the report of supplies inside the European Union.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supply {
    /// Nothing to tell.
    Plain,
    /// Goods to another country.
    Goods,
    /// Services to another country.
    Services,
}

/// What was taxed with one rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The ledger account, as the service names it.
    pub account: String,
    /// The VAT code, as the service names it.
    pub vat_code: String,
    /// Without tax, minor units, above zero also in a credit note.
    pub net: i64,
    /// The tax of it.
    pub tax: i64,
    /// What is sold.
    pub supply: Supply,
    /// In words.
    pub description: String,
}

/// An invoice or credit note as an entry. Amounts are minor units of the currency; days are `YYYY-MM-DD`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Our number; it is found by it.
    pub reference: String,
    /// The account it is of, as the service names it.
    pub party: String,
    /// The journal.
    pub journal: String,
    /// The ledger account of what is owed; Exact knows it by itself.
    pub receivable: String,
    /// ISO 4217.
    pub currency: String,
    /// Day of issue.
    pub day: String,
    /// Day it is due; a credit note has none.
    pub due: Option<String>,
    /// It takes back.
    pub credit: bool,
    /// In words.
    pub description: String,
    /// One for each rate.
    pub lines: Vec<Line>,
    /// The buyer's VAT number, for supplies to other countries.
    pub vat_number: String,
    /// The buyer's country.
    pub country: String,
}

/// An entry that is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Booked {
    /// The service's id.
    pub id: String,
    /// What people there call it.
    pub number: String,
}

/// What is chosen from when the books are set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    /// Journals of sales.
    Journals,
    /// Ledger accounts of revenue.
    Ledgers,
    /// Ledger accounts of what is owed.
    Receivables,
    /// VAT codes of sales.
    VatCodes,
}

/// A row of a sheet: what the service wants to be told, and what people call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// For the service.
    pub value: String,
    /// For people.
    pub name: String,
}

/// A part of a sheet, and what is asked for the next.
pub type Part = (Vec<Item>, Option<Request>);

/// An accounting service. `login` is the origin where people sign in.
pub trait Books: Sync {
    /// Where a person signs in. `state` comes back with them.
    fn sign_in(&self, login: &str, keys: &Keys, state: &str) -> String;
    /// The code they came back with, for tokens.
    fn exchange(&self, login: &str, keys: &Keys, code: &str) -> Request;
    /// A new pair of tokens.
    fn refresh(&self, login: &str, keys: &Keys, refresh: &str) -> Request;
    /// What either gave.
    fn read_tokens(&self, reply: &Reply) -> Answer<Tokens>;
    /// Not sooner than so many seconds behind the last refresh.
    fn peace(&self) -> i64;
    /// Asks where the books of who signed in are.
    fn place(&self, login: &str, token: &str) -> Request;
    /// Exact: the division. Twinfield: the cluster.
    fn read_place(&self, reply: &Reply) -> Answer<String>;
    /// What there is to choose from.
    fn sheets(&self) -> &'static [Sheet];
    /// The first part of a sheet.
    fn sheet(&self, s: &Session, sheet: Sheet) -> Request;
    /// A part that came.
    fn read_sheet(&self, s: &Session, sheet: Sheet, reply: &Reply) -> Answer<Part>;
    /// Looks for an account by our reference.
    fn find_party(&self, s: &Session, reference: &str) -> Request;
    /// Its name there, when it is there.
    fn read_found_party(&self, reference: &str, reply: &Reply) -> Answer<Option<String>>;
    /// Makes an account, or changes the one that is `known` there.
    fn put_party(&self, s: &Session, known: Option<&str>, party: &Party) -> Request;
    /// Its name there.
    fn read_party(&self, known: Option<&str>, reply: &Reply) -> Answer<String>;
    /// So many entries go in one request.
    fn batch(&self) -> usize;
    /// Looks for an entry by our reference.
    fn find_entry(&self, s: &Session, journal: &str, reference: &str) -> Request;
    /// The entry, when it is there.
    fn read_found_entry(&self, reference: &str, reply: &Reply) -> Answer<Option<Booked>>;
    /// Books entries: at least one, at most [`Books::batch`].
    fn put_entries(&self, s: &Session, entries: &[Entry]) -> Request;
    /// What became of each, in their order.
    fn read_entries(&self, entries: &[Entry], reply: &Reply) -> Vec<Answer<Booked>>;
    /// Asks whether an entry is paid.
    fn paid(&self, s: &Session, journal: &str, reference: &str) -> Request;
    /// Is it? `None` when the service does not say.
    fn read_paid(&self, reference: &str, reply: &Reply) -> Answer<Option<bool>>;
    /// Seconds of peace that an answer asks for, whatever else it says. `now` in microseconds UTC.
    fn limit(&self, reply: &Reply, now: i64) -> Option<i64>;
}

/// What is said when the service gives no words.
fn said(words: &str, otherwise: &str) -> String {
    let words: String = words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(400).collect();
    if words.is_empty() { otherwise.to_owned() } else { words }
}
