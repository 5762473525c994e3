//! Where a field that the API server finds invalid comes from: the template and its line.

use crate::Error;
use chart::{Manifest, Manifests};
use cluster::ObjectRef;

impl Error {
    /// The rejection of an object: with the place of the first invalid field, when a template rendered it.
    pub(crate) fn rejected(object: ObjectRef, error: cluster::Error) -> Self {
        if !error.is_invalid() {
            return Self::Cluster(error);
        }
        Self::Invalid {
            object,
            origin: None,
            source: Box::new(error),
        }
    }

    /// The same with the place in these manifests.
    #[must_use]
    pub fn located(self, manifests: &Manifests) -> Self {
        match self {
            Self::Invalid { object, source, .. } => Self::Invalid {
                origin: origin(manifests, &object, &source),
                object,
                source,
            },
            error => error,
        }
    }
}

fn origin(
    manifests: &Manifests,
    object: &ObjectRef,
    error: &cluster::Error,
) -> Option<(String, usize)> {
    // An item of a list is not looked up: its path begins at the item.
    let manifest = manifests.objects.iter().find(|manifest| {
        let same_namespace = match (&manifest.namespace, &object.namespace) {
            (Some(rendered), Some(namespace)) => rendered == namespace,
            _ => true,
        };
        (&manifest.kind, &manifest.name) == (&object.kind, &object.name)
            && manifest.api_version == object.api_version
            && same_namespace
    })?;
    let (field, _) = error.status()?.causes.first()?;
    Some((manifest.template.clone(), line(manifest, field)?))
}

fn line(manifest: &Manifest, field: &str) -> Option<usize> {
    manifest.template_line(&segments(field))
}

/// The keys and indexes of a field path of Kubernetes: `spec.containers[0].env[HOME].value`.
fn segments(field: &str) -> Vec<String> {
    let mut segments = vec![String::new()];
    let mut in_brackets = false;
    for character in field.chars() {
        match character {
            '[' | '.' if !in_brackets => {
                in_brackets = character == '[';
                segments.push(String::new());
            }
            ']' if in_brackets => in_brackets = false,
            _ => segments
                .last_mut()
                .iter_mut()
                .for_each(|last| last.push(character)),
        }
    }
    segments.retain(|segment| !segment.is_empty());
    segments
}

#[cfg(test)]
mod tests {
    use super::segments;

    #[test]
    fn a_field_path_is_divided_at_dots_and_brackets() {
        assert_eq!(
            segments("spec.template.spec.containers[0].image"),
            ["spec", "template", "spec", "containers", "0", "image"]
        );
        assert_eq!(
            segments("metadata.annotations[example.com/a.b]"),
            ["metadata", "annotations", "example.com/a.b"]
        );
        assert_eq!(segments("metadata"), ["metadata"]);
    }
}
