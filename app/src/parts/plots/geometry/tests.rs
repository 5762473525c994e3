//! Tests of the geometry of plots.

use super::*;

const WINDOW: Window = Window {
    from: Time(1000),
    to: Time(1100),
};

fn plot(samples: &[(i64, Option<f64>)]) -> Plot {
    let samples: Vec<Sample> = samples.iter().map(|(at, v)| (Time(*at), *v)).collect();
    Plot::new(&samples, WINDOW, 10)
}

fn lines(plot: &Plot) -> usize {
    plot.line.matches('M').count()
}

#[test]
fn the_scale_begins_at_zero_and_ends_at_a_round_number() {
    let of = |values: &[f64]| {
        let scale = Scale::new(values.iter().copied());
        scale.map(|scale| (scale.low, scale.high))
    };
    assert_eq!(of(&[3.0, 7.2]), Some((0.0, 10.0)));
    assert_eq!(of(&[1206.0]), Some((0.0, 2000.0)));
    assert_eq!(of(&[-3.0, 4.0]), Some((-5.0, 5.0)));
    assert_eq!(of(&[0.0, 0.0]), Some((0.0, 1.0)));
    assert_eq!(of(&[f64::NAN]), None);
    assert_eq!(of(&[]), None);
}

#[test]
fn a_series_without_a_value_has_no_line_and_no_scale() {
    for samples in [vec![], vec![(1000, None), (1010, None)]] {
        let plot = plot(&samples);
        assert_eq!(
            (plot.scale, plot.line.as_str(), plot.area.as_str()),
            (None, "", "")
        );
    }
}

#[test]
fn a_single_value_is_a_dot_without_an_area() {
    let plot = plot(&[(1050, Some(1.0))]);
    assert_eq!(plot.dots, "M500.0 3.0h0");
    assert_eq!((plot.line.as_str(), plot.area.as_str()), ("", ""));
}

#[test]
fn a_constant_series_is_a_level_line() {
    let plot = plot(&[(1000, Some(4.0)), (1010, Some(4.0))]);
    assert_eq!(plot.line, "M0.0 3.0L100.0 3.0");
    let zero = super::tests::plot(&[(1000, Some(0.0)), (1010, Some(0.0))]);
    assert_eq!(zero.line, "M0.0 57.0L100.0 57.0");
}

#[test]
fn a_gap_is_no_line_whether_a_sample_is_empty_or_absent() {
    let value = Some(1.0);
    let empty = plot(&[
        (1000, value),
        (1010, value),
        (1020, None),
        (1030, value),
        (1040, value),
    ]);
    let absent = plot(&[(1000, value), (1010, value), (1040, value), (1050, value)]);
    let whole = plot(&[(1000, value), (1010, value), (1025, value)]);
    assert_eq!((lines(&empty), lines(&absent), lines(&whole)), (2, 2, 1));
    // No part of the line reaches the value zero.
    assert!(!empty.line.contains("57.0"), "{}", empty.line);
}

#[test]
fn samples_outside_of_the_window_are_not_drawn() {
    let plot = plot(&[(990, Some(1.0)), (1000, Some(1.0)), (1110, Some(1.0))]);
    assert_eq!((plot.line.as_str(), plot.dots.as_str()), ("", "M0.0 3.0h0"));
}

#[test]
fn a_window_without_length_has_no_places_and_no_ticks() {
    let empty = Window {
        from: Time(5),
        to: Time(5),
    };
    assert_eq!((empty.x(Time(5)), ticks(empty, 4)), (None, Vec::new()));
}

#[test]
fn ticks_are_round_and_not_too_many() {
    let quarter = Window {
        from: Time(0),
        to: Time(900),
    };
    let round = |window, most| {
        ticks(window, most)
            .iter()
            .map(|at| at.0)
            .collect::<Vec<_>>()
    };
    assert_eq!(round(quarter, 4), [0, 300, 600, 900]);
    let shifted = Window {
        from: Time(70),
        to: Time(970),
    };
    assert_eq!(round(shifted, 4), [300, 600, 900]);
    for length in [7, 90, 3600, 86_400, 31_536_000] {
        let window = Window {
            from: Time(123),
            to: Time(123 + length),
        };
        assert!(ticks(window, 5).len() <= 5, "{length}");
    }
}

#[test]
fn the_cursor_finds_the_nearest_time_of_all_rows() {
    let (a, b) = (
        [(Time(1000), Some(1.0)), (Time(1020), None)],
        [(Time(1010), None), (Time(1020), Some(1.0))],
    );
    let times = times([a.as_slice(), b.as_slice()].into_iter(), WINDOW);
    assert_eq!(times, [Time(1000), Time(1010), Time(1020)]);
    assert_eq!(nearest(&times, WINDOW, 0.0), Some(0));
    assert_eq!(nearest(&times, WINDOW, 0.12), Some(1));
    assert_eq!(nearest(&times, WINDOW, 9.0), Some(2));
    assert_eq!(nearest(&[], WINDOW, 0.5), None);
}

#[test]
fn values_are_written_with_three_digits_that_matter() {
    let texts = [1206.4, 76.0, 3.84, 0.21, 0.0, -0.001, -12.5].map(written);
    assert_eq!(texts, ["1,206", "76", "3.84", "0.21", "0", "0", "−12.5"]);
}
