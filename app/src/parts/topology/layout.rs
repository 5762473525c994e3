//! The layout of the topology, without any look: where each cluster, element, connection and label is.
//!
//! The first cluster is the primary; the others are beside it, and on both sides when there are many. The same
//! input gives the same places. `routes` places the connections. Start at [`layout`].

mod routes;

use routes::{ends, labels, route};

/// The width of a cluster.
pub(super) const BOX_WIDTH: f64 = 224.0;
/// The height of the head of a cluster.
pub(super) const HEAD: f64 = 54.0;
/// The height of an element.
pub(super) const ELEMENT: f64 = 42.0;
/// The longest label of a connection, in characters.
pub(super) const MAX_LABEL: usize = 25;
/// The height of a label.
pub(super) const LABEL_HEIGHT: f64 = 22.0;
const PADDING: f64 = 12.0;
const ELEMENT_GAP: f64 = 10.0;
const MARGIN: f64 = 16.0;
/// Between two columns, wide enough for the longest label.
const COLUMN_GAP: f64 = 184.0;
const ROW_GAP: f64 = 32.0;
/// Between the frame of a network and its clusters; above them is its name.
const FRAME: f64 = 10.0;
const FRAME_HEAD: f64 = 28.0;
/// Between two networks of a column.
const FRAME_GAP: f64 = 18.0;
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

/// A cluster, as the layout needs it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// The number of its elements.
    pub(super) elements: usize,
    /// The number of its network.
    pub(super) network: usize,
}

/// The places of everything.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    /// The frames of the networks, each with the index of one of its clusters. A network that is in several columns
    /// beside another one has a frame in each.
    pub(super) frames: Vec<(usize, Rect)>,
    /// The clusters, in order.
    pub(super) boxes: Vec<Rect>,
    /// The elements of each cluster.
    pub(super) elements: Vec<Vec<Rect>>,
    /// The connections, in order; none for those within a cluster, and for those that lead nowhere.
    pub(super) routes: Vec<Option<Route>>,
}

/// The layout of clusters and of the connections between their elements.
pub(super) fn layout(clusters: &[Node], links: &[Link]) -> Layout {
    let columns: Vec<Vec<Vec<usize>>> = columns(clusters.len())
        .iter()
        .map(|column| by_network(column, clusters))
        .collect();
    let height_of = |index: &usize| {
        clusters
            .get(*index)
            .map_or(0.0, |node| height(node.elements))
    };
    let framed = |group: &Vec<usize>| {
        let all: f64 = group.iter().map(height_of).sum();
        FRAME_HEAD + all + ROW_GAP * group.len().saturating_sub(1) as f64 + FRAME
    };
    let tall = |column: &Vec<Vec<usize>>| {
        let all: f64 = column.iter().map(framed).sum();
        all + FRAME_GAP * column.len().saturating_sub(1) as f64
    };
    let tallest = columns.iter().map(tall).fold(0.0, f64::max);
    let mut boxes = vec![None; clusters.len()];
    let mut frames = Vec::new();
    for (number, column) in columns.iter().enumerate() {
        let x = MARGIN + FRAME + number as f64 * (BOX_WIDTH + COLUMN_GAP);
        let mut y = MARGIN + (tallest - tall(column)) / 2.0;
        for group in column {
            let frame = Rect {
                x: x - FRAME,
                y,
                width: BOX_WIDTH + 2.0 * FRAME,
                height: framed(group),
            };
            frames.extend(group.first().map(|first| (*first, frame)));
            let mut top = y + FRAME_HEAD;
            for index in group {
                let own = Rect {
                    x,
                    y: top,
                    width: BOX_WIDTH,
                    height: height_of(index),
                };
                if let Some(place) = boxes.get_mut(*index) {
                    *place = Some(own);
                }
                top += own.height + ROW_GAP;
            }
            y = frame.bottom() + FRAME_GAP;
        }
    }
    let boxes: Vec<Rect> = boxes.into_iter().flatten().collect();
    let frames = one_frame(frames, clusters);
    let elements: Vec<Vec<Rect>> = boxes
        .iter()
        .zip(clusters)
        .map(|(place, node)| {
            (0..node.elements)
                .map(|index| element(*place, index))
                .collect()
        })
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
        width: 2.0 * (MARGIN + FRAME) + columns * BOX_WIDTH + (columns - 1.0).max(0.0) * COLUMN_GAP,
        height: lowest + MARGIN,
        frames,
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

/// The clusters of a column by their network, in the order of the first of each.
fn by_network(column: &[usize], clusters: &[Node]) -> Vec<Vec<usize>> {
    let network = |index: usize| clusters.get(index).map(|node| node.network);
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for index in column {
        let mut known = groups.iter_mut();
        let is_own = |group: &&mut Vec<usize>| {
            let first = group.first().copied();
            first.and_then(network) == network(*index)
        };
        match known.find(is_own) {
            Some(group) => group.push(*index),
            None => groups.push(vec![*index]),
        }
    }
    groups
}

/// The frames; one around all of them when there is only one network.
fn one_frame(frames: Vec<(usize, Rect)>, clusters: &[Node]) -> Vec<(usize, Rect)> {
    let first = clusters.first().map(|node| node.network);
    let is_one = clusters.iter().all(|node| Some(node.network) == first);
    let around = |all: (usize, Rect), other: &(usize, Rect)| {
        let (a, b) = (all.1, other.1);
        let (x, y) = (a.x.min(b.x), a.y.min(b.y));
        let rect = Rect {
            x,
            y,
            width: a.right().max(b.right()) - x,
            height: a.bottom().max(b.bottom()) - y,
        };
        (all.0, rect)
    };
    match frames.split_first() {
        Some((first, others)) if is_one => vec![others.iter().fold(*first, around)],
        _ => frames,
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
