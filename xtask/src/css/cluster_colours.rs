//! Tests of the colours of clusters: each is apart from the accent, from the states and from the others, and has
//! enough contrast with the surfaces, in both themes.

use crate::cache;
use std::{collections::BTreeMap, fs};

/// The number of colours that `wire` gives to clusters.
const CLUSTERS: usize = 12;
/// The tokens of the accent and of the states.
const RESERVED: [&str; 6] = ["span", "good", "busy", "warn", "bad", "lock"];
/// The surfaces on which a colour is seen.
const SURFACES: [&str; 4] = ["surface", "bg", "raised", "sunken"];
/// The least distance in OKLab; a just noticeable difference is about 0.02.
const MIN_DISTANCE: f64 = 0.06;
/// The contrast of text in WCAG 2, level AA.
const MIN_CONTRAST: f64 = 4.5;

type Linear = [f64; 3];

/// The colours of a block of tokens, by name.
fn tokens(css: &str, selector: &str) -> BTreeMap<String, Linear> {
    let start = css.find(selector).expect(selector) + selector.len();
    let block = css[start..].split('}').next().expect("a block");
    let pairs = block.split("--").filter_map(|part| part.split_once(": #"));
    pairs
        .filter_map(|(name, value)| Some((name.to_owned(), linear(value.get(..6)?)?)))
        .collect()
}

fn linear(hex: &str) -> Option<Linear> {
    let channel = |index: usize| {
        let value = u8::from_str_radix(hex.get(index..index + 2)?, 16).ok()?;
        let value = f64::from(value) / 255.0;
        Some(if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        })
    };
    Some([channel(0)?, channel(2)?, channel(4)?])
}

fn contrast(first: Linear, other: Linear) -> f64 {
    let luminance = |[r, g, b]: Linear| 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let (first, other) = (luminance(first), luminance(other));
    (first.max(other) + 0.05) / (first.min(other) + 0.05)
}

/// The distance of two colours in OKLab.
fn distance(first: Linear, other: Linear) -> f64 {
    let (first, other) = (oklab(first), oklab(other));
    let squares = first.iter().zip(other).map(|(a, b)| (a - b).powi(2));
    squares.sum::<f64>().sqrt()
}

fn oklab([red, green, blue]: Linear) -> [f64; 3] {
    let long = (0.412_221 * red + 0.536_333 * green + 0.051_446 * blue).cbrt();
    let medium = (0.211_903 * red + 0.680_700 * green + 0.107_397 * blue).cbrt();
    let short = (0.088_302 * red + 0.281_719 * green + 0.629_979 * blue).cbrt();
    [
        0.210_454 * long + 0.793_618 * medium - 0.004_072 * short,
        1.977_998 * long - 2.428_592 * medium + 0.450_594 * short,
        0.025_904 * long + 0.782_772 * medium - 0.808_676 * short,
    ]
}

#[test]
fn a_cluster_is_not_mistaken_for_another_one_nor_for_a_state() {
    let css = fs::read_to_string(cache::root().join("style/main.css")).expect("the stylesheet");
    for theme in [":root {", "[data-theme=\"dark\"] {"] {
        let tokens = tokens(&css, theme);
        let colour = |name: &str| {
            *tokens
                .get(name)
                .unwrap_or_else(|| panic!("{theme} --{name}"))
        };
        let clusters: Vec<String> = (1..=CLUSTERS).map(|number| format!("c{number}")).collect();
        for (index, cluster) in clusters.iter().enumerate() {
            let own = colour(cluster);
            let others = clusters[..index].iter().map(String::as_str);
            for other in others.chain(RESERVED) {
                let distance = distance(own, colour(other));
                assert!(
                    distance >= MIN_DISTANCE,
                    "{theme} {cluster} {other}: {distance}"
                );
            }
            for surface in SURFACES {
                let contrast = contrast(own, colour(surface));
                assert!(
                    contrast >= MIN_CONTRAST,
                    "{theme} {cluster} {surface}: {contrast}"
                );
            }
        }
    }
}
