//! Kubernetes quantities as numbers: `500m` of CPU is 500 millicores, `2Gi` of memory is bytes.
//!
//! The suffixes are those of apimachinery's resource.Quantity.

fn split(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')));
    let (number, suffix) = text.split_at(end.unwrap_or(text.len()));
    Some((number.parse().ok()?, suffix))
}

fn scale(suffix: &str) -> Option<f64> {
    Some(match suffix {
        "" => 1.0,
        "n" => 1e-9,
        "u" => 1e-6,
        "m" => 1e-3,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "Ki" => 1024.0,
        "Mi" => 1_048_576.0,
        "Gi" => 1_073_741_824.0,
        "Ti" => 1_099_511_627_776.0,
        "Pi" => 1_125_899_906_842_624.0,
        _ => {
            return suffix
                .strip_prefix(['e', 'E'])?
                .parse::<i32>()
                .ok()
                .map(|e| 10f64.powi(e));
        }
    })
}

/// CPU in millicores; 0 when the text is no quantity.
pub fn millicores(text: &str) -> u64 {
    split(text)
        .and_then(
            |(number, suffix)| Some((number * scale(suffix)? * 1000.0).ceil().max(0.0) as u64),
        )
        .unwrap_or(0)
}

/// Memory in bytes; 0 when the text is no quantity.
pub fn bytes(text: &str) -> u64 {
    split(text)
        .and_then(|(number, suffix)| Some((number * scale(suffix)?).ceil().max(0.0) as u64))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_parsed_as_kubernetes_parses_them() {
        assert_eq!(
            (millicores("500m"), millicores("2"), millicores("0.5")),
            (500, 2000, 500)
        );
        assert_eq!(
            (bytes("2048Mi"), bytes("1G"), bytes("1e3")),
            (2_147_483_648, 1_000_000_000, 1000)
        );
        assert_eq!((millicores("many"), bytes("")), (0, 0));
    }
}
