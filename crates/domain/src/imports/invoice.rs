//! One row of a file of orders, and the invoice that rows with one number make. Pure.
//!
//! A shop's cancellations come as invoices of their own (`C…`, or a total below zero), and corrections of bad debt as `A…`; both are told
//! apart here and nowhere else.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::customers::country;
use crate::files::{DateOrder, Layout, Moment, Row, Target, values};
use crate::kit::{Currency, Email, Micros, exact_to_minor};
use crate::merchants::Settings;
use crate::orders::State;

/// One row.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Line {
    /// The row below the header.
    pub row: u64,
    pub sku: String,
    pub title: String,
    /// Exact, as it is kept: `6`, `2.55`.
    pub quantity: String,
    pub price: String,
    pub at: Micros,
    pub currency: String,
    /// How far its order came, when the file says so.
    pub state: Option<State>,
    pub customer: Buyer,
}

impl Line {
    /// Quantity times price, exactly; nothing when it is beyond all measure.
    pub(super) fn amount(&self) -> Option<Decimal> {
        Decimal::from_str_exact(&self.quantity).ok()?.checked_mul(Decimal::from_str_exact(&self.price).ok()?)
    }
}

/// Who it was, as far as the row says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Buyer {
    pub number: String,
    pub email: String,
    pub name: String,
    pub country: String,
}

impl Buyer {
    /// By what rows of one customer belong together; empty for a guest.
    pub(super) fn key(&self) -> String {
        match (&self.number, &self.email) {
            (number, _) if !number.is_empty() => format!("n{number}"),
            (_, email) if !email.is_empty() => format!("e{}", email.to_lowercase()),
            _ => String::new(),
        }
    }
}

/// What an invoice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum What {
    Sale,
    Cancellation,
    Adjustment,
}

/// All rows with one number.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Invoice {
    pub number: String,
    pub what: What,
    /// The earliest of its rows: some span two minutes.
    pub at: Micros,
    pub customer: Buyer,
    pub currency: String,
    /// History arrives closed unless the file says otherwise.
    pub state: State,
    /// Minor units, the exact sum rounded once; below zero for what is taken back.
    pub total: i64,
    pub lines: Vec<Line>,
}

/// What reading rows of orders needs to know.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    pub layout: Layout,
    pub settings: Settings,
    pub now: Micros,
    pub dates: DateOrder,
    pub currency: Currency,
}

impl Reader {
    /// The number of the invoice a row belongs to; may be empty.
    pub(super) fn number(&self, row: &Row) -> String {
        values::identifier(&self.layout.text(row, &Target::OrderNumber)).to_owned()
    }

    /// Reads a row.
    ///
    /// # Errors
    /// In words, everything that is wrong with it.
    pub(super) fn line(&self, row: &Row) -> Result<Line, String> {
        let mut wrong = Vec::new();
        let text = |target: &Target| self.layout.text(row, target);
        let quantity = values::decimal(&text(&Target::Quantity)).map_err(|e| wrong.push(format!("Quantity: {e}")));
        let price = values::decimal(&text(&Target::UnitPrice)).map_err(|e| wrong.push(format!("Unit price: {e}")));
        let at = self.date(&text(&Target::OrderedAt)).map_err(|e| wrong.push(e));
        let currency = Some(text(&Target::Currency)).filter(|c| !c.is_empty());
        let currency = currency.map_or(Some(self.currency), |c| Currency::of(&c));
        let state = state(&text(&Target::OrderState)).map_err(|e| wrong.push(e));
        let email = text(&Target::CustomerEmail);
        if currency.is_none() {
            wrong.push(format!("“{}” is no currency of ISO 4217, such as EUR.", text(&Target::Currency)));
        }
        if !email.is_empty() && Email::parse(&email).is_none() {
            wrong.push(format!("“{email}” is no e-mail address."));
        }
        if self.number(row).is_empty() {
            wrong.push("The order number is missing.".to_owned());
        }
        let customer = Buyer {
            number: values::identifier(&text(&Target::CustomerNumber)).to_owned(),
            email,
            name: text(&Target::CustomerName),
            country: two_letters(&text(&Target::CustomerCountry)),
        };
        for (what, value, most) in
            [("The customer number", &customer.number, 40), ("The name", &customer.name, 200), ("The order number", &self.number(row), 60)]
        {
            if value.chars().count() > most || value.contains('\0') {
                wrong.push(format!("{what} is too long."));
            }
        }
        match (quantity, price, at, currency, state) {
            (Ok(quantity), Ok(price), Ok(at), Some(currency), Ok(state)) if wrong.is_empty() => Ok(Line {
                row: row.number(),
                sku: text(&Target::Sku),
                title: text(&Target::Title),
                quantity: quantity.normalize().to_string(),
                price: price.normalize().to_string(),
                at,
                currency: currency.code().to_owned(),
                state,
                customer,
            }),
            _ => Err(wrong.join(" ")),
        }
    }

    fn date(&self, text: &str) -> Result<Micros, String> {
        let at = Moment::parse(text, self.dates)?.micros(self.settings.zone.tz());
        let at = at.ok_or_else(|| format!("“{text}” is beyond the years that can be kept."))?;
        if at > self.now { Err(format!("“{text}” is in the future.")) } else { Ok(at) }
    }

    /// Makes one invoice of its rows.
    ///
    /// # Errors
    /// In words, when they contradict each other or do not add up.
    pub(super) fn invoice(&self, number: &str, mut lines: Vec<Line>) -> Result<Invoice, String> {
        lines.sort_by_key(|l| l.row);
        let Some(first) = lines.first() else { return Err("The order has no line.".to_owned()) };
        let currency = first.currency.clone();
        if lines.iter().any(|l| l.currency != currency) {
            return Err(format!("Order {number} has two currencies."));
        }
        let mut states = lines.iter().filter_map(|l| l.state);
        let state = states.next().unwrap_or(State::Closed);
        if states.any(|other| other != state) {
            return Err(format!("Order {number} has two states."));
        }
        let buyers: Vec<&Buyer> = lines.iter().map(|l| &l.customer).filter(|b| !b.key().is_empty()).collect();
        if buyers.iter().any(|b| b.key() != buyers[0].key()) {
            return Err(format!("Order {number} has two customers."));
        }
        let customer = buyers.last().map_or_else(|| first.customer.clone(), |b| (*b).clone());
        let sum = lines.iter().try_fold(Decimal::ZERO, |sum, l| l.amount().and_then(|a| sum.checked_add(a)));
        let money = Currency::of(&currency).and_then(|c| exact_to_minor(sum?, c));
        let Some(total) = money.filter(|t| t.abs() <= crate::payments::MAX_MINOR) else {
            return Err(format!("The total of order {number} is too large."));
        };
        let at = lines.iter().map(|l| l.at).min().unwrap_or(first.at);
        let what = self.what(number, total);
        if what != What::Sale && !is_paid(state) {
            return Err(format!("Order {number} takes money back, and is {}: nothing was paid back.", state.label().to_lowercase()));
        }
        Ok(Invoice { number: number.to_owned(), what, at, customer, currency, state, total, lines })
    }

    fn what(&self, number: &str, total: i64) -> What {
        let mut rest = number.chars();
        let letter =
            rest.next().filter(|_| self.layout.name == "online-retail" && !rest.as_str().is_empty() && rest.all(|c| c.is_ascii_digit()));
        match letter {
            Some('C' | 'c') => What::Cancellation,
            Some('A' | 'a') => What::Adjustment,
            _ if total < 0 => What::Cancellation,
            _ => What::Sale,
        }
    }
}

/// Was an order in this state paid, as far as history tells?
pub(super) fn is_paid(state: State) -> bool {
    matches!(state, State::Paid | State::Fulfilled | State::Closed)
}

/// Our own words for the states of an order, whatever the case.
fn state(text: &str) -> Result<Option<State>, String> {
    let word = text.to_lowercase();
    match word.as_str() {
        "" => Ok(None),
        "canceled" => Ok(Some(State::Cancelled)),
        word => word.parse().map(Some).map_err(|_| {
            format!("“{text}” is no state of an order. Use draft, open, paid, fulfilled, closed or cancelled, or leave the cell empty: paid and closed.")
        }),
    }
}

/// A country we do not know by name is left out rather than refused: it is not what the file is about.
fn two_letters(text: &str) -> String {
    Some(country(text)).filter(|c| c.len() == 2 && c.bytes().all(|b| b.is_ascii_alphabetic())).unwrap_or_default()
}
