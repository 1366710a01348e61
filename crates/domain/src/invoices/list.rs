//! The list of all invoices and credit notes, by state, kind, number or day.

use store::{Bind, Stmt, Tx};

use super::queries::summary;
use super::read::{Page, paged, row};
use super::{Kind, State};
use crate::kit::{Ctx, PageKey, Result, Right};

/// Which invoices of the merchant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// In this state.
    pub state: Option<State>,
    /// Of this kind.
    pub kind: Option<Kind>,
    /// Exactly this number.
    pub number: String,
    /// Due before this day and not paid.
    pub due_before: Option<i64>,
    /// Behind this one.
    pub after: Option<PageKey>,
    /// At most so many.
    pub limit: i64,
}

/// Invoices of all customers and guests, newest first.
pub fn list(tx: &mut Tx, ctx: &Ctx, filter: &Filter) -> Result<Page> {
    ctx.must(Right::Read)?;
    let after = filter.after.clone().unwrap_or_else(PageKey::newest);
    let limit = filter.limit.clamp(1, 200);
    let (one_more, number) = (limit + 1, filter.number.trim().to_owned());
    let mut params: Vec<&dyn Bind> = vec![&ctx.merchant, &after.at, &after.id, &one_more];
    let asked = [!number.is_empty(), filter.state.is_some(), filter.kind.is_some(), filter.due_before.is_some()];
    if asked[0] {
        params.push(&number);
    }
    if let Some(state) = &filter.state {
        params.push(state);
    }
    if let Some(kind) = &filter.kind {
        params.push(kind);
    }
    if let Some(day) = &filter.due_before {
        params.push(day);
    }
    let statement = Stmt::built(list_text(asked));
    Ok(paged(tx.rows(&statement, &params, row)?, limit))
}

fn list_text(asked: [bool; 4]) -> String {
    let mut text = summary!("i.merchant_id = $1 AND (i.created_at, i.id) < ($2, $3)").to_owned();
    let mut next = 5;
    let parts = ["i.number = $", "i.state = $", "i.kind = $", "i.kind = 'invoice' AND i.state IN ('open', 'partly_paid') AND i.due_on < $"];
    for (part, asked) in parts.into_iter().zip(asked) {
        if asked {
            text.push_str(&format!(" AND {part}{next}"));
            next += 1;
        }
    }
    text.push_str(" ORDER BY i.created_at DESC, i.id DESC LIMIT $4");
    text
}

/// Every statement that [`list`] builds, for the test that prepares all of them.
pub fn statements() -> Vec<Stmt> {
    (0..16_u8).map(|n| Stmt::built(list_text([n & 1 > 0, n & 2 > 0, n & 4 > 0, n & 8 > 0]))).collect()
}
