//! What the demo's shops sell: a roastery's shelf.

use super::dice::Dice;
use crate::orders::Line;

/// Article number, name, price in euro cents, weight.
type Article = (&'static str, &'static str, i64);

static ARTICLES: [(i64, Article); 32] = [
    (20, ("ESP-250", "Espresso Havn, 250 g", 1150)),
    (16, ("ESP-1000", "Espresso Havn, 1 kg", 3900)),
    (18, ("FIL-250", "Filter Morgen, 250 g", 1250)),
    (12, ("FIL-1000", "Filter Morgen, 1 kg", 4200)),
    (10, ("ETH-250", "Ethiopia Guji, 250 g", 1490)),
    (10, ("KEN-250", "Kenya Nyeri, 250 g", 1590)),
    (9, ("COL-250", "Colombia Huila, 250 g", 1390)),
    (8, ("GUA-250", "Guatemala Antigua, 250 g", 1390)),
    (5, ("GEI-100", "Panama Geisha, 100 g", 2900)),
    (9, ("DEC-250", "Decaf Ro, 250 g", 1290)),
    (6, ("SUB-BOX", "Tasting box, four coffees", 3400)),
    (8, ("PAP-100", "Filter papers, 100 pieces", 650)),
    (4, ("V60-02", "Dripper V60, size 02", 1900)),
    (3, ("KET-09", "Gooseneck kettle, 0.9 l", 8900)),
    (2, ("GRI-HAND", "Hand grinder", 12_900)),
    (1, ("GRI-ELE", "Electric grinder", 24_900)),
    (1, ("MACH-1", "Espresso machine, one group", 119_000)),
    (3, ("SCALE", "Scale with timer", 5900)),
    (4, ("CUP-06", "Cups, set of six", 4200)),
    (5, ("MUG", "Enamel mug", 1600)),
    (3, ("TAMP", "Tamper, 58 mm", 3900)),
    (3, ("MILK-06", "Milk pitcher, 0.6 l", 2400)),
    (4, ("CLEAN", "Cleaning tablets", 1450)),
    (6, ("CHO-70", "Chocolate 70 %, 80 g", 590)),
    (3, ("TEA-SEN", "Sencha, 100 g", 1350)),
    (3, ("TEA-EAR", "Earl Grey, 100 g", 1150)),
    (3, ("GIFT-25", "Gift card 25", 2500)),
    (2, ("GIFT-50", "Gift card 50", 5000)),
    (1, ("COURSE", "Barista course, one evening", 8500)),
    (2, ("TOTE", "Tote bag", 1400)),
    (2, ("BOOK", "The Coffee Notebook", 2200)),
    (2, ("COLD-1", "Cold brew bottle, 1 l", 3100)),
];

/// A basket of one to four lines. `bulk` is a company's.
pub fn basket(dice: &mut Dice, bulk: bool) -> Vec<Line> {
    let lines = if bulk { dice.from(2, 5) } else { *dice.weighed(&[(50, 1), (30, 2), (14, 3), (6, 4)]) };
    let mut taken: Vec<&'static str> = Vec::new();
    (0..lines)
        .filter_map(|_| {
            let (sku, title, cents) = *dice.weighed(&ARTICLES);
            if taken.contains(&sku) {
                return None;
            }
            taken.push(sku);
            let many = if cents > 10_000 {
                1
            } else if bulk {
                dice.from(2, 12)
            } else {
                *dice.weighed(&[(70, 1), (22, 2), (8, 3)])
            };
            Some(line(sku, title, many, cents))
        })
        .collect()
}

/// One line of an article.
pub fn line(sku: &str, title: &str, quantity: i64, cents: i64) -> Line {
    Line {
        sku: sku.to_owned(),
        title: title.to_owned(),
        quantity: quantity.to_string(),
        unit_price: format!("{}.{:02}", cents / 100, cents % 100),
        ..Line::default()
    }
}

/// Subscriptions on offer: name, cents, every so many months.
pub static PLANS: [(&str, i64, i64); 4] =
    [("Roastery Club", 2490, 1), ("Office Supply", 8900, 1), ("Tasting Box", 3400, 3), ("Filter of the Month", 1490, 1)];
