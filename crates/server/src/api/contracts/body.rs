//! Contracts as the API writes and takes them.

use domain::contracts::{self, Edit, GivenNotice, Input, NewContract, Span, State};
use domain::kit::{Currency, CustomerId, ShopId, day_date, day_number};
use domain::subscriptions::Unit;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::subscriptions::body::day;
use crate::api::types::{Money, Named, Time, given, money, person, time};
use crate::api::words;

/// A period.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractSpan {
    #[schema(minimum = 1, maximum = 1000, example = 3)]
    pub count: i64,
    #[schema(value_type = words::CycleUnit)]
    pub unit: Unit,
}

impl From<Span> for ContractSpan {
    fn from(s: Span) -> Self {
        Self { count: s.count, unit: s.unit }
    }
}

impl ContractSpan {
    fn span(&self) -> Span {
        Span { count: self.count, unit: self.unit }
    }
}

/// A contract in a list. Days are those where the merchant lives.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContractRow {
    pub id: String,
    pub number: String,
    pub title: String,
    pub shop: Named,
    pub customer: String,
    /// What it is today.
    #[schema(value_type = words::ContractState)]
    pub state: State,
    /// For each cycle, or for the whole contract.
    pub value: Money,
    /// What the value is for; absent: the whole contract.
    pub cycle: Option<ContractSpan>,
    pub starts_on: String,
    /// The last day of the term it is in today; absent when it is open-ended.
    pub ends_on: Option<String>,
    /// It goes on by so many months when nobody gives notice; 0 is never.
    pub renew_months: i64,
    /// How long before the end notice has to be given.
    pub notice: Option<ContractSpan>,
    /// The last day for giving notice.
    pub notice_on: Option<String>,
    /// When notice was given.
    pub notice_given_on: Option<String>,
    pub created_at: Time,
    /// Since when it binds.
    pub started_at: Option<Time>,
    /// When it was ended or cancelled.
    pub closed_at: Option<Time>,
}

impl From<contracts::Summary> for ContractRow {
    fn from(s: contracts::Summary) -> Self {
        let on = |day: Option<i64>| day.map(|d| day_date(d).to_string());
        Self {
            value: money(s.amount, s.currency),
            notice_on: on(s.notice_on()),
            id: s.id.to_string(),
            number: s.number,
            title: s.title,
            shop: Named { id: s.shop.to_string(), name: s.shop_name },
            customer: s.customer.to_string(),
            state: s.state,
            cycle: s.cycle.map(Into::into),
            starts_on: day_date(s.term.starts_on).to_string(),
            ends_on: on(s.term.ends_on),
            renew_months: s.term.renew_months,
            notice: s.term.notice.map(Into::into),
            notice_given_on: on(s.notice_given_on),
            created_at: Time(s.created_at),
            started_at: time(s.started_at),
            closed_at: time(s.closed_at),
        }
    }
}

/// The signed paper.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContractFile {
    pub name: String,
    /// By its content.
    pub content_type: String,
    /// Bytes.
    pub size: i64,
    pub added_at: Time,
    pub added_by: String,
}

/// A contract, whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct Contract {
    #[serde(flatten)]
    pub row: ContractRow,
    /// For the staff.
    pub note: String,
    /// Why notice was given, or it was ended or cancelled.
    pub reason: String,
    /// How often it was renewed.
    pub renewals: i64,
    /// A task is made so many days before the last day for notice.
    pub remind_days: Option<i64>,
    /// Whose task that is.
    pub assignee: Option<Named>,
    pub file: Option<ContractFile>,
    pub created_by: String,
    /// Send it back as `expected_version`.
    pub version: i64,
}

impl From<contracts::Contract> for Contract {
    fn from(c: contracts::Contract) -> Self {
        let named = c.assignee_name;
        Self {
            note: c.note,
            reason: c.reason,
            renewals: c.summary.term.renewals,
            remind_days: c.remind_days,
            assignee: c.assignee.map(|id| Named { id: id.to_string(), name: named }),
            file: c.file.map(|f| ContractFile {
                name: f.name,
                content_type: f.content_type,
                size: f.size,
                added_at: Time(f.added_at),
                added_by: f.added_by,
            }),
            created_by: c.summary.created_by.clone(),
            version: c.summary.version,
            row: c.summary.into(),
        }
    }
}

/// A contract to be made: a draft, or one that runs at once.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractCreate {
    /// Id of a customer.
    #[schema(value_type = String)]
    pub customer: CustomerId,
    /// Id of a shop.
    #[schema(value_type = String)]
    pub shop: ShopId,
    /// ISO 4217; absent: the shop's.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub currency: Option<Currency>,
    /// It runs at once; absent: it is a draft.
    #[serde(default)]
    pub start: bool,
    #[schema(example = "Machine on loan")]
    pub title: String,
    #[serde(default)]
    pub note: String,
    /// Minor units, for each cycle or for the whole contract.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub amount: i64,
    /// Absent: the amount is for the whole contract.
    #[serde(default)]
    pub cycle: Option<ContractSpan>,
    #[schema(example = "2026-07-01")]
    pub starts_on: String,
    /// Absent: open-ended.
    #[serde(default)]
    #[schema(example = "2027-06-30")]
    pub ends_on: Option<String>,
    /// It goes on by so many months when nobody gives notice; 0 is never.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 120)]
    pub renew_months: i64,
    #[serde(default)]
    pub notice: Option<ContractSpan>,
    /// A task is made so many days before the last day for notice.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 730)]
    pub remind_days: Option<i64>,
    /// Id of a person of the staff who may edit customers: whose task that is.
    #[serde(default)]
    pub assignee: Option<String>,
}

impl ContractCreate {
    /// As the verb takes it.
    ///
    /// # Errors
    /// Field errors for days and for the assignee.
    pub fn input(&self) -> domain::Result<NewContract> {
        Ok(NewContract {
            customer: self.customer.clone(),
            shop: self.shop.clone(),
            currency: self.currency,
            input: Input {
                title: self.title.clone(),
                note: self.note.clone(),
                amount: self.amount,
                cycle: self.cycle.as_ref().map(ContractSpan::span),
                starts_on: day("starts_on", &self.starts_on)?,
                ends_on: self.ends_on.as_deref().map(|d| day("ends_on", d)).transpose()?,
                renew_months: self.renew_months,
                notice: self.notice.as_ref().map(ContractSpan::span),
                remind_days: self.remind_days,
                assignee: self.assignee.as_deref().map(person).transpose()?,
            },
        })
    }
}

/// A change; what is absent stays, `null` is none.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ContractPatch {
    /// The version that was looked at: answers 409 `stale` when somebody changed the contract since.
    pub expected_version: Option<i64>,
    pub title: Option<String>,
    pub note: Option<String>,
    /// Minor units.
    pub amount: Option<i64>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<ContractSpan>)]
    pub cycle: Option<Option<ContractSpan>>,
    #[schema(example = "2026-07-01")]
    pub starts_on: Option<String>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "2027-06-30")]
    pub ends_on: Option<Option<String>>,
    #[schema(minimum = 0, maximum = 120)]
    pub renew_months: Option<i64>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<ContractSpan>)]
    pub notice: Option<Option<ContractSpan>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    pub remind_days: Option<Option<i64>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub assignee: Option<Option<String>>,
}

impl ContractPatch {
    /// What changes of what is agreed now.
    ///
    /// # Errors
    /// Field errors for days and for the assignee.
    pub fn edit(&self, mut input: Input) -> domain::Result<Edit> {
        let span = |s: &Option<ContractSpan>| s.as_ref().map(ContractSpan::span);
        if let Some(title) = &self.title {
            input.title.clone_from(title);
        }
        if let Some(note) = &self.note {
            input.note.clone_from(note);
        }
        input.amount = self.amount.unwrap_or(input.amount);
        input.cycle = self.cycle.as_ref().map_or(input.cycle, span);
        if let Some(first) = &self.starts_on {
            input.starts_on = day("starts_on", first)?;
        }
        if let Some(last) = &self.ends_on {
            input.ends_on = last.as_deref().map(|d| day("ends_on", d)).transpose()?;
        }
        input.renew_months = self.renew_months.unwrap_or(input.renew_months);
        input.notice = self.notice.as_ref().map_or(input.notice, span);
        input.remind_days = self.remind_days.unwrap_or(input.remind_days);
        if let Some(id) = &self.assignee {
            input.assignee = id.as_deref().map(person).transpose()?;
        }
        Ok(Edit { expected_version: self.expected_version, input })
    }
}

/// Notice that was given.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ContractNotice {
    /// The last day that both agreed on; absent: the one that follows from the term.
    #[schema(example = "2026-12-31")]
    pub ends_on: Option<String>,
    pub reason: String,
}

impl ContractNotice {
    /// As the verb takes it.
    ///
    /// # Errors
    /// A field error for `ends_on`.
    pub fn input(&self) -> domain::Result<GivenNotice> {
        let ends_on = self.ends_on.as_deref().map(|d| Ok::<_, domain::Error>(i64::from(day_number(day("ends_on", d)?)))).transpose()?;
        Ok(GivenNotice { ends_on, reason: self.reason.clone() })
    }
}

/// Why a contract is ended or cancelled.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ContractClose {
    pub reason: String,
}
