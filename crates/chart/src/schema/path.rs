//! Paths of values.

/// The path of a node in the values.
#[derive(Clone, Copy)]
pub(super) struct Path<'p> {
    above: Option<&'p Path<'p>>,
    key: &'p str,
}

impl<'p> Path<'p> {
    /// The path of the whole values.
    pub(super) const ROOT: Path<'static> = Path {
        above: None,
        key: "",
    };

    pub(super) fn child(&'p self, key: &'p str) -> Self {
        Path {
            above: Some(self),
            key,
        }
    }

    /// The size of the keys in bytes, by estimate.
    pub(super) fn len(&self) -> usize {
        let above = self.above.map_or(0, Path::len);
        above.saturating_add(self.key.len()).saturating_add(32)
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let mut keys = Vec::new();
        let mut current = Some(self);
        while let Some(path) = current {
            if path.above.is_some() {
                keys.push(path.key.to_owned());
            }
            current = path.above;
        }
        keys.reverse();
        keys
    }
}
