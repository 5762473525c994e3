//! Tests of the layout of the topology.

use super::*;

/// A mesh of one primary with four elements and remotes with two, each connected to the primary in four ways, and
/// with the next remote.
fn mesh(clusters: usize) -> (Vec<Node>, Vec<Link>) {
    let node = |index: usize| Node {
        elements: if index == 0 { 4 } else { 2 },
        network: index % 2,
    };
    let sizes: Vec<Node> = (0..clusters).map(node).collect();
    let link = |from, to| Link {
        from,
        to,
        label: 40,
    };
    let mut links = Vec::new();
    for remote in 1..clusters {
        links.push(link((0, 1), (remote, 0)));
        links.push(link((remote, 0), (0, 1)));
        links.push(link((0, 3), (remote, 1)));
        links.push(link((remote, 1), (0, 3)));
        if remote + 1 < clusters {
            links.push(link((remote, 0), (remote + 1, 0)));
        }
    }
    (sizes, links)
}

fn overlap(a: Rect, b: Rect) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

fn within(outer: Rect, inner: Rect) -> bool {
    inner.x >= outer.x
        && inner.y >= outer.y
        && inner.right() <= outer.right()
        && inner.bottom() <= outer.bottom()
}

#[test]
fn nothing_overlaps_and_all_is_within_the_view() {
    for clusters in [0, 1, 2, 3, 4, 5, 6, 9] {
        let (sizes, links) = mesh(clusters);
        let found = layout(&sizes, &links);
        let view = Rect {
            x: 0.0,
            y: 0.0,
            width: found.width,
            height: found.height,
        };
        let labels: Vec<Rect> = found
            .routes
            .iter()
            .flatten()
            .map(|route| route.label)
            .collect();
        assert_eq!(found.boxes.len(), clusters);
        assert_eq!(labels.len(), links.len(), "{clusters} clusters");
        let all: Vec<Rect> = found.boxes.iter().chain(&labels).copied().collect();
        for (index, rect) in all.iter().enumerate() {
            assert!(
                within(view, *rect),
                "{clusters} clusters: {rect:?} in {view:?}"
            );
            for other in all.iter().skip(index + 1) {
                assert!(
                    !overlap(*rect, *other),
                    "{clusters} clusters: {rect:?} {other:?}"
                );
            }
        }
        for (cluster, elements) in found.boxes.iter().zip(&found.elements) {
            for (index, element) in elements.iter().enumerate() {
                assert!(within(*cluster, *element), "{element:?} in {cluster:?}");
                assert!(
                    elements
                        .iter()
                        .skip(index + 1)
                        .all(|other| !overlap(*element, *other))
                );
            }
        }
    }
}

#[test]
fn a_frame_holds_the_clusters_of_its_network_and_no_other() {
    for clusters in [1, 2, 3, 4, 5, 6, 9] {
        let (nodes, links) = mesh(clusters);
        let found = layout(&nodes, &links);
        for (index, place) in found.boxes.iter().enumerate() {
            let around = found
                .frames
                .iter()
                .filter(|(_, frame)| overlap(*frame, *place));
            let around: Vec<_> = around.collect();
            let network = |index: usize| nodes.get(index).map(|node| node.network);
            assert_eq!(around.len(), 1, "{clusters} clusters: {place:?}");
            for (first, frame) in around {
                assert!(within(*frame, *place), "{place:?} in {frame:?}");
                assert_eq!(network(*first), network(index));
            }
        }
    }
}

#[test]
fn one_network_has_one_frame() {
    let (mut nodes, links) = mesh(6);
    for node in &mut nodes {
        node.network = 0;
    }
    let found = layout(&nodes, &links);
    assert_eq!(found.frames.len(), 1);
    let all = found.boxes.iter();
    assert!(
        all.filter_map(|place| found
            .frames
            .first()
            .map(|(_, frame)| within(*frame, *place)))
            .all(|is_within| is_within)
    );
}

#[test]
fn the_primary_is_beside_few_remotes_and_between_many() {
    let columns = |clusters| {
        let (sizes, links) = mesh(clusters);
        let mut places: Vec<f64> = layout(&sizes, &links)
            .boxes
            .iter()
            .map(|place| place.x)
            .collect();
        let primary = places.first().copied();
        places.sort_by(f64::total_cmp);
        places.dedup();
        (
            places.len(),
            places.iter().position(|x| Some(*x) == primary),
        )
    };
    assert_eq!(columns(1), (1, Some(0)));
    assert_eq!(columns(2), (2, Some(0)));
    assert_eq!(columns(3), (2, Some(0)));
    assert_eq!(columns(6), (3, Some(1)));
}

#[test]
fn a_connection_within_a_cluster_or_to_nothing_is_not_drawn() {
    let link = |from, to| Link { from, to, label: 3 };
    let found = layout(
        &[
            Node {
                elements: 2,
                network: 0,
            },
            Node {
                elements: 1,
                network: 0,
            },
        ],
        &[
            link((0, 0), (0, 1)),
            link((0, 0), (7, 0)),
            link((0, 0), (1, 0)),
        ],
    );
    let drawn: Vec<bool> = found.routes.iter().map(Option::is_some).collect();
    assert_eq!(drawn, [false, false, true]);
}

#[test]
fn the_same_mesh_has_the_same_layout() {
    let (sizes, links) = mesh(6);
    assert_eq!(layout(&sizes, &links), layout(&sizes, &links));
}

#[test]
fn a_long_text_ends_with_an_ellipsis() {
    assert_eq!(fitted("eastwestgateway", 8), "eastwes…");
    assert_eq!(fitted("istiod", 8), "istiod");
}
