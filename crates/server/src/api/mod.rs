//! REST API v1 (SPEC 13.1): the same verbs as the pages, with keys, scopes, problem+json and cursor pages.

mod pointer;
pub mod write;

use utoipa::openapi::OpenApi;

use crate::http::Routes;

/// All operations of the API.
pub fn routes(routes: Routes) -> Routes {
    routes
}

/// Title, version and sign-in of the description.
pub fn describe(description: OpenApi) -> OpenApi {
    description
}
