//! Consistent groups: one person may be there several times, and pairs found one by one may contradict each other (A is B, B is C, A is not C). Two groups
//! become one when all their members together say so, not when a single pair does.

use std::collections::HashMap;

/// Larger groups stay as they are: somebody looks at them anyway, and the work grows with the square.
const LARGEST: usize = 60;

/// Makes groups from pairs with their weights (natural logarithm of the odds), strongest first. `weigh` gives the weight of a pair that was not compared.
pub(crate) fn group(mut pairs: Vec<(u32, u32, f64)>, weigh: &dyn Fn(u32, u32) -> f64) -> Vec<Vec<u32>> {
    pairs.sort_by(|x, y| y.2.total_cmp(&x.2).then((x.0, x.1).cmp(&(y.0, y.1))));
    let mut of: HashMap<u32, usize> = HashMap::new();
    let mut groups: Vec<Vec<u32>> = Vec::new();
    for (a, b, _) in pairs {
        let mut place = |row: u32| {
            *of.entry(row).or_insert_with(|| {
                groups.push(vec![row]);
                groups.len() - 1
            })
        };
        let (one, other) = (place(a), place(b));
        if one == other || groups[one].len() + groups[other].len() > LARGEST {
            continue;
        }
        if agree(&groups[one], &groups[other], weigh) {
            let moved = std::mem::take(&mut groups[other]);
            for row in &moved {
                of.insert(*row, one);
            }
            groups[one].extend(moved);
        }
    }
    let mut groups: Vec<Vec<u32>> = groups.into_iter().filter(|group| group.len() > 1).collect();
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups.sort_unstable();
    groups
}

/// The mean over all pairs between the two speaks for one person. One strong contradiction cannot be outvoted by a strong agreement: each counts at most so much.
fn agree(one: &[u32], other: &[u32], weigh: &dyn Fn(u32, u32) -> f64) -> bool {
    let all: f64 = one.iter().flat_map(|a| other.iter().map(move |b| weigh(*a, *b).clamp(-12.0, 12.0))).sum();
    all > 0.0
}
