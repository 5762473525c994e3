//! The log of a container: the lines that the sandbox writes about it.
//!
//! A container that has not started has no log. Start at [`log`].

use axum::body::Body;
use http::{HeaderValue, Response, header};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::ResolvedTarget;
use crate::api_status::ApiStatus;
use crate::cluster::{State, format_time};
use crate::fault::Requested;
use crate::object;
use crate::request::{ApiRequest, Query};

/// The part of a log that a request asks for.
#[derive(Debug, Default)]
struct LogOptions {
    previous: bool,
    timestamps: bool,
    since: Option<Timestamp>,
    tail_lines: Option<usize>,
    limit_bytes: Option<usize>,
}

/// A line of a log.
struct Line {
    time: Timestamp,
    text: String,
}

/// The log of a container of a pod.
pub(super) fn log(
    state: &State,
    request: &ApiRequest,
    resolved: &ResolvedTarget,
) -> Result<Response<Body>, ApiStatus> {
    let pod = resolved.find(state)?;
    let options = LogOptions::read(&request.query, object::name(&pod), request.received)?;
    let container = container_name(&pod, request.query.get("container"))?;
    let text = if object::text(&pod, "/spec/nodeName").is_empty() {
        String::new()
    } else {
        let status = container_status(&pod, &container);
        let instance = instance(&pod, &container, status, options.previous)?;
        options.select(lines(state, status, instance))
    };
    let mut response = Response::new(Body::from(text));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    Ok(response)
}

impl LogOptions {
    fn read(query: &Query, pod: &str, now: Timestamp) -> Result<Self, ApiStatus> {
        let number = |name: &str| query.get(name).parse::<i64>().ok();
        for (name, least, detail) in [
            ("tailLines", 0, "must be greater than or equal to 0"),
            ("limitBytes", 1, "must be greater than 0"),
            ("sinceSeconds", 1, "must be greater than 0"),
        ] {
            if let Some(number) = number(name).filter(|number| *number < least) {
                let message = format!("Invalid value: {number}: {detail}");
                return Err(invalid(pod, "FieldValueInvalid", name, &message));
            }
        }
        let seconds = number("sinceSeconds");
        let time = query.get("sinceTime");
        if seconds.is_some() && !time.is_empty() {
            let message =
                "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified";
            return Err(invalid(pod, "FieldValueForbidden", "", message));
        }
        let since = seconds.map(|seconds| now - SignedDuration::from_secs(seconds));
        let size = |name: &str| number(name).and_then(|number| usize::try_from(number).ok());
        Ok(Self {
            previous: query.is("previous"),
            timestamps: query.is("timestamps"),
            since: since.or_else(|| time.parse().ok()),
            tail_lines: size("tailLines"),
            limit_bytes: size("limitBytes"),
        })
    }

    /// The text of the lines that are asked for.
    fn select(&self, lines: Vec<Line>) -> String {
        let lines = lines.into_iter();
        let lines = lines.filter(|line| self.since.is_none_or(|since| line.time >= since));
        let lines: Vec<Line> = lines.collect();
        let skipped = lines.len() - self.tail_lines.unwrap_or(lines.len()).min(lines.len());
        let lines = lines.into_iter().skip(skipped);
        let mut text: String = lines
            .map(|line| {
                if self.timestamps {
                    let time = format_time(line.time);
                    let seconds = time.trim_end_matches('Z');
                    format!("{seconds}.000000000Z {}\n", line.text)
                } else {
                    format!("{}\n", line.text)
                }
            })
            .collect();
        if let Some(limit) = self.limit_bytes {
            text.truncate(text.floor_char_boundary(limit));
        }
        text
    }
}

/// The error about an option.
fn invalid(pod: &str, reason: &str, field: &str, message: &str) -> ApiStatus {
    ApiStatus {
        code: 422,
        reason: "Invalid",
        message: format!("PodLogOptions \"{pod}\" is invalid: {field}: {message}"),
        details: json!({
            "kind": "PodLogOptions", "name": pod,
            "causes": [{"reason": reason, "field": field, "message": message}],
        }),
    }
}

/// The container that a request names, or the only one of the pod.
fn container_name(pod: &Value, requested: &str) -> Result<String, ApiStatus> {
    let names = |list: &str| -> Vec<&str> {
        object::items(pod, &format!("/spec/{list}"))
            .map(|container| object::text(container, "/name"))
            .collect()
    };
    let (containers, init) = (names("containers"), names("initContainers"));
    let pod_name = object::name(pod);
    if !requested.is_empty() {
        let ephemeral = names("ephemeralContainers");
        let mut all = containers.iter().chain(&init).chain(&ephemeral);
        if all.any(|name| *name == requested) {
            return Ok(requested.to_owned());
        }
        let message = format!("container {requested} is not valid for pod {pod_name}");
        return Err(ApiStatus::bad_request(message));
    }
    if let [single] = containers.as_slice() {
        return Ok((*single).to_owned());
    }
    let mut message = format!(
        "a container name must be specified for pod {pod_name}, choose one of: [{}]",
        containers.join(" ")
    );
    if !init.is_empty() {
        let choices = format!(" or one of the init containers: [{}]", init.join(" "));
        message.push_str(&choices);
    }
    Err(ApiStatus::bad_request(message))
}

/// The status of a container; `null` if it has none yet.
fn container_status<'a>(pod: &'a Value, container: &str) -> &'a Value {
    let lists = [
        "/status/containerStatuses",
        "/status/initContainerStatuses",
        "/status/ephemeralContainerStatuses",
    ];
    let mut statuses = lists.iter().flat_map(|list| object::items(pod, list));
    statuses
        .find(|status| status["name"] == container)
        .unwrap_or(&Value::Null)
}

/// The running or ended instance of a container; the error tells why there is none.
fn instance<'a>(
    pod: &Value,
    container: &str,
    status: &'a Value,
    previous: bool,
) -> Result<&'a Value, ApiStatus> {
    let pod_name = object::name(pod);
    let ended = status.pointer("/lastState/terminated");
    if previous {
        return ended.ok_or_else(|| {
            let message = format!(
                "previous terminated container \"{container}\" in pod \"{pod_name}\" not found"
            );
            ApiStatus::bad_request(message)
        });
    }
    let current = status
        .pointer("/state/running")
        .or_else(|| status.pointer("/state/terminated"));
    if let Some(instance) = current.or(ended) {
        return Ok(instance);
    }
    let reason = match object::text(status, "/state/waiting/reason") {
        "" => {
            let message =
                format!("container \"{container}\" in pod \"{pod_name}\" is not available");
            return Err(ApiStatus::bad_request(message));
        }
        "ErrImagePull" => "image can't be pulled",
        "ImagePullBackOff" => "trying and failing to pull image",
        reason => reason,
    };
    let message =
        format!("container \"{container}\" in pod \"{pod_name}\" is waiting to start: {reason}");
    Err(ApiStatus::bad_request(message))
}

/// The lines about an instance of a container.
fn lines(state: &State, status: &Value, instance: &Value) -> Vec<Line> {
    let time = |name: &str| object::text(instance, name).parse().unwrap_or_default();
    let image = object::text(status, "/image");
    let mut texts = vec![
        (time("/startedAt"), format!("sandbox: started {image}")),
        (
            time("/startedAt"),
            "sandbox: no container runs, this log is simulated".to_owned(),
        ),
    ];
    if let Some(code) = object::number(instance, "/exitCode") {
        let message = object::text(instance, "/message").lines();
        let ended = time("/finishedAt");
        let requested = Requested::read(&state.objects);
        if requested.exit_code(image).is_some() {
            let written = requested.crash_log();
            texts.extend(written.map(|line| (ended, line.to_owned())));
        }
        texts.extend(message.map(|line| (ended, line.to_owned())));
        texts.push((ended, format!("sandbox: exited with code {code}")));
    }
    let lines = texts.into_iter();
    lines.map(|(time, text)| Line { time, text }).collect()
}
