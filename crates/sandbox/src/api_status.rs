//! The error of a request, as the API server reports it.
//!
//! It becomes a `Status` object with code, reason, message and causes. Start at [`ApiStatus`].

mod cause;

use serde_json::{Value, json};

use crate::kinds::Kind;
pub(crate) use cause::Cause;

/// The status of a request that failed.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct ApiStatus {
    /// The HTTP status code.
    pub code: u16,
    /// The reason as one word, such as `NotFound`.
    pub reason: &'static str,
    /// The message for the user.
    pub message: String,
    /// The details of the `Status` object.
    pub details: Value,
}

impl ApiStatus {
    fn new(code: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            reason,
            message: message.into(),
            details: Value::Null,
        }
    }

    fn with_details(mut self, kind: &Kind, name: &str) -> Self {
        self.details = json!({"kind": kind.plural});
        if !name.is_empty() {
            self.details["name"] = json!(name);
        }
        if !kind.group.is_empty() {
            self.details["group"] = json!(kind.group);
        }
        self
    }

    pub(crate) fn no_such_path() -> Self {
        let mut status = Self::new(
            404,
            "NotFound",
            "the server could not find the requested resource",
        );
        status.details = json!({});
        status
    }

    pub(crate) fn not_found(kind: &Kind, name: &str) -> Self {
        Self::new(404, "NotFound", format!("{} \"{name}\" not found", kind.id))
            .with_details(kind, name)
    }

    pub(crate) fn already_exists(kind: &Kind, name: &str) -> Self {
        let message = format!("{} \"{name}\" already exists", kind.id);
        Self::new(409, "AlreadyExists", message).with_details(kind, name)
    }

    pub(crate) fn conflict(kind: &Kind, name: &str, detail: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} \"{name}\": {detail}",
            kind.id
        );
        Self::new(409, "Conflict", message).with_details(kind, name)
    }

    pub(crate) fn modified_concurrently(kind: &Kind, name: &str) -> Self {
        Self::conflict(
            kind,
            name,
            "the object has been modified; please apply your changes to the latest version and \
             try again",
        )
    }

    pub(crate) fn field_conflict(message: String, causes: Vec<Cause>) -> Self {
        let mut status = Self::new(409, "Conflict", message);
        status.details = json!({"causes": causes.iter().map(Cause::to_json).collect::<Vec<_>>()});
        status
    }

    pub(crate) fn invalid(kind: &Kind, name: &str, causes: Vec<Cause>) -> Self {
        let messages: Vec<String> = causes
            .iter()
            .map(|cause| format!("{}: {}", cause.field, cause.message))
            .collect();
        let message = if let [message] = messages.as_slice() {
            message.clone()
        } else {
            format!("[{}]", messages.join(", "))
        };
        let qualified = if kind.group.is_empty() {
            kind.kind.clone()
        } else {
            format!("{}.{}", kind.kind, kind.group)
        };
        let mut status = Self::new(
            422,
            "Invalid",
            format!("{qualified} \"{name}\" is invalid: {message}"),
        );
        status = status.with_details(kind, name);
        status.details["kind"] = json!(kind.kind);
        status.details["causes"] = causes.iter().map(Cause::to_json).collect();
        status
    }

    pub(crate) fn forbidden(kind: &Kind, name: &str, detail: &str) -> Self {
        let subject = if name.is_empty() {
            kind.id.clone()
        } else {
            format!("{} \"{name}\"", kind.id)
        };
        Self::new(
            403,
            "Forbidden",
            format!("{subject} is forbidden: {detail}"),
        )
        .with_details(kind, name)
    }

    /// The caller has no permission for a resource, which need not exist.
    pub(crate) fn forbidden_resource(group: &str, plural: &str, name: &str, detail: &str) -> Self {
        let id = crate::kinds::id(plural, group);
        let subject = if name.is_empty() {
            id
        } else {
            format!("{id} \"{name}\"")
        };
        let mut status = Self::new(
            403,
            "Forbidden",
            format!("{subject} is forbidden: {detail}"),
        );
        status.details = json!({"kind": plural});
        for (member, text) in [("name", name), ("group", group)] {
            if !text.is_empty() {
                status.details[member] = json!(text);
            }
        }
        status
    }

    /// The options of a patch are invalid.
    pub(crate) fn invalid_options(problem: &Cause) -> Self {
        Self::invalid_request("meta.k8s.io", "PatchOptions", problem)
    }

    /// A request for a token is invalid.
    pub(crate) fn invalid_token_request(problem: &Cause) -> Self {
        Self::invalid_request("authentication.k8s.io", "TokenRequest", problem)
    }

    fn invalid_request(group: &str, kind: &str, problem: &Cause) -> Self {
        let message = format!(
            "{kind}.{group} \"\" is invalid: {}: {}",
            problem.field, problem.message
        );
        let mut status = Self::new(422, "Invalid", message);
        status.details = json!({"group": group, "kind": kind, "causes": [problem.to_json()]});
        status
    }

    pub(crate) fn forbidden_path(message: String) -> Self {
        let mut status = Self::new(403, "Forbidden", message);
        status.details = json!({});
        status
    }

    pub(crate) fn with_cause(mut self, reason: &'static str, field: &str, message: &str) -> Self {
        let cause = Cause {
            reason,
            field: field.into(),
            message: message.into(),
        };
        self.details["causes"] = json!([cause.to_json()]);
        self
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(401, "Unauthorized", "Unauthorized")
    }

    /// The request is malformed.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }

    /// A JSON patch cannot be applied.
    pub(crate) fn patch_rejected() -> Self {
        let message = "the server rejected our request due to an error in our request";
        let mut status = Self::new(422, "Invalid", message);
        status.details = json!({});
        status
    }

    /// An applied configuration does not match its type.
    pub(crate) fn type_mismatch(message: String) -> Self {
        Self::new(500, "", message)
    }

    pub(crate) fn method_not_allowed() -> Self {
        let message = "the server does not allow this method on the requested resource";
        let mut status = Self::new(405, "MethodNotAllowed", message);
        status.details = json!({});
        status
    }

    pub(crate) fn not_acceptable() -> Self {
        let message = "only the following media types are accepted: application/json";
        Self::new(406, "NotAcceptable", message)
    }

    pub(crate) fn unsupported_media(offered: &str) -> Self {
        let message = format!(
            "the body of the request was in an unknown format - accepted media types include: \
             application/json, not {offered}"
        );
        Self::new(415, "UnsupportedMediaType", message)
    }

    /// The patch has a type that the kind does not accept.
    pub(crate) fn unsupported_patch(accepted: &[&str]) -> Self {
        let message = format!(
            "the body of the request was in an unknown format - accepted media types include: {}",
            accepted.join(", ")
        );
        Self::new(415, "UnsupportedMediaType", message)
    }

    pub(crate) fn too_old(requested: u64, oldest: u64) -> Self {
        Self::new(
            410,
            "Expired",
            format!("too old resource version: {requested} ({oldest})"),
        )
    }

    pub(crate) fn too_large(max_bytes: usize) -> Self {
        let message = format!("Request entity too large: limit is {max_bytes}");
        Self::new(413, "RequestEntityTooLarge", message)
    }

    /// The server failed.
    pub fn internal(detail: &str) -> Self {
        let message = format!("Internal error occurred: {detail}");
        let mut status = Self::new(500, "InternalError", message);
        status.details = json!({"causes": [{"message": detail}]});
        status
    }

    /// The answer with a code that a test wants, with the reason that an API server gives it.
    pub(crate) fn injected(code: u16) -> Self {
        let reason = match code {
            409 => "Conflict",
            410 => "Expired",
            429 => "TooManyRequests",
            500 => "InternalError",
            503 => "ServiceUnavailable",
            504 => "Timeout",
            _ => "Unknown",
        };
        Self::new(code, reason, "the sandbox answers so, as requested")
    }

    /// A webhook denied the request, with this reason.
    pub(crate) fn denied(code: u16, reason: &str, message: String) -> Self {
        const REASONS: [&str; 6] = [
            "BadRequest",
            "Conflict",
            "Forbidden",
            "Invalid",
            "NotFound",
            "Unauthorized",
        ];
        let known = REASONS.into_iter().find(|known| *known == reason);
        Self::new(code, known.unwrap_or_default(), message)
    }

    /// The error as a `Status` object.
    pub(crate) fn to_object(&self) -> Value {
        let mut status = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.message, "reason": self.reason, "code": self.code,
        });
        if self.reason.is_empty() {
            drop(
                status
                    .as_object_mut()
                    .map(|members| members.remove("reason")),
            );
        }
        if !self.details.is_null() {
            status["details"] = self.details.clone();
        }
        status
    }
}
