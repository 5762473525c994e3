//! Numbers.

/// A number with its thousands apart, such as `5,000`.
pub(crate) fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let places = digits.len();
    let digits = digits.chars().enumerate();
    digits.fold(String::new(), |mut text, (index, digit)| {
        if index > 0 && (places - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
        text
    })
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_apart() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(5_000), "5,000");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
