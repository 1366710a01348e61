//! Whoever comes in as the one who goes comes in as the survivor, or is told that they do not; undo puts it back.

use super::*;
use crate::kit::{Door, Error};
use crate::portal::{self, Attempt, Invited, LinkKind, Secret, SettingsEdit, Way};
use crate::staff::Moment;
use crate::staff::password::Hashed;
use crate::staff::sessions::Device;
use crate::testing::{NOW, PASSWORD};

fn moment() -> Moment {
    Moment::new(NOW, Door::Portal)
}

fn opened(desk: &Desk) {
    let edit = SettingsEdit {
        enabled: true,
        word: "kilde".into(),
        colour: portal::Colour::USUAL.into(),
        may_cancel: true,
        may_ask: true,
        may_return: true,
    };
    desk.write(move |tx, ctx| portal::edit(tx, ctx, &edit)).unwrap();
}

/// Invited and come in with the password of tests.
fn with_portal(desk: &Desk, id: &CustomerId) {
    let who = id.clone();
    let link = match desk.write(move |tx, ctx| portal::invite(tx, ctx, &who, &Way::Link)).unwrap() {
        Invited::Link(way, _) => way.rsplit('/').next().unwrap().to_owned(),
        mailed => panic!("{mailed:?}"),
    };
    let secret = Secret { link, password: Some(Hashed::of_tests()) };
    let came = desk.f.db.write_now::<_, Error>(move |tx| {
        let portal = portal::find(tx, "kilde", &moment())?;
        assert_eq!(portal::look(tx, &portal, &secret.link, &moment())?.kind, LinkKind::Invite);
        portal::by_link(tx, &portal, &moment(), &secret, &Device::default()).map(drop)
    });
    came.unwrap();
}

/// Who comes in with this address and the password of tests.
fn comes_in(desk: &Desk, mail: &'static str) -> Option<CustomerId> {
    let tried = desk.f.db.write_now::<_, Error>(move |tx| {
        let portal = portal::find(tx, "kilde", &moment())?;
        portal::attempt(tx, &portal, &moment(), mail, &Device::default())
    });
    let Attempt::Check(credentials) = tried.unwrap() else { panic!("slowed") };
    credentials.verify(PASSWORD)
}

fn closes(desk: &Desk, gone: &CustomerId, stays: &CustomerId) -> (Vec<String>, Option<i64>) {
    let (gone, stays) = (gone.clone(), stays.clone());
    let look = desk.read(move |tx, ctx| merge::look(tx, ctx, std::slice::from_ref(&gone), &stays)).unwrap();
    (look.closes, look.moved.get("accesses to the portal").copied())
}

store::db_test! {
    crate::migrations();

    fn who_comes_in_as_the_one_who_goes_comes_in_as_the_survivor_and_undo_gives_it_back(db) {
        let desk = Desk::new(db);
        opened(&desk);
        let (gone, stays) = (desk.customer("a@example.com"), desk.customer("b@example.com"));
        with_portal(&desk, &gone);
        let before = desk.everything(None);
        assert_eq!(closes(&desk, &gone, &stays), (vec![], Some(1)), "said before");
        let done = desk.merge(&[&gone], &stays).unwrap().remove(0);
        assert_eq!(done.moved.get("accesses to the portal"), Some(&1));
        assert_eq!([comes_in(&desk, "a@example.com"), comes_in(&desk, "b@example.com")], [Some(stays.clone()), Some(stays.clone())]);
        desk.verified();
        desk.undo_merge(&done.id).unwrap();
        assert_eq!(desk.everything(None)["portal_access"], before["portal_access"], "row by row");
        assert_eq!([comes_in(&desk, "a@example.com"), comes_in(&desk, "b@example.com")], [Some(gone), None]);
        desk.verified();
    }

    fn of_two_portals_the_survivors_stays_and_undo_gives_the_other_back(db) {
        let desk = Desk::new(db);
        opened(&desk);
        let (gone, stays) = (desk.customer("a@example.com"), desk.customer("b@example.com"));
        with_portal(&desk, &gone);
        with_portal(&desk, &stays);
        let before = desk.everything(None);
        assert_eq!(closes(&desk, &gone, &stays), (vec!["a@example.com".to_owned()], None), "said before");
        let done = desk.merge(&[&gone], &stays).unwrap().remove(0);
        assert_eq!(comes_in(&desk, "b@example.com"), Some(stays));
        desk.undo_merge(&done.id).unwrap();
        assert_eq!(desk.everything(None)["portal_access"], before["portal_access"]);
        assert_eq!(comes_in(&desk, "a@example.com"), Some(gone));
        desk.verified();
    }

    fn a_portal_that_was_closed_since_stays_closed_and_the_other_comes_back(db) {
        let desk = Desk::new(db);
        opened(&desk);
        let (gone, stays) = (desk.customer("a@example.com"), desk.customer("b@example.com"));
        with_portal(&desk, &gone);
        let done = desk.merge(&[&gone], &stays).unwrap().remove(0);
        { let stays = stays.clone(); desk.write(move |tx, ctx| portal::close(tx, ctx, &stays)).unwrap(); }
        desk.undo_merge(&done.id).unwrap();
        assert_eq!([comes_in(&desk, "a@example.com"), comes_in(&desk, "b@example.com")], [Some(gone), None]);
        desk.verified();
    }
}
