//! The lines of the connections, and their labels in the gaps between the columns. Start at [`ends`].

use super::{
    ARROW, COLUMN_GAP, ELEMENT, LABEL_GAP, LABEL_HEIGHT, Link, MAX_LABEL, PADDING, PORT_GAP, Place,
    Rect, Route,
};

/// The two ends of a connection, and the gap between columns in which its label is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    from: (f64, f64),
    to: (f64, f64),
    /// The middle of the gap.
    gap: f64,
    /// Whether both ends are in one column.
    is_loop: bool,
}

/// The side of an element at which a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

pub(super) fn ends(links: &[Link], elements: &[Vec<Rect>]) -> Vec<Option<Ends>> {
    let rect = |(cluster, element): Place| elements.get(cluster)?.get(element).copied();
    let right_most = elements.iter().flatten().map(|rect| rect.x);
    let right_most = right_most.fold(0.0, f64::max);
    let sides: Vec<Option<(Side, Side)>> = links
        .iter()
        .map(|link| {
            let (from, to) = (rect(link.from)?, rect(link.to)?);
            if link.from.0 == link.to.0 {
                return None;
            }
            Some(if from.x < to.x {
                (Side::Right, Side::Left)
            } else if from.x > to.x {
                (Side::Left, Side::Right)
            } else if from.x < right_most {
                (Side::Right, Side::Right)
            } else {
                (Side::Left, Side::Left)
            })
        })
        .collect();
    let mut used: Vec<(Place, Side)> = Vec::new();
    for (link, sides) in links.iter().zip(&sides) {
        if let Some((from, to)) = sides {
            used.extend([(link.from, *from), (link.to, *to)]);
        }
    }
    let mut taken: Vec<(Place, Side)> = Vec::new();
    let mut port = |place: Place, side: Side| {
        let number = used.iter().filter(|other| **other == (place, side)).count();
        let before = taken
            .iter()
            .filter(|other| **other == (place, side))
            .count();
        taken.push((place, side));
        let offset = (before as f64 - (number as f64 - 1.0) / 2.0) * PORT_GAP;
        let rect = rect(place)?;
        let half = ELEMENT / 2.0 - 4.0;
        // Lines end at the border of the cluster, beside the element.
        let x = match side {
            Side::Left => rect.x - PADDING,
            Side::Right => rect.right() + PADDING,
        };
        Some((x, rect.middle() + offset.clamp(-half, half)))
    };
    let mut ends = Vec::new();
    for (link, sides) in links.iter().zip(sides) {
        ends.push(sides.and_then(|(from_side, to_side)| {
            let (from, to) = (port(link.from, from_side)?, port(link.to, to_side)?);
            let gap = match from_side {
                Side::Right => from.0 + COLUMN_GAP / 2.0,
                Side::Left => from.0 - COLUMN_GAP / 2.0,
            };
            Some(Ends {
                from,
                to,
                gap,
                is_loop: from_side == to_side,
            })
        }));
    }
    ends
}

/// The labels: in the middle of their gap, beside their line where there is room, and never over each other.
pub(super) fn labels(
    links: &[Link],
    ends: &[Option<Ends>],
    top: f64,
    bottom: f64,
) -> Vec<Option<Rect>> {
    let mut labels = vec![None; links.len()];
    let mut gaps: Vec<f64> = ends.iter().flatten().map(|ends| ends.gap).collect();
    gaps.sort_by(f64::total_cmp);
    gaps.dedup();
    for gap in gaps {
        let mut wanted: Vec<(usize, f64)> = ends
            .iter()
            .enumerate()
            .filter_map(|(index, ends)| {
                let ends = (*ends).filter(|ends| ends.gap.total_cmp(&gap).is_eq())?;
                Some((index, f64::midpoint(ends.from.1, ends.to.1)))
            })
            .collect();
        wanted.sort_by(|(_, a), (_, b)| a.total_cmp(b));
        let step = LABEL_HEIGHT + LABEL_GAP;
        let mut least = top + LABEL_HEIGHT / 2.0;
        for (_, y) in &mut wanted {
            *y = y.max(least);
            least = *y + step;
        }
        // What was pushed below the clusters moves up again, as far as there is room.
        let mut most = bottom - LABEL_HEIGHT / 2.0;
        for (_, y) in wanted.iter_mut().rev() {
            *y = y.min(most);
            most = *y - step;
        }
        let shift = wanted
            .first()
            .map_or(0.0, |(_, y)| (top + LABEL_HEIGHT / 2.0 - y).max(0.0));
        for (index, y) in wanted {
            let length = links.get(index).map_or(0, |link| link.label.min(MAX_LABEL));
            let width = length as f64 * 6.1 + 20.0;
            if let Some(label) = labels.get_mut(index) {
                *label = Some(Rect {
                    x: gap - width / 2.0,
                    y: y + shift - LABEL_HEIGHT / 2.0,
                    width,
                    height: LABEL_HEIGHT,
                });
            }
        }
    }
    labels
}

/// The line from end to end through its label.
pub(super) fn route(ends: Ends, label: Rect) -> Route {
    let ((x1, y1), (x2, y2)) = (ends.from, ends.to);
    let (lx, ly) = (ends.gap, label.middle());
    // The arrow enters its element from outside.
    let inwards = if x2 < lx { -1.0 } else { 1.0 };
    let tip = x2 - inwards * ARROW;
    let path = if ends.is_loop {
        let (a, b) = (f64::midpoint(y1, ly), f64::midpoint(ly, y2));
        format!(
            "M{x1:.1} {y1:.1}C{lx:.1} {y1:.1} {lx:.1} {a:.1} {lx:.1} {ly:.1}C{lx:.1} {b:.1} {lx:.1} {y2:.1} {tip:.1} {y2:.1}"
        )
    } else {
        let (a, b) = (f64::midpoint(x1, lx), f64::midpoint(lx, tip));
        format!(
            "M{x1:.1} {y1:.1}C{a:.1} {y1:.1} {a:.1} {ly:.1} {lx:.1} {ly:.1}C{b:.1} {ly:.1} {b:.1} {y2:.1} {tip:.1} {y2:.1}"
        )
    };
    let arrow = format!("M{x2:.1} {y2:.1}L{tip:.1} {:.1}V{:.1}Z", y2 - 4.5, y2 + 4.5);
    Route { path, arrow, label }
}
