//! Imports (SPEC 9.2): all of them, a file on its way in, which column is which, the dry run, the run with its progress, the result, taking
//! it back.

mod columns;
mod index;
mod new;
mod page;
mod steps;
pub mod words;

use domain::kit::Right;

use crate::http::{Policy, Routes};

/// The pages.
pub fn routes(routes: Routes) -> Routes {
    let import = Policy::May(Right::Import);
    routes
        .get("/imports", import, index::page)
        .get("/imports/new", import, new::page)
        .post("/imports/new", import, new::upload)
        .get("/imports/{id}", import, page::page)
        .post("/imports/{id}/columns", import, columns::save)
        .post("/imports/{id}/run", import, steps::run)
        .post("/imports/{id}/cancel", import, steps::cancel)
        .post("/imports/{id}/discard", import, steps::discard)
        .get("/imports/{id}/undo", import, steps::ask_undo)
        .post("/imports/{id}/undo", import, steps::undo)
        .get("/imports/{id}/failed", import, steps::failed)
}
