//! The layout of the topology, without any look: where each cluster, element, connection and label is.
//!
//! The first cluster is the primary; the others are beside it, and on both sides when there are many. The same
//! input gives the same places. Start at [`layout`].

/// The width of a cluster.
pub(super) const BOX_WIDTH: f64 = 224.0;
/// The height of the head of a cluster.
pub(super) const HEAD: f64 = 54.0;
/// The height of an element.
pub(super) const ELEMENT: f64 = 42.0;
/// The longest label of a connection, in characters.
pub(super) const MAX_LABEL: usize = 23;
/// The height of a label.
pub(super) const LABEL_HEIGHT: f64 = 22.0;
const PADDING: f64 = 12.0;
const ELEMENT_GAP: f64 = 10.0;
const MARGIN: f64 = 16.0;
/// Between two columns, wide enough for the longest label.
const COLUMN_GAP: f64 = 184.0;
const ROW_GAP: f64 = 32.0;
const LABEL_GAP: f64 = 6.0;
/// Between the ends of two connections at one element.
const PORT_GAP: f64 = 9.0;
/// The space that the head of an arrow needs.
const ARROW: f64 = 8.0;

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Rect {
    fn middle(self) -> f64 {
        self.y + self.height / 2.0
    }

    fn right(self) -> f64 {
        self.x + self.width
    }

    fn bottom(self) -> f64 {
        self.y + self.height
    }
}

/// An element: the index of its cluster, and its own.
pub(super) type Place = (usize, usize);

/// A connection, as the layout needs it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub(super) from: Place,
    pub(super) to: Place,
    /// The characters of its label.
    pub(super) label: usize,
}

/// A connection that is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Route {
    /// The line.
    pub(super) path: String,
    /// The head of the arrow.
    pub(super) arrow: String,
    /// The label.
    pub(super) label: Rect,
}

/// The places of everything.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    /// The clusters, in order.
    pub(super) boxes: Vec<Rect>,
    /// The elements of each cluster.
    pub(super) elements: Vec<Vec<Rect>>,
    /// The connections, in order; none for those within a cluster, and for those that lead nowhere.
    pub(super) routes: Vec<Option<Route>>,
}

/// The layout of clusters, each with its number of elements, and of the connections between elements.
pub(super) fn layout(clusters: &[usize], links: &[Link]) -> Layout {
    let columns = columns(clusters.len());
    let heights: Vec<f64> = clusters.iter().map(|elements| height(*elements)).collect();
    let tall = |column: &Vec<usize>| {
        let all = column.iter().filter_map(|index| heights.get(*index));
        all.sum::<f64>() + ROW_GAP * column.len().saturating_sub(1) as f64
    };
    let tallest = columns.iter().map(tall).fold(0.0, f64::max);
    let mut boxes = vec![None; clusters.len()];
    for (number, column) in columns.iter().enumerate() {
        let x = MARGIN + number as f64 * (BOX_WIDTH + COLUMN_GAP);
        let mut y = MARGIN + (tallest - tall(column)) / 2.0;
        for index in column {
            let height = heights.get(*index).copied().unwrap_or_default();
            if let Some(place) = boxes.get_mut(*index) {
                *place = Some(Rect {
                    x,
                    y,
                    width: BOX_WIDTH,
                    height,
                });
            }
            y += height + ROW_GAP;
        }
    }
    let boxes: Vec<Rect> = boxes.into_iter().flatten().collect();
    let elements: Vec<Vec<Rect>> = boxes
        .iter()
        .zip(clusters)
        .map(|(place, elements)| (0..*elements).map(|index| element(*place, index)).collect())
        .collect();
    let ends = ends(links, &elements);
    let labels = labels(links, &ends, MARGIN, MARGIN + tallest);
    let routes: Vec<Option<Route>> = ends
        .iter()
        .zip(&labels)
        .map(|(ends, label)| Some(route((*ends)?, (*label)?)))
        .collect();
    let lowest = labels.iter().flatten().map(|label| label.bottom());
    let lowest = lowest.fold(MARGIN + tallest, f64::max);
    let columns = columns.len() as f64;
    Layout {
        width: 2.0 * MARGIN + columns * BOX_WIDTH + (columns - 1.0).max(0.0) * COLUMN_GAP,
        height: lowest + MARGIN,
        boxes,
        elements,
        routes,
    }
}

/// The indices of the clusters in each column.
fn columns(clusters: usize) -> Vec<Vec<usize>> {
    match clusters {
        0 => Vec::new(),
        1 => vec![vec![0]],
        2 | 3 => vec![vec![0], (1..clusters).collect()],
        _ => {
            let right = (clusters - 1).div_ceil(2);
            vec![
                (right + 1..clusters).collect(),
                vec![0],
                (1..=right).collect(),
            ]
        }
    }
}

/// The height of a cluster.
fn height(elements: usize) -> f64 {
    HEAD + elements as f64 * (ELEMENT + ELEMENT_GAP) + if elements > 0 { 4.0 } else { 0.0 }
}

fn element(within: Rect, index: usize) -> Rect {
    Rect {
        x: within.x + PADDING,
        y: within.y + HEAD + index as f64 * (ELEMENT + ELEMENT_GAP),
        width: within.width - 2.0 * PADDING,
        height: ELEMENT,
    }
}

/// The two ends of a connection, and the gap between columns in which its label is.
#[derive(Clone, Copy, Debug)]
struct Ends {
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

fn ends(links: &[Link], elements: &[Vec<Rect>]) -> Vec<Option<Ends>> {
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
fn labels(links: &[Link], ends: &[Option<Ends>], top: f64, bottom: f64) -> Vec<Option<Rect>> {
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
fn route(ends: Ends, label: Rect) -> Route {
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

/// A text that fits into a number of characters.
pub(super) fn fitted(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests;
