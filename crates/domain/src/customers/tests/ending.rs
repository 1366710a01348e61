//! Archive, delete, restore, delete permanently; pictures.

use super::*;
use crate::customers::status::Status;
use crate::customers::{self, HowToCancel, RESTORABLE};
use crate::kit::{Currency, DAY, PaymentId};
use crate::payments::{self, MethodInput, MethodKind};
use crate::subscriptions::{self, SubscriptionInput, SubscriptionStatus, Unit};

fn subscribe(f: &Fixture, id: &CustomerId) -> Result<crate::kit::SubscriptionId> {
    let input = SubscriptionInput {
        customer: id.clone(),
        shop: f.shop.clone(),
        name: "Roastery Club".into(),
        status: SubscriptionStatus::Active,
        live: true,
        currency: Currency::of("EUR").unwrap(),
        amount: 1900,
        cycle_count: 1,
        cycle_unit: Unit::Month,
        provider: "manual".into(),
        provider_ref: None,
        method: None,
        started_at: f.ctx.now - DAY,
        trial_until: None,
        next_payment_at: Some(f.ctx.now + 10 * DAY),
        ends_at: None,
        import_id: None,
    };
    write(f, &f.ctx, move |tx, ctx| subscriptions::put(tx, ctx, &input))
}

fn pay(f: &Fixture, id: &CustomerId) -> PaymentId {
    let input = payments::ManualPayment {
        order: None,
        customer: Some(id.clone()),
        shop: Some(f.shop.clone()),
        currency: Currency::of("EUR"),
        amount: 1250,
        kind: MethodKind::Cash,
        paid_at: None,
        note: String::new(),
    };
    write(f, &f.ctx, move |tx, ctx| payments::record(tx, ctx, &input)).expect("a payment")
}

fn archive(f: &Fixture, id: &CustomerId, how: Option<HowToCancel>) -> Result<()> {
    let id = id.clone();
    write(f, &f.ctx, move |tx, ctx| customers::archive(tx, ctx, &id, how))
}

store::db_test! {
    crate::migrations();

    fn an_archived_customer_gets_nothing_new_and_comes_back_as_it_was(db) {
        let f = Fixture::new(db);
        let id = with_email(&f, "ana@example.com");
        pay(&f, &id);
        archive(&f, &id, None).unwrap();
        archive(&f, &id, None).unwrap();
        let ana = get(&f, &id);
        assert_eq!((ana.status, ana.status_reason.as_str()), (Status::Archived, "Archived on 15 Jun 2026"));
        assert_eq!(code(customers::ensure_active(&ana)), "customer_inactive");
        assert_eq!(code(subscribe(&f, &id)), "customer_inactive");
        assert_eq!(edit(&f, &f.ctx, &id, CustomerEdit { active: Some(true), ..CustomerEdit::default() }).unwrap().status, Status::Active);
        assert_eq!(edit(&f, &f.ctx, &id, CustomerEdit { active: Some(false), ..CustomerEdit::default() }).unwrap().status, Status::Archived);
        let a = id.clone();
        write(&f, &f.ctx, move |tx, ctx| customers::unarchive(tx, ctx, &a)).unwrap();
        assert_eq!(get(&f, &id).status_reason, "Active: last payment 15 Jun 2026, at most 60 days ago");
    }

    fn a_live_subscription_keeps_a_customer_unless_told_how_to_end_it(db) {
        let f = Fixture::new(db);
        let id = with_email(&f, "ana@example.com");
        subscribe(&f, &id).unwrap();
        assert_eq!(get(&f, &id).status_reason, "Subscriber because “Roastery Club” is active; it renews on 25 Jun 2026");
        let Err(Error::Conflict { code: "live_subscription", links, .. }) = archive(&f, &id, None) else { panic!("archived") };
        assert_eq!((links.len(), links[0].label.as_str()), (1, "Roastery Club"));
        assert_eq!(get(&f, &id).status, Status::Subscriber);
        archive(&f, &id, Some(HowToCancel::PeriodEnd)).unwrap();
        assert_eq!(get(&f, &id).status, Status::Archived);
        let b = id.clone();
        write(&f, &f.ctx, move |tx, ctx| customers::unarchive(tx, ctx, &b)).unwrap();
        assert!(get(&f, &id).status_reason.ends_with("is cancelled; it ends on 25 Jun 2026"), "{}", get(&f, &id).status_reason);
        archive(&f, &id, Some(HowToCancel::Now)).unwrap();
        let c = id.clone();
        write(&f, &f.ctx, move |tx, ctx| customers::unarchive(tx, ctx, &c)).unwrap();
        assert_eq!(get(&f, &id).status, Status::Churned);
    }

    fn a_deleted_customer_can_come_back_for_thirty_days(db) {
        let f = Fixture::new(db);
        let id = with_email(&f, "ana@example.com");
        let delete = |ctx: &Ctx| { let id = id.clone(); write(&f, ctx, move |tx, ctx| customers::delete(tx, ctx, &id)) };
        let restore = |ctx: &Ctx| { let id = id.clone(); write(&f, ctx, move |tx, ctx| customers::restore(tx, ctx, &id)) };
        delete(&f.ctx).unwrap();
        assert_eq!(get(&f, &id).status, Status::Deleted);
        assert_eq!(code(edit(&f, &f.ctx, &id, CustomerEdit { name: Some("X".into()), ..CustomerEdit::default() })), "customer_deleted");
        restore(&f.ctx.at(f.ctx.now + RESTORABLE)).unwrap();
        assert_eq!(get(&f, &id).status, Status::Prospect);
        delete(&f.ctx).unwrap();
        assert_eq!(code(restore(&f.ctx.at(f.ctx.now + RESTORABLE + 1))), "restore_expired");
        assert_eq!(get(&f, &id).status, Status::Deleted);
    }

    fn deleting_for_good_is_refused_with_every_link_and_else_leaves_ids_only(db) {
        let f = Fixture::new(db);
        let (linked, free) = (with_email(&f, "linked@example.com"), with_email(&f, "free@example.com"));
        pay(&f, &linked);
        let l = linked.clone();
        let refused = write(&f, &f.ctx, move |tx, ctx| customers::delete_permanently(tx, ctx, &l));
        let Err(Error::Conflict { code: "linked", message, links }) = refused else { panic!("{refused:?}") };
        assert_eq!((links.len(), links[0].label.as_str()), (1, "Payment of €12.50"));
        assert!(message.contains("1 payment is linked"), "{message}");
        let a = free.clone();
        write(&f, &f.ctx, move |tx, ctx| {
            customers::notes::add(tx, ctx, &a, "A secret")?;
            customers::add_tags(tx, ctx, &a, &["VIP".into()])?;
            payments::methods::attach(tx, ctx, &a, "manual", &MethodInput::of(MethodKind::Cash))?;
            customers::delete_permanently(tx, ctx, &a)
        }).unwrap();
        let b = free.clone();
        assert!(matches!(read(&f, &f.ctx, move |tx, ctx| customers::get(tx, ctx, &b)), Err(Error::NotFound(_))));
        let values: i64 = read(&f, &f.ctx, move |tx, ctx| {
            let statement = store::Stmt::built("SELECT COUNT(*) FROM event_values v JOIN events e ON e.id = v.event_id WHERE e.merchant_id = $1 AND e.customer_id = $2".into());
            Ok(tx.one(&statement, &[&ctx.merchant, &free], |r| r.get(0))?)
        }).unwrap();
        assert_eq!(values, 0);
    }

    fn a_picture_is_made_square_and_replaced(db) {
        let f = Fixture::new(db);
        let id = with_email(&f, "ana@example.com");
        let mut file = std::io::Cursor::new(Vec::new());
        image::RgbImage::from_fn(40, 20, |x, _| image::Rgb([if x < 20 { 255 } else { 0 }, 0, 0])).write_to(&mut file, image::ImageFormat::Png).unwrap();
        let picture = customers::picture(file.get_ref()).unwrap();
        assert_eq!(picture.content_type, "image/jpeg");
        assert_eq!(image::load_from_memory(&picture.bytes).unwrap().width(), 256);
        let (a, p) = (id.clone(), picture.clone());
        let first = write(&f, &f.ctx, move |tx, ctx| customers::set_avatar(tx, ctx, &a, &p)).unwrap();
        let (a, p) = (id.clone(), picture.clone());
        let second = write(&f, &f.ctx, move |tx, ctx| customers::set_avatar(tx, ctx, &a, &p)).unwrap();
        assert_eq!(get(&f, &id).avatar, Some(second.clone()));
        let a = id.clone();
        assert!(matches!(read(&f, &f.ctx, move |tx, ctx| customers::avatar(tx, ctx, &a, &first)), Err(Error::NotFound(_))));
        let a = id.clone();
        assert_eq!(read(&f, &f.ctx, move |tx, ctx| customers::avatar(tx, ctx, &a, &second)).unwrap().1, picture.bytes);
        let a = id.clone();
        write(&f, &f.ctx, move |tx, ctx| customers::remove_avatar(tx, ctx, &a)).unwrap();
        assert_eq!(get(&f, &id).avatar, None);
    }
}

#[test]
fn what_is_no_picture_is_refused_before_it_is_decoded() {
    let problem = |file: &[u8]| match customers::picture(file) {
        Err(Error::Invalid(p)) => p.0[0].code,
        other => panic!("{other:?}"),
    };
    assert_eq!(problem(b"GIF89a nothing"), "invalid");
    assert_eq!(problem(b"\x89PNG\r\n\x1a\n cut off"), "invalid");
    assert_eq!(problem(&vec![0; customers::LARGEST + 1]), "too_long");
    // A small file that says it is 30,000 by 30,000 dots.
    let mut bomb = std::io::Cursor::new(Vec::new());
    image::GrayImage::new(1, 1).write_to(&mut bomb, image::ImageFormat::Png).unwrap();
    let mut bomb = bomb.into_inner();
    bomb[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    let crc = crc(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&crc.to_be_bytes());
    assert_eq!(problem(&bomb), "too_large");
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes
        .iter()
        .fold(!0u32, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 }))
}
