//! Invoices that add up, of every kind: for the tests and for the judge from outside.
#![allow(dead_code, reason = "each of those who use it uses a part")]

use paper::{Bank, Category, Date, Document, Earlier, Kind, Line, Logo, Moment, Off, Party, TaxGroup};
use rust_decimal::Decimal;

/// Half away from zero, minor units.
fn rounded(exact: Decimal) -> i64 {
    let whole = exact.round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    whole.normalize().to_string().parse().unwrap_or(0)
}

/// A line: title, quantity, price, category, rate.
type Told<'a> = (&'a str, Decimal, Decimal, Category, Decimal);

/// A document of lines, taxed as a whole.
pub fn document(lines: &[Told], decimals: u32) -> Document {
    let lines: Vec<_> = lines.iter().map(|l| (*l, None)).collect();
    discounted(&lines, decimals)
}

/// The same with what is taken off each line.
pub fn discounted(lines: &[(Told, Option<Off>)], decimals: u32) -> Document {
    let scale = Decimal::from(10_i64.pow(decimals));
    let mut taxes: Vec<TaxGroup> = Vec::new();
    let lines: Vec<Line> = lines
        .iter()
        .enumerate()
        .map(|(i, ((title, quantity, unit_price, category, rate), off))| {
            let whole = quantity * unit_price;
            let less = match off {
                None => Decimal::ZERO,
                Some(Off::Percent(part)) => whole * part / Decimal::ONE_HUNDRED,
                Some(Off::Amount(amount)) => *amount,
            };
            let net = rounded((whole - less) * scale);
            match taxes.iter_mut().find(|t| (t.category, t.rate) == (*category, *rate)) {
                Some(t) => t.net += net,
                None => taxes.push(TaxGroup { category: *category, rate: *rate, net, tax: 0 }),
            }
            Line {
                title: (*title).to_owned(),
                sku: if i % 2 == 0 { format!("SKU-{i:03}") } else { String::new() },
                quantity: *quantity,
                unit_price: *unit_price,
                off: *off,
                category: *category,
                rate: *rate,
                net,
                shown: net,
            }
        })
        .collect();
    for t in &mut taxes {
        t.tax = rounded(Decimal::from(t.net) * t.rate / Decimal::ONE_HUNDRED);
    }
    let (net, tax) = (taxes.iter().map(|t| t.net).sum::<i64>(), taxes.iter().map(|t| t.tax).sum::<i64>());
    let issued = Date { year: 2026, month: 11, day: 22 };
    Document {
        kind: Kind::Invoice,
        number: "INV-2026-01042".into(),
        issued,
        issued_at: Moment { date: issued, hour: 9, minute: 30, second: 5 },
        due: Some(Date { year: 2026, month: 12, day: 22 }),
        delivered: issued,
        currency: if decimals == 0 {
            "JPY"
        } else if decimals == 3 {
            "KWD"
        } else {
            "EUR"
        }
        .into(),
        decimals,
        language: "en".into(),
        seller: Party {
            name: "Rösterei Nordlicht GmbH".into(),
            line1: "Speicherstraße 4".into(),
            zip: "20457".into(),
            city: "Hamburg".into(),
            country: "DE".into(),
            country_name: "Germany".into(),
            vat_id: "DE123456788".into(),
            company_id: "HRB 12345".into(),
            email: "billing@example.com".into(),
            phone: "+49 40 123456".into(),
            ..Party::default()
        },
        buyer: Party {
            name: "Ana Ruiz & Söhne <Handel>".into(),
            line1: "Calle Mayor 1".into(),
            line2: "2º izquierda".into(),
            zip: "28013".into(),
            city: "Madrid".into(),
            state: "Madrid".into(),
            country: "ES".into(),
            country_name: "Spain".into(),
            vat_id: "ESB12345674".into(),
            ..Party::default()
        },
        bank: Bank { name: "Beispielbank".into(), iban: "DE02120300000000202051".into(), bic: "BYLADEM1001".into() },
        lines,
        gross: false,
        taxes,
        net,
        tax,
        total: net + tax,
        paid: 0,
        order: "1042".into(),
        earlier: None,
        exemption: String::new(),
        terms: "30 days net.".into(),
        note: "Thank you for your order.".into(),
        footer: "Rösterei Nordlicht GmbH · Amtsgericht Hamburg · Geschäftsführung: I. Petersen".into(),
        logo: None,
    }
}

pub fn dec(text: &str) -> Decimal {
    text.parse().unwrap_or_default()
}

fn coffee(count: usize) -> Vec<(&'static str, Decimal, Decimal, Category, Decimal)> {
    let names = ["Ethiopia Yirgacheffe, washed, whole bean, roasted light for filter", "Grinder", "Paper filters, 100 pieces", "Delivery"];
    (0..count)
        .map(|i| {
            let rate = if i % 4 == 1 { "19" } else { "7" };
            (names[i % 4], Decimal::from(i as i64 % 7 + 1), Decimal::new(1295 + 37 * i as i64, 2), Category::Standard, dec(rate))
        })
        .collect()
}

/// Two lines with a discount, one without.
pub fn with_discounts() -> Document {
    let told =
        |title: &'static str, quantity: &str, price: &str, rate: &str| (title, dec(quantity), dec(price), Category::Standard, dec(rate));
    discounted(
        &[
            (told("Coffee", "3", "12.95", "5.5"), Some(Off::Percent(dec("12.5")))),
            (told("Grinder", "1", "149", "20"), Some(Off::Amount(dec("9.005")))),
            (told("Filters", "2", "4.99", "20"), None),
            (told("Sample", "1", "6", "20"), Some(Off::Percent(dec("100")))),
        ],
        2,
    )
}

/// Prices with the tax in them, and a discount: 35.70 less a tenth, 19 percent inside.
pub fn gross_with_discount() -> Document {
    let mut d = discounted(&[(("Coffee", dec("3"), dec("11.9"), Category::Standard, dec("19")), Some(Off::Percent(dec("10"))))], 2);
    (d.gross, d.net, d.tax, d.total) = (true, 2700, 513, 3213);
    (d.lines[0].net, d.lines[0].shown) = (2700, 3213);
    (d.taxes[0].net, d.taxes[0].tax) = (2700, 513);
    d
}

fn one(category: Category) -> Document {
    document(&[("Advice", dec("2.5"), dec("80"), category, Decimal::ZERO)], 2)
}

/// Each with a name of its own.
pub fn all() -> Vec<(&'static str, Document)> {
    let plain = document(&coffee(3), 2);
    let long = document(&coffee(120), 2);
    let mut credit = document(&coffee(2), 2);
    credit.kind = Kind::CreditNote;
    credit.number = "CN-2026-00007".into();
    (credit.due, credit.terms) = (None, String::new());
    credit.earlier = Some(Earlier { number: "INV-2026-01042".into(), issued: Date { year: 2026, month: 11, day: 2 } });
    let mut paid = document(&coffee(4), 2);
    paid.paid = paid.total;
    paid.language = "de".into();
    let mut partly = document(&coffee(4), 2);
    partly.paid = 500;
    partly.language = "fr".into();
    partly.bank = Bank::default();
    let mut outside = one(Category::Outside);
    outside.exemption = "Small business, no VAT is charged (§ 19 UStG)".into();
    let mut bare = one(Category::Outside);
    bare.seller = Party { name: "Jo".into(), country: "FR".into(), company_id: "1".into(), ..Party::default() };
    bare.buyer = Party { name: "Al".into(), country: "FR".into(), ..Party::default() };
    (bare.terms, bare.note, bare.footer, bare.order) = (String::new(), String::new(), String::new(), String::new());
    let mut logo = document(&coffee(5), 2);
    logo.logo = Some(Logo { width: 96, height: 32, rgba: (0..96 * 32).flat_map(|i| [(i % 96) as u8, 120, 110, 255]).collect() });
    let mut scripts = document(
        &[
            ("咖啡豆 200g", dec("1"), dec("12"), Category::Standard, dec("20")),
            ("קפה طازج", dec("2"), dec("3.5"), Category::Standard, dec("20")),
        ],
        2,
    );
    scripts.buyer.name = "株式会社サンプル".into();
    scripts.note = "Ελληνικά, Кириллица, e\u{301}, \u{202e}abc, a\u{0}b".into();
    let mut credited = with_discounts();
    (credited.kind, credited.number, credited.due, credited.terms) = (Kind::CreditNote, "CN-2026-00008".into(), None, String::new());
    credited.earlier = Some(Earlier { number: "INV-2026-01042".into(), issued: Date { year: 2026, month: 11, day: 2 } });
    let takes_back = document(
        &[
            ("Coffee", dec("3"), dec("12.95"), Category::Standard, dec("5.5")),
            ("Discount", dec("1"), dec("-4"), Category::Standard, dec("5.5")),
            ("Bottle returned", dec("-2"), dec("0.25"), Category::Standard, dec("20")),
        ],
        2,
    );
    vec![
        ("plain", plain),
        ("long", long),
        ("credit", credit),
        ("paid", paid),
        ("partly", partly),
        ("yen", document(&[("コーヒー", dec("3"), dec("1299"), Category::Standard, dec("8"))], 0)),
        ("dinar", document(&[("Coffee", dec("3"), dec("1.255"), Category::Standard, dec("5"))], 3)),
        ("zero", one(Category::Zero)),
        ("exempt", one(Category::Exempt)),
        ("reverse", one(Category::ReverseCharge)),
        ("community", one(Category::IntraCommunity)),
        ("export", one(Category::Export)),
        ("outside", outside),
        ("bare", bare),
        ("logo", logo),
        ("scripts", scripts),
        ("takes_back", takes_back),
        ("discounts", with_discounts()),
        ("gross_discount", gross_with_discount()),
        ("credited_discount", credited),
    ]
}

/// Invoices thrown by dice that always fall the same way: quantities, prices, rates and numbers of lines that nobody thought of.
pub fn thrown(count: u64) -> Vec<(String, Document)> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut dice = move |sides: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % sides
    };
    let rates = ["5.5", "7", "10", "19", "20", "25", "8.1"];
    let mut all = Vec::new();
    for n in 0..count {
        let lines: Vec<_> = (0..1 + dice(25))
            .map(|_| {
                let (quantity, price) = (Decimal::new(1 + dice(9_999) as i64, 2), Decimal::new(dice(2_000_000) as i64 - 200_000, 4));
                let told = ("Thing", quantity, price, Category::Standard, dec(rates[dice(rates.len() as u64) as usize]));
                let off = match dice(4) {
                    0 => Some(Off::Percent(Decimal::new(1 + dice(1_000) as i64, 1))),
                    1 if price.is_sign_positive() => Some(Off::Amount((quantity * price * Decimal::new(dice(100) as i64, 2)).round_dp(3))),
                    _ => None,
                };
                (told, off)
            })
            .collect();
        let mut d = discounted(&lines, if dice(5) == 0 { 0 } else { 2 });
        if d.total < 0 {
            continue;
        }
        d.paid = if dice(3) == 0 { d.total / 2 } else { 0 };
        all.push((format!("thrown-{n}"), d));
    }
    all
}
