//! The cluster and the namespace of the open page: the frame shows their names, and the band the colour of the
//! cluster.

use leptos::prelude::*;

/// What a page is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Place {
    cluster: Option<String>,
    namespace: Option<String>,
}

/// The cluster and the namespace of the open page.
#[derive(Clone, Copy)]
pub(crate) struct PageCluster {
    place: RwSignal<Place>,
    /// The number of the page that set the place: the next page sets its own before the last one is dropped.
    page: StoredValue<u32>,
}

impl PageCluster {
    /// Puts it into the context of the frame.
    pub(crate) fn provide() {
        provide_context(Self {
            place: RwSignal::new(Place::default()),
            page: StoredValue::new(0),
        });
    }

    /// The name of the cluster; none on a page without one.
    pub(crate) fn name(self) -> Option<String> {
        self.place.with(|place| place.cluster.clone())
    }

    /// The namespace; none on a page without one.
    pub(crate) fn namespace(self) -> Option<String> {
        self.place.with(|place| place.namespace.clone())
    }
}

/// The cluster of the open page.
pub(crate) fn page_cluster() -> PageCluster {
    expect_context::<PageCluster>()
}

/// Sets the cluster of the page that calls this, as long as the page is open.
pub(crate) fn set_page_cluster(cluster: Signal<Option<String>>) {
    set_place(move || Place {
        cluster: cluster.get(),
        namespace: None,
    });
}

/// Sets the cluster and the namespace of the page that calls this, as long as the page is open.
pub(crate) fn set_page_namespace(place: Signal<Option<(String, String)>>) {
    let place = move || {
        place
            .get()
            .map(|(cluster, namespace)| (cluster, Some(namespace)))
    };
    set_page_place(Signal::derive(place));
}

/// Sets the cluster of the page that calls this and, if there is one, the namespace, as long as the page is open.
pub(crate) fn set_page_place(place: Signal<Option<(String, Option<String>)>>) {
    set_place(move || {
        let (cluster, namespace) = place.get().unzip();
        let namespace = namespace.flatten();
        Place { cluster, namespace }
    });
}

fn set_place(shown: impl Fn() -> Place + 'static) {
    let PageCluster { place, page } = page_cluster();
    let this_page = page.get_value() + 1;
    page.set_value(this_page);
    Effect::new(move |_| place.set(shown()));
    on_cleanup(move || {
        if page.try_get_value() == Some(this_page) {
            let _ = place.try_set(Place::default());
        }
    });
}
