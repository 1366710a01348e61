//! `regulars verify`: works out everything kept from the facts and prints each difference (SPEC 4.3).

use clap::Args;

use super::{Done, Place};

/// Flags of `verify`.
#[derive(Clone, Debug, Args)]
pub struct Verify {
    /// Act as if it were the end of this day where the merchant lives.
    #[arg(long, value_name = "DATE")]
    today: Option<String>,
}

impl Verify {
    /// Prints differences; ends with an error when there is one.
    ///
    /// # Errors
    /// In words.
    pub fn run(&self, place: &Place) -> Done {
        let db = place.open_there()?;
        let checked = domain::verify::run(&db, super::today(self.today.as_deref())?, |d| {
            println!("{} {} of {}: {} is {}, and the facts give {}", d.kind, d.id, d.merchant, d.what, d.kept, d.should_be);
        })
        .map_err(|e| e.to_string())?;
        println!("{} customers, {} payments and {} invoices looked at", checked.customers, checked.payments, checked.invoices);
        if checked.waiting > 0 {
            println!("{} customers are still to be worked out under new rules by a job. Look again when it is through.", checked.waiting);
        }
        if checked.differences == 0 { Ok(()) } else { Err(format!("{} differences", checked.differences)) }
    }
}
