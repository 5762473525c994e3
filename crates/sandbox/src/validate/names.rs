//! The syntax of names, labels, keys and ports, with the messages of the API server.
//!
//! Each function returns the messages about one text; a valid text has none. Start at [`subdomain`]
//! and [`label_key`].

pub(super) const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case \
    alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character \
    (e.g. 'example.com', regex used for validation is \
    '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric \
    characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  \
    or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric \
    characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. \
    'MyValue',  or 'my_value',  or '12345', regex used for validation is \
    '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const QUALIFIED_NAME: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must \
    start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', \
    regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const DATA_KEY: &str = "a valid config key must consist of alphanumeric characters, '-', '_' or \
    '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is \
    '[-._a-zA-Z0-9]+')";

/// The most characters of a subdomain and of a key of data.
const MAX_SUBDOMAIN: usize = 253;
/// The most characters of a label.
const MAX_LABEL: usize = 63;

/// The messages about a subdomain.
pub(super) fn subdomain(text: &str) -> Vec<String> {
    let mut messages = Vec::new();
    if text.len() > MAX_SUBDOMAIN {
        messages.push(too_long(MAX_SUBDOMAIN));
    }
    if !text.split('.').all(is_label) {
        messages.push(SUBDOMAIN.to_owned());
    }
    messages
}

/// The messages about a label of a domain, which is the syntax of most short names.
pub(super) fn label(text: &str) -> Vec<String> {
    if text.contains('.') {
        return vec!["must not contain dots".to_owned()];
    }
    let mut messages = Vec::new();
    if text.len() > MAX_LABEL {
        messages.push(too_long(MAX_LABEL));
    }
    if !is_label(text) {
        messages.push(LABEL.to_owned());
    }
    messages
}

/// The message about a text with more characters than allowed.
pub(super) fn too_long(max: usize) -> String {
    format!("must be no more than {max} characters")
}

fn is_label(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    bytes.first().copied().is_some_and(is_letter)
        && bytes.last().copied().is_some_and(is_letter)
        && bytes.iter().all(|byte| is_letter(*byte) || *byte == b'-')
}

/// Whether a text consists of letters, digits and `-_.`, with a letter or digit at both ends.
fn is_qualified(text: &str) -> bool {
    let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    is_letter(bytes.first())
        && is_letter(bytes.last())
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

/// The messages about the value of a label.
pub(super) fn label_value(text: &str) -> Vec<String> {
    let mut messages = Vec::new();
    if text.len() > MAX_LABEL {
        messages.push(format!("must be no more than {MAX_LABEL} bytes"));
    }
    if !text.is_empty() && !is_qualified(text) {
        messages.push(LABEL_VALUE.to_owned());
    }
    messages
}

/// The messages about the key of a label or an annotation: a name with an optional prefix.
pub(super) fn label_key(text: &str) -> Vec<String> {
    let parts: Vec<&str> = text.split('/').collect();
    let (prefix, name) = match parts.as_slice() {
        [name] => (None, *name),
        [prefix, name] => (Some(*prefix), *name),
        _ => {
            return vec![format!(
                "a valid label key {QUALIFIED_NAME} with an optional DNS subdomain prefix and '/' \
                 (e.g. 'example.com/MyName')"
            )];
        }
    };
    let mut messages = Vec::new();
    match prefix {
        Some("") => messages.push("prefix part must be non-empty".to_owned()),
        Some(prefix) => messages.extend(
            subdomain(prefix)
                .into_iter()
                .map(|message| format!("prefix part {message}")),
        ),
        None => {}
    }
    if name.is_empty() {
        messages.push("name part must be non-empty".to_owned());
    } else if name.len() > MAX_LABEL {
        messages.push(format!("name part must be no more than {MAX_LABEL} bytes"));
    }
    if !is_qualified(name) {
        messages.push(format!("name part {QUALIFIED_NAME}"));
    }
    messages
}

/// The messages about a key of the data of a ConfigMap or Secret.
pub(super) fn data_key(text: &str) -> Vec<String> {
    let mut messages = Vec::new();
    if text.len() > MAX_SUBDOMAIN {
        messages.push(too_long(MAX_SUBDOMAIN));
    }
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    if text.is_empty() || !text.as_bytes().iter().all(is_letter) {
        messages.push(DATA_KEY.to_owned());
    } else if text == "." || text == ".." {
        messages.push(format!("must not be '{text}'"));
    }
    messages
}

/// The messages about the name of a port, which DNS publishes.
pub(super) fn port_name(text: &str) -> Vec<String> {
    const MAX_PORT_NAME: usize = 15;
    let mut messages = Vec::new();
    if text.len() > MAX_PORT_NAME {
        messages.push(too_long(MAX_PORT_NAME));
    }
    let is_letter = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
    if !text.as_bytes().iter().all(is_letter) {
        messages
            .push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)".into());
    }
    if !text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        messages.push("must contain at least one letter (a-z)".to_owned());
    }
    if text.contains("--") {
        messages.push("must not contain consecutive hyphens".to_owned());
    }
    if text.starts_with('-') || text.ends_with('-') {
        messages.push("must not begin or end with a hyphen".to_owned());
    }
    messages
}

#[cfg(test)]
mod tests {
    use super::{data_key, label, label_key, label_value, port_name, subdomain};

    #[test]
    fn valid_texts_have_no_messages() {
        assert!(subdomain("a.b-c.1").is_empty());
        assert!(label("1-a").is_empty());
        assert!(label_value("").is_empty() && label_value("A_b.c").is_empty());
        assert!(label_key("a/b").is_empty() && label_key("example.com/A_b").is_empty());
        assert!(data_key("_A.b-c").is_empty() && data_key("..x").is_empty());
        assert!(port_name("http-2").is_empty());
    }

    #[test]
    fn each_fault_of_a_text_has_a_message() {
        assert_eq!(label(&"A".repeat(64)).len(), 2);
        assert_eq!(label_key(&format!("A/{}", "-".repeat(64))).len(), 3);
        assert_eq!(port_name("-").len(), 2);
        assert_eq!(data_key("..").len(), 1);
    }
}
