//! PostgreSQL: a few threads, each with a connection of its own. The synchronous client is never used, nor dropped, on an async worker:
//! it would panic there.

mod connect;
mod copy;
mod fault;
mod params;
mod pool;
mod session;

pub(crate) use connect::Connector;
pub(crate) use copy::insert_many;
pub(crate) use params::RawCell;
pub(crate) use pool::work_loop;
pub(crate) use session::Session;
