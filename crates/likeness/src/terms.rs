//! How common a value is: two who share a rare surname are more likely one person than two who are called Smith. Counted in a table of fixed size:
//! values that fall into one cell count as more common than they are, which errs on the careful side.

use crate::field::{FIELDS, Field};
use crate::hash::hash;

/// Counts of values by field.
#[derive(Clone, Debug)]
pub struct Terms {
    cells: Vec<u32>,
    totals: [u32; FIELDS],
}

/// Fields whose values have very different frequencies.
pub(crate) const WEIGHED: [Field; 6] = [Field::Given, Field::Surname, Field::Street, Field::City, Field::Locality, Field::Company];

impl Terms {
    /// Room for the values of about `records` records: four bytes for each of two to four cells, at most 16 MB.
    pub fn for_records(records: usize) -> Terms {
        let cells = (records.saturating_mul(4)).next_power_of_two().clamp(1 << 12, 1 << 22);
        Terms { cells: vec![0; cells], totals: [0; FIELDS] }
    }

    /// Counts the values of one record.
    pub fn count(&mut self, fields: &[&str; FIELDS]) {
        for field in WEIGHED {
            let value = fields[field.at()];
            if !value.is_empty() {
                let cell = self.cell(field, value);
                self.cells[cell] = self.cells[cell].saturating_add(1);
                self.totals[field.at()] = self.totals[field.at()].saturating_add(1);
            }
        }
    }

    /// The share of records with this value, never less than two of them; none where it is not counted.
    pub fn share(&self, field: Field, value: &str) -> Option<f64> {
        let total = self.totals[field.at()];
        (total >= 50 && WEIGHED.contains(&field)).then(|| f64::from(self.cells[self.cell(field, value)].max(2)) / f64::from(total))
    }

    fn cell(&self, field: Field, value: &str) -> usize {
        let mark = [u8::try_from(field.at()).unwrap_or(0)];
        usize::try_from(hash(&[&mark, value.as_bytes()])).unwrap_or(0) & (self.cells.len() - 1)
    }
}
