//! The two statuses of a customer as pure functions of facts and of a moment (SPEC 4).
//!
//! What is kept in the row is a *base* and the moment at which time alone changes it; every read compares with its own clock, so no
//! read shows yesterday's status, also after days switched off (SPEC 4.2).

use std::fmt;
use std::str::FromStr;

use crate::kit::{Micros, Zone};

/// Exactly one at any time; the first that fits (SPEC 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Status {
    /// Personal data has been erased; final.
    Anonymised = 1,
    /// Deleted and not restored; also merged into another.
    Deleted = 2,
    /// Archived, that is deactivated.
    Archived = 3,
    /// At least one live subscription.
    Subscriber = 4,
    /// A subscription has ended, none is live, nothing was bought one-off since.
    Churned = 5,
    /// The latest settled payment is at most N days old.
    Active = 6,
    /// Has settled payments, all older.
    Idle = 7,
    /// Everyone else.
    Prospect = 8,
}

/// All statuses in the order of SPEC 4.
pub const ALL_STATUSES: [Status; 8] = [
    Status::Anonymised,
    Status::Deleted,
    Status::Archived,
    Status::Subscriber,
    Status::Churned,
    Status::Active,
    Status::Idle,
    Status::Prospect,
];

impl Status {
    /// The number in the database and in the index.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// From the number.
    pub fn of(code: i64) -> Option<Self> {
        ALL_STATUSES.into_iter().find(|s| i64::from(s.code()) == code)
    }

    /// The name in addresses and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Anonymised => "anonymised",
            Self::Deleted => "deleted",
            Self::Archived => "archived",
            Self::Subscriber => "subscriber",
            Self::Churned => "churned",
            Self::Active => "active",
            Self::Idle => "idle",
            Self::Prospect => "prospect",
        }
    }

    /// The word on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Anonymised => "Anonymised",
            Self::Deleted => "Deleted",
            Self::Archived => "Archived",
            Self::Subscriber => "Subscriber",
            Self::Churned => "Churned",
            Self::Active => "Active",
            Self::Idle => "Idle",
            Self::Prospect => "Prospect",
        }
    }

    /// What the kept status has become at `now`, given the last microsecond (inclusive) it holds.
    pub fn at(self, until: Option<Micros>, now: Micros) -> Self {
        match (self, until) {
            (Self::Subscriber, Some(until)) if now > until => Self::Churned,
            (Self::Active, Some(until)) if now > until => Self::Idle,
            _ => self,
        }
    }

    /// Is it one of the five that the list shows when nothing is chosen (SPEC 1.9)?
    pub fn is_live(self) -> bool {
        self >= Self::Subscriber
    }
}

impl FromStr for Status {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        ALL_STATUSES.into_iter().find(|s| s.name() == text).ok_or(())
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// What the status is worked out from. Only live-mode money and subscriptions are handed in (SPEC 4.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusFacts {
    /// Personal data was erased.
    pub anonymised: bool,
    /// Deleted, or merged into another.
    pub deleted: bool,
    /// Archived.
    pub archived: bool,
    /// The last microsecond of the longest live subscription: `Some(None)` when it has no end in sight, `None` when none is live.
    pub live_until: Option<Option<Micros>>,
    /// When the last of the ended subscriptions ended.
    pub ended_at: Option<Micros>,
    /// Latest settled payment that still counts (not bounced, no lost dispute).
    pub last_paid: Option<Micros>,
    /// Latest of those that was bought one-off, that is not by a subscription.
    pub last_one_off: Option<Micros>,
}

/// A kept status and the last microsecond (inclusive) until which it holds by time alone.
pub type Kept = (Status, Option<Micros>);

/// The first status that fits at `now` (SPEC 4). `active_days` is N; "exactly N days old" is the same wall time N days later in the merchant's zone.
pub fn work_out(facts: &StatusFacts, now: Micros, active_days: i64, zone: &Zone) -> Kept {
    if facts.anonymised {
        return (Status::Anonymised, None);
    }
    if facts.deleted {
        return (Status::Deleted, None);
    }
    if facts.archived {
        return (Status::Archived, None);
    }
    match facts.live_until {
        Some(None) => return (Status::Subscriber, None),
        Some(Some(until)) if now <= until => return (Status::Subscriber, Some(until)),
        _ => {}
    }
    // A subscription handed in as live may have run out meanwhile: then it ended at that moment.
    let ended = facts.ended_at.max(facts.live_until.flatten());
    if let Some(ended) = ended
        && facts.last_one_off.is_none_or(|paid| paid <= ended)
    {
        return (Status::Churned, None);
    }
    match facts.last_paid {
        Some(paid) => {
            let until = zone.add_days(paid, active_days);
            if now <= until { (Status::Active, Some(until)) } else { (Status::Idle, None) }
        }
        None => (Status::Prospect, None),
    }
}

/// Payment method status, of the default method (SPEC 4); the first that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum MethodStatus {
    /// Nothing attached or recorded.
    None = 0,
    /// Only cash, cheque, transfer.
    Manual = 1,
    /// The last attempt failed hard.
    Invalid = 2,
    /// Its last day has passed.
    Expired = 3,
    /// The last attempt lacked funds.
    InsufficientFunds = 4,
    /// The last day is 0 to 29 days away.
    ExpiringSoon = 5,
    /// Everything else.
    Active = 6,
}

/// All seven, in the order of SPEC 4.
pub const ALL_METHOD_STATUSES: [MethodStatus; 7] = [
    MethodStatus::None,
    MethodStatus::Manual,
    MethodStatus::Invalid,
    MethodStatus::Expired,
    MethodStatus::InsufficientFunds,
    MethodStatus::ExpiringSoon,
    MethodStatus::Active,
];

impl MethodStatus {
    /// The number in the database and in the index.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// From the number.
    pub fn of(code: i64) -> Option<Self> {
        ALL_METHOD_STATUSES.into_iter().find(|s| i64::from(s.code()) == code)
    }

    /// The name in addresses and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Manual => "manual",
            Self::Invalid => "invalid",
            Self::Expired => "expired",
            Self::InsufficientFunds => "insufficient_funds",
            Self::ExpiringSoon => "expiring_soon",
            Self::Active => "active",
        }
    }

    /// The word on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Manual => "Manual",
            Self::Invalid => "Invalid",
            Self::Expired => "Expired",
            Self::InsufficientFunds => "Insufficient funds",
            Self::ExpiringSoon => "Expiring soon",
            Self::Active => "Active",
        }
    }

    /// What a kept base (None, Manual, Invalid, InsufficientFunds or Active) is on `today` (day number in the merchant's zone), given the card's last
    /// valid day.
    pub fn on(self, expires_day: Option<i32>, today: i32) -> Self {
        match (self, expires_day) {
            (Self::None | Self::Manual | Self::Invalid, _) => self,
            (_, Some(last)) if today > last => Self::Expired,
            (Self::InsufficientFunds, _) => self,
            (_, Some(last)) if last - today <= 29 => Self::ExpiringSoon,
            _ => Self::Active,
        }
    }
}

impl FromStr for MethodStatus {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        ALL_METHOD_STATUSES.into_iter().find(|s| s.name() == text).ok_or(())
    }
}

impl fmt::Display for MethodStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// The last valid day of a card (the last day of its month) as a day number; `None` when there is no such month.
pub fn last_day(year: i64, month: i64) -> Option<i32> {
    let date = jiff::civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, 1).ok()?;
    Some(crate::kit::day_number(date.last_of_month()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::DAY;

    fn paid(at: Micros) -> StatusFacts {
        StatusFacts { last_paid: Some(at), last_one_off: Some(at), ..StatusFacts::default() }
    }

    #[test]
    fn exactly_n_days_old_is_still_active() {
        let utc = Zone::utc();
        assert_eq!(work_out(&paid(0), 60 * DAY, 60, &utc).0, Status::Active);
        assert_eq!(work_out(&paid(0), 60 * DAY + 1, 60, &utc).0, Status::Idle);
        let (kept, until) = work_out(&paid(0), DAY, 60, &utc);
        assert_eq!(kept.at(until, 60 * DAY), Status::Active);
        assert_eq!(kept.at(until, 60 * DAY + 1), Status::Idle);
    }

    #[test]
    fn a_subscription_that_ended_churns_until_something_is_bought_one_off() {
        let utc = Zone::utc();
        let mut facts = StatusFacts { ended_at: Some(10), last_paid: Some(9), last_one_off: Some(9), ..StatusFacts::default() };
        assert_eq!(work_out(&facts, 20, 60, &utc).0, Status::Churned);
        facts.last_one_off = Some(11);
        facts.last_paid = Some(11);
        assert_eq!(work_out(&facts, 20, 60, &utc).0, Status::Active);
        facts.live_until = Some(Some(30));
        assert_eq!(work_out(&facts, 30, 60, &utc), (Status::Subscriber, Some(30)));
        assert_eq!(Status::Subscriber.at(Some(30), 31), work_out(&facts, 31, 60, &utc).0);
    }

    #[test]
    fn a_card_ends_with_the_last_day_of_its_month() {
        let last = last_day(2026, 2).unwrap();
        assert_eq!(last, crate::kit::day_number(jiff::civil::date(2026, 2, 28)));
        let on = |today| MethodStatus::Active.on(Some(last), today);
        assert_eq!(on(last - 30), MethodStatus::Active);
        assert_eq!(on(last - 29), MethodStatus::ExpiringSoon);
        assert_eq!(on(last), MethodStatus::ExpiringSoon);
        assert_eq!(on(last + 1), MethodStatus::Expired);
        assert_eq!(MethodStatus::InsufficientFunds.on(Some(last), last + 1), MethodStatus::Expired);
        assert_eq!(MethodStatus::Invalid.on(Some(last), last + 1), MethodStatus::Invalid);
        assert_eq!(last_day(2026, 13), None);
    }
}
