//! Does the secrets key of the configuration open what was sealed?

use store::{Stmt, Tx};

use super::queries as q;
use crate::kit::Result;
use crate::providers::{Vault, seal_name};

/// Of each kind so many are tried: a wrong key opens none.
const TRIED: i64 = 200;

/// Sealed values of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// What they are, in words: `keys of payment providers`.
    pub what: &'static str,
    /// So many were opened.
    pub open: usize,
    /// So many were not.
    pub shut: usize,
}

/// Tries to open what is sealed in the database, at most 200 of each kind; kinds of which there is none are left out. Without a key nothing opens.
pub fn sealed(tx: &mut Tx, vault: Option<&Vault>) -> Result<Vec<Sealed>> {
    let kinds: [(&'static str, &Stmt, fn(&Vault, &str, &str, &str) -> bool); 8] = [
        ("keys of payment providers", &q::PROVIDERS, |v, m, id, text| v.open(&seal_name(m, id), text).is_some()),
        ("passwords of mailboxes", &q::MAILBOXES, |v, m, id, text| v.open(&seal_name(m, id), text).is_some()),
        ("tokens of telephone accounts", &q::PHONES, |v, m, id, text| v.open(&seal_name(m, id), text).is_some()),
        ("keys that sign mail", &q::DKIM, |v, m, _, text| v.open(&seal_name(m, "dkim"), text).is_some()),
        ("secrets of webhook endpoints", &q::ENDPOINTS, |v, m, id, text| v.open(&seal_name(m, id), text).is_some()),
        ("secrets of accounting services", &q::BOOKS, |v, m, id, text| v.open(&crate::accounting::seal_name(m, id, "app"), text).is_some()),
        ("authenticator apps", &q::FACTORS, |v, _, id, text| v.open(&crate::staff::factor::seal_name(id), text).is_some()),
        ("legal copies of invoices", &q::COPIES, |v, m, id, text| v.open_legal(&seal_name(m, id), text).is_some()),
    ];
    let mut all = Vec::new();
    for (what, statement, opens) in kinds {
        let rows = tx.rows(statement, &[&TRIED], |r| Ok((r.get::<String>(0)?, r.get::<String>(1)?, r.get::<String>(2)?)))?;
        let open = rows.iter().filter(|(merchant, id, text)| vault.is_some_and(|v| opens(v, merchant, id, text))).count();
        if !rows.is_empty() {
            all.push(Sealed { what, open, shut: rows.len() - open });
        }
    }
    Ok(all)
}
