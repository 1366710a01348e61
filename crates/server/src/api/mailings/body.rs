//! Mailings as the API writes and takes them.

use domain::customers::bulk::Selection;
use domain::kit::{CustomerId, TemplateId};
use domain::mailings::listed::Listed;
use domain::mailings::{self as room, Counts, NewMailing, Outcome, Skip, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::customers::bulk::selection;
use crate::api::types::{Named, Time, time};
use crate::api::words;

/// A mailing.
#[derive(Debug, Serialize, ToSchema)]
pub struct Mailing {
    pub id: String,
    #[schema(value_type = words::MailingState)]
    pub state: State,
    pub shop: Named,
    pub template: String,
    /// The version of the template that is sent.
    pub template_version: i64,
    /// What the template was called then.
    pub name: String,
    pub subject: String,
    /// At most so many mails a minute.
    pub per_minute: i64,
    /// Only to those who agreed to marketing.
    pub consenting_only: bool,
    /// So many customers were chosen.
    pub total: i64,
    pub counts: MailingCounts,
    /// Id of the job that does it.
    pub job: String,
    pub created_at: Time,
    pub created_by: String,
    pub ended_at: Option<Time>,
}

/// Its lines by outcome.
#[derive(Debug, Serialize, ToSchema)]
pub struct MailingCounts {
    /// In the outbox.
    pub queued: i64,
    pub sent: i64,
    pub failed: i64,
    /// May have arrived; not sent again by itself.
    pub unknown: i64,
    pub skipped: i64,
}

impl From<&Counts> for MailingCounts {
    fn from(c: &Counts) -> Self {
        Self {
            queued: c.of(Outcome::Queued),
            sent: c.of(Outcome::Sent),
            failed: c.of(Outcome::Failed),
            unknown: c.of(Outcome::Unknown),
            skipped: c.of(Outcome::Skipped),
        }
    }
}

impl From<Listed> for Mailing {
    fn from(row: Listed) -> Self {
        let m = row.mailing;
        Self {
            id: m.id.to_string(),
            state: m.state,
            shop: Named { id: m.shop.to_string(), name: m.shop_name },
            template: m.template.to_string(),
            template_version: m.version,
            name: m.name,
            subject: m.subject,
            per_minute: m.per_minute,
            consenting_only: m.consenting_only,
            total: m.total,
            counts: MailingCounts::from(&row.counts),
            job: m.job.to_string(),
            created_at: Time(m.created_at),
            created_by: m.created_by,
            ended_at: time(m.ended_at),
        }
    }
}

/// A mailing to be begun, or looked at before: to the customers with these ids, or to all that match.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailingCreate {
    #[schema(value_type = String)]
    pub template: TemplateId,
    /// At most 10,000; either this or `query`.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    pub ids: Option<Vec<CustomerId>>,
    /// A query string of `GET /customers`; empty means all.
    #[serde(default)]
    #[schema(example = "status=idle")]
    pub query: Option<String>,
    /// Of those that match, not these.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub except: Vec<CustomerId>,
    /// At most so many mails a minute.
    #[serde(default = "usual")]
    #[schema(minimum = 1, maximum = 60000)]
    pub per_minute: i64,
    /// Only to those who agreed to marketing; otherwise to everybody who did not say no.
    #[serde(default)]
    pub consenting_only: bool,
}

fn usual() -> i64 {
    300
}

impl MailingCreate {
    /// Whom it chooses.
    ///
    /// # Errors
    /// A field error for `ids`.
    pub fn selection(&self) -> domain::Result<Selection> {
        selection(self.ids.as_ref(), self.query.as_ref(), &self.except)
    }

    /// As the verb takes it.
    ///
    /// # Errors
    /// A field error for `ids`.
    pub fn input(&self) -> domain::Result<NewMailing> {
        Ok(NewMailing {
            template: self.template.clone(),
            selection: self.selection()?,
            per_minute: self.per_minute,
            consenting_only: self.consenting_only,
        })
    }
}

/// So many are skipped for this reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct SkippedCount {
    #[schema(value_type = words::MailingSkip)]
    pub reason: Skip,
    pub count: u64,
}

/// Somebody who would not get it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SkippedCustomer {
    pub customer: String,
    pub name: String,
    pub email: String,
    #[schema(value_type = words::MailingSkip)]
    pub reason: Skip,
}

/// The mail of the first customer who would get it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SampleMail {
    pub customer: String,
    pub to: String,
    pub subject: String,
    pub body: String,
}

/// What a mailing would do, now.
#[derive(Debug, Serialize, ToSchema)]
pub struct MailingPreview {
    /// So many would get it.
    pub will: u64,
    pub skipped: Vec<SkippedCount>,
    /// The first 200 of those.
    pub named: Vec<SkippedCustomer>,
    /// Absent when nobody would get it.
    pub sample: Option<SampleMail>,
}

impl From<room::Preview> for MailingPreview {
    fn from(p: room::Preview) -> Self {
        let named = p.named.into_iter().map(|s| SkippedCustomer {
            customer: s.customer.to_string(),
            name: s.name,
            email: s.email,
            reason: s.reason,
        });
        Self {
            will: p.will,
            skipped: p.skipped.into_iter().map(|(reason, count)| SkippedCount { reason, count }).collect(),
            named: named.collect(),
            sample: p.sample.zip(p.mail).map(|((_, customer, _, to), mail)| SampleMail {
                customer: customer.to_string(),
                to,
                subject: mail.subject,
                body: mail.body,
            }),
        }
    }
}

/// The mail of one customer, sent to somebody who looks at it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrialCreate {
    #[schema(value_type = String)]
    pub template: TemplateId,
    /// Whose mail.
    #[schema(value_type = String)]
    pub customer: CustomerId,
    /// To whom.
    #[schema(example = "desk@example.com")]
    pub to: String,
}

/// A trial in the outbox.
#[derive(Debug, Serialize, ToSchema)]
pub struct Trial {
    /// Id of the mail.
    pub mail: String,
}

/// The line of one customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct MailingLine {
    /// Its place, from 1.
    pub position: i64,
    pub customer: String,
    pub customer_name: String,
    /// Id of the mail, while there is one.
    pub mail: Option<String>,
    #[schema(value_type = words::MailingOutcome)]
    pub outcome: Outcome,
    /// Why it was skipped.
    #[schema(value_type = Option<words::MailingSkip>)]
    pub reason: Option<Skip>,
    /// What the server or the template said.
    pub detail: String,
    pub at: Time,
    /// When mail to the address came back.
    pub bounced_at: Option<Time>,
    /// When the reader wanted no more.
    pub unsubscribed_at: Option<Time>,
}

impl From<room::Line> for MailingLine {
    fn from(l: room::Line) -> Self {
        Self {
            position: l.position,
            customer: l.customer.to_string(),
            customer_name: l.customer_name,
            mail: l.mail.map(|m| m.to_string()),
            outcome: l.outcome,
            reason: l.reason,
            detail: l.detail,
            at: Time(l.at),
            bounced_at: time(l.bounced_at),
            unsubscribed_at: time(l.unsubscribed_at),
        }
    }
}
