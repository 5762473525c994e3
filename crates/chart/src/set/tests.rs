//! Tests of `--set` beyond the golden cases, which compare with Helm.
#![expect(clippy::unwrap_used, reason = "a test may panic")]
use super::SetFlag;
use crate::values::Values;
use wire::HelmVersion;

fn set(flag: SetFlag<'_>, text: &str) -> Result<serde_json::Value, String> {
    let mut values = Values::empty();
    flag.apply(text, &mut values)
        .map(|()| values.to_json())
        .map_err(|error| error.reason)
}

#[test]
fn a_file_is_read_by_the_given_function() {
    let read = |name: &str| match name {
        "a.txt" => Ok("hello, world".to_owned()),
        other => Err(format!("open {other}: no such file or directory")),
    };
    let files = SetFlag::Files(&read);
    assert_eq!(
        set(files, "x.y=a.txt").unwrap(),
        serde_json::json!({"x": {"y": "hello, world"}})
    );
    assert_eq!(
        set(files, "x=b.txt").unwrap_err(),
        "failed parsing --set-file data: open b.txt: no such file or directory"
    );
}

#[test]
fn names_and_indexes_have_limits() {
    let deep = format!("{}=1", vec!["a"; 40].join("."));
    assert!(
        set(SetFlag::Typed, &deep)
            .unwrap_err()
            .contains("nested level")
    );
    assert!(
        set(SetFlag::Typed, "a[65537]=1")
            .unwrap_err()
            .contains("maximum")
    );
    let brackets = format!("a{}=1", "[1]".repeat(3000));
    assert!(set(SetFlag::Typed, &brackets).is_err());
    let dots = format!("a{}=1", "[0].b".repeat(3000));
    assert!(set(SetFlag::Typed, &dots).is_err());
}

proptest::proptest! {
    #[test]
    fn random_texts_never_panic(text in "[ab0-9.,=\\[\\]{}\\\\\"é -]{0,60}") {
        let read = |name: &str| Ok(name.to_owned());
        for flag in [
            SetFlag::Typed,
            SetFlag::Strings,
            SetFlag::Json(HelmVersion::V3),
            SetFlag::Json(HelmVersion::V4),
            SetFlag::Files(&read),
            SetFlag::Literal,
        ] {
            drop(set(flag, &text));
        }
    }

    #[test]
    fn an_escaped_text_is_unchanged(key in "[a-z]{1,5}", value in "[a-z,.\\[\\]= ]{1,20}") {
        let escaped: String = value.chars().flat_map(|c| ['\\', c]).collect();
        let given = set(SetFlag::Strings, &format!("{key}={escaped}")).unwrap();
        proptest::prop_assert_eq!(given[&key].as_str(), Some(value.as_str()));
        let literal = set(SetFlag::Literal, &format!("{key}={value}")).unwrap();
        proptest::prop_assert_eq!(literal[&key].as_str(), Some(value.as_str()));
    }
}
