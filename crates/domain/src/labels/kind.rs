//! What differs between a group and a tag: the id, the words, the statements, and how it is taken off customers.

use store::{Bind, Row, Stmt, Tx};

use super::{Label, queries as q};
use crate::kit::{Ctx, GroupId, Result, TagId};

/// The statements of a kind.
pub struct Sql {
    pub(super) list: &'static Stmt,
    pub(super) find: &'static Stmt,
    pub(super) by_key: &'static Stmt,
    pub(super) insert: &'static Stmt,
    pub(super) rename: &'static Stmt,
    pub(super) used: &'static Stmt,
    pub(super) delete: &'static Stmt,
}

/// A kind of label, named by its id.
pub trait Kind: Bind + PartialEq + AsRef<str> + From<[u8; 16]> + Sized {
    /// What a person calls it.
    const WORD: &'static str;
    /// Where it is kept.
    const TABLE: &'static str;
    /// Event kinds.
    const CREATED: &'static str;
    /// See [`Kind::CREATED`].
    const RENAMED: &'static str;
    /// See [`Kind::CREATED`].
    const DELETED: &'static str;
    /// What the database gave.
    fn from_text(text: String) -> Self;
    /// Its statements.
    fn sql() -> Sql;
    /// Takes it off every customer, and stamps them so that the customer index sees it.
    fn leave(tx: &mut Tx, ctx: &Ctx, id: &Self) -> Result<()>;
}

impl Kind for GroupId {
    const WORD: &'static str = "group";
    const TABLE: &'static str = "customer_groups";
    const CREATED: &'static str = "group.created";
    const RENAMED: &'static str = "group.renamed";
    const DELETED: &'static str = "group.deleted";
    fn from_text(text: String) -> Self {
        Self::from_db(text)
    }
    fn sql() -> Sql {
        Sql {
            list: &q::GROUPS,
            find: &q::GROUP,
            by_key: &q::GROUP_BY_KEY,
            insert: &q::GROUP_INSERT,
            rename: &q::GROUP_RENAME,
            used: &q::GROUP_USED,
            delete: &q::GROUP_DELETE,
        }
    }
    fn leave(tx: &mut Tx, ctx: &Ctx, id: &Self) -> Result<()> {
        let stamp = tx.stamp()?;
        tx.exec(&q::GROUP_LEAVE, &[&ctx.merchant, id, &stamp])?;
        Ok(())
    }
}

impl Kind for TagId {
    const WORD: &'static str = "tag";
    const TABLE: &'static str = "tags";
    const CREATED: &'static str = "tag.created";
    const RENAMED: &'static str = "tag.renamed";
    const DELETED: &'static str = "tag.deleted";
    fn from_text(text: String) -> Self {
        Self::from_db(text)
    }
    fn sql() -> Sql {
        Sql {
            list: &q::TAGS,
            find: &q::TAG,
            by_key: &q::TAG_BY_KEY,
            insert: &q::TAG_INSERT,
            rename: &q::TAG_RENAME,
            used: &q::TAG_USED,
            delete: &q::TAG_DELETE,
        }
    }
    fn leave(tx: &mut Tx, ctx: &Ctx, id: &Self) -> Result<()> {
        let stamp = tx.stamp()?;
        tx.exec(&q::TAG_TOUCH, &[&ctx.merchant, id, &stamp])?;
        tx.exec(&q::TAG_LEAVE, &[&ctx.merchant, id])?;
        Ok(())
    }
}

/// One row of any kind.
pub(super) fn row<I: Kind>(r: &Row) -> std::result::Result<Label<I>, store::Error> {
    Ok(Label { id: I::from_text(r.get("id")?), name: r.get("name")?, created_at: r.get("created_at")?, used: r.get("used")? })
}
