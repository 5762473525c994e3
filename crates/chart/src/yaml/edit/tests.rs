//! Tests that an edit changes only its value.
use super::{position, set, unset};
use crate::yaml::Scalar;

fn text(value: &str) -> Scalar {
    Scalar::Text(value.to_owned())
}

fn put(before: &str, path: &str, scalar: Scalar) -> String {
    set(before, &path.split('.').collect::<Vec<_>>(), &scalar).unwrap()
}

fn drop(before: &str, path: &str) -> String {
    unset(before, &path.split('.').collect::<Vec<_>>()).unwrap()
}

#[test]
fn a_changed_value_keeps_comments_and_order() {
    let before = "# ours\nb: 1   # one\n\n# two\na:\n  # deep\n  c: \"x\" # why\n  d: [1, 2]\n";
    assert_eq!(
        put(before, "b", Scalar::Integer(7)),
        before.replace("b: 1 ", "b: 7 ")
    );
    assert_eq!(
        put(before, "a.c", text("yes")),
        before.replace("\"x\"", "\"yes\"")
    );
    assert_eq!(
        put(before, "a.d.1", Scalar::Integer(9)),
        before.replace("[1, 2]", "[1, 9]")
    );
}

#[test]
fn a_text_that_is_not_a_plain_string_is_quoted() {
    assert_eq!(put("a: b\n", "a", text("yes")), "a: \"yes\"\n");
    assert_eq!(put("a: b\n", "a", text("1.5")), "a: \"1.5\"\n");
    assert_eq!(
        put("a: b\n", "a", text("docker.io/x:1.2")),
        "a: docker.io/x:1.2\n"
    );
    assert_eq!(put("a: b\n", "a", text("")), "a: \"\"\n");
    assert_eq!(put("a: 'b'\n", "a", text("it's")), "a: 'it''s'\n");
    assert_eq!(put("a: b\n", "a", text("x: y # z")), "a: \"x: y # z\"\n");
    assert_eq!(
        put("a: b\n", "a", text("two\nlines")),
        "a: \"two\\nlines\"\n"
    );
}

#[test]
fn a_new_key_is_appended_after_its_siblings() {
    assert_eq!(
        put("a:\n  b: 1 # x\nc: 2\n", "a.d", Scalar::Bool(true)),
        "a:\n  b: 1 # x\n  d: true\nc: 2\n"
    );
    assert_eq!(
        put("a:\n    b: 1\n\n# end\nc: 2", "a.d.e", Scalar::Integer(1)),
        "a:\n    b: 1\n    d:\n      e: 1\n\n# end\nc: 2"
    );
    assert_eq!(put("a: 1", "b", Scalar::Integer(2)), "a: 1\nb: 2\n");
    assert_eq!(
        put("a: |\n  x\n  y\n", "b.c", Scalar::Integer(2)),
        "a: |\n  x\n  y\nb:\n  c: 2\n"
    );
}

#[test]
fn an_empty_text_gets_a_first_key() {
    assert_eq!(put("", "a.b", text("x")), "a:\n  b: x\n");
    assert_eq!(
        put("# only words\n", "a", Scalar::Null),
        "# only words\na: null\n"
    );
    assert_eq!(put("{}\n", "a", Scalar::Integer(1)), "a: 1\n");
}

#[test]
fn an_empty_map_or_value_becomes_a_map() {
    assert_eq!(
        put("a: {}\nc: 1\n", "a.b", Scalar::Integer(2)),
        "a:\n  b: 2\nc: 1\n"
    );
    assert_eq!(
        put("a: {} # none\nc: 1\n", "a.b", Scalar::Integer(2)),
        "a: # none\n  b: 2\nc: 1\n"
    );
    assert_eq!(
        put("a:\nc: 1\n", "a.b", Scalar::Integer(2)),
        "a:\n  b: 2\nc: 1\n"
    );
    assert_eq!(
        put("a: # note\nc: 1\n", "a.b.d", Scalar::Integer(2)),
        "a: # note\n  b:\n    d: 2\nc: 1\n"
    );
    assert_eq!(
        put("a: {b: 1}\n", "a.c.d", Scalar::Integer(2)),
        "a: {b: 1, c: {d: 2}}\n"
    );
    assert_eq!(put("a:\nc: 1\n", "a", Scalar::Integer(2)), "a: 2\nc: 1\n");
    assert_eq!(
        put("x:\n- a: 1\n  b: 2\n- a: 3\n", "x.0.c", Scalar::Integer(4)),
        "x:\n- a: 1\n  b: 2\n  c: 4\n- a: 3\n"
    );
}

#[test]
fn blocks_can_be_replaced() {
    assert_eq!(
        put("a: |\n  x\n  y\nb: 1\n", "a", text("z")),
        "a: z\nb: 1\n"
    );
    assert_eq!(
        put("a:\n  - x\n  - y\nb: 1\n", "a", Scalar::Null),
        "a: null\nb: 1\n"
    );
    assert_eq!(
        put("a:\n  c: x\nb: 1\n", "a", Scalar::Bool(false)),
        "a: false\nb: 1\n"
    );
}

#[test]
fn multibyte_characters_do_not_shift_an_edit() {
    assert_eq!(
        put("# größer 🚀\nä: 'ö' # ü\nb: 1\n", "b", Scalar::Integer(2)),
        "# größer 🚀\nä: 'ö' # ü\nb: 2\n"
    );
}

#[test]
fn a_removed_key_removes_empty_parents() {
    assert_eq!(drop("a: 1\nb: 2 # x\nc: 3\n", "b"), "a: 1\nc: 3\n");
    assert_eq!(drop("a:\n  b:\n    c: 1\nd: 2\n", "a.b.c"), "d: 2\n");
    assert_eq!(drop("a: {b: 1, c: 2}\n", "a.b"), "a: {c: 2}\n");
    assert_eq!(drop("a: {b: 1, c: 2}\n", "a.c"), "a: {b: 1}\n");
    assert_eq!(drop("a: 1\n", "b.c"), "a: 1\n");
}

#[test]
fn a_position_is_the_position_of_the_key() {
    let at = position("a: 1\nb:\n  c: 2\n", &["b", "c"]).unwrap();
    assert_eq!((at.line, at.column), (3, 3));
    let nearest = position("a: 1\nb:\n  c: 2\n", &["b", "x", "y"]).unwrap();
    assert_eq!((nearest.line, nearest.column), (2, 1));
    let item = position("a:\n- x\n- y\n", &["a", "1"]).unwrap();
    assert_eq!((item.line, item.column), (3, 3));
    assert_eq!(position("a: [", &["a"]), None);
}

#[test]
fn a_typed_number_is_stored_as_it_was_typed() {
    for number in [
        "1e6",
        "12345678901234567890",
        "0x1f",
        "1.50",
        "-7",
        "1_000",
        "+3",
        ".5",
    ] {
        let scalar = Scalar::number(number);
        assert_eq!(put("a: 1\n", "a", scalar), format!("a: {number}\n"));
    }
    assert_eq!(put("a: 1\n", "a", Scalar::number(" 8 ")), "a: 8\n");
    for (text, written) in [
        ("1e400", "1e400"),
        ("NaN", "NaN"),
        ("12 apples", "12 apples"),
        (".inf", "\".inf\""),
    ] {
        assert_eq!(
            put("a: 1\n", "a", Scalar::number(text)),
            format!("a: {written}\n")
        );
    }
}

#[test]
fn a_byte_order_mark_is_removed_and_does_not_shift_the_edit() {
    let mark = "\u{feff}";
    assert_eq!(
        put(&format!("{mark}a: 1\nb: 2\n"), "a", Scalar::Integer(7)),
        "a: 7\nb: 2\n"
    );
    assert_eq!(
        put(&format!("{mark}a: 1\n"), "b", text("x")),
        "a: 1\nb: x\n"
    );
    assert_eq!(put(mark, "b", text("x")), "b: x\n");
    assert_eq!(drop(&format!("{mark}a: 1\nb: 2\n"), "a"), "b: 2\n");
    let at = position(&format!("{mark}a: 1\nb: 2\n"), &["b"]).unwrap();
    assert_eq!((at.line, at.column), (2, 1));
}
