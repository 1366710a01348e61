//! What the demo is for: there is everything to look at, and nothing in it is wrong.

use store::Engine;
use store::testing::fresh;

use super::*;
use crate::customers::list::{self, Indexes, ListQuery};
use crate::providers::Vault;
use crate::testing::NOW;
use crate::verify;

#[test]
fn after_all_stages_every_status_of_customers_and_of_payment_methods_is_there() {
    let db = fresh(Engine::Sqlite, crate::migrations());
    let (plan, vault) = (Plan { customers: 400, seed: 1, now: NOW }, Vault::new(&[7; 32]).unwrap());
    let house = open(&db, &plan).unwrap();
    fill(&db, &house, &plan, |_| {}).unwrap();
    guests(&db, &house, &plan).unwrap();
    bills(&db, &house, &plan).unwrap();
    asks(&db, &house, &plan).unwrap();
    talks(&db, &house, &plan).unwrap();
    business(&db, &house).unwrap();
    clubs(&db, &house, &plan).unwrap();
    let endpoint = hooks(&db, &house, &plan, &vault).unwrap();
    erased(&db, &house, &plan, &vault).unwrap();
    merges(&db, &house).unwrap();
    offers(&db, &house, &plan).unwrap();
    contracts(&db, &house, &plan).unwrap();
    charges(&db, &house, &plan).unwrap();
    told(&db, &house, &plan, &vault, &endpoint).unwrap();
    service(&db, &house, &plan).unwrap();
    letters(&db, &house, &plan).unwrap();
    portal(&db, &house, &plan).unwrap();

    let ctx = house.ctx.at(NOW);
    let page = db.read_now::<_, crate::Error>(move |tx| list::page(tx, &ctx, &Indexes::new(), &ListQuery::default())).unwrap();
    let counts = page.counts.unwrap();
    let missing: Vec<&str> = counts.status.iter().filter(|(_, n)| *n == 0).map(|(status, _)| status.name()).collect();
    assert!(missing.is_empty(), "no customer is {missing:?}");
    let missing: Vec<&str> = counts.method.iter().filter(|(_, n)| *n == 0).map(|(method, _)| method.name()).collect();
    assert!(missing.is_empty(), "no payment method is {missing:?}");
    let mut found = Vec::new();
    verify::merchant_of(&db, &house.ctx.at(NOW), &mut |d| found.push(d.clone())).unwrap();
    assert!(found.is_empty(), "{found:#?}");
}
