//! Calls as Twilio tells them, and as Asterisk and FreeSWITCH write them down.

use super::*;
use crate::conversations::phones::Opened;
use crate::conversations::records::{self, Taken};
use crate::kit::{Right, Zone};
use crate::orders::desk::refusal;
use crate::providers::Vault;
use providers::twilio;

fn vault() -> Vault {
    Vault::new(&[7; 32]).unwrap()
}

fn set_up(desk: &Desk, token: &'static str) -> Result<Opened> {
    desk.write(move |tx, ctx| {
        let shop = crate::shops::list(tx, ctx)?.remove(0).id;
        phones::put(tx, ctx, &vault(), &shop, token)?;
        let address = phones::list(tx, ctx)?.remove(0).address;
        Ok(phones::by_address(tx, &vault(), &address)?.unwrap())
    })
}

fn told(desk: &Desk, opened: &Opened, sid: &str, end: twilio::End, seconds: i64) -> Result<(EntryId, bool)> {
    let call = twilio::Call { sid: sid.into(), other: "+34612345678".into(), inbound: true, end, seconds };
    let (opened, now) = (opened.clone(), desk.now());
    desk.write(move |tx, _| phones::told(tx, &opened, &call, now))
}

fn phone(desk: &Desk, customer: &CustomerId, number: &'static str) {
    let id = customer.clone();
    desk.write(move |tx, ctx| {
        crate::customers::edit(tx, ctx, &id, crate::customers::CustomerEdit { phone: Some(number.into()), ..Default::default() })
    })
    .unwrap();
}

fn take(desk: &Desk, file: &str, all: bool) -> Taken {
    let calls = records::read(file.as_bytes(), &Zone::utc()).unwrap().calls;
    desk.write(move |tx, ctx| records::take(tx, ctx, &calls, all)).unwrap()
}

const MASTER: &str = "\"\",\"0034612345678\",\"1001\",\"from-trunk\",\"\"\"Ana\"\" <0034612345678>\",\"SIP/trunk-01\",\"SIP/1001-02\",\"Dial\",\"SIP/1001,30\",\"2026-01-05 10:11:12\",\"2026-01-05 10:11:20\",\"2026-01-05 10:12:25\",73,65,\"ANSWERED\",\"DOCUMENTATION\",\"1767607872.1\",\"\"\n\
\"\",\"1001\",\"+34612345678\",\"from-internal\",\"\"\"Desk\"\" <1001>\",\"SIP/1001-03\",\"SIP/trunk-04\",\"Dial\",\"SIP/trunk\",\"2026-01-05 11:00:00\",\"\",\"2026-01-05 11:00:30\",30,0,\"NO ANSWER\",\"DOCUMENTATION\",\"1767610800.2\",\"\"\n\
\"\",\"1001\",\"1002\",\"from-internal\",\"\",\"SIP/1001-05\",\"SIP/1002-06\",\"Dial\",\"SIP/1002\",\"2026-01-05 11:30:00\",\"2026-01-05 11:30:02\",\"2026-01-05 11:31:00\",60,58,\"ANSWERED\",\"DOCUMENTATION\",\"1767612600.3\",\"\"\n\
\"\",\"+442079460000\",\"1001\",\"from-trunk\",\"\",\"SIP/trunk-07\",\"\",\"VoiceMail\",\"1001\",\"2026-01-05 12:00:00\",\"2026-01-05 12:00:01\",\"2026-01-05 12:00:21\",21,20,\"ANSWERED\",\"DOCUMENTATION\",\"1767614400.4\",\"\"\n\
broken,row\n";

const CSV: &str = "\"Ana\",\"+34612345678\",\"1001\",\"public\",\"2026-01-05 10:11:12\",\"2026-01-05 10:11:20\",\"2026-01-05 10:12:25\",\"73\",\"65\",\"NORMAL_CLEARING\",\"6f1f3c6e-0001-4b6e-8d6a-000000000001\",\"6f1f3c6e-0001-4b6e-8d6a-000000000002\",\"\",\"PCMU\",\"PCMU\"\n\
\"Ana\",\"+34612345678\",\"1001\",\"default\",\"2026-01-05 10:11:13\",\"2026-01-05 10:11:20\",\"2026-01-05 10:12:25\",\"72\",\"65\",\"NORMAL_CLEARING\",\"6f1f3c6e-0001-4b6e-8d6a-000000000002\",\"\",\"\",\"PCMU\",\"PCMU\"\n\
\"Desk\",\"1001\",\"+34612345678\",\"default\",\"2026-01-05 13:00:00\",\"\",\"2026-01-05 13:00:30\",\"30\",\"0\",\"USER_BUSY\",\"6f1f3c6e-0001-4b6e-8d6a-000000000003\",\"\",\"\",\"PCMU\",\"PCMU\"\n";

const JSON: &str = r#"{"core-uuid":"c","variables":{"direction":"inbound","uuid":"6f1f3c6e-0001-4b6e-8d6a-00000000000a","start_epoch":"1767607872","billsec":"0","hangup_cause":"ORIGINATOR_CANCEL","duration":"12"},"callflow":[{"caller_profile":{"caller_id_number":"%2B34612345678","destination_number":"1001"}}]}"#;

const XML: &str = "<?xml version=\"1.0\"?>\n<cdr core-uuid=\"c\"><variables><direction>outbound</direction><uuid>6f1f3c6e-0001-4b6e-8d6a-00000000000b</uuid><start_epoch>1767607900</start_epoch><billsec>7</billsec><hangup_cause>NORMAL_CLEARING</hangup_cause></variables><callflow><caller_profile><caller_id_number>1001</caller_id_number><destination_number>%2B34612345678</destination_number></caller_profile></callflow></cdr>";

store::db_test! {
    crate::migrations();

    fn a_call_that_twilio_tells_twice_stands_once(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        phone(&desk, &ana, "+34 612 345 678");
        let opened = set_up(&desk, "0123456789abcdef0123456789abcdef").unwrap();
        assert!(!format!("{opened:?}").contains("0123456789abcdef"));
        assert!(told(&desk, &opened, "CA1", twilio::End::Answered, 65).unwrap().1);
        assert!(!told(&desk, &opened, "CA1", twilio::End::Answered, 65).unwrap().1);
        assert!(!told(&desk, &opened, "CA1", twilio::End::Failed, 0).unwrap().1, "the first end stands");
        let said = desk.stream(&ana, Asked::default());
        assert_eq!((said.len(), said[0].outcome, said[0].seconds, said[0].at), (1, Some(Outcome::Answered), 65, desk.now() - 65_000_000));
        assert!(desk.read(phones::list).unwrap()[0].told_at.is_some());
        let stranger = Opened { account: opened.account.clone(), ..opened.clone() };
        let call = twilio::Call { sid: "CA2".into(), other: "anonymous".into(), inbound: true, end: twilio::End::Missed, seconds: 0 };
        let now = desk.now();
        assert_eq!(refusal(desk.write(move |tx, _| phones::told(tx, &stranger, &call, now))), "phone:invalid");
    }

    fn an_account_keeps_its_address_and_forgets_its_token(db) {
        let desk = Desk::new(db);
        assert_eq!(refusal(set_up(&desk, "short")), "token:invalid");
        let first = set_up(&desk, "0123456789abcdef0123456789abcdef").unwrap();
        let again = set_up(&desk, "fedcba9876543210fedcba9876543210").unwrap();
        assert_eq!((&first.account.address, again.token.as_str()), (&again.account.address, "fedcba9876543210fedcba9876543210"));
        let without = Desk { ctx: desk.f.without(Right::Settings), ..desk.clone() };
        assert_eq!(refusal(without.read(phones::list)), "forbidden settings");
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        let id = first.account.id.clone();
        assert_eq!(refusal(other.write(move |tx, ctx| phones::disable(tx, ctx, &id))), "no phone account");
        let (id, address) = (first.account.id.clone(), first.account.address.clone());
        desk.write(move |tx, ctx| phones::disable(tx, ctx, &id)).unwrap();
        assert!(desk.read(move |tx, _| phones::by_address(tx, &vault(), &address)).unwrap().is_none());
    }

    fn the_same_records_again_change_nothing(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        phone(&desk, &ana, "+34 612 345 678");
        let read = records::read(MASTER.as_bytes(), &Zone::utc()).unwrap();
        assert_eq!((read.calls.len(), read.inside, read.wrong.as_slice()), (3, 1, &[(5, "has too few columns")][..]));
        let first = take(&desk, MASTER, false);
        assert_eq!((first.new, first.known, first.unknown.get("+442079460000")), (2, 0, Some(&1)), "{}", first.words());
        let again = take(&desk, MASTER, false);
        assert_eq!((again.new, again.known), (0, 2));
        let calls: Vec<_> = desk.stream(&ana, Asked::default()).into_iter().map(|e| (e.direction, e.outcome.unwrap(), e.seconds, e.author)).collect();
        assert_eq!(calls, [
            (Direction::In, Outcome::Answered, 65, "Extension 1001".to_owned()),
            (Direction::Out, Outcome::Missed, 0, "Extension 1001".to_owned()),
        ]);
        let kept = take(&desk, MASTER, true);
        assert_eq!((kept.new, kept.waiting, kept.known), (1, 1, 2));
        assert_eq!(desk.part(Inbox::Unknown)[0].address, "+442079460000");
        // The file grew meanwhile: only what is new is new.
        let longer = MASTER.replace("broken,row\n", "") + &MASTER.lines().next().unwrap().replace("10:1", "19:1").replace("1767607872.1", "1767640272.9");
        assert_eq!((take(&desk, &longer, true).new, desk.stream(&ana, Asked::default()).len()), (1, 3));
    }

    fn every_form_of_freeswitch_is_read(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        phone(&desk, &ana, "+34 612 345 678");
        assert_eq!((take(&desk, CSV, false).new, take(&desk, CSV, false).known), (2, 2), "the second leg is the same call");
        assert_eq!((take(&desk, JSON, false).new, take(&desk, &format!("[{JSON},{JSON}]"), false).known), (1, 2));
        assert_eq!((take(&desk, XML, false).new, take(&desk, &format!("{XML}{XML}"), false).known), (1, 2));
        let calls: Vec<_> = desk.stream(&ana, Asked::default()).into_iter().map(|e| (e.direction, e.outcome.unwrap(), e.seconds)).collect();
        assert_eq!(calls, [
            (Direction::In, Outcome::Answered, 65), (Direction::In, Outcome::Missed, 0), (Direction::Out, Outcome::Answered, 7), (Direction::Out, Outcome::Busy, 0),
        ]);
        let looks = Desk { ctx: desk.f.without(Right::Write), ..desk.clone() };
        let calls = records::read(CSV.as_bytes(), &Zone::utc()).unwrap().calls;
        assert_eq!(refusal(looks.write(move |tx, ctx| records::take(tx, ctx, &calls, true))), "forbidden write");
    }

    fn the_two_legs_of_a_call_are_one_call_in_every_form(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        phone(&desk, &ana, "+34 612 345 678");
        let id = |n: u32, leg: char| format!("6f1f3c6e-0001-4b6e-8d6a-00000000{n:03}{leg}");
        let json = |n: u32, leg: char, other: char, more: &str| format!(
            r#"{{"variables":{{"direction":"{}","uuid":"{}","bridge_uuid":"{}",{more}"start_epoch":"{}","billsec":"55","hangup_cause":"NORMAL_CLEARING"}},"callflow":[{{"caller_profile":{{"caller_id_number":"%2B34612345678","destination_number":"1001"}}}}]}}"#,
            if leg == 'a' { "inbound" } else { "outbound" }, id(n, leg), id(n, other), 1_767_607_872 + i64::from(n) * 100 + i64::from(leg == 'b')
        );
        let named = format!(r#""originating_leg_uuid":"{}","#, id(1, 'a'));
        // One says who called it; of two that name each other the later one is the second, in whatever order they stand.
        for file in [format!("[{},{}]", json(1, 'a', 'b', ""), json(1, 'b', 'a', &named)), format!("{}\n{}", json(2, 'b', 'a', ""), json(2, 'a', 'b', ""))] {
            let read = records::read(file.as_bytes(), &Zone::utc()).unwrap();
            assert_eq!((read.calls.len(), read.inside), (1, 1), "{file}");
            assert!(read.calls[0].external_id.ends_with('a'));
            assert_eq!(take(&desk, &file, false).new, 1);
        }
        // A second leg in a file of its own is no call either.
        let alone = json(3, 'b', 'a', &named);
        assert_eq!(records::read(alone.as_bytes(), &Zone::utc()).unwrap().inside, 1);
        let xml = |leg: char, other: char, more: &str| format!(
            "<cdr core-uuid=\"c\"><variables><direction>{}</direction><uuid>{}</uuid><start_epoch>1767607900</start_epoch><billsec>7</billsec><hangup_cause>NORMAL_CLEARING</hangup_cause>{more}<bridge_uuid>{}</bridge_uuid></variables><callflow><caller_profile><caller_id_number>%2B34612345678</caller_id_number><destination_number>1001</destination_number></caller_profile></callflow></cdr>",
            if leg == 'a' { "inbound" } else { "outbound" }, id(4, leg), id(4, other)
        );
        let both = xml('a', 'b', "") + &xml('b', 'a', &format!("<originating_leg_uuid>{}</originating_leg_uuid>", id(4, 'a')));
        assert_eq!((take(&desk, &both, false).new, take(&desk, &both, false).known), (1, 1));
        let csv = CSV.lines().take(2).collect::<Vec<_>>().join("\n").replacen("\"\",\"\",\"PCMU\"", "\"6f1f3c6e-0001-4b6e-8d6a-000000000001\",\"\",\"PCMU\"", 1);
        assert_eq!(csv.matches("000000000001").count(), 2, "each names the other");
        assert_eq!((take(&desk, &csv, false).new, take(&desk, &csv, false).known), (1, 1));
        assert_eq!(desk.stream(&ana, Asked::default()).len(), 4);
    }

    fn a_call_that_rang_at_several_desks_is_one_call_and_went_as_the_best_of_them(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        phone(&desk, &ana, "+34 612 345 678");
        let row = |agent: u32, answer: &str, spoken: u32, end: &str| format!(
            "\"\",\"+34612345678\",\"600\",\"from-trunk\",\"\",\"SIP/trunk-01\",\"SIP/{agent}-02\",\"Queue\",\"600\",\"2026-01-05 10:00:00\",\"{answer}\",\"2026-01-05 10:03:00\",180,{spoken},\"{end}\",\"DOCUMENTATION\",\"1767607200.7\",\"\"\n"
        );
        let file = row(1001, "", 0, "NO ANSWER") + &row(1002, "2026-01-05 10:00:12", 168, "ANSWERED") + &row(1003, "", 0, "BUSY");
        let read = records::read(file.as_bytes(), &Zone::utc()).unwrap();
        assert_eq!((read.calls.len(), read.inside), (1, 2));
        assert_eq!((take(&desk, &file, false).new, take(&desk, &file, false).known), (1, 1));
        let said = desk.stream(&ana, Asked::default());
        assert_eq!((said.len(), said[0].outcome, said[0].seconds), (1, Some(Outcome::Answered), 168));
        assert!(desk.part(Inbox::Waiting).is_empty(), "they were served");
    }

    fn records_in_another_order_of_columns_are_read_too(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        phone(&desk, &ana, "+34 612 345 678");
        let custom = "\"\"\"Ana\"\" <+34612345678>\",\"+34612345678\",\"1001\",\"from-trunk\",\"SIP/t-1\",\"SIP/1001-2\",\"Dial\",\"SIP/1001\",\"2026-01-05 11:00:00\",\"2026-01-05 11:00:05\",\"2026-01-05 11:01:00\",60,55,\"ANSWERED\",\"DOCUMENTATION\",\"\",\"1767610800.1\",\"\"\n";
        let template = "\"\",\"+34612345678\",\"1001\",\"public\",\"Ana <+34612345678>\",\"sofia/x/1\",\"sofia/y/2\",\"bridge\",\"user/1001\",\"2026-01-05 10:11:12\",\"2026-01-05 10:11:20\",\"2026-01-05 10:12:25\",73,65,\"NORMAL_CLEARING\",\"DOCUMENTATION\",\"6f1f3c6e-0001-4b6e-8d6a-000000000001\",\"\"\n";
        assert_eq!((take(&desk, custom, false).new, take(&desk, custom, false).known), (1, 1));
        assert_eq!(take(&desk, template, false).new, 1);
        assert_eq!(take(&desk, CSV.lines().next().unwrap(), false).known, 1, "the same call in another form");
        let calls: Vec<_> = desk.stream(&ana, Asked::default()).into_iter().map(|e| (e.outcome.unwrap(), e.seconds)).collect();
        assert_eq!(calls, [(Outcome::Answered, 65), (Outcome::Answered, 55)]);
    }
}
