//! Decodes the protobuf bodies that Go clients send for built-in kinds.
//!
//! Field numbers and types are those of the table of built-in types. Go encodes zero values of
//! required fields; they are omitted, as in JSON. Start at [`decode`].

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::schema::{Fields, Type};

/// The prefix of protobuf bodies.
const MAGIC: &[u8] = b"k8s\0";

/// Optional fields whose zero value is meaningful.
const MEANINGFUL_ZEROS: [&str; 16] = [
    "replicas",
    "gracePeriodSeconds",
    "terminationGracePeriodSeconds",
    "ttlSecondsAfterFinished",
    "backoffLimit",
    "completions",
    "parallelism",
    "defaultMode",
    "runAsUser",
    "automountServiceAccountToken",
    "allowPrivilegeEscalation",
    "readOnlyRootFilesystem",
    "enableServiceLinks",
    "runAsNonRoot",
    "suspend",
    "optional",
];

/// Members that Go encodes even if they are empty.
const ALWAYS_ENCODED: [&str; 9] = [
    "metadata",
    "spec",
    "status",
    "strategy",
    "updateStrategy",
    "resources",
    "source",
    "listMeta",
    "user",
];

/// The object in a protobuf body; `None` when its kind is unknown.
pub(crate) fn decode(body: &[u8]) -> Option<Value> {
    let mut api_version = String::new();
    let mut kind = String::new();
    let mut raw: &[u8] = &[];
    for (number, content) in FieldReader(body.strip_prefix(MAGIC)?) {
        match (number, content) {
            (1, FieldContent::Bytes(meta)) => {
                for (number, content) in FieldReader(meta) {
                    let FieldContent::Bytes(text) = content else {
                        continue;
                    };
                    let text = String::from_utf8_lossy(text).into_owned();
                    if number == 1 {
                        api_version = text;
                    } else {
                        kind = text;
                    }
                }
            }
            (2, FieldContent::Bytes(bytes)) => raw = bytes,
            _ => {}
        }
    }
    let (group, version) = api_version
        .split_once('/')
        .unwrap_or(("core", &api_version));
    let group = group.split('.').next().unwrap_or_default();
    let name = match kind.as_str() {
        "DeleteOptions" => "meta.v1.DeleteOptions".to_owned(),
        kind => format!("{group}.{version}.{kind}"),
    };
    let fields = Type::named(&name).fields()?;
    let mut object = message(raw, &fields);
    object.insert("apiVersion".into(), json!(api_version));
    object.insert("kind".into(), json!(kind));
    Some(Value::Object(object))
}

/// The content of an encoded field.
enum FieldContent<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// Iterates over the fields; ends at the first invalid one.
struct FieldReader<'a>(&'a [u8]);

impl FieldReader<'_> {
    fn number(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

impl<'a> Iterator for FieldReader<'a> {
    type Item = (u32, FieldContent<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let tag = self.number()?;
        let number = u32::try_from(tag >> 3).ok()?;
        let length = match tag & 7 {
            0 => return Some((number, FieldContent::Number(self.number()?))),
            1 => 8,
            5 => 4,
            2 => usize::try_from(self.number()?).ok()?,
            _ => return None,
        };
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some((number, FieldContent::Bytes(bytes)))
    }
}

fn message(bytes: &[u8], fields: &Fields) -> Map<String, Value> {
    let mut object = Map::new();
    for (number, content) in FieldReader(bytes) {
        let Some((name, field)) = fields.iter().find(|(_, field)| field.number == number) else {
            continue;
        };
        if name.starts_with('+') {
            if let (FieldContent::Bytes(bytes), Some(fields)) = (content, field.kind.fields()) {
                object.extend(message(bytes, &fields));
            }
            continue;
        }
        match &field.kind {
            Type::List { item_type, .. } => {
                let list = object.entry(name.clone()).or_insert_with(|| json!([]));
                if let (Some(list), Some(item)) = (list.as_array_mut(), value(&content, item_type))
                {
                    list.push(item);
                }
            }
            Type::Map { item_type, .. } => {
                let map = object.entry(name.clone()).or_insert_with(|| json!({}));
                if let (Some(map), FieldContent::Bytes(entry)) = (map.as_object_mut(), content) {
                    let (key, value) = entry_of(entry, item_type);
                    map.insert(key, value);
                }
            }
            kind => {
                let found = value(&content, kind).filter(|found| is_meaningful(name, found));
                if let Some(found) = found {
                    object.insert(name.clone(), found);
                }
            }
        }
    }
    object
}

fn is_meaningful(name: &str, found: &Value) -> bool {
    match found {
        Value::String(text) => !text.is_empty(),
        Value::Number(number) => number.as_i64() != Some(0) || MEANINGFUL_ZEROS.contains(&name),
        Value::Bool(flag) => *flag || MEANINGFUL_ZEROS.contains(&name),
        Value::Object(members) => !members.is_empty() || !ALWAYS_ENCODED.contains(&name),
        Value::Null => false,
        Value::Array(_) => true,
    }
}

fn entry_of(bytes: &[u8], item_type: &Type) -> (String, Value) {
    let mut key = String::new();
    let mut field_value = match item_type {
        Type::Scalar(_) => json!(""),
        _ => json!({}),
    };
    for (number, content) in FieldReader(bytes) {
        match (number, &content) {
            (1, FieldContent::Bytes(text)) => key = String::from_utf8_lossy(text).into_owned(),
            _ => field_value = value(&content, item_type).unwrap_or_default(),
        }
    }
    (key, field_value)
}

fn value(content: &FieldContent<'_>, kind: &Type) -> Option<Value> {
    match (content, kind) {
        (FieldContent::Number(number), Type::Scalar("b")) => Some(json!(*number != 0)),
        (FieldContent::Number(number), _) => Some(json!(number.cast_signed())),
        (FieldContent::Bytes(bytes), Type::Scalar(scalar_name)) => scalar(bytes, scalar_name),
        (FieldContent::Bytes(bytes), Type::Any) => {
            // Arbitrary JSON is encoded in its own message.
            FieldReader(bytes).find_map(|(_, inner)| match inner {
                FieldContent::Bytes(raw) => serde_json::from_slice(raw).ok(),
                FieldContent::Number(_) => None,
            })
        }
        (FieldContent::Bytes(bytes), kind) => {
            Some(Value::Object(message(bytes, kind.fields()?.as_ref())))
        }
    }
}

fn scalar(bytes: &[u8], scalar_name: &str) -> Option<Value> {
    let numbers = || -> Vec<(u32, u64)> {
        let all = FieldReader(bytes).filter_map(|(number, content)| match content {
            FieldContent::Number(value) => Some((number, value)),
            FieldContent::Bytes(_) => None,
        });
        all.collect()
    };
    let text = || {
        FieldReader(bytes).find_map(|(_, content)| match content {
            FieldContent::Bytes(text) => Some(String::from_utf8_lossy(text).into_owned()),
            FieldContent::Number(_) => None,
        })
    };
    match scalar_name {
        "bytes" => Some(json!(STANDARD.encode(bytes))),
        "qty" => Some(json!(text()?)),
        "n" => Some(json!(f64::from_le_bytes(bytes.try_into().ok()?))),
        "time" | "micro" => {
            let (_, seconds) = numbers().into_iter().find(|(number, _)| *number == 1)?;
            let time = jiff::Timestamp::from_second(seconds.cast_signed()).ok()?;
            Some(json!(time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()))
        }
        "ios" => {
            let numbers = numbers();
            let is_text = numbers
                .iter()
                .any(|(number, value)| *number == 1 && *value == 1);
            if is_text {
                return Some(json!(text().unwrap_or_default()));
            }
            let found = numbers.iter().find(|(number, _)| *number == 2);
            Some(json!(found.map_or(0, |(_, value)| value.cast_signed())))
        }
        _ => Some(json!(String::from_utf8_lossy(bytes))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::decode;

    /// An encoded field of at most 127 bytes.
    fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
        let length = u8::try_from(bytes.len()).unwrap_or(u8::MAX);
        [&[number << 3 | 2, length], bytes].concat()
    }

    fn body(kind: &str, raw: &[u8]) -> Vec<u8> {
        let meta = [field(1, b"v1"), field(2, kind.as_bytes())].concat();
        [b"k8s\0".to_vec(), field(1, &meta), field(2, raw)].concat()
    }

    #[test]
    fn a_secret_is_decoded_with_its_bytes() {
        let meta = [field(1, b"key"), field(2, b"")].concat();
        let entry = [field(1, b"a"), field(2, b"b")].concat();
        let raw = [field(1, &meta), field(2, &entry), field(3, b"Opaque")].concat();
        let expected = json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "key"},
            "data": {"a": "Yg=="}, "type": "Opaque",
        });
        assert_eq!(decode(&body("Secret", &raw)), Some(expected));
    }

    #[test]
    fn invalid_bytes_and_unknown_kinds_are_rejected() {
        assert_eq!(decode(b"k8s\0\xff"), None);
        assert_eq!(decode(&body("Nothing", b"")), None);
        assert_eq!(decode(b"{}"), None);
    }
}
