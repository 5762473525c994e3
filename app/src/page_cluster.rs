//! The cluster of the open page: the frame shows its name, and the band its colour.

use leptos::prelude::*;

/// The name of the cluster of the open page.
#[derive(Clone, Copy)]
pub(crate) struct PageCluster {
    name: RwSignal<Option<String>>,
    /// The number of the page that set the name: the next page sets its name before the last one is dropped.
    page: StoredValue<u32>,
}

impl PageCluster {
    /// Puts it into the context of the frame.
    pub(crate) fn provide() {
        provide_context(Self {
            name: RwSignal::new(None),
            page: StoredValue::new(0),
        });
    }

    /// The name; none on a page without a cluster.
    pub(crate) fn name(self) -> Option<String> {
        self.name.get()
    }
}

/// The cluster of the open page.
pub(crate) fn page_cluster() -> PageCluster {
    expect_context::<PageCluster>()
}

/// Sets the cluster of the page that calls this, as long as the page is open.
pub(crate) fn set_page_cluster(cluster: Signal<Option<String>>) {
    let PageCluster { name, page } = page_cluster();
    let this_page = page.get_value() + 1;
    page.set_value(this_page);
    Effect::new(move |_| name.set(cluster.get()));
    on_cleanup(move || {
        if page.try_get_value() == Some(this_page) {
            let _ = name.try_set(None);
        }
    });
}
