//! Header lines of the systems merchants come from, and maps for all others.

use super::*;

const SHOPIFY: &str = "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags";
const LEGACY: &str = "First Name,Last Name,Email,Accepts Email Marketing,Company,Address1,Address2,City,Province,Province Code,Country,Country Code,Zip,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Tags,Note,Tax Exempt";
const STRIPE: &str = "id,Description,Email,Name,Created (UTC),Delinquent,Plan,Status,Total Spend,Payment Count,Refunded Volume,Dispute Losses,shirt size (metadata)";
const WOO: &str = "Name,Username,Last Active,Sign Up,Email,Orders,Total Spend,AOV,Country / Region,City,Region,Postal Code";
const PRESTA: &str = "Customer ID;Active (0/1);Titles ID (Mr = 1, Ms = 2, else 0);Email *;Password *;Birthday (yyyy-mm-dd);Last Name *;First Name *;Newsletter (0/1);Opt-in (0/1);Registration date (yyyy-mm-dd);Groups (x,y,z...);Default group ID";

/// Recognises the header and reads one row of cells numbered from 0.
fn laid(names: &str, separator: char) -> (Layout, Row) {
    let count = names.split(separator).count();
    let cells: Vec<String> = (0..count).map(|n| format!("c{n}")).collect();
    let mut table = open(names.split(separator).map(quoted).collect::<Vec<_>>().join(",") + "\n" + &cells.join(","));
    (recognise(table.header()).unwrap(), table.next().unwrap().unwrap())
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

fn texts(layout: &Layout, row: &Row, targets: &[Target]) -> Vec<String> {
    targets.iter().map(|target| layout.text(row, target)).collect()
}

#[test]
fn our_own_export_is_read_column_by_column() {
    let (layout, row) = laid(&headers::EXPORT_COLUMNS.join(","), ',');
    assert_eq!((layout.name.as_str(), layout.kind), ("regulars", Kind::Customers));
    let targets = [Target::Name, Target::CompanyEmail, Target::Address, Target::Zip, Target::VatNumber];
    assert_eq!(texts(&layout, &row, &targets), ["c0", "c4", "c7", "c10", "c12"]);
    assert_eq!(layout.columns[13], Target::Ignore);
    assert!(layout.unknown.is_empty());
}

#[test]
fn every_column_we_can_write_is_known_when_it_comes_back() {
    let mut names: Vec<String> = headers::EXPORT_COLUMNS.iter().chain(&headers::EXTRA_COLUMNS).map(|n| n.to_string()).collect();
    names.push(headers::metadata_column("shirt, size"));
    names.push(headers::lifetime_column("JPY"));
    let layout = recognise(&names).unwrap();
    assert_eq!(layout.name, "regulars");
    assert!(layout.unknown.is_empty());
    assert!(layout.has(&Target::Metadata("shirt, size".into())));
    assert_eq!(layout.columns.last(), Some(&Target::Ignore));
}

#[test]
fn case_blanks_stars_marks_and_hints_make_no_difference() {
    let names = ["\u{feff}NAME *", "e-mail", " vat_number (EU)", "Zip / Postal code"].map(String::from);
    let layout = recognise(&names).unwrap();
    assert_eq!(layout.columns, [Target::Name, Target::Email, Target::VatNumber, Target::Zip]);
}

#[test]
fn shopify_is_read_in_all_its_forms() {
    let (layout, row) = laid(SHOPIFY, ',');
    assert_eq!(layout.name, "shopify");
    let targets = [Target::ExternalId, Target::FirstName, Target::Company, Target::State, Target::Country, Target::Zip];
    assert_eq!(texts(&layout, &row, &targets), ["c0", "c1", "c5", "c9", "c10", "c11"]);
    assert_eq!(layout.text(&row, &Target::Phone), "c13", "the customer's own phone comes before that of the address");
    assert_eq!(layout.metadata(&row).collect::<Vec<_>>(), [("accepts_sms_marketing", "c14".into()), ("tax_exempt", "c18".into())]);

    let (layout, row) = laid(&format!("{SHOPIFY},Accepts WhatsApp Marketing,Birth date (customer.metafields.custom.birthday)"), ',');
    assert_eq!(layout.name, "shopify");
    assert_eq!(layout.metadata(&row).last(), Some(("custom.birthday", "c21".into())));
    assert!(layout.unknown.is_empty());

    let (layout, row) = laid(LEGACY, ',');
    assert_eq!(layout.name, "shopify");
    assert_eq!(texts(&layout, &row, &[Target::State, Target::Country, Target::Zip]), ["c8", "c11", "c12"]);
}

#[test]
fn an_empty_cell_gives_way_to_the_next_column_of_the_field() {
    let mut table = open("Customer ID,First Name,Last Name,Email,Default Address Zip,Default Address Phone,Phone\n1,A,B,,,+31 20 1,\n");
    let layout = recognise(table.header()).unwrap();
    assert_eq!(layout.text(&table.next().unwrap().unwrap(), &Target::Phone), "+31 20 1");
}

#[test]
fn stripe_woocommerce_and_prestashop_are_read() {
    let (layout, row) = laid(STRIPE, ',');
    assert_eq!(layout.name, "stripe");
    assert_eq!(texts(&layout, &row, &[Target::ExternalId, Target::Note, Target::CreatedAt]), ["c0", "c1", "c4"]);
    assert_eq!(layout.metadata(&row).collect::<Vec<_>>(), [("shirt size", "c12".into())]);

    let (layout, row) = laid(WOO, ',');
    assert_eq!(layout.name, "woocommerce");
    let targets = [Target::Name, Target::CreatedAt, Target::Country, Target::City, Target::State, Target::Zip];
    assert_eq!(texts(&layout, &row, &targets), ["c0", "c3", "c8", "c9", "c10", "c11"]);

    let (layout, row) = laid(PRESTA, ';');
    assert_eq!(layout.name, "prestashop");
    let targets = [Target::ExternalId, Target::Active, Target::Email, Target::LastName, Target::Groups];
    assert_eq!(texts(&layout, &row, &targets), ["c0", "c1", "c3", "c6", "c11"]);
    assert!(layout.unknown.is_empty());
}

#[test]
fn a_password_is_never_read() {
    let (layout, row) = laid(PRESTA, ';');
    assert_eq!(layout.columns[4], Target::Ignore);
    assert!(layout.metadata(&row).all(|(_, value)| value != "c4"));
    let names = header("Name,Password *,passwd_hash");
    assert_eq!(parse_map("Name=Name; Note=Password", &names), Err(MapError::Secret("Password *".into())));
    assert_eq!(parse_map("Name=Name; Metadata:x=passwd_hash", &names), Err(MapError::Secret("passwd_hash".into())));
    assert!(parse_map("Name=Name", &names).unwrap().unknown.is_empty());
}

#[test]
fn online_retail_holds_orders() {
    let names = header("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country");
    let layout = recognise(&names).unwrap();
    assert_eq!((layout.name.as_str(), layout.kind), ("online-retail", Kind::Orders));
    assert_eq!(layout.columns[0], Target::OrderNumber);
    assert_eq!(layout.columns[6], Target::CustomerNumber);
    assert_eq!(parse_map("online-retail", &names).unwrap(), layout);
    let second = header("Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country");
    assert_eq!(recognise(&second).unwrap().columns, layout.columns);
}

#[test]
fn a_header_nobody_knows_needs_a_map() {
    assert_eq!(recognise(&header("Name,Email,Favourite colour")), None);
    assert_eq!(recognise(&header("a,b,c")), None);
    assert_eq!(recognise(&header("Country,City")), None, "nothing to know a customer by");
}

#[test]
fn a_map_joins_columns_in_the_order_it_names_them() {
    let mut table = open("rec_id, given_name, surname, address_1, street_number, date_of_birth, x+y\n r1, Ann, , Main, 7, 19081209, z\n");
    let map = "Name=given_name+surname; Address = Street Number + address_1;Metadata:birthday=date_of_birth; ExternalID=rec_id;Note=x+y;";
    let layout = parse_map(map, table.header()).unwrap();
    let row = table.next().unwrap().unwrap();
    assert_eq!((layout.kind, layout.name.as_str()), (Kind::Customers, "map"));
    assert_eq!(texts(&layout, &row, &[Target::Name, Target::Address, Target::ExternalId, Target::Note]), ["Ann", "7 Main", "r1", "z"]);
    assert_eq!(layout.metadata(&row).collect::<Vec<_>>(), [("birthday", "19081209".into())]);
    assert!(!layout.has(&Target::Email));
}

#[test]
fn a_map_with_an_order_number_is_a_map_of_orders() {
    let names = header("No,When,Qty,Price,Who,\"a;b\"");
    let layout = parse_map("Order number=No;Ordered at=When;Quantity=Qty;Unit price=Price;Name=Who", &names).unwrap();
    assert_eq!(layout.kind, Kind::Orders);
    assert!(layout.has(&Target::CustomerName));
    let lacks = parse_map("Order number=No;Quantity=Qty", &names).unwrap_err();
    assert_eq!(lacks.to_string(), "The map lacks Ordered at, Unit price.");
}

#[test]
fn a_mistake_in_a_map_is_answered_with_what_is_possible() {
    let names = header("Full name,Mail,a b,a_b,x;y");
    let says = |map: &str| parse_map(map, &names).unwrap_err().to_string();
    assert!(says("Nmae=Full name").starts_with("There is no field \"Nmae\". Fields: Name, First name,"));
    assert_eq!(says("Name=Nope"), "The file has no column \"Nope\". Columns: Full name, Mail, a b, a_b, x;y.");
    assert!(says("Name=Full name+Nope").contains("no column \"Nope\""));
    assert!(says("Name=Full name;Name=Mail").contains("mapped twice"));
    assert!(says("Name=A B").contains("more than once"));
    assert!(says("Name").contains("no pair"));
    assert!(says(" ; ").contains("empty"));
    assert!(says("City=Mail").contains("know a customer by"));
    assert!(says("shopify").contains("not those of shopify"));
    assert!(parse_map("Name=a b;Note=\"x;y\"", &names).is_ok());
}

#[test]
fn a_cell_comes_without_the_apostrophe_of_an_export() {
    let mut table = open("Name,Email,Phone\n'=Ann, a@b.c ,'+31 20 1\n");
    let layout = recognise(table.header()).unwrap();
    let row = table.next().unwrap().unwrap();
    assert_eq!(texts(&layout, &row, &[Target::Name, Target::Email, Target::Phone]), ["=Ann", "a@b.c", "+31 20 1"]);
}
