//! What comes out of the press. The norm itself is judged from outside (`bin/test-invoices`).

mod sample;

use paper::{Category, Document, Fault, pdf, xml};
use proptest::prelude::*;
use rust_decimal::Decimal;
use sample::{all, dec, document, gross_with_discount, with_discounts};

fn count(bytes: &[u8], what: &str) -> usize {
    bytes.windows(what.len()).filter(|w| *w == what.as_bytes()).count()
}

/// The text of an element, of the first of that name.
fn said<'a>(xml: &'a str, name: &str) -> &'a str {
    let start = xml.find(&format!("<{name}")).map(|at| at + xml[at..].find('>').unwrap() + 1).unwrap();
    &xml[start..start + xml[start..].find("</").unwrap()]
}

#[test]
fn every_kind_is_set_and_the_same_document_gives_the_same_bytes() {
    for (name, d) in all() {
        let bytes = pdf(&d).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(bytes, pdf(&d).unwrap(), "{name}");
        assert!(bytes.starts_with(b"%PDF-1.7") && bytes.ends_with(b"%%EOF"), "{name}");
        assert_eq!(count(&bytes, "pdfaid:part>3<"), 1, "{name} is PDF/A-3");
        let inside = usize::from(name != "dinar");
        assert_eq!(count(&bytes, "/EmbeddedFiles<</Names[(factur-x.xml)"), inside, "{name}");
        assert_eq!(count(&bytes, "<fx:ConformanceLevel>EN 16931<"), inside, "{name}");
    }
}

#[test]
fn the_table_of_objects_points_at_objects() {
    for (name, d) in all() {
        let bytes = pdf(&d).unwrap();
        let at = bytes.windows(9).rposition(|w| w == b"startxref").unwrap();
        let table: usize = std::str::from_utf8(&bytes[at + 10..]).unwrap().lines().next().unwrap().parse().unwrap();
        let text = std::str::from_utf8(&bytes[table..at]).unwrap();
        let mut entries = text.lines().skip(1);
        let total: usize = entries.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        for (id, entry) in entries.take(total).enumerate().filter(|(_, e)| e.trim_end().ends_with('n')) {
            let offset: usize = entry[..10].parse().unwrap();
            assert!(bytes[offset..].starts_with(format!("{id} 0 obj").as_bytes()), "{name}: object {id}");
        }
    }
}

#[test]
fn a_long_invoice_takes_several_pages_and_a_short_one_one() {
    let pages = |d: &Document| count(&pdf(d).unwrap(), "/Type/Page/");
    let named = |wanted: &str| all().into_iter().find(|(name, _)| *name == wanted).unwrap().1;
    assert_eq!(pages(&named("plain")), 1);
    assert!(pages(&named("long")) >= 4, "{}", pages(&named("long")));
}

#[test]
fn words_without_end_and_scripts_without_glyphs_do_no_harm() {
    let mut d = document(&[("x", dec("1"), dec("1"), Category::Standard, dec("20"))], 2);
    d.lines[0].title = "W".repeat(20_000);
    d.buyer.name = "\u{1f600}".repeat(400);
    d.seller.line1 = "ﷺ漢字\u{7}".repeat(100);
    d.note = "a\n".repeat(400);
    d.footer = "long ".repeat(2_000);
    d.number = "9".repeat(200);
    assert!(pdf(&d).is_ok());
}

#[test]
fn what_does_not_add_up_is_refused() {
    let mut d = all().remove(0).1;
    d.total += 1;
    assert!(matches!(pdf(&d), Err(Fault::Sums(_))));
    let mut d = all().remove(0).1;
    d.lines[0].net += 1;
    assert!(matches!(xml(&d), Err(Fault::Sums(_))));
}

#[test]
fn the_data_says_what_the_page_says() {
    let d = all().remove(0).1;
    let xml = xml(&d).unwrap();
    assert_eq!(said(&xml, "ram:TypeCode"), "380");
    assert_eq!(said(&xml, "ram:GrandTotalAmount"), Decimal::new(d.total, 2).to_string());
    assert_eq!(said(&xml, "ram:DuePayableAmount"), Decimal::new(d.total, 2).to_string());
    assert!(xml.contains("Ana Ruiz &amp; Söhne &lt;Handel&gt;"));
    let credit = all().into_iter().find(|(name, _)| *name == "credit").unwrap().1;
    let xml = paper::xml(&credit).unwrap();
    assert!(xml.contains("<ram:TypeCode>381</ram:TypeCode>") && xml.contains("<ram:InvoiceReferencedDocument>"));
}

#[test]
fn the_discount_of_a_line_is_an_amount_between_its_price_and_its_net() {
    let told = |d: &Document| {
        let xml = xml(d).unwrap();
        let all = |name: &str| -> Vec<String> {
            let open = format!("<{name}>");
            xml.match_indices(&open).map(|(at, _)| xml[at + open.len()..at + xml[at..].find("</").unwrap()].to_owned()).collect()
        };
        (all("ram:ActualAmount"), all("ram:ChargeAmount"), all("ram:LineTotalAmount"))
    };
    let (off, price, net) = told(&with_discounts());
    assert_eq!(off, ["4.86", "9.00", "6.00"], "38.85 less 12.5 percent is 33.99; 149 less 9.005 is 140.00 rounded; all of 6.00");
    assert_eq!(
        (&price[..], &net[..4]),
        (&["12.95", "149", "4.99", "6"].map(str::to_owned)[..], &["33.99", "140.00", "9.98", "0.00"].map(str::to_owned)[..])
    );
    let (off, price, net) = told(&gross_with_discount());
    assert_eq!((off, price, net[0].as_str()), (vec!["3.00".to_owned()], vec!["10".to_owned()], "27.00"));
    assert!(pdf(&with_discounts()).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_data_adds_up_to_the_cent(
        lines in prop::collection::vec((1_i64..5_000, -50_000_i64..90_000, 0..3_usize), 1..20),
        decimals in prop::sample::select(vec![0_u32, 2]),
    ) {
        let rates = ["5.5", "10", "20"];
        let lines: Vec<_> = lines.iter().map(|(q, p, r)| ("Thing", Decimal::new(*q, 2), Decimal::new(*p, 3), Category::Standard, dec(rates[*r]))).collect();
        let d = document(&lines, decimals);
        let xml = xml(&d).unwrap();
        let all = |name: &str| -> Decimal {
            let open = format!("<{name}>");
            xml.match_indices(&open).map(|(at, _)| dec(&xml[at + open.len()..at + xml[at..].find("</").unwrap()])).sum()
        };
        let lines = all("ram:LineTotalAmount") - dec(said(&xml, "ram:TaxBasisTotalAmount"));
        prop_assert_eq!(lines, dec(said(&xml, "ram:TaxBasisTotalAmount")), "the lines and their sum");
        prop_assert_eq!(all("ram:BasisAmount"), dec(said(&xml, "ram:TaxBasisTotalAmount")));
        prop_assert_eq!(all("ram:CalculatedAmount"), dec(said(&xml, "ram:TaxTotalAmount")));
        prop_assert_eq!(all("ram:BasisAmount") + all("ram:CalculatedAmount"), dec(said(&xml, "ram:GrandTotalAmount")));
        // The norm knows no price below zero.
        prop_assert!(!xml.contains("<ram:ChargeAmount>-"));
    }
}
