//! Files of the world, where they are at hand: never within the repository.

use std::fs::File;

use serde_json::Value;

use super::*;
use crate::testing::real;

#[test]
fn the_edge_cases_read_as_their_json() {
    let Some(edge) = real("csv-edge-cases") else { return };
    let mut seen = 0;
    for entry in std::fs::read_dir(&edge).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "csv") {
            continue;
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let json = std::fs::read(edge.join("expected").join(format!("{name}.json"))).unwrap();
        let expected: Value = serde_json::from_slice(&json).unwrap();
        let mut table = Table::open(File::open(&path).unwrap()).unwrap();
        let header = table.header().to_vec();
        let rows: Vec<Value> = table
            .by_ref()
            .map(|row| {
                let row = row.unwrap();
                header.iter().cloned().zip(row.iter().map(Value::from)).collect::<serde_json::Map<_, _>>().into()
            })
            .collect();
        if name == "location_coordinates" {
            same_place(&rows, &expected);
        } else {
            assert_eq!(Value::from(rows), expected, "{name}");
        }
        seen += 1;
    }
    assert_eq!(seen, 12);
}

/// This one's JSON is no list, names two of four columns and another phone number than the file has: what both
/// have in common is the cell it is about.
fn same_place(rows: &[Value], expected: &Value) {
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["Location Coordinates"], expected["Location Coordinates"]);
    assert_eq!(rows[0]["Contact Phone Number"], "2095257564");
    assert_eq!(rows[0]["Counties"], "Stanislaus");
}

#[test]
fn online_retail_is_read_to_the_last_line() {
    let Some(path) = real("online-retail-2010-12-to-2011-08.csv.gz") else { return };
    let file = File::open(path).unwrap();
    let size = file.metadata().unwrap().len();
    let mut table = Table::open(file).unwrap();
    let layout = recognise(table.header()).unwrap();
    let (mut row, mut lines, mut orders) = (Row::default(), 0, std::collections::HashSet::new());
    let (mut customers, mut no_code) = (std::collections::HashSet::new(), std::collections::BTreeSet::new());
    while let Some(read) = table.read(&mut row) {
        read.unwrap();
        lines += 1;
        orders.insert(layout.text(&row, &Target::OrderNumber));
        let number = layout.text(&row, &Target::CustomerNumber);
        customers.insert(values::identifier(&number).to_string());
        values::whole(&layout.text(&row, &Target::Quantity)).unwrap();
        values::decimal(&layout.text(&row, &Target::UnitPrice)).unwrap();
        Moment::parse(&layout.text(&row, &Target::OrderedAt), DateOrder::DayFirst).unwrap();
        let country = layout.text(&row, &Target::CustomerCountry);
        if countries::code_of(&country).is_none() {
            no_code.insert(country);
        }
    }
    customers.remove("");
    assert_eq!((lines, orders.len(), customers.len()), (320_705, 16_459, 3_360));
    assert!(customers.contains("17850") && !customers.contains("17850.0"));
    assert_eq!(no_code.into_iter().collect::<Vec<_>>(), ["Channel Islands", "European Community", "Unspecified"]);
    assert_eq!(table.taken(), size);
}

#[test]
fn people_and_prestashop_are_read_with_a_map_or_by_name() {
    let Some((people, prestashop)) = real("people-with-duplicates-1.csv").zip(real("prestashop-customers.csv")) else { return };
    let mut table = Table::open(File::open(people).unwrap()).unwrap();
    let layout =
        parse_map("Name=given_name+surname;Address=street_number+address_1;Zip=postcode;External ID=rec_id", table.header()).unwrap();
    let first = table.next().unwrap().unwrap();
    assert_eq!(layout.text(&first, &Target::Name), "waller");
    assert_eq!(layout.text(&first, &Target::Address), "6 tullaroop street");
    assert_eq!(table.by_ref().map(Result::unwrap).count(), 999);

    let mut table = Table::open(File::open(prestashop).unwrap()).unwrap();
    let layout = recognise(table.header()).unwrap();
    assert_eq!((layout.name.as_str(), table.separator()), ("prestashop", ';'));
    let rows: Vec<Row> = table.by_ref().map(Result::unwrap).collect();
    assert_eq!(layout.text(&rows[0], &Target::Email), "Peter.Pan@prestashop.com");
    assert_eq!(values::list(&layout.text(&rows[3], &Target::Groups)), ["Customer", "Carribean"]);
    let password = |row: &Row| row.get(4).to_string();
    let all = layout.fields.iter().map(|field| layout.text(&rows[0], &field.target)).collect::<Vec<_>>();
    assert!(!all.contains(&password(&rows[0])));
}
