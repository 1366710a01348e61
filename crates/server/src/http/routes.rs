//! The one way to add a route: with its policy. A route without a policy cannot be written, and the table of all of them is what the
//! tests walk through (SPEC 16: every route has a written policy).

use std::sync::OnceLock;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, Method};
use axum::middleware::Next;
use axum::routing::{MethodRouter, get, post};
use utoipa::openapi::path::{ParameterIn, ParameterStyle};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter, UtoipaMethodRouterExt};

use super::guard::{Asks, Guard, Policy, guard};
use crate::app::App;

/// Which door a route belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// A page: people with a session; errors are pages.
    Page,
    /// The API: programs with a key; errors are problem+json.
    Api,
}

/// A line of the policy table.
#[derive(Clone, Debug)]
pub struct Line {
    /// HTTP method.
    pub method: Method,
    /// Path with `{parameters}`.
    pub path: String,
    /// Who may.
    pub policy: Policy,
    /// Page or API.
    pub side: Side,
    /// What it asks beside.
    pub asks: Asks,
}

/// Routes and their policies, gathered together.
pub struct Routes {
    app: App,
    router: Router<App>,
    /// Where operations are gathered to be described; a router that only serves does not keep what they say of themselves.
    described: Option<OpenApiRouter<App>>,
    table: Vec<Line>,
}

impl std::fmt::Debug for Routes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Routes").field("table", &self.table).finish_non_exhaustive()
    }
}

impl Routes {
    /// None yet.
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), router: Router::new(), described: None, table: Vec::new() }
    }

    /// None yet, to be described.
    fn described(app: &App) -> Self {
        Self { described: Some(OpenApiRouter::new()), ..Self::new(app) }
    }

    /// A page that is read.
    #[must_use]
    pub fn get<H: Handler<T, App>, T: 'static>(self, path: &'static str, policy: Policy, handler: H) -> Self {
        self.page(Method::GET, path, policy, Asks::Nothing, get(handler))
    }

    /// A form that is sent.
    #[must_use]
    pub fn post<H: Handler<T, App>, T: 'static>(self, path: &'static str, policy: Policy, handler: H) -> Self {
        self.page(Method::POST, path, policy, Asks::Nothing, post(handler))
    }

    /// A page in front of what needs a fresh sign-in.
    #[must_use]
    pub fn get_fresh<H: Handler<T, App>, T: 'static>(self, path: &'static str, policy: Policy, handler: H) -> Self {
        self.page(Method::GET, path, policy, Asks::Fresh, get(handler))
    }

    /// A form that needs a fresh sign-in.
    #[must_use]
    pub fn post_fresh<H: Handler<T, App>, T: 'static>(self, path: &'static str, policy: Policy, handler: H) -> Self {
        self.page(Method::POST, path, policy, Asks::Fresh, post(handler))
    }

    /// A form that may need a fresh sign-in: its handler looks at what was typed.
    #[must_use]
    pub fn post_perhaps_fresh<H: Handler<T, App>, T: 'static>(self, path: &'static str, policy: Policy, handler: H) -> Self {
        self.page(Method::POST, path, policy, Asks::Perhaps, post(handler))
    }

    fn page(mut self, method: Method, path: &'static str, policy: Policy, asks: Asks, handler: MethodRouter<App>) -> Self {
        let guarded = handler.layer(axum::middleware::from_fn_with_state(Guard::new(&self.app, policy, Side::Page, asks), guard));
        self.router = self.router.route(path, guarded);
        self.table.push(Line { method, path: path.to_owned(), policy, side: Side::Page, asks });
        self
    }

    /// An operation of the API: `routes!(handler)` of utoipa-axum, so that the description and the route cannot part.
    #[must_use]
    pub fn api(mut self, policy: Policy, mut operation: UtoipaMethodRouter<App>) -> Self {
        for (path, item) in &operation.1.paths {
            for (method, there) in [
                (Method::GET, item.get.is_some()),
                (Method::POST, item.post.is_some()),
                (Method::PUT, item.put.is_some()),
                (Method::PATCH, item.patch.is_some()),
                (Method::DELETE, item.delete.is_some()),
            ] {
                if there {
                    self.table.push(Line { method, path: path.clone(), policy, side: Side::Api, asks: Asks::Nothing });
                }
            }
        }
        let names = asked_names(&operation.1);
        if let (Some(_), Policy::May(right)) = (&self.described, policy) {
            crate::api::name_scope(&mut operation.1, right);
        }
        let strict = operation.layer(axum::middleware::from_fn(move |request: Request, next: Next| {
            let names = std::sync::Arc::clone(&names);
            async move { crate::api::only(&names, request, next).await }
        }));
        let guarded = strict.layer(axum::middleware::from_fn_with_state(Guard::new(&self.app, policy, Side::Api, Asks::Nothing), guard));
        match self.described.take() {
            Some(all) => self.described = Some(all.routes(guarded)),
            None => {
                let (_, paths, methods) = guarded;
                self.router = paths.paths.keys().fold(self.router, |router, path| router.route(path, methods.clone()));
            }
        }
        self
    }
}

/// The query parameters that an operation describes; of one with keys of its own the name with its bracket.
fn asked_names(paths: &utoipa::openapi::path::Paths) -> std::sync::Arc<[String]> {
    let items = paths.paths.values();
    let operations = items.flat_map(|i| [&i.get, &i.post, &i.put, &i.patch, &i.delete]).flatten();
    let parameters = operations.flat_map(|o| o.parameters.iter().flatten());
    parameters
        .filter_map(|p| match p {
            utoipa::openapi::RefOr::T(p) if p.parameter_in == ParameterIn::Query => {
                let keyed = matches!(p.style, Some(ParameterStyle::DeepObject));
                Some(if keyed { format!("{}[", p.name) } else { p.name.clone() })
            }
            _ => None,
        })
        .collect()
}

/// Every door of Regulars behind its layers, and the table of their policies.
pub fn all(app: &App) -> (Router, Vec<Line>) {
    let Routes { router, table, .. } = doors(Routes::new(app));
    let asked = app.clone();
    let router = router
        .route("/assets/{name}", get(super::health::asset))
        .route("/healthz", get(super::health::healthz))
        .route("/readyz", get(super::health::readyz))
        .route("/metrics", get(super::health::metrics))
        .route("/api/v1/openapi.json", get(move || std::future::ready(description(&asked))))
        .fallback(crate::dashboard::not_found)
        .method_not_allowed_fallback(crate::api::wrong_method)
        .with_state(app.clone());
    (super::layers::wrap(router, app), table)
}

fn doors(routes: Routes) -> Routes {
    let routes = crate::hooks::routes(crate::api::routes(crate::dashboard::routes(routes)));
    crate::portal::routes(routes)
}

/// The description of the API: made when somebody asks for the first time, kept as it goes over the wire. In memory as it is made it weighs
/// thirty megabytes.
fn description(app: &App) -> ([(HeaderName, &'static str); 1], Bytes) {
    static MADE: OnceLock<Bytes> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let api = doors(Routes::described(app)).described.map(OpenApiRouter::into_openapi).unwrap_or_default();
        serde_json::to_vec(&crate::api::describe(api)).unwrap_or_default().into()
    });
    ([(CONTENT_TYPE, "application/json")], made.clone())
}
