//! Whom somebody who is typed or imported resembles, by look-ups of an index: who has the same zip, phone, e-mail address, tax id or company, and who was found
//! elsewhere by name. Fast enough for every request.

use likeness::{FIELDS, Field, Model, Record, Terms, compare, why};
use store::{Row, Tx};

use super::candidates::candidates;
use super::sheet::Sheet;
use super::{Score, queries as q};
use crate::customers::list::{queries::MANY, some_of};
use crate::files::Target;
use crate::kit::{Ctx, CustomerId, ImportId, Result};

/// What is assumed of a merchant that never had its customers compared.
const USUAL: usize = 10_000;
/// Somebody who is being typed is only told of whom it is seven times as likely as not: a namesake elsewhere is no news.
const SAID: f64 = 2.0;

/// A customer somebody resembles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alike {
    /// Who.
    pub id: CustomerId,
    /// How likely it is the same person.
    pub score: Score,
    /// `Same zip and street; last name nearly the same`.
    pub why: String,
}

/// Whom this sheet resembles, surest first. `named` are candidates found elsewhere. Asks for no right and reads no row of another merchant.
pub fn resembling(tx: &mut Tx, ctx: &Ctx, sheet: &Sheet, named: &[CustomerId]) -> Result<Vec<Alike>> {
    let model = model(tx, ctx)?;
    resembling_by(tx, ctx, &model, sheet, named)
}

fn resembling_by(tx: &mut Tx, ctx: &Ctx, model: &Model, sheet: &Sheet, named: &[CustomerId]) -> Result<Vec<Alike>> {
    let record = sheet.record();
    let mine = Record::fields(record.packed());
    if Field::ALL.iter().filter(|field| !mine[field.at()].is_empty()).count() < 2 {
        return Ok(Vec::new());
    }
    let mut others = candidates(tx, ctx, sheet)?;
    let named: Vec<String> = named.iter().filter(|id| others.iter().all(|(known, _)| known != *id)).map(ToString::to_string).collect();
    for some in named.chunks(MANY) {
        some_of(tx, ctx, &q::COMPARED, some, |r| {
            others.push(record_of(r)?);
            Ok(())
        })?;
    }
    let weigh = |(id, other): (CustomerId, Record)| {
        let pattern = compare(&mine, &Record::fields(other.packed()));
        let weight = model.weigh(pattern);
        (weight > SAID).then(|| Alike { id, score: Score::of(weight), why: why(pattern) })
    };
    let mut found: Vec<Alike> = others.into_iter().filter_map(weigh).collect();
    found.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.id.cmp(&b.id)));
    Ok(found)
}

/// Whom each of these new customers of an import resembles most, of those who were there before it; kept as an open pair.
pub(crate) fn beside(tx: &mut Tx, ctx: &Ctx, import: &ImportId, ids: &[CustomerId]) -> Result<Vec<(CustomerId, Alike)>> {
    let texts: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let mut sheets = Vec::new();
    for some in texts.chunks(MANY) {
        some_of(tx, ctx, &q::COMPARED, some, |r| {
            sheets.push(sheet_of(r)?);
            Ok(())
        })?;
    }
    let (model, mut found) = (model(tx, ctx)?, Vec::new());
    for (id, sheet) in sheets {
        for alike in resembling_by(tx, ctx, &model, &sheet, &[])?.into_iter().filter(|alike| alike.id != id) {
            let of: Option<ImportId> = tx.one(&q::IMPORT_OF, &[&ctx.merchant, &alike.id], |r| r.get(0))?;
            if of.as_ref() != Some(import) {
                let (a, b) = (id.clone().min(alike.id.clone()), id.clone().max(alike.id.clone()));
                tx.exec(&q::FOUND, &[&ctx.merchant, &a, &b, &alike.score.0, &alike.why, &import.as_str(), &ctx.now])?;
                found.push((id, alike));
                break;
            }
        }
    }
    Ok(found)
}

/// The weights that the last run learnt; the usual ones before the first.
pub(super) fn model(tx: &mut Tx, ctx: &Ctx) -> Result<Model> {
    let kept: Option<String> = tx.opt(&q::MODEL, &[&ctx.merchant], |r| r.get(0))?;
    let read = |text: String| serde_json::from_str::<Vec<f64>>(&text).ok().and_then(|numbers| Model::from_numbers(&numbers));
    Ok(kept.and_then(read).unwrap_or_else(|| Model::assumed(USUAL)))
}

/// Reads a row of the statements that say what is compared.
pub(super) fn record_of(r: &Row) -> std::result::Result<(CustomerId, Record), store::Error> {
    sheet_of(r).map(|(id, sheet)| (id, sheet.record()))
}

fn sheet_of(r: &Row) -> std::result::Result<(CustomerId, Sheet), store::Error> {
    let mut sheet = Sheet::default();
    let targets = [
        Target::Name,
        Target::FirstName,
        Target::LastName,
        Target::Email,
        Target::Phone,
        Target::Company,
        Target::TaxId,
        Target::VatNumber,
        Target::Address1,
        Target::Address2,
        Target::City,
        Target::State,
        Target::Zip,
    ];
    for (at, target) in targets.iter().enumerate() {
        sheet.set(target, r.str(at + 1)?);
    }
    let metadata = r.str(targets.len() + 1)?;
    if !metadata.is_empty()
        && let Ok(serde_json::Value::Object(all)) = serde_json::from_str(metadata)
    {
        let births = all.iter().filter(|(key, _)| super::sheet::is_birth(key));
        births
            .filter_map(|(key, value)| Some((key, value.as_str()?)))
            .for_each(|(key, value)| sheet.set(&Target::Metadata(key.clone()), value));
    }
    Ok((r.get(0)?, sheet))
}

/// What is said of two records by a model and the commonness of values.
pub(super) fn weigh(model: &Model, terms: &Terms, a: &[&str; FIELDS], b: &[&str; FIELDS]) -> Option<(Score, String)> {
    let pattern = compare(a, b);
    let weight = model.weigh_values(pattern, terms, a, b);
    (weight > 0.0).then(|| (Score::of(weight), why(pattern)))
}

/// Forgets every pair of a customer who is erased, merged or deleted for good. For those verbs; under their locks.
pub fn forget(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<()> {
    tx.exec(&q::FORGET, &[&ctx.merchant, customer])?;
    tx.exec(&q::FORGET_OTHER, &[&ctx.merchant, customer])?;
    Ok(())
}
