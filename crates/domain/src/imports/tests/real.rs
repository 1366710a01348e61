//! Real files; what is not there is told and passed over. The large shop is imported by `bin/test-real-data`.

use super::*;

fn real(name: &str) -> Option<Source> {
    crate::testing::real(name).map(|path| Source::of(&path).unwrap())
}

store::db_test! {
    crate::migrations();

    fn a_thousand_people_with_a_map(db) {
        let Some(source) = real("people-with-duplicates-1.csv") else { return };
        let desk = Desk::new(db, "People");
        let map = Some("FirstName=given_name; LastName=surname; Address1=street_number+address_1; Address2=address_2; City=suburb; Zip=postcode; \
            State=state; Metadata:birthday=date_of_birth; TaxId=soc_sec_id; ExternalId=rec_id");
        assert_eq!(counts(&desk.import(&source, map)), [1000, 0, 0, 0]);
        let before = desk.dump();
        assert_eq!(counts(&desk.import(&source, map)), [0, 0, 1000, 0]);
        assert_eq!(desk.dump(), before);
    }

    fn the_prestashop_sample(db) {
        let Some(source) = real("prestashop-customers.csv") else { return };
        let desk = Desk::new(db, "PrestaShop");
        let done = desk.import(&source, None);
        assert!(done.counts.created > 1 && done.counts.failed == 0, "{done:?}");
        let again = desk.import(&source, None);
        assert_eq!((again.counts.created, again.counts.changed), (0, 0));
    }
}
