//! What the grades say: Fellegi and Sunter's weights and the probability that a pair is one person.

use crate::compare::{Level, Pattern};
use crate::field::{FIELDS, Field};
use crate::terms::{Terms, WEIGHED};

/// How many levels a pattern knows.
pub(crate) const LEVELS: usize = 8;

/// Why two records may agree: it is one person, a family under one roof, colleagues and neighbours at one address, or people of one town. (Else they are
/// strangers.) A pair is not one person because everything agrees that a family shares; who is who shows in the other fields. And people of one town
/// agree by chance more often than others, in their names and streets too, because those go by country: how often is counted by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tie {
    Person,
    Family,
    Address,
    Town,
}

pub(crate) const TIES: [Tie; 4] = [Tie::Person, Tie::Family, Tie::Address, Tie::Town];

impl Tie {
    /// Whether people with this tie have the field in common.
    fn shares(self, field: Field) -> bool {
        match self {
            Tie::Person => true,
            Tie::Family => !matches!(field, Field::Given | Field::Birth | Field::Email | Field::Extra1 | Field::Extra2 | Field::Extra3),
            Tie::Address => Tie::Family.shares(field) && field != Field::Surname,
            Tie::Town => matches!(field, Field::City | Field::Zip | Field::State),
        }
    }
}

/// A number for each field and level.
pub(crate) type Table = [[f64; LEVELS]; FIELDS];

/// For each field and level: how often records of one person, those of strangers, and those of strangers of one town show it; and how often two
/// records drawn at random have which tie.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    pub(crate) same: Table,
    pub(crate) other: Table,
    pub(crate) near: Table,
    pub(crate) shares: [f64; TIES.len()],
    /// What each level of each field adds for one person, and for people of one town; worked out once.
    weights: Table,
    in_town: Table,
}

impl Model {
    /// What is assumed before anything was learnt: values mostly agree when it is one person, and seldom when it is two. `records` is how many
    /// there are; one in twenty is taken to be there twice.
    pub fn assumed(records: usize) -> Model {
        let mut same: Table = [[1.0, 0.78, 0.08, 0.04, 0.02, 0.05, 0.02, 0.01]; FIELDS];
        // Who comes back comes with another e-mail address, or they would have been known by it.
        same[Field::Email.at()] = [1.0, 0.35, 0.06, 0.06, 0.05, 0.46, 0.01, 0.01];
        same[Field::Phone.at()] = [1.0, 0.6, 0.06, 0.01, 0.01, 0.3, 0.01, 0.01];
        let mut other: Table = [[1.0, 0.005, 0.005, 0.005, 0.03, 0.94, 0.002, 0.005]; FIELDS];
        for (field, chance) in [(Field::State, 0.2), (Field::City, 0.02), (Field::Zip, 0.01), (Field::Number, 0.02)] {
            other[field.at()][Level::Same as usize] = chance;
        }
        for field in [Field::Phone, Field::Email, Field::TaxId, Field::Birth] {
            other[field.at()] = [1.0, 0.000_05, 0.000_05, 0.000_2, 0.002, 0.997, 0.000_1, 0.000_1];
        }
        let records = count(records).max(2.0);
        let share = (0.05 * records).max(1.0) / (records * (records - 1.0) / 2.0);
        Model::of(same, other, near(&other), [share, share / 2.0, share / 2.0, 0.01])
    }

    /// From its parts.
    pub(crate) fn of(same: Table, other: Table, near: Table, shares: [f64; TIES.len()]) -> Model {
        let beside = |of: &Table| -> Table {
            std::array::from_fn(|f| std::array::from_fn(|level| if level == 0 { 0.0 } else { (of[f][level] / other[f][level]).ln() }))
        };
        let (weights, in_town) = (beside(&same), beside(&near));
        Model { same, other, near, shares, weights, in_town }
    }

    /// The model as numbers, to be kept.
    pub fn numbers(&self) -> Vec<f64> {
        let tables = [&self.same, &self.other, &self.near];
        self.shares.iter().chain(tables.into_iter().flatten().flatten()).copied().collect()
    }

    /// From what [`Model::numbers`] gave; none when these are not the numbers of a model of this version.
    pub fn from_numbers(numbers: &[f64]) -> Option<Model> {
        let (ties, table) = (TIES.len(), FIELDS * LEVELS);
        let good = numbers.len() == ties + 3 * table && numbers.iter().all(|n| n.is_finite() && *n > 0.0);
        good.then(|| {
            let read = |nth: usize| std::array::from_fn(|f| std::array::from_fn(|level| numbers[ties + nth * table + f * LEVELS + level]));
            Model::of(read(0), read(1), read(2), std::array::from_fn(|n| numbers[n]))
        })
    }

    /// The weight of evidence of a pattern for one person: natural logarithm of the odds.
    pub fn weigh(&self, pattern: Pattern) -> f64 {
        odds(self.ties(pattern))
    }

    /// The same, where values that agree count by how rare they are.
    pub fn weigh_values(&self, pattern: Pattern, terms: &Terms, a: &[&str; FIELDS], b: &[&str; FIELDS]) -> f64 {
        let mut ties = self.ties(pattern);
        for field in WEIGHED {
            let part = match pattern.level(field) {
                Level::Same => 1.0,
                Level::VeryClose => 0.5,
                _ => continue,
            };
            if let (Some(x), Some(y)) = (terms.share(field, a[field.at()]), terms.share(field, b[field.at()])) {
                let usual = self.other[field.at()][Level::Same as usize];
                let rare = part * (usual / x.max(y)).ln().clamp(-4.0, 3.0);
                for (weight, tie) in ties.iter_mut().zip(TIES) {
                    *weight += if tie.shares(field) { rare } else { 0.0 };
                }
            }
        }
        odds(ties)
    }

    /// How likely each tie explains a pattern, as logarithms beside the chance that they are strangers.
    pub(crate) fn ties(&self, pattern: Pattern) -> [f64; TIES.len()] {
        let mut ties = self.shares.map(f64::ln);
        let mailbox = is_of_a_family(pattern);
        for field in Field::ALL {
            let level = pattern.level(field);
            for (sum, tie) in ties.iter_mut().zip(TIES) {
                *sum += match tie {
                    Tie::Person if mailbox && field == Field::Email => self.weight(field, level).min(0.0),
                    Tie::Town => self.in_town[field.at()][level as usize],
                    _ if tie.shares(field) => self.weight(field, level),
                    _ => 0.0,
                };
            }
        }
        ties
    }

    /// What one field adds.
    pub fn weight(&self, field: Field, level: Level) -> f64 {
        self.weights[field.at()][level as usize]
    }

    /// From a weight to a probability.
    pub fn probability(weight: f64) -> f64 {
        1.0 / (1.0 + (-weight).exp())
    }
}

/// Another first name and another date of birth: two people, and a mailbox they have in common is a family's. It says nothing for one person.
fn is_of_a_family(pattern: Pattern) -> bool {
    let another = |field: Field| matches!(pattern.level(field), Level::Differs | Level::Far);
    another(Field::Given) && another(Field::Birth)
}

/// One person against all other explanations together, strangers among them.
fn odds([person, others @ ..]: [f64; TIES.len()]) -> f64 {
    let most = others.iter().copied().fold(0.0, f64::max);
    person - most - (others.iter().map(|other| (other - most).exp()).sum::<f64>() + (-most).exp()).ln()
}

/// What is assumed of people of one town: they agree where the town is written, and else as strangers do.
pub(crate) fn near(other: &Table) -> Table {
    let mut near = *other;
    for field in [Field::City, Field::Zip, Field::State] {
        near[field.at()] = [1.0, 0.8, 0.05, 0.02, 0.05, 0.06, 0.01, 0.01];
    }
    near
}

/// Counts of records and pairs are far below 2^52.
#[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
pub(crate) fn count(n: usize) -> f64 {
    n as f64
}
