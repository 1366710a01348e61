//! The pass behind an erasure: what speaks of the erased people inside of text (webhook bodies, stored answers, journals of imports, searches that
//! staff kept) is found by what the verb has kept of them, slice by slice, and cleared. When nothing names them any more the words go too.
//!
//! Which tables, which columns, what becomes of a row: all by the register of columns. A row that is still being worked on (a webhook that waits) is
//! left, and the erasure stays open for another pass.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Bind, Cell, Db, Row, Stmt, Tx, Value};

use super::columns::{self, Belongs, Fate, Tag};
use super::{clear, queries as q, typed};
use crate::customers::index::fold;
use crate::dump::schema::{self, Type};
use crate::jobs::{self, Job, Step, Tools};
use crate::kit::{Ctx, ErasureId, Error, Micros, Result};

/// The kind of job.
pub const KIND: &str = "erasure";
/// Erasures that one pass looks for together.
const TOGETHER: i64 = 200;
/// Rows read at once.
const ROWS: usize = 100;
/// How long a slice works.
const LONG: Duration = Duration::from_millis(20);

/// How far a pass came.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    /// The erasures are taken.
    begun: bool,
    /// Which of the searched tables.
    table: usize,
    /// The key of the last row looked at, without the merchant.
    after: Vec<Key>,
    looked: i64,
    cleared: i64,
    left: i64,
    /// The erasures behind this one are taken; and the last that was.
    behind: String,
    last: String,
}

/// A part of a key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Key {
    Int(i64),
    Text(String),
}

impl Bind for Key {
    fn value(&self) -> Value {
        match self {
            Self::Int(n) => Value::Int(*n),
            Self::Text(text) => Value::Text(text.clone()),
        }
    }
}

/// Asks for a pass, unless one waits already.
pub(super) fn ask(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    if tx.opt(&q::WAITING_PASS, &[&ctx.merchant, &KIND], |_| Ok(()))?.is_none() {
        jobs::enqueue(tx, ctx, KIND, &json!({}), 0)?;
    }
    Ok(())
}

/// Asks again for what no pass has in hand: it failed, or something was still being worked on. For housekeeping.
pub fn resume(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    tx.exec(&q::STRANDED, &[&ctx.merchant])?;
    if tx.opt(&q::UNSWEPT, &[&ctx.merchant, &"", &1i64, &""], |_| Ok(()))?.is_some() { ask(tx, ctx) } else { Ok(()) }
}

/// One slice of a job of kind [`KIND`].
pub fn slice(tx: &mut Tx, ctx: &Ctx, _: &Tools, job: &mut Job) -> Result<Step> {
    let mut place: Place = serde_json::from_value(job.cursor.clone()).unwrap_or_default();
    let step = step(tx, ctx, job.id.as_str(), TOGETHER, &mut place)?;
    job.done = place.looked;
    if step == Step::Done {
        job.total = job.done;
        if place.left == 0 && tx.opt(&q::UNSWEPT, &[&ctx.merchant, &"", &1i64, &""], |_| Ok(()))?.is_some() {
            ask(tx, ctx)?;
        }
    }
    job.result = json!({ "cleared": place.cleared, "left": place.left });
    job.cursor = json!(place);
    Ok(step)
}

/// The whole of it at once, without a job, pass behind pass until no erasure waits: at a restore, before anybody sees anything.
///
/// # Errors
/// What the database says.
pub(super) fn now(db: &Db, ctx: &Ctx) -> Result<()> {
    now_by(db, ctx, TOGETHER)
}

/// The same with so many erasures to a pass.
pub(super) fn now_by(db: &Db, ctx: &Ctx, together: i64) -> Result<()> {
    let mut place = Place::default();
    loop {
        let (ctx, from) = (ctx.clone(), place.clone());
        let (step, next, more) = db.write_slice_now::<_, Error>(move |tx| {
            let mut place = from.clone();
            let step = step(tx, &ctx, "restore", together, &mut place)?;
            let more = step == Step::Done && tx.opt(&q::UNSWEPT, &[&ctx.merchant, &"", &1i64, &place.last], |_| Ok(()))?.is_some();
            Ok((step, place, more))
        })?;
        match step {
            // What is still being worked on waits for a job; those behind it do not.
            Step::Done if more => place = Place { behind: next.last, ..Place::default() },
            Step::Done => return Ok(()),
            _ => place = next,
        }
    }
}

fn step(tx: &mut Tx, ctx: &Ctx, pass: &str, together: i64, place: &mut Place) -> Result<Step> {
    if !place.begun {
        for id in tx.rows(&q::UNSWEPT, &[&ctx.merchant, &pass, &together, &place.behind], |r| r.get::<ErasureId>(0))? {
            tx.exec(&q::TAKE, &[&ctx.merchant, &id, &pass])?;
            place.last = id.to_string();
        }
        place.begun = true;
    }
    let began = Instant::now();
    let words = Words::of(tx, ctx, pass)?;
    while let Some(table) = searched().get(place.table) {
        let some = table.look(tx, ctx, &words, place)?;
        if some < ROWS {
            place.table += 1;
            place.after.clear();
        }
        if began.elapsed() > LONG {
            return Ok(Step::More);
        }
    }
    if place.left > 0 {
        tx.exec(&q::LET_GO, &[&ctx.merchant, &pass])?;
    } else {
        tx.exec(&q::FORGET_WORDS, &[&ctx.merchant, &pass])?;
        tx.exec(&q::SWEPT, &[&ctx.merchant, &pass, &ctx.now])?;
    }
    Ok(Step::Done)
}

/// What is looked for.
struct Words {
    values: AhoCorasick,
    both: AhoCorasick,
    /// As they are.
    ids: HashSet<String>,
    /// Folded: what staff may have typed a part of to search by.
    whole: Vec<String>,
    /// When the last of these erasures happened: what was written since and only names an id (a receipt) says nothing old.
    newest: Micros,
}

impl Words {
    fn of(tx: &mut Tx, ctx: &Ctx, pass: &str) -> Result<Self> {
        let (mut ids, mut values, mut whole) = (HashSet::new(), Vec::new(), Vec::new());
        tx.each(&q::WORDS, &[&ctx.merchant, &pass], |r| {
            let (kind, word) = (r.str(0)?, r.str(1)?);
            match kind {
                "id" => drop(ids.insert(word.to_owned())),
                "part" => whole.push(fold(word)),
                _ => {
                    values.extend(written(word));
                    whole.push(fold(word));
                }
            }
            Ok(())
        })?;
        let built = |words: &[String]| {
            let built = AhoCorasickBuilder::new().ascii_case_insensitive(true).build(words);
            built.map_err(|e| Error::Internal(format!("the words of an erasure: {e}")))
        };
        let values_alone = built(&values)?;
        values.extend(ids.iter().flat_map(|id| written(id)));
        let newest = tx.opt(&q::NEWEST, &[&ctx.merchant, &pass], |r| r.get::<Option<Micros>>(0))?.flatten().unwrap_or(Micros::MAX);
        Ok(Self { values: values_alone, both: built(&values)?, ids, whole, newest })
    }
}

/// A word as it may stand in a text: as it is, as JSON without other letters than ASCII, as part of an address.
fn written(word: &str) -> Vec<String> {
    let mut json = String::new();
    for unit in word.encode_utf16() {
        match u8::try_from(unit) {
            Ok(c @ (b'"' | b'\\')) => json.extend(['\\', char::from(c)]),
            Ok(c) if c.is_ascii() => json.push(char::from(c)),
            _ => json.push_str(&format!("\\u{unit:04x}")),
        }
    }
    let percent = |blank: &str| {
        let mut out = String::new();
        for byte in word.bytes() {
            match byte {
                b' ' => out.push_str(blank),
                c if c.is_ascii_alphanumeric() || b"-._~".contains(&c) => out.push(char::from(c)),
                c => out.push_str(&format!("%{c:02X}")),
            }
        }
        out
    };
    let mut all = vec![word.to_owned(), json, percent("+"), percent("%20")];
    all.sort();
    all.dedup();
    all
}

/// A table whose rows are found by what they say.
struct Searched {
    name: &'static str,
    by_id: bool,
    key: Vec<(&'static str, Type)>,
    busy: &'static [&'static str],
    /// Key first, then `state` or nothing, the moment it was written or zero, then what may hold words.
    first: Stmt,
    next: Stmt,
    texts: usize,
    /// Which of those is the state of a list, with what was typed to search by.
    asked: Option<usize>,
    /// Which of those is what a job was told, with such states inside.
    told: Option<usize>,
    clear: Stmt,
}

fn searched() -> &'static [Searched] {
    static ALL: std::sync::OnceLock<Vec<Searched>> = std::sync::OnceLock::new();
    ALL.get_or_init(|| columns::tables().iter().filter(|t| t.is_searched()).filter_map(Searched::of).collect())
}

/// Every statement, for the test that prepares all of them on both engines.
#[cfg(test)]
pub(super) fn statements() -> impl Iterator<Item = &'static Stmt> {
    searched().iter().flat_map(|s| [&s.first, &s.next, &s.clear])
}

impl Searched {
    fn of(table: &'static columns::Table) -> Option<Self> {
        let real = schema::table(table.name)?;
        let kind = |name: &str| real.columns.iter().find(|c| c.name == name).map_or(Type::Text, |c| c.kind);
        let key: Vec<_> = real.key.iter().filter(|k| **k != "merchant_id").map(|k| (*k, kind(k))).collect();
        let names: Vec<&str> = key.iter().map(|(k, _)| *k).collect();
        let texts: Vec<&str> =
            real.columns.iter().filter(|c| matches!(c.kind, Type::Text | Type::Bytes) && c.name != "merchant_id").map(|c| c.name).collect();
        let state = if table.busy.is_empty() { "''" } else { "state" };
        let made = ["created_at", "started_at"].into_iter().find(|m| real.columns.iter().any(|c| c.name == *m)).unwrap_or("0");
        let (name, keys) = (table.name, names.join(", "));
        let places: Vec<String> = (0..key.len()).map(|n| format!("${}", n + 2)).collect();
        let places = places.join(", ");
        let head = format!("SELECT {keys}, {state}, CAST({made} AS BIGINT), {} FROM {name} WHERE merchant_id = $1", texts.join(", "));
        let these: Vec<String> = names.iter().enumerate().map(|(n, k)| format!("{k} = ${}", n + 2)).collect();
        let sets: Vec<String> = table.tagged(Tag::Personal).map(|c| format!("{} = {}", c.name, clear::empty(name, c.name))).collect();
        let clear = match table.fate {
            Fate::Deleted => format!("DELETE FROM {name} WHERE merchant_id = $1 AND {}", these.join(" AND ")),
            _ => format!("UPDATE {name} SET {} WHERE merchant_id = $1 AND {}", sets.join(", "), these.join(" AND ")),
        };
        Some(Self {
            name,
            by_id: table.belongs == Belongs::MentionById,
            busy: table.busy,
            first: Stmt::built(format!("{head} ORDER BY {keys} LIMIT {ROWS}")),
            next: Stmt::built(format!("{head} AND ({keys}) > ({places}) ORDER BY {keys} LIMIT {ROWS}")),
            texts: texts.len(),
            asked: texts.iter().position(|c| *c == "query"),
            told: texts.iter().position(|c| *c == "input"),
            clear: Stmt::built(clear),
            key,
        })
    }

    /// Looks at the next rows; gives how many there were.
    fn look(&self, tx: &mut Tx, ctx: &Ctx, words: &Words, place: &mut Place) -> Result<usize> {
        let (mut seen, mut found) = (0, Vec::new());
        let (mut left, mut after) = (0, place.after.clone());
        let params: Vec<&dyn Bind> =
            std::iter::once(&ctx.merchant as &dyn Bind).chain(place.after.iter().map(|k| k as &dyn Bind)).collect();
        let statement = if place.after.is_empty() { &self.first } else { &self.next };
        tx.each(statement, &params, |r| {
            seen += 1;
            after = self.key_of(r)?;
            if self.names(r, words)? {
                if self.busy.contains(&r.str(self.key.len())?) { left += 1 } else { found.push(after.clone()) }
            }
            Ok(())
        })?;
        for key in &found {
            if self.name == "import_rows"
                && let [Key::Text(import), Key::Int(position)] = key.as_slice()
                && crate::imports::lose(tx, ctx, import, *position, &|id| words.ids.contains(id))?
            {
                continue;
            }
            let params: Vec<&dyn Bind> = std::iter::once(&ctx.merchant as &dyn Bind).chain(key.iter().map(|k| k as &dyn Bind)).collect();
            tx.exec(&self.clear, &params).map_err(|e| Error::Internal(format!("{}: {e}", self.name)))?;
        }
        place.after = after;
        place.looked += seen as i64;
        place.cleared += found.len() as i64;
        place.left += left;
        Ok(seen)
    }

    fn key_of(&self, r: &Row<'_>) -> std::result::Result<Vec<Key>, store::Error> {
        let part = |(at, (_, kind)): (usize, &(&str, Type))| match kind {
            Type::Int => r.get(at).map(Key::Int),
            _ => r.get(at).map(Key::Text),
        };
        self.key.iter().enumerate().map(part).collect()
    }

    /// Does a row name one of them?
    fn names(&self, r: &Row<'_>, words: &Words) -> std::result::Result<bool, store::Error> {
        let is_old = r.get::<Micros>(self.key.len() + 1)? < words.newest;
        let found = if self.by_id && is_old { &words.both } else { &words.values };
        let first = self.key.len() + 2;
        for at in first..first + self.texts {
            let hit = match r.cell(at) {
                Some(Cell::Text(text)) => {
                    let at = Some(at - first);
                    found.is_match(text)
                        || (self.asked == at && typed::is_asked(text, &words.whole))
                        || (self.told == at && typed::is_told(text, &words.whole))
                }
                Some(Cell::Bytes(bytes)) => found.is_match(bytes),
                _ => false,
            };
            if hit {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn a_word_is_looked_for_as_programs_write_it() {
        assert_eq!(written("Zoë \"A\""), ["Zo%C3%AB%20%22A%22", "Zo%C3%AB+%22A%22", "Zo\\u00eb \\\"A\\\"", "Zoë \"A\""]);
        assert_eq!(written("a@b.example"), ["a%40b.example", "a@b.example"]);
    }
}
