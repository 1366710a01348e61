//! A run over all customers. It reads them once (keys and samples into memory), learns the weights, then compares block after block of those who share a key
//! and writes each pair that is more likely one person than not. Reading and comparing happen in read transactions of their own; a slice writes
//! a handful of pairs and the place it came to.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use likeness::{Blocks, LARGEST, Model, Record, Sample, compare, keys, learn};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use store::Tx;

use super::bench::Run;
use super::resemble::{self, record_of, weigh};
use super::{Score, queries as q};
use crate::customers::list::{queries::MANY, some_of};
use crate::events::Event;
use crate::jobs::{Job, Step, Tools};
use crate::kit::{Ctx, CustomerId, Result};

/// Customers read at one look.
const READ: i64 = 2_000;
/// Customers of blocks that are learnt from.
const LEARN_FROM: usize = 10_000;
/// How long one look compares.
const LONG: Duration = Duration::from_millis(25);
/// Pairs written by one slice.
const WRITTEN: usize = 100;
/// Old pairs taken away by one slice.
const SWEPT: i64 = 200;

/// How far it came. What was read is not here: it is read again by whoever goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    /// The weights are kept.
    learnt: bool,
    /// The kind of keys that is compared; behind the last, old pairs are taken away.
    kind: usize,
    /// The last key of it that is done.
    key: Option<u32>,
}

/// What a look found.
#[derive(Debug, Serialize, Deserialize)]
enum Seen {
    /// So many customers are read.
    Read(usize),
    /// The weights, of so many customers.
    Learnt(Vec<f64>, usize),
    /// Pairs, and the place behind them.
    Pairs { from: Place, to: Place, pairs: Vec<(CustomerId, CustomerId, i64, String)>, thousandths: i64 },
}

/// Looks before a slice.
pub fn look(tx: &mut Tx, ctx: &Ctx, tools: &Tools, job: &Job) -> Result<Json> {
    let place: Place = serde_json::from_value(job.cursor.clone()).unwrap_or_default();
    if place.kind >= keys::KINDS {
        return Ok(Json::Null);
    }
    let seen = tools.bench.with(&job.id, |run| seen(tx, ctx, run, place))?;
    Ok(serde_json::to_value(seen).unwrap_or_default())
}

fn seen(tx: &mut Tx, ctx: &Ctx, run: &mut Run, place: Place) -> Result<Seen> {
    if !run.all_read {
        read(tx, ctx, run)?;
        return Ok(Seen::Read(run.len()));
    }
    if !run.sort_one() {
        return Ok(Seen::Read(run.len()));
    }
    if !place.learnt {
        let model = learn_from(tx, ctx, run)?;
        return Ok(Seen::Learnt(model.numbers(), run.len()));
    }
    if run.model.is_none() {
        run.model = Some(resemble::model(tx, ctx)?);
    }
    compare_some(tx, ctx, run, place)
}

/// The next customers into memory.
fn read(tx: &mut Tx, ctx: &Ctx, run: &mut Run) -> Result<()> {
    let after = run.read_to.clone().unwrap_or_default();
    let rows = tx.rows(&q::SLICE, &[&ctx.merchant, &after, &READ], record_of)?;
    run.all_read = (rows.len() as i64) < READ;
    if let Some((last, _)) = rows.last() {
        run.read_to = Some(last.to_string());
    }
    rows.into_iter().for_each(|(id, record)| run.take(&id, record));
    Ok(())
}

/// The weights, from strangers in memory and from evenly spread blocks.
fn learn_from(tx: &mut Tx, ctx: &Ctx, run: &Run) -> Result<Model> {
    let mut sample = Sample::default();
    run.strangers(&mut sample);
    let stride = 1 + u32::try_from(run.len() / LEARN_FROM).unwrap_or(u32::MAX - 1);
    for kind in 0..keys::KINDS {
        let blocks = run.sampled(kind, stride);
        for some in blocks.chunks(200) {
            let records = records(tx, ctx, run, some.iter().flatten().copied())?;
            for block in some {
                learn_block(&mut sample, &records, block, kind);
            }
        }
    }
    Ok(learn(&sample, run.len(), stride))
}

/// Each pair once: not where an earlier kind of key brought the two together.
fn learn_block(sample: &mut Sample, records: &HashMap<u32, Record>, block: &[u32], kind: usize) {
    for (i, j) in Blocks::pairs(block.len()) {
        let (Some(x), Some(y)) = (records.get(&block[i]), records.get(&block[j])) else { continue };
        let (x, y) = (Record::fields(x.packed()), Record::fields(y.packed()));
        let met = (0..kind).any(|earlier| {
            let of = keys::key(earlier, &x);
            of.is_some() && of == keys::key(earlier, &y)
        });
        if !met {
            sample.keyed(compare(&x, &y));
        }
    }
}

/// Compares block after block for a while.
fn compare_some(tx: &mut Tx, ctx: &Ctx, run: &mut Run, from: Place) -> Result<Seen> {
    let (began, mut to, mut pairs) = (Instant::now(), from.clone(), Vec::new());
    while to.kind < keys::KINDS && pairs.len() < WRITTEN && began.elapsed() < LONG {
        // Several small blocks share a trip to the database.
        let mut blocks: Vec<Vec<u32>> = Vec::new();
        while blocks.iter().map(Vec::len).sum::<usize>() < MANY {
            let Some(block) = run.block(to.kind, to.key) else {
                to = Place { kind: to.kind + 1, key: None, ..to };
                break;
            };
            to.key = Some(block[0].0);
            blocks.push(block.iter().map(|(_, row)| *row).collect());
        }
        for block in blocks {
            compare_block(tx, ctx, run, block, &mut pairs)?;
        }
    }
    let kinds = i64::try_from(keys::KINDS).unwrap_or(1);
    let thousandths = (i64::try_from(to.kind).unwrap_or(0) * 1000 + run.part(to.key)) / kinds;
    Ok(Seen::Pairs { from, to, pairs, thousandths })
}

type Found = Vec<(CustomerId, CustomerId, i64, String)>;

fn compare_block(tx: &mut Tx, ctx: &Ctx, run: &mut Run, mut block: Vec<u32>, pairs: &mut Found) -> Result<()> {
    let records = records(tx, ctx, run, block.iter().copied())?;
    block.retain(|row| records.contains_key(row));
    if block.len() > LARGEST {
        block.sort_by(|a, b| records[a].packed().cmp(records[b].packed()));
    }
    for (i, j) in Blocks::pairs(block.len()) {
        let (a, b) = (block[i].min(block[j]), block[i].max(block[j]));
        let Some(model) = &run.model else { continue };
        let (x, y) = (Record::fields(records[&a].packed()), Record::fields(records[&b].packed()));
        if let Some((Score(score), why)) = weigh(model, &run.terms, &x, &y)
            && run.seen.insert((a, b))
        {
            let (a, b) = (run.id(a), run.id(b));
            pairs.push((a.clone().min(b.clone()), a.max(b), score, why));
        }
    }
    Ok(())
}

fn records(tx: &mut Tx, ctx: &Ctx, run: &Run, rows: impl Iterator<Item = u32>) -> Result<HashMap<u32, Record>> {
    let mut places: HashMap<String, u32> = rows.map(|row| (run.id(row).to_string(), row)).collect();
    let mut ids: Vec<String> = places.keys().cloned().collect();
    ids.sort_unstable();
    let mut found = HashMap::new();
    for some in ids.chunks(MANY) {
        some_of(tx, ctx, &q::COMPARED, some, |r| {
            let (id, record) = record_of(r)?;
            if let Some(row) = places.remove(id.as_str()) {
                found.insert(row, record);
            }
            Ok(())
        })?;
    }
    Ok(found)
}

/// One slice of a job of kind [`super::KIND`].
pub fn slice(tx: &mut Tx, ctx: &Ctx, tools: &Tools, job: &mut Job) -> Result<Step> {
    let place: Place = serde_json::from_value(job.cursor.clone()).unwrap_or_default();
    if place.kind >= keys::KINDS {
        return sweep(tx, ctx, job);
    }
    match serde_json::from_value(tools.seen.clone()) {
        Ok(Seen::Read(customers)) => job.total = job.total.max(i64::try_from(customers).unwrap_or(0)),
        Ok(Seen::Learnt(numbers, customers)) => {
            let (text, customers) = (json!(numbers).to_string(), i64::try_from(customers).unwrap_or(0));
            tx.exec(&q::KEEP_MODEL, &[&ctx.merchant, &text, &customers, &ctx.now])?;
            job.total = customers;
            job.cursor = json!(Place { learnt: true, ..place });
        }
        Ok(Seen::Pairs { from, to, pairs, thousandths }) if from == place => {
            for (a, b, score, why) in &pairs {
                tx.exec(&q::FOUND, &[&ctx.merchant, a, b, score, why, &job.id, &ctx.now])?;
            }
            job.done = job.total * thousandths / 1000;
            job.cursor = json!(to);
        }
        // Nobody has looked from here yet.
        _ => {}
    }
    Ok(Step::More)
}

/// Takes away open pairs that this run did not see any more, a few at a time; then it is done.
fn sweep(tx: &mut Tx, ctx: &Ctx, job: &mut Job) -> Result<Step> {
    let gone = tx.exec(&q::STALE, &[&ctx.merchant, &job.id, &SWEPT])?;
    if gone > 0 {
        return Ok(Step::More);
    }
    let pairs: i64 = tx.scalar(&q::OF_RUN, &[&ctx.merchant, &job.id])?;
    job.done = job.total;
    job.result = json!({ "pairs": pairs });
    Event::new("duplicates.found").on("job", job.id.as_str()).data(json!({ "pairs": pairs })).record(tx, ctx)?;
    Ok(Step::Done)
}
