//! What Stripe tells becomes payments, refunds, disputes, methods, customers and subscriptions.

use serde_json::json;

use super::desk::*;
use crate::customers::{self, CustomerEdit, Status};
use crate::kit::DAY;
use crate::orders::Checkout;
use crate::orders::desk::{by_card, refusal};
use crate::payments::disputes::DisputeStatus;
use crate::payments::{PaymentStatus, methods};
use crate::providers::{accounts, inbox};

store::db_test! {
    crate::migrations();

    fn secrets_are_sealed_and_never_shown(db) {
        let shop = Shop::new(db);
        let all = shop.desk.read(accounts::list).unwrap();
        assert_eq!((all.len(), all[0].hint.as_str(), all[0].live), (1, "7890", true));
        assert!(!serde_json::to_string(&all).unwrap().contains("sk_live"));
        assert_eq!(shop.opened().secrets.webhook, "whsec_1");
        let wrong = accounts::AccountInput { secret: "sk_test_1".into(), ..input(&shop.desk, crate::providers::Provider::Stripe) };
        let vault = shop.vault.clone();
        assert_eq!(refusal(shop.desk.write(move |tx, ctx| accounts::put(tx, ctx, &vault, &wrong))), "secret:invalid");
        let (kept, vault) = (accounts::AccountInput { secret: String::new(), webhook: "whsec_2".into(), ..input(&shop.desk, crate::providers::Provider::Stripe) }, shop.vault.clone());
        assert_eq!(shop.desk.write(move |tx, ctx| accounts::put(tx, ctx, &vault, &kept)).unwrap(), shop.account, "one account for each shop and mode");
        let secrets = shop.opened().secrets;
        assert_eq!((secrets.secret.as_str(), secrets.webhook.as_str()), ("sk_live_1234567890", "whsec_2"), "blank keeps what is there");
        let other = Shop { vault: crate::providers::Vault::new(&[8; 32]).unwrap(), ..shop.clone() };
        let (vault, id) = (other.vault.clone(), shop.account.clone());
        assert_eq!(refusal(shop.desk.read(move |tx, ctx| accounts::opened(tx, ctx, &vault, &id))), "keys_unreadable");
        let id = shop.account.clone();
        shop.desk.write(move |tx, ctx| accounts::disable(tx, ctx, &id)).unwrap();
        let (vault, id) = (shop.vault.clone(), shop.account.clone());
        assert_eq!(refusal(shop.desk.read(move |tx, ctx| accounts::opened(tx, ctx, &vault, &id))), "switched_off");
    }

    fn a_charge_of_a_customer_counts_once(db) {
        let shop = Shop::new(db);
        shop.tell(&event("evt_1", "customer.created", 1, customer("cus_1", "Ana Ruiz", "ana@example.es")));
        let ana = shop.by_email("ana@example.es").unwrap();
        let told = event("evt_2", "charge.succeeded", 2, charge("ch_1", Some("cus_1"), 1000, 2));
        assert!(shop.send(&told));
        assert!(!shop.send(&told), "the same event is there once");
        shop.work();
        shop.tell(&event("evt_3", "payment_intent.succeeded", 2, json!({ "id": "pi_ch_1", "amount": 1000, "amount_received": 1000, "currency": "eur",
            "latest_charge": "ch_1", "customer": "cus_1" })));
        let c = shop.desk.get(&ana);
        assert_eq!((c.display_name.as_str(), c.lifetime, c.payment_count, c.status), ("Ana Ruiz", 1000, 1, Status::Active));
        let p = shop.payment("pi_ch_1");
        assert_eq!((p.provider_ref.as_deref(), p.customer.as_ref(), p.last4.as_str(), p.paid_at), (Some("ch_1"), Some(&ana), "4242", at(2)));
        shop.desk.verified();
    }

    fn late_news_of_a_merged_customer_is_the_survivors(db) {
        let shop = Shop::new(db);
        shop.tell(&event("evt_1", "customer.created", 1, customer("cus_1", "Ana Ruiz", "ana@example.es")));
        shop.tell(&event("evt_2", "customer.created", 1, customer("cus_2", "Ana R.", "ana.work@example.es")));
        let [stays, gone] = ["ana@example.es", "ana.work@example.es"].map(|e| shop.by_email(e).unwrap());
        let merge = shop.desk.merge(&[&gone], &stays).unwrap().remove(0);
        shop.tell(&event("evt_3", "charge.succeeded", 2, charge("ch_1", Some("cus_2"), 1000, 2)));
        shop.tell(&event("evt_4", "customer.updated", 3, customer("cus_2", "Ana R.", "ana.work@example.es")));
        assert_eq!(shop.payment("ch_1").customer, Some(stays.clone()));
        let id = stays.clone();
        let records = shop.desk.read(move |tx, ctx| crate::providers::billing::of_customer(tx, ctx, &id)).unwrap();
        assert_eq!(records.len(), 2, "both records with the provider are hers");
        for name in ["Ana María", "Ana María Ruiz"] {
            let (id, edit) = (stays.clone(), CustomerEdit { name: Some(name.into()), ..CustomerEdit::default() });
            shop.desk.write(move |tx, ctx| customers::edit(tx, ctx, &id, edit.clone())).unwrap();
        }
        let id = stays.clone();
        let calls = shop.desk.read(move |tx, ctx| crate::providers::calls::of_subject(tx, ctx, id.as_str(), 20)).unwrap();
        let mut told: Vec<_> = calls.iter().map(|c| (c.payload["reference"].as_str().unwrap(), c.payload["edit"]["name"].as_str().unwrap())).collect();
        told.sort_unstable();
        assert_eq!(told, [("cus_1", "Ana María Ruiz"), ("cus_2", "Ana María Ruiz")], "each hears of her edits, the last of them once");
        shop.desk.verified();
        shop.desk.undo_merge(&merge.id).unwrap();
        shop.tell(&event("evt_5", "charge.succeeded", 4, charge("ch_2", Some("cus_2"), 700, 4)));
        assert_eq!((shop.payment("ch_1").customer, shop.payment("ch_2").customer), (Some(stays), Some(gone)), "what came since stays, what comes now is the other's");
        shop.desk.verified();
    }

    fn nobody_we_know_is_a_guest_until_we_do(db) {
        let shop = Shop::new(db);
        shop.tell(&event("evt_1", "charge.succeeded", 2, charge("ch_1", Some("cus_1"), 1000, 2)));
        shop.tell(&event("evt_2", "charge.succeeded", 2, charge("ch_2", None, 500, 2)));
        assert_eq!((shop.payment("ch_1").customer, shop.payment("ch_2").customer), (None, None));
        let ana = shop.desk.customer("ana@example.es");
        shop.tell(&event("evt_3", "customer.created", 1, customer("cus_1", "Ana", "ANA@example.es")));
        assert_eq!(shop.payment("ch_1").customer, Some(ana.clone()), "a known e-mail is that customer");
        assert_eq!(shop.payment("ch_2").customer, None, "a payment without a customer stays a guest's");
        assert_eq!(shop.desk.get(&ana).lifetime, 1000);
        shop.desk.verified();
    }

    fn a_checkout_and_its_webhook_are_one_payment(db) {
        let shop = Shop::new(db);
        let basket = |order: &str, reference: &str| Checkout { payments: vec![by_card(reference, 1000, "F1")], ..shop.desk.basket(order, "ana@example.es") };
        shop.desk.check_out(&basket("A1", "pi_ch_1")).unwrap();
        shop.tell(&event("evt_1", "charge.succeeded", 2, charge("ch_1", None, 1000, 2)));
        shop.tell(&event("evt_2", "charge.succeeded", 3, charge("ch_2", None, 1000, 3)));
        shop.desk.check_out(&basket("A2", "pi_ch_2")).unwrap();
        let ana = shop.by_email("ana@example.es").unwrap();
        let first = shop.payment("ch_1");
        assert_eq!((first.provider_ref.as_deref(), first.customer.as_ref()), (Some("ch_1"), Some(&ana)), "the checkout came first");
        let second = shop.payment("pi_ch_2");
        assert_eq!((second.provider_ref.as_deref(), second.amount), (Some("ch_2"), 1000), "the webhook came first");
        shop.desk.verified();
    }

    fn money_of_an_archived_customer_is_recorded_and_flagged(db) {
        let shop = Shop::new(db);
        shop.tell(&event("evt_1", "customer.created", 1, customer("cus_1", "Ana", "ana@example.es")));
        let ana = shop.by_email("ana@example.es").unwrap();
        shop.desk.archive(&ana, true);
        shop.tell(&event("evt_2", "charge.succeeded", 2, charge("ch_1", Some("cus_1"), 1000, 2)));
        shop.tell(&event("evt_3", "customer.subscription.created", 3, subscription("sub_1", "cus_1", "active", 3)));
        let p = shop.payment("ch_1");
        assert_eq!((p.customer.as_ref(), p.flag.as_str()), (Some(&ana), "customer_inactive"));
        shop.desk.verified();
    }

    fn a_customer_deleted_for_good_is_not_made_again(db) {
        let shop = Shop::new(db);
        shop.tell(&event("evt_1", "customer.created", 1, customer("cus_1", "Ana", "ana@example.es")));
        let ana = shop.by_email("ana@example.es").unwrap();
        shop.desk.write(move |tx, ctx| customers::delete_permanently(tx, ctx, &ana)).unwrap();
        shop.tell(&event("evt_2", "customer.updated", 2, customer("cus_1", "Ana", "ana@example.es")));
        shop.tell(&event("evt_3", "charge.succeeded", 3, charge("ch_1", Some("cus_1"), 1000, 3)));
        assert_eq!((shop.by_email("ana@example.es"), shop.payment("ch_1").customer), (None, None));
        shop.desk.verified();
    }

    fn what_was_edited_here_stays(db) {
        let shop = Shop::new(db);
        shop.tell(&event("evt_1", "customer.created", 1, customer("cus_1", "Ana", "ana@example.es")));
        let ana = shop.by_email("ana@example.es").unwrap();
        shop.tell(&event("evt_2", "customer.updated", 3, customer("cus_1", "Ana Ruiz", "ana@example.es")));
        assert_eq!(shop.desk.get(&ana).name, "Ana Ruiz", "untouched here, so the provider's word counts");
        shop.tell(&event("evt_3", "customer.updated", 2, customer("cus_1", "Old", "ana@example.es")));
        assert_eq!(shop.desk.get(&ana).name, "Ana Ruiz", "an older word does not");
        let (id, edit) = (ana.clone(), CustomerEdit { name: Some("Ana of the desk".into()), ..CustomerEdit::default() });
        shop.desk.write(move |tx, ctx| customers::edit(tx, ctx, &id, edit.clone())).unwrap();
        shop.tell(&event("evt_4", "customer.updated", 4, customer("cus_1", "Ana R.", "ana2@example.es")));
        let c = shop.desk.get(&ana);
        assert_eq!((c.name.as_str(), c.email.as_str()), ("Ana of the desk", "ana2@example.es"));
        shop.tell(&event("evt_5", "customer.deleted", 5, json!({ "id": "cus_1", "object": "customer", "deleted": true })));
        assert_eq!(shop.desk.status(&ana), Status::Prospect, "deleted there says nothing about here");
    }

    fn a_refund_is_pending_then_done_or_failed(db) {
        let shop = Shop::new(db);
        shop.tell(&event("evt_1", "refund.created", 3, refund("re_1", "ch_1", 300, "pending", 3)));
        shop.tell(&event("evt_2", "charge.succeeded", 2, charge("ch_1", None, 1000, 2)));
        let p = shop.payment("ch_1");
        assert_eq!((p.refunded, p.refund_pending, p.refundable), (0, 300, 700), "the refund that came first has waited");
        shop.tell(&event("evt_3", "refund.updated", 4, refund("re_1", "ch_1", 300, "succeeded", 3)));
        assert_eq!((shop.payment("ch_1").refunded, shop.payment("ch_1").refund_pending), (300, 0));
        let mut failed = refund("re_1", "ch_1", 300, "failed", 3);
        failed["failure_reason"] = "lost_or_stolen_card".into();
        shop.tell(&event("evt_4", "refund.failed", 5, failed));
        shop.tell(&event("evt_5", "refund.updated", 4, refund("re_1", "ch_1", 300, "pending", 3)));
        let p = shop.payment("ch_1");
        assert_eq!((p.refunded, p.refund_pending, p.refundable), (0, 0, 1000));
        assert_eq!((p.refunds[0].status.as_str(), p.refunds[0].failure.as_str()), ("failed", "lost or stolen card"));
        shop.desk.verified();
    }

    fn a_sum_and_its_refunds_are_not_counted_twice(db) {
        let shop = Shop::new(db);
        let sum = |id: &str, total: i64| {
            let mut c = charge("ch_1", None, 1000, 2);
            c["amount_refunded"] = total.into();
            event(id, "charge.refunded", 4, c)
        };
        shop.tell(&sum("evt_1", 300));
        assert_eq!((shop.payment("ch_1").refunded, shop.payment("ch_1").refunds.len()), (300, 1));
        shop.tell(&event("evt_2", "refund.created", 3, refund("re_1", "ch_1", 300, "succeeded", 3)));
        assert_eq!((shop.payment("ch_1").refunded, shop.payment("ch_1").refunds.len()), (300, 1));
        shop.tell(&sum("evt_3", 900));
        shop.tell(&sum("evt_4", 300));
        assert_eq!((shop.payment("ch_1").refunded, shop.payment("ch_1").refunds.len()), (900, 2));
        shop.tell(&event("evt_5", "refund.created", 3, refund("re_2", "ch_1", 5000, "succeeded", 3)));
        assert_eq!(shop.payment("ch_1").refunded, 1000, "never more than was captured");
        shop.desk.verified();
    }

    fn a_dispute_before_its_payment_waits_for_it(db) {
        let shop = Shop::new(db);
        shop.tell(&event("evt_1", "charge.dispute.closed", 9, dispute("dp_1", "ch_1", 1000, "lost", 3)));
        shop.tell(&event("evt_2", "charge.dispute.created", 3, dispute("dp_1", "ch_1", 1000, "needs_response", 3)));
        shop.tell(&event("evt_3", "charge.succeeded", 2, charge("ch_1", None, 1000, 2)));
        let p = shop.payment("ch_1");
        assert_eq!((p.disputes.len(), p.disputes[0].status, p.lost, p.disputes[0].closed_at), (1, DisputeStatus::Lost, 1000, Some(at(9))));
        shop.desk.verified();
    }

    fn methods_come_change_and_go(db) {
        let shop = Shop::new(db);
        let card = |id: &str, year: i64| json!({ "id": id, "object": "payment_method", "type": "card", "customer": "cus_1",
            "card": { "brand": "visa", "last4": "4242", "exp_month": 8, "exp_year": year, "fingerprint": "F1" } });
        shop.tell(&event("evt_2", "payment_method.automatically_updated", 5, card("pm_1", 2031)));
        shop.tell(&event("evt_3", "payment_method.attached", 4, card("pm_1", 2027)));
        shop.tell(&event("evt_4", "payment_method.attached", 6, card("pm_2", 2029)));
        let mut chosen = customer("cus_1", "Ana", "ana@example.es");
        chosen["invoice_settings"] = json!({ "default_payment_method": "pm_2" });
        shop.tell(&event("evt_1", "customer.created", 1, chosen));
        let ana = shop.by_email("ana@example.es").unwrap();
        let all = shop.desk.read({ let ana = ana.clone(); move |tx, ctx| methods::of_customer(tx, ctx, &ana) }).unwrap();
        let lines: Vec<_> = all.iter().map(|m| (m.provider_ref.as_deref().unwrap(), m.expires_year, m.added_at, m.chosen)).collect();
        assert_eq!(lines, [("pm_1", Some(2031), at(4), false), ("pm_2", Some(2029), at(6), true)]);
        shop.tell(&event("evt_5", "payment_method.detached", 7, json!({ "id": "pm_2", "customer": null })));
        shop.tell(&event("evt_6", "payment_method.attached", 6, card("pm_2", 2029)));
        let all = shop.desk.read(move |tx, ctx| methods::of_customer(tx, ctx, &ana)).unwrap();
        assert_eq!(all.iter().map(|m| m.detached_at).collect::<Vec<_>>(), [None, Some(at(7))], "gone is gone");
        shop.desk.verified();
    }

    fn a_subscription_follows_its_events_and_its_payments_are_not_one_off(db) {
        let shop = Shop::new(db);
        let paid = json!({ "id": "in_1", "object": "invoice", "parent": { "subscription_details": { "subscription": "sub_1" } } });
        shop.tell(&event("evt_1", "invoice.paid", 4, paid));
        shop.tell(&event("evt_2", "charge.succeeded", 3, charge("ch_1", Some("cus_1"), 1500, 3)));
        shop.tell(&event("evt_3", "invoice_payment.paid", 4, json!({ "invoice": "in_1", "payment": { "payment_intent": "pi_ch_1" } })));
        shop.tell(&event("evt_4", "customer.subscription.updated", 5, subscription("sub_1", "cus_1", "active", 5)));
        shop.tell(&event("evt_5", "customer.created", 1, customer("cus_1", "Ana", "ana@example.es")));
        let ana = shop.by_email("ana@example.es").unwrap();
        assert_eq!((shop.desk.status(&ana), shop.payment("ch_1").subscription.is_some()), (Status::Subscriber, true));
        shop.tell(&event("evt_6", "customer.subscription.deleted", 9, subscription("sub_1", "cus_1", "canceled", 9)));
        shop.tell(&event("evt_7", "customer.subscription.updated", 8, subscription("sub_1", "cus_1", "active", 8)));
        assert_eq!(shop.desk.status(&ana), Status::Churned, "over is over, and a renewal is not bought one-off");
        shop.desk.verified();
    }

    fn test_mode_counts_nowhere(db) {
        let shop = Shop::new(db);
        let mut told = event("evt_1", "charge.succeeded", 2, charge("ch_1", None, 1000, 2));
        told["livemode"] = false.into();
        shop.tell(&told);
        assert!(!shop.payment("ch_1").live);
    }

    fn what_cannot_be_applied_is_shown_and_can_be_tried_again(db) {
        let shop = Shop::new(db);
        let mut bad = charge("ch_1", None, 1000, 2);
        bad["currency"] = "xxx".into();
        shop.send(&event("evt_1", "charge.succeeded", 2, bad));
        shop.send(&event("evt_2", "charge.succeeded", 2, charge("ch_2", None, 1000, 2)));
        for day in 0..9 {
            let now = shop.desk.now() + day * DAY;
            inbox::work(&shop.desk.f.db, &crate::kit::FixedClock(now), &|| false).unwrap();
        }
        assert_eq!(shop.payment("ch_2").status, PaymentStatus::Settled, "one bad event does not stop the next");
        let id = shop.account.clone();
        let failed = shop.desk.read(move |tx, ctx| inbox::failed(tx, ctx, &id, 10)).unwrap();
        assert_eq!(failed.iter().map(|f| (f.event.as_str(), f.error.as_str())).collect::<Vec<_>>(), [("evt_1", "currency: “XXX” is not a currency.")]);
        let id = shop.account.clone();
        assert_eq!(shop.desk.write(move |tx, ctx| inbox::retry(tx, ctx, &id)).unwrap(), 1);
    }
}
