//! What the description says about all operations: title, sign-in, the Idempotency-Key of writes, and the problems every one may answer.

use domain::kit::Right;
use serde_json::json;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, Paths};
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{OpenApi, RefOr, Required, ResponseBuilder};

/// What the description calls a key.
const KEY: &str = "key";
/// The problems of a read, and those that a write adds.
const READ: [(&str, &str); 7] = [
    ("401", "The key is missing, unknown, expired or revoked"),
    ("403", "The key lacks the scope"),
    ("404", "There is no such thing here"),
    ("422", "Some fields need attention"),
    ("429", "Too many requests with this key"),
    ("503", "The database does not answer, or too much at once"),
    ("507", "The disk is full"),
];
const WRITE: [(&str, &str); 4] = [
    ("400", "The body is not JSON"),
    ("409", "The state of things does not allow it"),
    ("413", "The body is too large"),
    ("415", "The body is not application/json"),
];

/// Says which scope a key needs for these operations: the one that the guard in front of them asks for.
pub fn name_scope(paths: &mut Paths, right: Right) {
    for item in paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            operation.security = Some(vec![SecurityRequirement::new(KEY, [right.name()])]);
        }
    }
}

/// Completes what the operations said of themselves.
pub fn describe(mut api: OpenApi) -> OpenApi {
    api.info.title = "Regulars".to_owned();
    api.info.version = "1".to_owned();
    api.info.contact = None;
    api.info.license = Some(utoipa::openapi::LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build());
    api.info.description =
        Some("The customer desk of a merchant. Money is whole minor units; times are RFC 3339; lists page by cursor.".to_owned());
    let components = api.components.get_or_insert_with(Default::default);
    components
        .security_schemes
        .insert(KEY.to_owned(), RefOr::T(SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build())));
    components.schemas.insert("Problem".to_owned(), RefOr::T(problem()));
    api.security = Some(vec![SecurityRequirement::new(KEY, Vec::<String>::new())]);
    for item in api.paths.paths.values_mut() {
        for operation in [item.get.as_mut()].into_iter().flatten() {
            add(operation, &READ);
            say(operation, true);
        }
        for operation in [item.post.as_mut(), item.put.as_mut(), item.patch.as_mut(), item.delete.as_mut()].into_iter().flatten() {
            add(operation, &READ);
            add(operation, &WRITE);
            say(operation, false);
            operation.parameters.get_or_insert_with(Vec::new).push(RefOr::T(idempotency()));
            for response in operation.responses.responses.iter_mut().filter(|(status, _)| status.starts_with('2')) {
                if let RefOr::T(response) = response.1 {
                    let header = HeaderBuilder::new()
                        .schema(Some(Object::with_type(Type::String)))
                        .description(Some("`true` when the first answer is repeated"));
                    response.headers.insert("Idempotent-Replay".to_owned(), RefOr::T(header.build()));
                }
            }
        }
    }
    api
}

fn add(operation: &mut Operation, problems: &[(&str, &str)]) {
    for (status, words) in problems {
        operation
            .responses
            .responses
            .entry((*status).to_owned())
            .or_insert_with(|| RefOr::T(ResponseBuilder::new().description(*words).build()));
    }
    // What an operation names beside is told in the same form.
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && status.starts_with(['4', '5'])
            && response.content.is_empty()
        {
            let content = ContentBuilder::new().schema(Some(utoipa::openapi::Ref::from_schema_name("Problem"))).build();
            response.content.insert("application/problem+json".to_owned(), RefOr::T(content));
        }
    }
}

/// What a success says where the operation has no words of its own: a description without them is not valid (OpenAPI 3.1, Response Object).
fn say(operation: &mut Operation, reads: bool) {
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            response.description = match status.as_str() {
                "200" if reads => "What was asked for",
                "200" => "Done; how it stands now",
                "201" => "Made",
                "202" => "Begun as a job",
                "204" => "Done; there is nothing to say",
                _ => "As the operation says",
            }
            .to_owned();
        }
    }
}

fn idempotency() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("1 to 200 characters; the same key with the same request gives the first answer again, for a day"))
        .schema(Some(
            ObjectBuilder::new().schema_type(Type::String).max_length(Some(200)).min_length(Some(1)).pattern(Some("^[\\x21-\\x7e]+$")),
        ))
        .build()
}

fn problem() -> utoipa::openapi::schema::Schema {
    serde_json::from_value(json!({
        "type": "object",
        "description": "What went wrong (RFC 9457)",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": { "type": "string" }, "title": { "type": "string" }, "status": { "type": "integer" }, "detail": { "type": "string" },
            "code": { "type": "string", "description": "Stable, for programs" },
            "errors": { "type": "array", "items": { "type": "object", "required": ["pointer", "code", "detail"], "properties": {
                "pointer": { "type": "string" }, "code": { "type": "string" }, "detail": { "type": "string" } } } },
            "links": { "type": "array", "items": { "type": "object", "properties": {
                "kind": { "type": "string" }, "id": { "type": "string" }, "label": { "type": "string" } } } },
            "stale": { "type": "object" }
        }
    }))
    .unwrap_or_else(|_| ObjectBuilder::new().build().into())
}
