//! Strings that break things elsewhere come back unchanged, or are refused with a field error.

use super::*;
use crate::customers;
use crate::customers::list::{Indexes, ListQuery};
use crate::kit::Address;

fn strings() -> Option<Vec<String>> {
    let text = std::fs::read(crate::testing::real("naughty-strings.json")?).expect("a file");
    Some(serde_json::from_slice(&text).expect("a list of strings"))
}

store::db_test! {
    crate::migrations();

    fn naughty_strings_come_back(db) {
        let f = Fixture::new(db);
        let (indexes, mut kept) = (Indexes::new(), 0);
        for (i, text) in strings().unwrap_or_default().into_iter().enumerate() {
            let s = || text.clone();
            let new = NewCustomer {
                name: s(), email: format!("n{i}@example.com"), company: s(), tax_id: s(), tags: vec![s()], note: Some(s()),
                billing: Address { line1: s(), city: s(), ..Address::default() }, metadata: [(format!("k{i}"), s())].into(), ..NewCustomer::default()
            };
            match write(&f, &f.ctx, move |tx, ctx| customers::create(tx, ctx, new.clone(), Rules::Normal)) {
                Ok(made) => {
                    let c = get(&f, &made.id);
                    let typed = text.trim();
                    assert_eq!((c.name.as_str(), c.company.as_str(), c.tax_id.as_str(), c.billing.line1.as_str()), (typed, typed, typed, typed));
                    assert_eq!(c.metadata[&format!("k{i}")], typed);
                    kept += 1;
                }
                Err(Error::Invalid(problems)) => assert!(!problems.0.is_empty()),
                Err(other) => panic!("{text:?}: {other}"),
            }
            let (indexes, query) = (indexes.clone(), ListQuery { q: text.clone(), ..ListQuery::default() });
            read(&f, &f.ctx, move |tx, ctx| customers::list::page(tx, ctx, &indexes, &query)).unwrap_or_else(|e| panic!("{text:?}: {e}"));
        }
        assert!(kept > 300 || strings().is_none(), "only {kept} were kept");
    }
}
