//! What is compared of a customer or of a row of a file: which of our fields is which of [`likeness::Field`].

use likeness::{Field, Record};

use crate::customers::index::fold;
use crate::files::Target;

/// Further columns of a file beyond what we know; more are left out.
const EXTRAS: [Field; 3] = [Field::Extra1, Field::Extra2, Field::Extra3];

/// Values by our fields, on the way to a record.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    values: Vec<(Target, String)>,
    /// As they were typed: rows are looked up by them.
    typed: Vec<(Target, String)>,
}

/// By what rows are looked up as it was typed.
const LOOKED_UP: [Target; 5] = [Target::Zip, Target::Email, Target::Company, Target::TaxId, Target::VatNumber];

impl Sheet {
    /// Notes a value as it was typed; the first of several counts. Empty ones are nothing.
    pub fn set(&mut self, target: &Target, value: &str) {
        if *target == Target::Address
            && let Some((street, more)) = value.trim().split_once(['\n', '\r'])
        {
            self.set(&Target::Address1, street);
            self.set(&Target::Address2, more);
            return;
        }
        if !value.trim().is_empty() && !self.values.iter().any(|(known, _)| known == target) {
            self.values.push((target.clone(), fold(value)));
            if LOOKED_UP.contains(target) {
                self.typed.push((target.clone(), value.trim().to_owned()));
            }
        }
    }

    /// A value, folded; empty when there is none.
    pub(super) fn get(&self, target: &Target) -> &str {
        self.values.iter().find(|(known, _)| known == target).map_or("", |(_, value)| value.as_str())
    }

    /// One of [`LOOKED_UP`] as it was typed; empty when there is none.
    pub(super) fn typed(&self, target: &Target) -> &str {
        self.typed.iter().find(|(known, _)| known == target).map_or("", |(_, value)| value.as_str())
    }

    /// The name that a list shows, folded; empty when there is none.
    pub(super) fn typed_name(&self) -> &str {
        let shown = [Target::Name, Target::FirstName, Target::LastName, Target::Company];
        shown.iter().find_map(|target| self.values.iter().find(|(known, _)| known == target)).map_or("", |(_, value)| value)
    }

    /// The record: a display name is parted where the two names are not known, and an address line into street and house number.
    pub fn record(&self) -> Record {
        let get = |target: &Target| self.get(target);
        let named = !get(&Target::FirstName).is_empty() || !get(&Target::LastName).is_empty();
        let (given, surname) = match named {
            true => (get(&Target::FirstName), get(&Target::LastName)),
            false => Record::split_name(get(&Target::Name)),
        };
        let line = [&Target::Address1, &Target::Address].into_iter().map(get).find(|line| !line.is_empty()).unwrap_or("");
        let number = get(&Target::StreetNumber);
        let (street, number) = if number.is_empty() { Record::split_street(line) } else { (line, number) };
        let tax = [&Target::VatNumber, &Target::TaxId].into_iter().map(get).find(|id| !id.is_empty()).unwrap_or("");
        let mut values = vec![
            (Field::Given, given),
            (Field::Surname, surname),
            (Field::Street, street),
            (Field::Number, number),
            (Field::Locality, get(&Target::Address2)),
            (Field::City, get(&Target::City)),
            (Field::Zip, get(&Target::Zip)),
            (Field::State, get(&Target::State)),
            (Field::Phone, get(&Target::Phone)),
            (Field::Email, get(&Target::Email)),
            (Field::Company, get(&Target::Company)),
            (Field::TaxId, tax),
        ];
        let mut free = EXTRAS.into_iter();
        for (target, value) in &self.values {
            if let Target::Metadata(key) = target {
                match is_birth(key) {
                    true => values.push((Field::Birth, value)),
                    false => values.extend(free.next().map(|field| (field, value.as_str()))),
                }
            }
        }
        Record::of(&values)
    }
}

/// Says that a further field of this name is a date of birth.
pub fn is_birth(key: &str) -> bool {
    let plain: String = fold(key).chars().filter(|c| c.is_alphanumeric()).collect();
    plain.contains("birth") || plain == "dob" || plain.contains("geburt")
}
