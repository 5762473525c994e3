//! Amounts of resources in thousandths, and their texts.
//!
//! Start at [`format`].

use std::collections::BTreeMap;

/// Amounts in thousandths, by the name of the resource.
pub(super) type Amounts = BTreeMap<String, i128>;

/// An amount of one object or pod.
pub(super) const ONE: i128 = 1_000;

/// The text of an amount, with binary suffixes if another quantity has them.
pub(super) fn format(thousandths: i128, like: &str) -> String {
    if thousandths % ONE != 0 {
        return format!("{thousandths}m");
    }
    let (base, suffixes) = if like.ends_with('i') {
        (1_024, ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"])
    } else {
        (1_000, ["k", "M", "G", "T", "P", "E"])
    };
    let (mut number, mut suffix) = (thousandths / ONE, "");
    for next in suffixes {
        if number == 0 || number % base != 0 {
            break;
        }
        number /= base;
        suffix = next;
    }
    format!("{number}{suffix}")
}

#[cfg(test)]
mod tests {
    use super::format;

    #[test]
    fn amounts_have_the_largest_suffix_without_a_fraction() {
        for (thousandths, like, expected) in [
            (1_500, "2", "1500m"),
            (2_000, "500m", "2"),
            (0, "1Gi", "0"),
            (1_536 * 1_048_576_000, "2Gi", "1536Mi"),
            (3_000_000, "10", "3k"),
        ] {
            assert_eq!(format(thousandths, like), expected);
        }
    }
}
