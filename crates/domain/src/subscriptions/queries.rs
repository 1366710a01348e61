//! All SQL of the room.

use std::sync::LazyLock;

use store::Stmt;

use crate::customers::list::queries::Some2;

macro_rules! columns {
    () => {
        "s.id, s.customer_id, s.shop_id, s.name, s.status, s.live, s.currency, s.amount, s.cycle_unit, s.cycle_count, s.provider,
        s.provider_ref, s.method_id, s.started_at, s.trial_until, s.next_payment_at, s.ends_at,
        EXISTS (SELECT 1 FROM subscription_runs u WHERE u.merchant_id = s.merchant_id AND u.subscription_id = s.id)"
    };
}
macro_rules! row {
    ($rest:literal) => {
        concat!("SELECT ", columns!(), " FROM subscriptions s WHERE s.merchant_id = $1 AND ", $rest)
    };
}

macro_rules! period {
    ($rest:literal) => {
        concat!(
            "SELECT number, due_day, amount, state, attempts, base_day, next_day, hard, payment_id, failure FROM subscription_periods
            WHERE merchant_id = $1 AND subscription_id = $2 AND ",
            $rest
        )
    };
}
macro_rules! plan {
    ($rest:literal) => {
        concat!(
            "SELECT id, shop_id, name, currency, amount, cycle_unit, cycle_count, trial_days, retry_days, created_at, archived_at FROM plans WHERE ",
            $rest
        )
    };
}

store::statements! {
    pub FIND = row!("s.id = $2");
    pub FIND_REF = row!("s.provider = $2 AND s.provider_ref = $3");
    pub OF_CUSTOMER = row!("s.customer_id = $2 ORDER BY s.started_at DESC, s.id DESC");
    /// Those whose time is over and whose row does not say so yet.
    pub OVERDUE = "SELECT customer_id FROM subscriptions WHERE merchant_id = $1 AND ends_at IS NOT NULL AND status <> 'ended' AND ends_at < $2
        ORDER BY ends_at LIMIT $3";
    pub OVERDUE_OF = row!("s.customer_id = $2 AND s.status <> 'ended' AND s.ends_at IS NOT NULL AND s.ends_at < $3 ORDER BY s.ends_at, s.id");
    pub INSERT = "INSERT INTO subscriptions (merchant_id, id, customer_id, shop_id, name, status, live, currency, amount, cycle_unit, cycle_count,
        provider, provider_ref, method_id, started_at, trial_until, next_payment_at, ends_at, created_at, updated_at, import_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19, $20)";
    pub UPDATE = "UPDATE subscriptions SET name = $3, status = $4, currency = $5, amount = $6, cycle_unit = $7, cycle_count = $8, method_id = $9,
        trial_until = $10, next_payment_at = $11, ends_at = $12, updated_at = $13 WHERE merchant_id = $1 AND id = $2";
    pub OWNER = "SELECT customer_id FROM subscriptions WHERE merchant_id = $1 AND id = $2";

    // What Regulars runs itself.
    /// The directory: what is due, over all merchants, the longest overdue first.
    pub DUE = "SELECT merchant_id, subscription_id FROM subscription_runs WHERE act_at IS NOT NULL AND act_at <= $1
        ORDER BY act_at, merchant_id, subscription_id LIMIT $2";
    pub RUN = "SELECT u.plan_id, u.quantity, u.anchor_day, u.anchor_number, u.number, u.paused_at, u.end_reason, p.retry_days FROM subscription_runs u
        LEFT JOIN plans p ON p.merchant_id = u.merchant_id AND p.id = u.plan_id WHERE u.merchant_id = $1 AND u.subscription_id = $2";
    pub OWN_OF = "SELECT s.id FROM subscriptions s WHERE s.merchant_id = $1 AND s.customer_id = $2 AND s.status <> 'ended'
        AND EXISTS (SELECT 1 FROM subscription_runs u WHERE u.merchant_id = s.merchant_id AND u.subscription_id = s.id)";
    pub INSERT_RUN = "INSERT INTO subscription_runs (merchant_id, subscription_id, plan_id, quantity, anchor_day, anchor_number, number, paused_at,
        end_reason, act_at) VALUES ($1, $2, $3, $4, $5, 0, 0, NULL, NULL, $6)";
    pub KEEP_RUN = "UPDATE subscription_runs SET anchor_day = $3, anchor_number = $4, number = $5, paused_at = $6, end_reason = $7, act_at = $8
        WHERE merchant_id = $1 AND subscription_id = $2";
    pub KEEP = "UPDATE subscriptions SET status = $3, provider = $4, method_id = $5, trial_until = $6, next_payment_at = $7, ends_at = $8, updated_at = $9
        WHERE merchant_id = $1 AND id = $2";
    pub LATER = "UPDATE subscription_runs SET act_at = $3 WHERE merchant_id = $1 AND subscription_id = $2 AND act_at IS NOT NULL";
    pub PERIOD = period!("number = $3");
    pub PERIODS = period!("number < $3 ORDER BY number DESC LIMIT $4");
    pub PUT_PERIOD = "INSERT INTO subscription_periods (merchant_id, subscription_id, number, due_day, amount, state, attempts, base_day, next_day, hard,
        payment_id, failure, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        ON CONFLICT (merchant_id, subscription_id, number) DO UPDATE SET due_day = excluded.due_day, amount = excluded.amount, state = excluded.state,
        attempts = excluded.attempts, base_day = excluded.base_day, next_day = excluded.next_day, hard = excluded.hard, payment_id = excluded.payment_id,
        failure = excluded.failure, updated_at = excluded.updated_at";
    /// The last day that a period was due on, before this one.
    pub LAST_DAY = "SELECT MAX(due_day) FROM subscription_periods WHERE merchant_id = $1 AND subscription_id = $2 AND number < $3";
    pub PERIOD_OF_PAYMENT = "SELECT subscription_id, number FROM subscription_periods WHERE merchant_id = $1 AND payment_id = $2";
    pub PAID_LATE = "UPDATE subscription_periods SET state = 'paid', payment_id = $4, updated_at = $5 WHERE merchant_id = $1 AND subscription_id = $2
        AND number = $3 AND state IN ('open', 'unpaid', 'waived')";
    /// For `regulars verify`.
    pub RUNS = "SELECT u.subscription_id, u.number, u.act_at,
        (SELECT COUNT(*) FROM subscription_periods p WHERE p.merchant_id = u.merchant_id AND p.subscription_id = u.subscription_id AND p.number < u.number),
        (SELECT COUNT(*) FROM subscription_periods p WHERE p.merchant_id = u.merchant_id AND p.subscription_id = u.subscription_id
          AND (p.number > u.number OR (p.number = u.number AND p.state NOT IN ('open', 'asked')) OR (p.number < u.number AND p.state IN ('open', 'asked')))),
        (SELECT COUNT(*) FROM subscription_periods p WHERE p.merchant_id = u.merchant_id AND p.subscription_id = u.subscription_id AND p.state = 'paid'),
        (SELECT COUNT(*) FROM subscription_periods p JOIN payments y ON y.merchant_id = p.merchant_id AND y.id = p.payment_id
          WHERE p.merchant_id = u.merchant_id AND p.subscription_id = u.subscription_id AND p.state = 'paid' AND y.status IN ('settled', 'bounced')
          AND y.subscription_id = p.subscription_id AND y.amount = p.amount),
        (SELECT COUNT(*) FROM payments y JOIN subscriptions s ON s.merchant_id = y.merchant_id AND s.id = y.subscription_id
          WHERE y.merchant_id = u.merchant_id AND y.customer_id = s.customer_id AND y.subscription_id = u.subscription_id AND y.status IN ('settled', 'bounced'))
        FROM subscription_runs u WHERE u.merchant_id = $1 AND u.subscription_id > $2 ORDER BY u.subscription_id LIMIT $3";

    // Plans and settings.
    pub PLANS = plan!("merchant_id = $1 ORDER BY name_key, id");
    pub PLAN = plan!("merchant_id = $1 AND id = $2");
    pub PLAN_TAKEN = "SELECT id FROM plans WHERE merchant_id = $1 AND shop_id = $2 AND name_key = $3 AND id <> $4";
    pub INSERT_PLAN = "INSERT INTO plans (merchant_id, id, shop_id, name, name_key, currency, amount, cycle_unit, cycle_count, trial_days, retry_days,
        created_at, updated_at, archived_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, NULL)";
    pub UPDATE_PLAN = "UPDATE plans SET name = $3, name_key = $4, currency = $5, amount = $6, cycle_unit = $7, cycle_count = $8, trial_days = $9,
        retry_days = $10, updated_at = $11 WHERE merchant_id = $1 AND id = $2";
    pub ARCHIVE_PLAN = "UPDATE plans SET archived_at = $3 WHERE merchant_id = $1 AND id = $2";
    pub RETRY_DAYS = "SELECT retry_days FROM subscription_settings WHERE merchant_id = $1";
    pub PUT_RETRY_DAYS = "INSERT INTO subscription_settings (merchant_id, retry_days, updated_at) VALUES ($1, $2, $3)
        ON CONFLICT (merchant_id) DO UPDATE SET retry_days = excluded.retry_days, updated_at = excluded.updated_at";
    pub END = "UPDATE subscriptions SET status = $3, ends_at = $4, next_payment_at = NULL, updated_at = $5 WHERE merchant_id = $1 AND id = $2";
}

/// Subscriptions of a list, with who has them.
pub(super) static LISTED: LazyLock<Some2> = LazyLock::new(|| {
    let head = concat!(
        "SELECT ",
        columns!(),
        ", h.name AS shop_name, c.name AS full_name, c.first_name, c.last_name, c.company, c.email, c.number FROM subscriptions s
        JOIN customers c ON c.merchant_id = s.merchant_id AND c.id = s.customer_id
        JOIN shops h ON h.merchant_id = s.merchant_id AND h.id = s.shop_id WHERE s.merchant_id = $1"
    );
    Some2::new(head, "s.id", "")
});

/// The built statements, for the test that prepares all of them on both engines.
pub fn built() -> Vec<&'static Stmt> {
    LISTED.all().into()
}
