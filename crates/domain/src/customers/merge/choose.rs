//! Whose value of each field survives.

use super::{Choices, Field, text};
use crate::customers::model::Customer;
use crate::kit::{CustomerId, Problems, Result};

/// For each field, whose value survives: `all` is the survivor, then those who go. Only fields that change the survivor are named.
///
/// # Errors
/// `Invalid` on `choices.…` for a customer who is none of them.
pub(super) fn winners(all: &[Customer], choices: &Choices) -> Result<Vec<(Field, CustomerId)>> {
    let mut problems = Problems::default();
    for (field, id) in choices {
        if all.iter().all(|c| c.id != *id) {
            let words = format!("Choose the {} of one of the customers that are merged.", field.label().to_lowercase());
            problems.add(format!("choices.{}", field.name()), "unknown", words);
        }
    }
    problems.check()?;
    let Some(stays) = all.first() else { return Ok(Vec::new()) };
    let winner = |field: Field| choices.get(&field).cloned().or_else(|| Some(suggested(all, field)?.id.clone()));
    let won = Field::ALL.iter().filter_map(|f| Some((*f, winner(*f)?)));
    Ok(won.filter(|(_, id)| *id != stays.id).collect())
}

/// The survivor, unless it says nothing and one who goes does.
pub(super) fn suggested(all: &[Customer], field: Field) -> Option<&Customer> {
    let stays = all.first()?;
    if field == Field::Marketing || !text(stays, field).is_empty() {
        return Some(stays);
    }
    all.iter().find(|c| !text(c, field).is_empty()).or(Some(stays))
}
