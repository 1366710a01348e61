//! `regulars import`: a file of customers or orders into a shop, and taking an import back.

use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Args, ValueEnum};
use domain::files::{DateOrder, Kind};
use domain::imports::{self, Counts, Flow, Outcome, Plan, Progress, Request, Source, State};
use domain::kit::{Actor, AsOf, Clock, Ctx, Currency, Door, FixedClock, IdSource, ImportId, MerchantId, Money, ShopId, SystemClock, Zone};
use domain::merchants::NewMerchant;
use indicatif::{ProgressBar, ProgressStyle};
use store::Db;

use super::{Done, Place, own};

/// Flags of `import`.
#[derive(Clone, Debug, Args)]
pub struct Import {
    /// CSV, also packed by gzip; XLSX; JSON Lines. Encoding and separator are found.
    #[arg(required_unless_present_any = ["undo", "cancel", "list"])]
    file: Option<PathBuf>,
    /// Which merchant, by name or id; needed when there are several.
    #[arg(long, value_name = "NAME|ID")]
    merchant: Option<String>,
    /// Which shop, by name or id; the oldest when not said.
    #[arg(long, value_name = "NAME|ID")]
    shop: Option<String>,
    /// What the file must hold.
    #[arg(long)]
    kind: Option<What>,
    /// Our field = their column: "Name=Full name; Address=number+street; Metadata:birthday=born"; or the name of a known layout.
    #[arg(long, value_name = "MAP")]
    map: Option<String>,
    /// By what a row of customers finds the one it is about: auto (whatever the row has: id, number, then e-mail), email, number or external_id.
    #[arg(long = "match", value_name = "KEY", default_value = "auto", value_parser = match_by)]
    by: imports::MatchBy,
    /// Say what would happen, write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Act as if it were the end of this day where the merchant lives.
    #[arg(long, value_name = "DATE")]
    today: Option<String>,
    /// Where rows that cannot be taken go; FILE.failed.csv when not said.
    #[arg(long, value_name = "FILE")]
    failed: Option<PathBuf>,
    /// Currency of orders that do not say; of the merchant with --create-merchant.
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// 03/04/2011 is the fourth of March.
    #[arg(long)]
    month_first: bool,
    /// Make this merchant with a shop when it is not there, for scripts.
    #[arg(long, value_name = "NAME", conflicts_with = "merchant")]
    create_merchant: Option<String>,
    /// Time zone of the merchant that is made.
    #[arg(long, value_name = "ZONE", requires = "create_merchant", default_value = "UTC")]
    time_zone: String,
    /// Country of the merchant that is made, two letters.
    #[arg(long, value_name = "CODE", requires = "create_merchant", default_value = "")]
    country: String,
    /// Take back an import that is done.
    #[arg(long, value_name = "ID", conflicts_with_all = ["file", "cancel"])]
    undo: Option<String>,
    /// Take back an import that was left half way.
    #[arg(long, value_name = "ID", conflicts_with = "file")]
    cancel: Option<String>,
    /// List the imports of the merchant.
    #[arg(long, conflicts_with_all = ["file", "undo", "cancel"])]
    list: bool,
}

fn match_by(word: &str) -> Result<imports::MatchBy, String> {
    word.parse().map_err(|()| "Use auto, email, number or external_id.".to_owned())
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    Customers,
    Orders,
}

/// Whose data, which shop, what time.
struct Into {
    ctx: Ctx,
    shop: ShopId,
    clock: Arc<dyn Clock>,
}

impl Import {
    /// Imports, or takes back.
    ///
    /// # Errors
    /// In words.
    pub fn run(&self, place: &Place) -> Done {
        let db = if self.create_merchant.is_some() { place.open_roomy()? } else { place.open_there_roomy()? };
        let today = super::today(self.today.as_deref())?;
        if let Some(id) = self.undo.as_ref().or(self.cancel.as_ref()) {
            return self.back(&db, today, id);
        }
        if self.list {
            return self.list(&db);
        }
        let path = self.file.as_deref().ok_or("Say which file.")?;
        let source = Source::of(path).map_err(said)?;
        if self.dry_run {
            let copy = imports::scratch(&db).map_err(said)?;
            return self.import(&copy.db, today, path, &source);
        }
        self.import(&db, today, path, &source)
    }

    fn import(&self, db: &Db, today: AsOf, path: &Path, source: &Source) -> Done {
        let into = self.into(db, today)?;
        let currency = match &self.currency {
            Some(code) => Some(Currency::of(code).ok_or_else(|| format!("“{code}” is no currency, such as EUR."))?),
            None => None,
        };
        let request = Request {
            shop: into.shop.clone(),
            kind: self.kind.map(|k| if matches!(k, What::Customers) { Kind::Customers } else { Kind::Orders }),
            map: self.map.clone(),
            columns: None,
            by: self.by,
            currency,
            dates: if self.month_first { DateOrder::MonthFirst } else { DateOrder::DayFirst },
        };
        let plan = imports::plan(source, &request).map_err(said)?;
        show(source, &plan);
        let mut bar = Bar::new();
        let asked = interrupted();
        let mut told = |progress: &Progress| bar.tell(progress, &asked);
        let outcome = imports::run(db, &into.ctx, &*into.clock, &SystemClock, (source, &plan, &request), &mut told).map_err(said)?;
        bar.done();
        self.report(db, &into, path, source, &plan, &outcome, currency)
    }

    fn into(&self, db: &Db, today: AsOf) -> Result<Into, String> {
        let new = self.create_merchant.as_ref().map(|name| NewMerchant {
            name: name.clone(),
            currency: self.currency.clone().unwrap_or_else(|| "EUR".to_owned()),
            time_zone: self.time_zone.clone(),
            country: self.country.clone(),
            shop: self.shop.clone().unwrap_or_else(|| name.clone()),
            demo: false,
        });
        let (wanted, shop) = (self.merchant.clone().or_else(|| self.create_merchant.clone()), self.shop.clone());
        let (ctx, shop, clock) = db
            .write_now::<_, domain::Error>(move |tx| {
                let of = |merchant: MerchantId, now| Ctx::new(merchant, Actor::system("command line"), Door::Import, now);
                match (imports::find_merchant(tx, wanted.as_deref()), &new) {
                    (Ok(merchant), _) => {
                        let clock = today.clock(&domain::merchants::settings(tx, &of(merchant.clone(), 0))?.zone);
                        let ctx = of(merchant, clock.now());
                        let shop = imports::find_shop(tx, &ctx, shop.as_deref())?;
                        Ok((ctx, shop, clock))
                    }
                    (Err(domain::Error::Conflict { code: "unknown", .. }), Some(new)) => {
                        // An unknown zone is refused where the merchant is made.
                        let clock = today.clock(&Zone::named(&new.time_zone).unwrap_or_else(Zone::utc));
                        let ctx = of(MerchantId::of(&IdSource::System.next(clock.now())), clock.now());
                        let shop = imports::create_merchant(tx, &ctx, new)?;
                        Ok((ctx, shop, clock))
                    }
                    (Err(error), _) => Err(error),
                }
            })
            .map_err(|e| said(e.into()))?;
        Ok(Into { ctx, shop, clock })
    }

    /// Says what became of it, and writes what could not be taken.
    fn report(
        &self,
        db: &Db,
        into: &Into,
        path: &Path,
        source: &Source,
        plan: &Plan,
        outcome: &Outcome,
        currency: Option<Currency>,
    ) -> Done {
        match outcome.state {
            State::Done => {}
            State::Failed => return Err(format!("{} Nothing of the file was kept.", outcome.message)),
            State::Cancelled => return Err(format!("Stopped. Nothing of the file was kept. {}", outcome.message).trim().to_owned()),
            _ => return Err("Stopped half way. The same command goes on.".to_owned()),
        }
        let (ctx, shop) = (into.ctx.clone(), into.shop.clone());
        let own =
            db.read_now::<_, domain::Error>(move |tx| Ok(domain::shops::get(tx, &ctx, &shop)?.currency)).map_err(|e| said(e.into()))?;
        counts(&outcome.counts, currency.unwrap_or(own));
        if outcome.counts.failed > 0 {
            println!("The first rows that were not taken:");
            for (row, reason) in imports::first_failures(db, &into.ctx, &outcome.import, 5).map_err(said)? {
                println!("  row {row}: {reason}");
            }
        }
        self.alike(db, into, outcome)?;
        if self.dry_run {
            println!("Dry run: nothing was written.");
            return Ok(());
        }
        let failed = self.failed.clone().unwrap_or_else(|| beside(path, "failed"));
        if outcome.counts.failed > 0 {
            let rows = imports::failed_rows(db, &into.ctx, &outcome.import, source, plan, create(&failed)?).map_err(said)?;
            println!("{rows} rows are in {}", failed.display());
        }
        if outcome.counts.unmatched > 0 {
            let file = match &self.failed {
                Some(failed) => beside(failed, "unmatched"),
                None => beside(path, "unmatched"),
            };
            imports::unmatched_rows(db, &into.ctx, &outcome.import, create(&file)?).map_err(said)?;
            println!("What fits no payment is in {}", file.display());
        }
        if self.create_merchant.is_some()
            && db.read_now::<_, domain::Error>(domain::staff::set_up::is_needed).map_err(|e| said(e.into()))?
        {
            println!("Nobody can sign in yet: start `regulars serve` and become the owner.");
        }
        println!("Import {} is done. Take it back with: regulars import --undo {}", outcome.import, outcome.import);
        Ok(())
    }

    /// Who of the new customers resembles one that was there (SPEC 3.5).
    fn alike(&self, db: &Db, into: &Into, outcome: &Outcome) -> Done {
        let found = imports::resembling(db, &into.ctx, &outcome.import).map_err(said)?;
        if found.alike > 0 {
            println!("{} of the new customers resemble one that was there, see Customers > Duplicates:", found.alike);
            for (new, old, score, why) in &found.first {
                println!("  {new} and {old}, {}: {why}", score.percent());
            }
        }
        if found.more {
            println!("The first {} new customers were held against those that were there. Find duplicates looks at all.", found.looked_at);
        }
        Ok(())
    }

    fn back(&self, db: &Db, today: AsOf, id: &str) -> Done {
        let import: ImportId = id.parse().map_err(|()| format!("“{id}” is no id of an import. See them with --list."))?;
        let ctx = super::merchant(db, self.merchant.as_deref(), Door::Import, today)?;
        let kept = imports::undo(db, &ctx, &FixedClock(ctx.now), &import).map_err(said)?;
        println!("The import is taken back. {kept}");
        Ok(())
    }

    fn list(&self, db: &Db) -> Done {
        let ctx = super::merchant(db, self.merchant.as_deref(), Door::Import, AsOf::Now)?;
        let all = db.read_now::<_, domain::Error>(move |tx| imports::list(tx, &ctx, None, 50)).map_err(|e| said(e.into()))?;
        for i in all {
            let c = i.counts;
            println!(
                "{}  {}  {}  {} {}  created {}, changed {}, unchanged {}, failed {}",
                i.id,
                domain::kit::rfc3339(i.started_at),
                i.state,
                i.kind,
                i.file_name,
                c.created,
                c.changed,
                c.unchanged,
                c.failed
            );
        }
        Ok(())
    }
}

fn said(error: imports::ImportError) -> String {
    error.to_string()
}

fn show(source: &Source, plan: &Plan) {
    println!("{}: {}, layout “{}”, {}", source.name, plan.kind_name(), plan.layout.name, plan.written);
    for (column, field) in plan.lines() {
        println!("  {column} → {field}");
    }
}

fn counts(c: &Counts, currency: Currency) {
    println!("created {}, changed {}, unchanged {}, failed {}", c.created, c.changed, c.unchanged, c.failed);
    if c.orders + c.refunds + c.unmatched + c.customers > 0 {
        println!(
            "  customers {}, orders {} ({} of guests), payments {} ({} of guests)",
            c.customers, c.orders, c.guest_orders, c.payments, c.guest_payments
        );
        println!("  refunds {} ({}), unmatched {}", c.refunds, Money::new(c.refunded, currency), c.unmatched);
    }
}

/// `FILE.failed.csv` beside `FILE`.
fn beside(path: &Path, word: &str) -> PathBuf {
    let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let bare = if word == "unmatched" { name.trim_end_matches(".csv") } else { &name };
    path.with_file_name(format!("{bare}.{word}.csv"))
}

fn create(path: &Path) -> Result<BufWriter<File>, String> {
    let made = own::create(path)
        .map_err(|e| format!("The import is done, but {} cannot be written: {e}. Give another place with --failed.", path.display()))?;
    Ok(BufWriter::new(made))
}

/// Told by Ctrl-C.
fn interrupted() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&flag);
    std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            while tokio::signal::ctrl_c().await.is_ok() {
                set.store(true, Ordering::Relaxed);
            }
        });
    });
    flag
}

/// A progress bar, on a terminal only.
struct Bar {
    bar: Option<ProgressBar>,
    phase: &'static str,
}

impl Bar {
    fn new() -> Self {
        Self { bar: None, phase: "" }
    }

    fn tell(&mut self, progress: &Progress, asked: &AtomicBool) -> Flow {
        if std::io::stderr().is_terminal() {
            if self.phase != progress.phase {
                self.phase = progress.phase;
                self.done();
                let style = ProgressStyle::with_template("{prefix:>10} [{bar:30}] {percent}% {msg}")
                    .unwrap_or_else(|_| ProgressStyle::default_bar());
                self.bar = Some(ProgressBar::new(progress.total).with_style(style).with_prefix(progress.phase));
            }
            if let Some(bar) = &self.bar {
                let c = progress.counts;
                bar.set_message(format!("created {}, changed {}, unchanged {}, failed {}", c.created, c.changed, c.unchanged, c.failed));
                bar.set_position(progress.done);
            }
        }
        if asked.swap(false, Ordering::Relaxed) { self.ask() } else { Flow::Go }
    }

    /// Ctrl-C asks; where nobody can answer it takes back.
    fn ask(&self) -> Flow {
        if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
            return Flow::Cancel;
        }
        let question = || {
            eprint!("\nStop? t = take back what was imported, l = leave it (the same command goes on), anything else = go on: ");
            let _ = std::io::stderr().flush();
            let mut answer = String::new();
            let _ = std::io::stdin().read_line(&mut answer);
            answer
        };
        let answer = self.bar.as_ref().map_or_else(question, |bar| bar.suspend(question));
        match answer.trim() {
            "t" | "T" => Flow::Cancel,
            "l" | "L" => Flow::Leave,
            _ => Flow::Go,
        }
    }

    fn done(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// An error of the trade as one sentence.
pub(super) fn words(error: &domain::Error) -> String {
    imports::ImportError::Domain(error.clone()).to_string()
}
