//! The top pane of a customer (SPEC 2.1), the menu of topics (2.2), the facts beside them, and the place in the list one came from (2.15).

use axum::http::Uri;
use domain::addresses::{self, Marked};
use domain::blocks::{self, Block};
use domain::conversations::recipients;
use domain::credit;
use domain::customers::list::{Indexes, ListQuery, neighbours};
use domain::customers::merge::{self, Merge};
use domain::customers::profile::{self, Topics};
use domain::customers::{Customer, MethodLine, Named, RESTORABLE};
use domain::invoices::due_days;
use domain::kit::{Address, Ctx, GroupId, Micros, Money, Right, Zone};
use domain::privacy::requests::{self, Request};
use domain::{Result, files::countries};
use store::Tx;

use super::Topic;
use crate::dashboard::{moments, tones};
use crate::look::{Form, Tab, When};

/// What this person may do with this customer as it stands: no button is shown that would be refused.
#[derive(Clone, Copy, Debug, Default)]
pub struct May {
    pub write: bool,
    pub delete: bool,
    pub restore: bool,
    pub purge: bool,
    pub order: bool,
    /// Begin a ticket or a task with it.
    pub serve: bool,
    pub pay: bool,
    pub refund: bool,
    /// Grant store credit.
    pub grant: bool,
    pub anonymise: bool,
    /// Merge it into another, or undo that.
    pub merge: bool,
    /// Take all data as a file, note requests about it.
    pub answer: bool,
}

/// Where the customer stands in the list one came from.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// "3 of 12,480", or nothing when it is no longer in the list.
    pub words: String,
    pub previous: Option<String>,
    pub next: Option<String>,
}

/// All that stands around a topic.
#[derive(Clone, Debug)]
pub struct Pane {
    pub c: Customer,
    pub zone: Zone,
    pub may: May,
    pub topics: Topics,
    pub tabs: Vec<Tab>,
    pub place: Option<Place>,
    /// `?from=…`, or empty: keeps the place in the list from page to page.
    pub suffix: String,
    /// The list one came from.
    pub list: String,
    pub groups: Vec<Named<GroupId>>,
    /// Store credit, one sum for each currency that ever had any.
    pub credit: Vec<Money>,
    /// The block that stands against the customer.
    pub block: Option<Block>,
    /// Merges into it that may still be undone, newest first.
    pub merges: Vec<Merge>,
    /// Open requests about their data.
    pub asks: Vec<Request>,
    /// Addresses of theirs that mail came back from.
    pub bounced: Vec<Marked>,
}

/// The query string of the list one came from.
pub fn from(uri: &Uri) -> Option<String> {
    url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .find(|(key, _)| key == "from")
        .map(|(_, value)| value.into_owned())
}

/// The same as an end of addresses.
pub fn suffix(uri: &Uri) -> String {
    from(uri).map_or_else(String::new, |from| format!("?from={}", encoded(&from)))
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

impl Pane {
    pub fn read(tx: &mut Tx, ctx: &Ctx, indexes: &Indexes, from: Option<&str>, zone: Zone, c: Customer, topic: Topic) -> Result<Self> {
        let topics = profile::topics(tx, ctx, &c.id)?;
        let suffix = from.map_or_else(String::new, |from| format!("?from={}", encoded(from)));
        let place = from.map(|from| place(tx, ctx, indexes, from, &c, topic, &suffix)).transpose()?;
        let here = c.deleted_at.is_none() && c.anonymised_at.is_none();
        let may = May {
            write: here && ctx.may(Right::Write),
            delete: ctx.may(Right::Delete) && c.anonymised_at.is_none(),
            restore: ctx.may(Right::Delete) && c.deleted_at.is_some_and(|at| ctx.now <= at.saturating_add(RESTORABLE)),
            purge: ctx.may(Right::Purge),
            order: c.is_active() && ctx.may(Right::Orders),
            serve: c.is_active() && ctx.may(Right::Write),
            pay: c.anonymised_at.is_none() && ctx.may(Right::Payments),
            refund: ctx.may(Right::Refund),
            anonymise: c.anonymised_at.is_none() && c.merged_into.is_none() && ctx.may(Right::Anonymise),
            merge: here && ctx.may(Right::Write) && ctx.may(Right::Delete),
            answer: ctx.may(Right::PersonalData),
            grant: here && c.merged_into.is_none() && ctx.may(Right::Refund),
        };
        let groups = if may.write { profile::groups(tx, ctx)? } else { Vec::new() };
        let tabs = tabs(&c, &topics, topic, &suffix);
        let list = from.filter(|f| !f.is_empty()).map_or_else(|| "/customers".to_owned(), |f| format!("/customers?{f}"));
        let (credit, block) = (credit::balances(tx, ctx, &c.id)?, blocks::of_customer(tx, ctx, &c.id)?);
        let merges = merge::standing(tx, ctx, &c.id)?;
        let mut asks = requests::of_customer(tx, ctx, &c.id)?;
        asks.retain(|q| q.state == requests::State::Open);
        let bounced = addresses::marked(tx, ctx, &recipients(&c))?;
        Ok(Self { c, zone, may, topics, tabs, place, suffix, list, groups, credit, block, merges, asks, bounced })
    }

    /// What the customer asks about their data and waits for: where it stands, and in words.
    pub fn asked(&self) -> Vec<(String, String)> {
        let words = |q: &Request| format!("Asked to {}, due {}", q.kind.label().to_lowercase(), moments::date(due_days(q.due_on)));
        self.asks.iter().map(|q| (format!("/customers/requests/{}", q.id), words(q))).collect()
    }

    /// Did mail to the primary address come back?
    pub fn has_bounced(&self) -> bool {
        self.bounced.iter().any(|m| m.email == self.c.email)
    }

    /// The query of the list one came from, for a hidden field.
    pub fn from(&self) -> String {
        let pairs = url::form_urlencoded::parse(self.suffix.trim_start_matches('?').as_bytes());
        pairs.into_iter().next().map_or_else(String::new, |(_, value)| value.into_owned())
    }

    /// `/customers/cus_…`
    pub fn at(&self) -> String {
        format!("/customers/{}", self.c.id)
    }

    pub fn tone(&self) -> &'static str {
        tones::of_status(self.c.status)
    }

    pub fn method_tone(&self) -> &'static str {
        tones::of_method(self.c.method_status)
    }

    pub fn day(&self, at: &Micros) -> When {
        moments::day(&self.zone, *at)
    }

    pub fn moment(&self, at: &Micros) -> When {
        moments::moment(&self.zone, *at)
    }

    /// `14 Mar 2024`, or a dash.
    pub fn date(&self, at: &Option<Micros>) -> String {
        at.map_or_else(|| "–".to_owned(), |at| moments::day(&self.zone, at).shown)
    }

    pub fn picture(&self) -> String {
        self.c.avatar.as_ref().map_or_else(String::new, |avatar| format!("{}/avatar/{avatar}", self.at()))
    }

    pub fn is_archived(&self) -> bool {
        self.c.archived_at.is_some()
    }

    pub fn is_deleted(&self) -> bool {
        self.c.deleted_at.is_some() && self.c.merged_into.is_none() && self.c.anonymised_at.is_none()
    }

    /// What was spent in other currencies: "$120.00, ¥5,000".
    pub fn other_currencies(&self) -> String {
        let others = self.c.totals.iter().filter(|t| t.currency != self.c.currency).map(|t| t.value().to_string());
        others.collect::<Vec<_>>().join(", ")
    }

    /// The average order, in the merchant's currency.
    pub fn average(&self) -> Option<String> {
        let n = self.c.order_count;
        (n > 0).then(|| Money::new((self.c.order_total + n / 2).div_euclid(n), self.c.currency).to_string())
    }

    pub fn balance(&self) -> String {
        Money::new(self.c.balance_due, self.c.currency).to_string()
    }

    /// Is there any store credit?
    pub fn has_credit(&self) -> bool {
        self.credit.iter().any(|b| b.minor > 0)
    }

    /// "€12.00, £3.00"; the merchant's own nothing where all was spent.
    pub fn credit_words(&self) -> String {
        let there: Vec<String> = self.credit.iter().filter(|b| b.minor > 0).map(Money::to_string).collect();
        if there.is_empty() { Money::new(0, self.c.currency).to_string() } else { there.join(", ") }
    }

    pub fn orders(&self) -> String {
        tones::number(self.c.order_count.unsigned_abs())
    }

    /// "Visa •••• 4242 to 08/28", or nothing.
    pub fn method(&self) -> String {
        self.c.default_method.as_ref().map_or_else(String::new, MethodLine::words)
    }

    pub fn expires(&self) -> String {
        expires(self.c.default_method.as_ref().and_then(|m| m.expires_month.zip(m.expires_year)))
    }

    pub fn billing(&self) -> Vec<String> {
        postal(&self.c.billing)
    }

    pub fn delivery(&self) -> Vec<String> {
        postal(&self.c.delivery)
    }

    pub fn language(&self) -> String {
        crate::dashboard::customers::edit::language_name(&self.c.language)
    }

    pub fn shops(&self) -> String {
        self.c.shops.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// Ids of groups and shops with their names.
    pub fn names(&self) -> Vec<(String, String)> {
        let groups = self.groups.iter().chain(&self.c.group).map(|g| (g.id.to_string(), g.name.clone()));
        groups.chain(self.c.shops.iter().map(|s| (s.id.to_string(), s.name.clone()))).collect()
    }

    /// The small form of group and tags.
    pub fn labels(&self) -> Form {
        let tags = self.c.tags.iter().map(|t| t.name.as_str()).collect::<Vec<_>>().join(", ");
        Form::of([("group", self.c.group.as_ref().map_or_else(String::new, |g| g.id.to_string())), ("tags", tags)])
    }

    pub fn group_choices(&self) -> Vec<(String, String)> {
        self.groups.iter().map(|g| (g.id.to_string(), g.name.clone())).collect()
    }

    /// The last day on which a deleted customer can be restored.
    pub fn restorable_until(&self) -> Option<Micros> {
        self.c.deleted_at.map(|at| at.saturating_add(RESTORABLE))
    }
}

/// "to 08/28"
pub fn expires(month_and_year: Option<(i64, i64)>) -> String {
    month_and_year.map_or_else(String::new, |(month, year)| format!("to {month:02}/{:02}", year.rem_euclid(100)))
}

/// An address as lines, the country by name.
pub fn postal(a: &Address) -> Vec<String> {
    let town = [&a.zip, &a.city].into_iter().filter(|t| !t.is_empty()).cloned().collect::<Vec<_>>().join(" ");
    let country = countries::name_of(&a.country).unwrap_or(&a.country).to_owned();
    [a.line1.clone(), a.line2.clone(), town, a.state.clone(), country].into_iter().filter(|t| !t.is_empty()).collect()
}

fn place(tx: &mut Tx, ctx: &Ctx, indexes: &Indexes, from: &str, c: &Customer, topic: Topic, suffix: &str) -> Result<Place> {
    let around = neighbours(tx, ctx, indexes, &ListQuery::parse(from).0, &c.id)?;
    let end = Topic::ALL.iter().find(|(t, ..)| *t == topic).map_or("", |(_, end, _)| end);
    let link = |id: Option<domain::kit::CustomerId>| id.map(|id| format!("/customers/{id}{end}{suffix}"));
    let words = around.position.map(|n| format!("{} of {}", tones::number(n), tones::number(around.total)));
    Ok(Place { words: words.unwrap_or_default(), previous: link(around.previous), next: link(around.next) })
}

fn tabs(c: &Customer, topics: &Topics, on: Topic, suffix: &str) -> Vec<Tab> {
    let count = |topic| match topic {
        Topic::Overview | Topic::Privacy => None,
        Topic::Orders => Some(topics.orders),
        Topic::Payments => Some(topics.payments),
        Topic::Methods => Some(topics.methods),
        Topic::Subscriptions => Some(topics.subscriptions),
        Topic::Invoices => Some(topics.invoices),
        Topic::Offers => Some(topics.offers),
        Topic::Contracts => Some(topics.contracts),
        Topic::Returns => Some(topics.returns),
        Topic::Tickets => Some(topics.tickets),
        Topic::Tasks => Some(topics.tasks),
        Topic::Conversations => Some(topics.conversations),
        Topic::Guests => Some(topics.guest_payments),
        Topic::Accounting => Some(topics.exports),
        Topic::Timeline => Some(topics.events),
    };
    let tab = |(topic, end, name): (Topic, &str, &str)| Tab {
        name: name.to_owned(),
        href: format!("/customers/{}{end}{suffix}", c.id),
        on: topic == on,
        count: count(topic).map(|n| tones::number(n.unsigned_abs())),
    };
    Topic::ALL.into_iter().map(tab).collect()
}
