//! Every table and column of the schema, tagged once (SPEC 11.2): what is personal, what is secret, how rows belong to a customer, what
//! anonymising does with them, and whether the person's own file shows them.
//!
//! Whoever adds a table or a column names it here: a test reads the schema of both engines and fails on what is missing or what is named
//! and does not exist. Anonymising, the access file and the search for forgotten bytes all go by this register and have no list of their own.

mod accounting;
mod charges;
mod contracts;
mod conversations;
mod customers;
mod house;
mod invoices;
mod money;
mod offers;
mod orders;
mod portal;
mod privacy;
mod providers;
#[cfg(test)]
mod tests;
mod work;

use std::sync::OnceLock;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// Says something of a customer that a stranger could know them by, or may say it (free text, raw bodies).
    Personal,
    /// Opens a door or is derived from what does: hashes of passwords and links, sealed keys. Shown to nobody.
    Secret,
    /// Names or describes somebody of the house (staff, a partner, the seller): personal, but of no customer.
    House,
    /// Ids, codes, amounts, moments.
    Neither,
}

/// How rows of a table belong to a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belongs {
    /// This column holds the customer's id.
    Customer(&'static str),
    /// `column` holds `key` of a row of `table`, which belongs to the customer.
    Parent {
        /// The column of this table.
        column: &'static str,
        /// The other table.
        table: &'static str,
        /// The column of the other table.
        key: &'static str,
    },
    /// Rows are of the work, not of the person, and speak of people inside of text: those are a customer's that name its values.
    Mention,
    /// The same, also by the ids of the customer and of its things.
    MentionById,
    /// Of no customer.
    House,
}

/// What anonymising does with a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The customer's rows are deleted.
    Deleted,
    /// The rows stay; each column becomes what its [`After`] says.
    Replaced,
    /// As [`Fate::Replaced`]; of what the law wants kept a sealed copy was made before.
    Legal,
    /// The rows stay as they are: nothing in them is personal of a customer. With the reason.
    Kept(&'static str),
}

/// What becomes of a column where the rows stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// Empty: NULL where the column may be, else empty text, zero, no bytes.
    Cleared,
    /// It stays as it is.
    Same,
    /// `Anonymised customer 4F2K`.
    Name,
    /// The same as the list orders it.
    SortName,
    /// `anon-…@anonymised.invalid`.
    Email,
    /// The key of that address.
    EmailKey,
    /// A buyer of an invoice with that name and nothing else, JSON.
    Buyer,
    /// The moment of anonymising.
    Moment,
    /// A number of our own series: the one it is, or a new one (`privacy::number`).
    Number,
}

/// Does the person's own file (SPEC 11.4) show the table?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Under this heading.
    Shown(&'static str),
    /// Not, for this reason.
    Hidden(&'static str),
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub tag: Tag,
    /// What it becomes.
    pub after: After,
    /// Who has its value has the person: the pass that looks for what is left goes by it.
    pub finds: bool,
}

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// How its rows belong to a customer.
    pub belongs: Belongs,
    /// What anonymising does with them.
    pub fate: Fate,
    /// Does the person's own file show it?
    pub access: Access,
    /// All its columns.
    pub columns: Vec<Column>,
    /// Words of its column `state` in which a row is still worked on and waits to be looked at.
    pub busy: &'static [&'static str],
}

impl Table {
    /// A column by name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// The columns with this tag.
    pub fn tagged(&self, tag: Tag) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(move |c| c.tag == tag)
    }

    /// Is it searched by what its rows say?
    pub fn is_searched(&self) -> bool {
        matches!(self.belongs, Belongs::Mention | Belongs::MentionById)
    }

    /// Does it hold anything personal of a customer?
    pub fn is_personal(&self) -> bool {
        self.belongs != Belongs::House && self.tagged(Tag::Personal).next().is_some()
    }

    // What follows writes the register down: `table("notes").of("customer_id").shown("Notes").personal("body")…`

    fn of(mut self, column: &'static str) -> Self {
        self.belongs = Belongs::Customer(column);
        self
    }

    fn under(mut self, column: &'static str, table: &'static str, key: &'static str) -> Self {
        self.belongs = Belongs::Parent { column, table, key };
        self
    }

    fn mentions(mut self) -> Self {
        (self.belongs, self.fate) = (Belongs::Mention, Fate::Replaced);
        self
    }

    fn mentions_by_id(mut self) -> Self {
        (self.belongs, self.fate) = (Belongs::MentionById, Fate::Replaced);
        self
    }

    fn busy(mut self, states: &'static [&'static str]) -> Self {
        self.busy = states;
        self
    }

    fn deleted(mut self) -> Self {
        self.fate = Fate::Deleted;
        self
    }

    fn replaced(mut self) -> Self {
        self.fate = Fate::Replaced;
        self
    }

    fn legal(mut self) -> Self {
        self.fate = Fate::Legal;
        self
    }

    fn kept(mut self, why: &'static str) -> Self {
        self.fate = Fate::Kept(why);
        self
    }

    fn shown(mut self, heading: &'static str) -> Self {
        self.access = Access::Shown(heading);
        self
    }

    fn hidden(mut self, why: &'static str) -> Self {
        self.access = Access::Hidden(why);
        self
    }

    fn tag(mut self, names: &'static str, tag: Tag, after: After) -> Self {
        self.columns.extend(names.split_whitespace().map(|name| Column { name, tag, after, finds: false }));
        self
    }

    /// Personal, and cleared where the rows stay.
    fn personal(self, names: &'static str) -> Self {
        self.tag(names, Tag::Personal, After::Cleared)
    }

    /// Those of the personal columns that find the person.
    fn finding(mut self, names: &'static str) -> Self {
        let names: Vec<&str> = names.split_whitespace().collect();
        self.columns.iter_mut().filter(|c| names.contains(&c.name)).for_each(|c| c.finds = true);
        self
    }

    /// Personal, and something else afterwards.
    fn becomes(self, name: &'static str, after: After) -> Self {
        self.tag(name, Tag::Personal, after)
    }

    /// Secret, and cleared where the rows stay.
    fn secret(self, names: &'static str) -> Self {
        self.tag(names, Tag::Secret, After::Cleared)
    }

    /// Of the house; it stays.
    fn house(self, names: &'static str) -> Self {
        self.tag(names, Tag::House, After::Same)
    }

    /// Neither; it stays.
    fn neither(self, names: &'static str) -> Self {
        self.tag(names, Tag::Neither, After::Same)
    }

    /// Neither, but cleared: it points to what is deleted, or says what no longer holds.
    fn unset(self, names: &'static str) -> Self {
        self.tag(names, Tag::Neither, After::Cleared)
    }
}

/// A table of the house: kept, shown to no customer, until its line says more.
fn table(name: &'static str) -> Table {
    Table {
        name,
        belongs: Belongs::House,
        fate: Fate::Kept("of the house, not of a customer"),
        access: Access::Hidden("of the house, not of a customer"),
        columns: Vec::new(),
        busy: &[],
    }
}

/// The register, by area.
pub fn tables() -> &'static [Table] {
    static TABLES: OnceLock<Vec<Table>> = OnceLock::new();
    TABLES.get_or_init(|| {
        let areas = [
            house::tables(),
            customers::tables(),
            orders::tables(),
            money::tables(),
            invoices::tables(),
            offers::tables(),
            contracts::tables(),
            charges::tables(),
            providers::tables(),
            work::tables(),
            privacy::tables(),
            conversations::tables(),
            portal::tables(),
            accounting::tables(),
        ];
        areas.into_iter().flatten().collect()
    })
}

/// One table by name.
pub fn find(name: &str) -> Option<&'static Table> {
    tables().iter().find(|t| t.name == name)
}
