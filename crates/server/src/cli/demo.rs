//! `regulars demo`: a believable merchant on the embedded database (or `DATABASE_URL`), and the dashboard over it.

use std::path::PathBuf;

use clap::Args;
use domain::demo::{self, Plan};
use domain::imports::Shelf;
use store::Db;

use super::serve::Serve;
use super::{Done, Place};

/// Flags of `demo`.
#[derive(Debug, Args)]
pub struct Demo {
    #[command(flatten)]
    serve: Serve,
    /// The last day of the story (YYYY-MM-DD), and the day the dashboard believes it is; otherwise today.
    #[arg(long, value_name = "DAY")]
    today: Option<String>,
    /// How many customers.
    #[arg(long, default_value_t = 5000, value_name = "N")]
    customers: usize,
    /// The same seed and day make the same shop.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Make the data and stop.
    #[arg(long)]
    no_serve: bool,
}

impl Demo {
    /// Makes what is missing, then serves.
    ///
    /// # Errors
    /// In words.
    pub fn run(&self, place: &Place) -> Done {
        let place = Place { data: Some(place.data.clone().unwrap_or_else(|| PathBuf::from("regulars-demo"))), ..place.clone() };
        let db = place.open_roomy()?;
        let clock = super::today(self.today.as_deref())?.clock(&demo::zone());
        let new = db.read_now::<_, domain::Error>(domain::staff::set_up::is_needed).map_err(|e| e.to_string())?;
        let hello =
            if new { self.make(&place, &db, clock.now())? } else { "This demo was made before; its sign-in is the same.".to_owned() };
        if self.no_serve {
            println!("{hello}");
            return Ok(());
        }
        self.serve.serve(&place, db, clock, &format!("{hello}\nSign in with mara@kilde.example and the password “{}”.", demo::PASSWORD))
    }

    fn make(&self, place: &Place, db: &Db, now: i64) -> Result<String, String> {
        let begun = std::time::Instant::now();
        let plan = Plan { customers: self.customers, seed: self.seed, now };
        let words = |e: domain::Error| format!("The demo could not be made: {e}");
        let house = demo::open(db, &plan).map_err(words)?;
        let bar = super::progress::bar("Making customers", self.customers as u64);
        demo::fill(db, &house, &plan, |done| bar.set_position(done as u64)).map_err(words)?;
        demo::guests(db, &house, &plan).map_err(words)?;
        demo::bills(db, &house, &plan).map_err(words)?;
        demo::asks(db, &house, &plan).map_err(words)?;
        demo::talks(db, &house, &plan).map_err(words)?;
        demo::business(db, &house).map_err(words)?;
        demo::clubs(db, &house, &plan).map_err(words)?;
        let mut file = place.file()?;
        file.secrets_key = self.serve.secrets_key.clone().or(file.secrets_key);
        let vault = crate::config::vault(&file, &place.folder(&file)?)?;
        let endpoint = demo::hooks(db, &house, &plan, &vault).map_err(words)?;
        demo::books(db, &house, &plan, &vault, &crate::workers::kinds()).map_err(words)?;
        demo::erased(db, &house, &plan, &vault).map_err(words)?;
        demo::merges(db, &house).map_err(words)?;
        demo::offers(db, &house, &plan).map_err(words)?;
        demo::contracts(db, &house, &plan).map_err(words)?;
        demo::charges(db, &house, &plan).map_err(words)?;
        demo::told(db, &house, &plan, &vault, &endpoint).map_err(words)?;
        demo::service(db, &house, &plan).map_err(words)?;
        demo::letters(db, &house, &plan).map_err(words)?;
        demo::files(db, &house, &plan, &Shelf::of(&place.folder(&file)?)).map_err(words)?;
        let customer = demo::portal(db, &house, &plan).map_err(words)?;
        bar.finish_and_clear();
        let people: Vec<String> = house.people.iter().skip(1).map(|(email, role)| format!("{email} ({})", role.label())).collect();
        let portal = customer.map_or_else(String::new, |email| {
            format!("\nThe portal is at /portal/kilde: come in as {email} with the password “{}”.", demo::PASSWORD)
        });
        Ok(format!(
            "Made Kilde Coffee with {} customers in {:.1} s. Others who can sign in: {}.\nAPI key: {}{portal}",
            self.customers,
            begun.elapsed().as_secs_f64(),
            people.join(", "),
            house.api_key
        ))
    }
}
