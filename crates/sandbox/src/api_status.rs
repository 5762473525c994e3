//! Why a request was not carried out, as the API server would say it.
//!
//! A refusal becomes a `Status` object with code, reason, message and causes. Start at [`Refusal`].

use serde_json::{Value, json};

use crate::kinds::Kind;

/// A request that was not carried out.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Refusal {
    pub(crate) code: u16,
    pub(crate) reason: &'static str,
    pub(crate) message: String,
    pub(crate) details: Value,
}

/// One thing that is wrong with an object.
#[derive(Clone, Debug)]
pub(crate) struct Cause {
    pub(crate) reason: &'static str,
    pub(crate) field: String,
    pub(crate) message: String,
}

impl Cause {
    pub(crate) fn required(field: &str, detail: &str) -> Self {
        let message = if detail.is_empty() {
            "Required value".into()
        } else {
            format!("Required value: {detail}")
        };
        Self {
            reason: "FieldValueRequired",
            field: field.into(),
            message,
        }
    }

    pub(crate) fn invalid(field: &str, value: &Value, detail: &str) -> Self {
        Self {
            reason: "FieldValueInvalid",
            field: field.into(),
            message: format!("Invalid value: {value}: {detail}"),
        }
    }

    pub(crate) fn forbidden(field: &str, detail: &str) -> Self {
        let message = format!("Forbidden: {detail}");
        Self {
            reason: "FieldValueForbidden",
            field: field.into(),
            message,
        }
    }
}

impl Refusal {
    fn new(code: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            reason,
            message: message.into(),
            details: Value::Null,
        }
    }

    fn about(mut self, kind: &Kind, name: &str) -> Self {
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
        let mut refusal = Self::new(
            404,
            "NotFound",
            "the server could not find the requested resource",
        );
        refusal.details = json!({});
        refusal
    }

    pub(crate) fn not_found(kind: &Kind, name: &str) -> Self {
        Self::new(404, "NotFound", format!("{} \"{name}\" not found", kind.id)).about(kind, name)
    }

    pub(crate) fn already_exists(kind: &Kind, name: &str) -> Self {
        let message = format!("{} \"{name}\" already exists", kind.id);
        Self::new(409, "AlreadyExists", message).about(kind, name)
    }

    pub(crate) fn conflict(kind: &Kind, name: &str, detail: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} \"{name}\": {detail}",
            kind.id
        );
        Self::new(409, "Conflict", message).about(kind, name)
    }

    pub(crate) fn changed_meanwhile(kind: &Kind, name: &str) -> Self {
        Self::conflict(
            kind,
            name,
            "the object has been modified; please apply your changes to the latest version and \
             try again",
        )
    }

    pub(crate) fn owned_by_others(message: String, causes: Vec<Cause>) -> Self {
        let mut refusal = Self::new(409, "Conflict", message);
        refusal.details = json!({"causes": causes.iter().map(cause).collect::<Vec<_>>()});
        refusal
    }

    pub(crate) fn invalid(kind: &Kind, name: &str, causes: Vec<Cause>) -> Self {
        let said: Vec<String> = causes
            .iter()
            .map(|cause| format!("{}: {}", cause.field, cause.message))
            .collect();
        let said = if let [one] = said.as_slice() {
            one.clone()
        } else {
            format!("[{}]", said.join(", "))
        };
        let qualified = if kind.group.is_empty() {
            kind.kind.clone()
        } else {
            format!("{}.{}", kind.kind, kind.group)
        };
        let mut refusal = Self::new(
            422,
            "Invalid",
            format!("{qualified} \"{name}\" is invalid: {said}"),
        );
        refusal = refusal.about(kind, name);
        refusal.details["kind"] = json!(kind.kind);
        refusal.details["causes"] = causes.iter().map(cause).collect();
        refusal
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
        .about(kind, name)
    }

    /// The caller has no right to a resource, which may not even exist.
    pub(crate) fn forbidden_resource(group: &str, plural: &str, name: &str, detail: &str) -> Self {
        let id = crate::kinds::id(plural, group);
        let subject = if name.is_empty() {
            id
        } else {
            format!("{id} \"{name}\"")
        };
        let mut refusal = Self::new(
            403,
            "Forbidden",
            format!("{subject} is forbidden: {detail}"),
        );
        refusal.details = json!({"kind": plural});
        for (member, text) in [("name", name), ("group", group)] {
            if !text.is_empty() {
                refusal.details[member] = json!(text);
            }
        }
        refusal
    }

    /// The options of a patch are wrong.
    pub(crate) fn invalid_options(wrong: Cause) -> Self {
        let said = format!(
            "PatchOptions.meta.k8s.io \"\" is invalid: {}: {}",
            wrong.field, wrong.message
        );
        let mut refusal = Self::new(422, "Invalid", said);
        refusal.details = json!({
            "group": "meta.k8s.io", "kind": "PatchOptions", "causes": [cause(&wrong)],
        });
        refusal
    }

    pub(crate) fn forbidden_path(message: String) -> Self {
        let mut refusal = Self::new(403, "Forbidden", message);
        refusal.details = json!({});
        refusal
    }

    pub(crate) fn with_cause(mut self, reason: &'static str, field: &str, message: &str) -> Self {
        let said = cause(&Cause {
            reason,
            field: field.into(),
            message: message.into(),
        });
        self.details["causes"] = json!([said]);
        self
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(401, "Unauthorized", "Unauthorized")
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }

    /// A JSON patch does not apply.
    pub(crate) fn rejected() -> Self {
        let message = "the server rejected our request due to an error in our request";
        let mut refusal = Self::new(422, "Invalid", message);
        refusal.details = json!({});
        refusal
    }

    /// An applied configuration does not fit its type.
    pub(crate) fn untyped(message: String) -> Self {
        Self::new(500, "", message)
    }

    pub(crate) fn method_not_allowed() -> Self {
        let message = "the server does not allow this method on the requested resource";
        let mut refusal = Self::new(405, "MethodNotAllowed", message);
        refusal.details = json!({});
        refusal
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

    pub(crate) fn too_old(wanted: u64, oldest: u64) -> Self {
        Self::new(
            410,
            "Expired",
            format!("too old resource version: {wanted} ({oldest})"),
        )
    }

    pub(crate) fn too_large(most: usize) -> Self {
        let message = format!("Request entity too large: limit is {most}");
        Self::new(413, "RequestEntityTooLarge", message)
    }

    pub(crate) fn internal(detail: &str) -> Self {
        Self::new(
            500,
            "InternalError",
            format!("Internal error occurred: {detail}"),
        )
    }

    /// The `Status` object of this refusal.
    pub(crate) fn status(&self) -> Value {
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

fn cause(cause: &Cause) -> Value {
    json!({"reason": cause.reason, "message": cause.message, "field": cause.field})
}
