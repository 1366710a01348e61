//! What a merchant sees of the customers' room, on both engines.

mod agree;
mod bulk;
mod crowd;
mod ending;
mod list;
mod naughty;
mod rules;
mod verbs;

use store::Tx;

use super::{Created, Customer, CustomerEdit, NewCustomer, Rules};
use crate::kit::{Ctx, CustomerId, Error, Result};
use crate::testing::Fixture;

/// A write in a context of its own.
fn write<T: Send + 'static>(f: &Fixture, ctx: &Ctx, act: impl Fn(&mut Tx, &Ctx) -> Result<T> + Send + Sync + 'static) -> Result<T> {
    let ctx = ctx.clone();
    f.db.write_now(move |tx| act(tx, &ctx))
}

/// A read in a context of its own.
fn read<T: Send + 'static>(f: &Fixture, ctx: &Ctx, act: impl Fn(&mut Tx, &Ctx) -> Result<T> + Send + Sync + 'static) -> Result<T> {
    let ctx = ctx.clone();
    f.db.read_now(move |tx| act(tx, &ctx))
}

fn create(f: &Fixture, new: NewCustomer) -> Created {
    write(f, &f.ctx, move |tx, ctx| super::create(tx, ctx, new.clone(), Rules::Normal)).expect("a customer")
}

fn with_email(f: &Fixture, email: &str) -> CustomerId {
    create(f, NewCustomer { email: email.into(), ..NewCustomer::default() }).id
}

fn get(f: &Fixture, id: &CustomerId) -> Customer {
    let id = id.clone();
    read(f, &f.ctx, move |tx, ctx| super::get(tx, ctx, &id)).expect("the customer")
}

fn edit(f: &Fixture, ctx: &Ctx, id: &CustomerId, edit: CustomerEdit) -> Result<Customer> {
    let id = id.clone();
    write(f, ctx, move |tx, ctx| super::edit(tx, ctx, &id, edit.clone()))
}

/// The code of a conflict.
fn code<T: std::fmt::Debug>(result: Result<T>) -> &'static str {
    match result {
        Err(Error::Conflict { code, .. }) => code,
        other => panic!("no conflict: {other:?}"),
    }
}

/// The fields of the problems.
fn fields<T: std::fmt::Debug>(result: Result<T>) -> Vec<String> {
    match result {
        Err(Error::Invalid(problems)) => problems.0.into_iter().map(|p| p.field).collect(),
        other => panic!("no problems: {other:?}"),
    }
}
