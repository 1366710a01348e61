//! Made-up customers, the same in every run.

use domain::customers::index::Entry;

const FIRST: [&str; 12] = ["ana", "bob", "carla", "dirk", "elena", "farid", "greta", "hugo", "ines", "jonas", "katrin", "lucas"];
const LAST: [&str; 12] =
    ["garcia", "de vries", "muller", "rossi", "novak", "jansen", "silva", "dubois", "kowalski", "andersen", "smith", "papadopoulos"];

/// The same spread of bits on every run.
fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (number ^ (number >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 8
}

/// Customer number so many, as the image of the customers keeps one.
pub fn made_up(number: u64) -> Entry {
    let chance = |salt: u64, below: u64| mix(number * 31 + salt) % below;
    let (first, last) = (FIRST[chance(1, 12) as usize], LAST[chance(2, 12) as usize]);
    let short = last.replace(' ', "");
    let mut key = [0; 16];
    key[..8].copy_from_slice(&((1_700_000_000_000 + number) << 16 | 0x7000).to_be_bytes());
    key[8..].copy_from_slice(&mix(number).to_be_bytes());
    Entry {
        key,
        name: format!("{first} {last}"),
        email: format!("{first}.{short}{}@mail{}.test", chance(3, 900), chance(4, 40)),
        text: String::new(),
        phones: format!("346{:08}", chance(5, 100_000_000)),
        base: [3, 4, 5, 6, 6, 6, 7, 8][chance(6, 8) as usize],
        until: chance(7, 2_000) as i64,
        method: [0, 1, 2, 4, 6, 6, 6, 6][chance(8, 8) as usize],
        expires_day: if chance(9, 3) == 0 { i32::MAX } else { chance(10, 2_000) as i32 },
        group: Some(chance(11, 6) as u16).filter(|group| *group < 5),
        tags: (0..chance(12, 3)).map(|n| chance(13 + n, 30) as u16).collect(),
        shops: (0..=chance(17, 2)).map(|n| chance(18 + n, 4) as u16).collect(),
        country: Some(chance(20, 200) as u16),
        lifetime: if chance(21, 4) == 0 { 0 } else { chance(22, 1_000_000) as i64 },
        created: number as i64 * 1_000,
        last_order: (chance(23, 3) > 0).then(|| chance(24, 1_000_000_000) as i64),
        orders: chance(25, 20) as u32,
    }
}
