//! Templates on both engines: what is checked when one is saved, versions, and that a field is never more than text.

use super::*;
use crate::kit::{Result, Right};
use crate::orders::desk::{Desk, refusal};

fn input(subject: &str, body: &str) -> TemplateInput {
    TemplateInput { name: "Spring".into(), subject: subject.into(), body: body.into() }
}

fn made(desk: &Desk, input: &TemplateInput) -> Result<Template> {
    let (shop, input) = (desk.f.shop.clone(), input.clone());
    desk.write(move |tx, ctx| create(tx, ctx, &shop, &input))
}

store::db_test! {
    crate::migrations();

    fn every_statement_is_understood(db) {
        for statement in queries::ALL {
            db.prepare(statement).unwrap_or_else(|e| panic!("{statement:?}: {e}"));
        }
    }

    fn a_new_text_is_a_new_version_and_the_old_one_stays(db) {
        let desk = Desk::new(db);
        let first = made(&desk, &input("Hello {{ customer.name }}", "One\r\ntwo")).unwrap();
        assert_eq!((first.version, first.body.as_str(), first.shop_name.as_str()), (1, "One\ntwo", "Online"));
        let id = first.id.clone();
        let edited = |i: TemplateInput| { let id = id.clone(); desk.write(move |tx, ctx| edit(tx, ctx, &id, &i)) };
        assert_eq!(edited(TemplateInput { name: "Summer".into(), ..input("Hello {{ customer.name }}", "One\ntwo") }).unwrap().version, 1, "a name is no version");
        assert_eq!(edited(input("Hello", "Three")).unwrap().version, 2);
        let which = first.id.clone();
        let (one, all) = desk.read(move |tx, ctx| Ok((version(tx, ctx, &which, 1)?, versions(tx, ctx, &which)?))).unwrap();
        assert_eq!((one.body.as_str(), all.iter().map(|v| v.version).collect::<Vec<_>>()), ("One\ntwo", vec![2, 1]));
    }

    fn what_cannot_be_rendered_is_refused_beside_its_field(db) {
        let desk = Desk::new(db);
        for (subject, body, field) in [
            ("", "x", "subject:required"),
            ("a\nb", "x", "subject:invalid"),
            ("a", "", "body:required"),
            ("{{ customer.nmae }}", "x", "subject:template"),
            ("a", "{% if customer.name %}", "body:template"),
            ("a", "{% if customer.city %}{{ order.number }}{% endif %}", "body:template"),
            ("a", "{% include 'other' %}", "body:template"),
            ("a", "{% for x in customer.name %}{% endfor %}", "body:template"),
            ("a", "{{ customer.name|sort }}", "body:template"),
            ("a", "{{ range(9) }}", "body:template"),
        ] {
            assert_eq!(refusal(made(&desk, &input(subject, body))), field, "{subject} / {body}");
        }
        made(&desk, &input("a", "b")).unwrap();
        assert_eq!(refusal(made(&desk, &input("a", "b"))), "name:taken");
    }

    fn only_who_may_change_settings_writes_and_no_other_merchant_sees(db) {
        let desk = Desk::new(db);
        let shop = desk.f.shop.clone();
        let without = Desk { ctx: desk.f.without(Right::Settings), ..desk.clone() };
        assert!(without.write(move |tx, ctx| create(tx, ctx, &shop, &input("a", "b"))).is_err());
        let id = made(&desk, &input("a", "b")).unwrap().id;
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        let which = id.clone();
        assert_eq!(refusal(other.read(move |tx, ctx| get(tx, ctx, &which))), "no template");
        let which = id.clone();
        assert_eq!(refusal(other.write(move |tx, ctx| archive(tx, ctx, &which))), "no template");
        assert!(other.read(list).unwrap().is_empty());
        let which = id.clone();
        assert!(desk.write(move |tx, ctx| { archive(tx, ctx, &which)?; archive(tx, ctx, &which) }).unwrap().archived_at.is_some());
    }
}

fn write(subject: &str, body: &str, values: &Values) -> std::result::Result<Written, String> {
    Ready::of(subject, body)?.write(values)
}

#[test]
fn a_field_is_text_and_never_code_or_a_header() {
    let values = Values::default().with("customer.name", "{{ 7 * 7 }}\r\nBcc: x@y\u{2028}z").with("customer.first_name", "  ");
    let mail = write("Dear {{ customer.name }}", "{{ customer.name }}|{{ customer.first_name|default('there') }}", &values).unwrap();
    assert_eq!(mail.subject, "Dear {{ 7 * 7 }} Bcc: x@y z");
    assert_eq!(mail.body, "{{ 7 * 7 }}\nBcc: x@y\u{2028}z|there");
}

#[test]
fn conditions_and_filters_do_what_they_say() {
    let values = Values::default().with("customer.company", "Blue").with("shop.name", "web");
    let body = "{% if customer.company %}{{ customer.company|upper }}{% else %}nobody{% endif %} {{ shop.name|trim }}";
    assert_eq!(write("a", body, &values).unwrap().body, "BLUE web");
    assert_eq!(write("a", body, &Values::default().with("shop.name", "s")).unwrap().body, "nobody s");
    assert!(write("{{ customer.city }}", "x", &Values::default()).is_err(), "an empty subject is no mail");
}

#[test]
fn too_long_a_mail_is_refused_and_not_written() {
    let long = "a".repeat(19_000);
    let values = Values::default().with("customer.name", &long);
    let body = "{{ customer.name }}".repeat(20);
    let error = write("a", &body, &values).unwrap_err();
    assert!(error.contains("too long"), "{error}");
}
