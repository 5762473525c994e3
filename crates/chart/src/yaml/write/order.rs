//! go-yaml's order of keys: letters after all other characters, numbers by value.
use std::cmp::Ordering;

/// The order of two keys.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let mut at = same;
    while !a.is_char_boundary(at) || !b.is_char_boundary(at) {
        at -= 1;
    }
    let (rest_a, rest_b) = (
        a.get(at..).unwrap_or_default(),
        b.get(at..).unwrap_or_default(),
    );
    let (Some(left), Some(right)) = (rest_a.chars().next(), rest_b.chars().next()) else {
        return a.len().cmp(&b.len());
    };
    match (left.is_alphabetic(), right.is_alphabetic()) {
        (true, true) => left.cmp(&right),
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => {
            let before = a.get(..at).unwrap_or_default();
            by_number(before, rest_a, rest_b).then_with(|| left.cmp(&right))
        }
    }
}

/// The order of two keys whose first difference is not a letter.
fn by_number(before: &str, a: &str, b: &str) -> Ordering {
    // Leading zeros count only at the start of a number.
    let inside = (a.starts_with('0') || b.starts_with('0'))
        && before
            .chars()
            .rev()
            .take_while(char::is_ascii_digit)
            .any(|digit| digit != '0');
    let run = |text: &str| {
        let digits = text.bytes().take_while(u8::is_ascii_digit);
        let first = i64::from(inside);
        digits.fold((first, 0), |(number, count): (i64, usize), digit| {
            let number = number
                .wrapping_mul(10)
                .wrapping_add(i64::from(digit - b'0'));
            (number, count + 1)
        })
    };
    run(a).cmp(&run(b))
}
