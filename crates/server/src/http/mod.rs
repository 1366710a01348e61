//! What every HTTP door shares: who asks, whether they may, what an error looks like, and the headers of every answer.

pub mod arriving;
mod drain;
pub mod guard;
pub mod health;
pub mod layers;
pub mod led;
pub mod limits;
pub mod meters;
pub mod problem;
mod reader;
pub mod routes;

pub use guard::{Policy, Who};
pub use problem::Problem;
pub use routes::Routes;
