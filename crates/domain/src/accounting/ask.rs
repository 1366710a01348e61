//! A piece of work as a request of its service, and the service's reply as what came of each row. Pure: nothing is sent.

use ::providers::accounting::{Answer, Booked, Books, Session, Trouble};
use ::providers::wire::{Reply, Request};

use super::work::{Export, Told, What, Work, action};
use super::{Action, Kind};

impl Work {
    /// What was tried with a row.
    /// What it is about, row by row, with what is tried.
    pub(crate) fn subjects(&self) -> Vec<(String, Action)> {
        self.rows.iter().map(|row| (row.subject.clone(), self.action(row))).collect()
    }

    /// Is it about invoices?
    pub(crate) fn is_of_papers(&self) -> bool {
        self.rows.iter().any(|row| row.kind == Kind::Invoice)
    }

    /// The version of the customer that is sent; 0 for what has none.
    pub(crate) fn version(&self) -> i64 {
        match &self.what {
            What::PutParty(_, version) => *version,
            _ => 0,
        }
    }

    pub(super) fn action(&self, row: &Export) -> Action {
        match self.what {
            What::FindParty | What::FindEntry => Action::Find,
            What::PutParty(..) => action(row),
            What::Book(_) => Action::Create,
            What::Paid => Action::Paid,
        }
    }

    /// May something have been done although no answer came?
    pub(super) fn writes(&self) -> bool {
        matches!(self.what, What::PutParty(..) | What::Book(_))
    }

    fn first(&self) -> (&str, Option<&str>) {
        self.rows.first().map_or(("", None), |row| (row.reference.as_str(), row.remote.as_deref()))
    }

    /// What is sent.
    pub fn request(&self, s: &Session) -> Request {
        let (books, (reference, remote)) = (self.books(), self.first());
        match &self.what {
            What::FindParty => books.find_party(s, reference),
            What::PutParty(party, _) => books.put_party(s, remote, party),
            What::FindEntry => books.find_entry(s, &self.journal, reference),
            What::Book(entries) => books.put_entries(s, entries),
            What::Paid => books.paid(s, &self.journal, reference),
        }
    }

    /// What came of each row, in their order.
    pub fn read(&self, reply: &Reply) -> Vec<Answer<Told>> {
        let (books, (reference, remote)) = (self.books(), self.first());
        let booked = |b: Booked| Told::There(b.id, b.number, 0);
        match &self.what {
            What::FindParty => {
                // The version is nobody's: what is there is changed to what the customer is now, next time.
                let told = |found: Option<String>| found.map_or(Told::NotThere, |id| Told::There(id, String::new(), 0));
                vec![books.read_found_party(reference, reply).map(told)]
            }
            What::PutParty(_, version) => {
                vec![books.read_party(remote, reply).map(|id| Told::There(id, String::new(), *version))]
            }
            What::FindEntry => vec![books.read_found_entry(reference, reply).map(|found| found.map_or(Told::NotThere, booked))],
            What::Book(entries) => books.read_entries(entries, reply).into_iter().map(|a| a.map(booked)).collect(),
            What::Paid => vec![books.read_paid(reference, reply).map(Told::Paid)],
        }
    }

    /// The same when no answer came: what was written may be there.
    pub fn lost(&self, words: &str) -> Vec<Answer<Told>> {
        let trouble = if self.writes() { Trouble::Unknown(words.to_owned()) } else { Trouble::Later(words.to_owned(), None) };
        self.failed(&trouble)
    }

    /// The same trouble for each row.
    pub fn failed(&self, trouble: &Trouble) -> Vec<Answer<Told>> {
        self.rows.iter().map(|_| Err(trouble.clone())).collect()
    }

    fn books(&self) -> &'static dyn Books {
        self.service.books()
    }
}
