//! The cluster in which the console runs: one button adds it.

use crate::{
    AppError, api,
    parts::{Button, ProblemNotice},
    words::t,
};
use leptos::prelude::*;
use wire::cluster::{AddMountedRequest, MountedView};

/// The offer to add it; nothing when the console runs in no pod, or when its cluster is registered.
#[component]
pub(super) fn InCluster(
    /// Called when the cluster was added.
    added: Callback<()>,
) -> impl IntoView {
    let cluster = LocalResource::new(api::clusters::in_cluster);
    move || {
        let offered = cluster.get().and_then(Result::ok).flatten();
        offered.map(|cluster| view! { <Offer cluster=cluster added=added/> })
    }
}

#[component]
fn Offer(cluster: MountedView, added: Callback<()>) -> impl IntoView {
    let name = RwSignal::new(t!(clusters.in_cluster_name));
    let add = Action::new(move |(): &()| {
        api::clusters::add_in_cluster(AddMountedRequest {
            name: name.get_untracked(),
        })
    });
    Effect::new(move |_| {
        if matches!(add.value().get(), Some(Ok(_))) {
            added.run(());
        }
    });
    let failed = move || add.value().get().and_then(Result::err);
    view! {
        <section class="mb-4 pb-4 border-b border-line text-[13px]" aria-label=t!(clusters.in_cluster)>
            <h3 class="font-medium">{t!(clusters.in_cluster)}</h3>
            <p class="font-mono text-[12px] text-ink-3 break-words">{cluster.server}</p>
            <p class="text-ink-2 my-1">{t!(clusters.in_cluster_note)}</p>
            <div class="flex flex-wrap items-center gap-3">
                <label class="inline-flex items-center gap-2 text-ink-3">
                    {t!(clusters.name)}
                    <input
                        type="text"
                        class="h-8 max-md:h-10 w-[200px] px-2 font-mono text-[13px] bg-surface border border-field rounded-[4px] text-ink"
                        prop:value=name
                        on:input=move |event| name.set(event_target_value(&event))
                    />
                </label>
                <Button
                    disabled=add.pending()
                    press=move || {
                        add.dispatch(());
                    }
                >
                    {t!(clusters.in_cluster_add)}
                </Button>
            </div>
            {move || failed().map(|AppError(problem)| view! { <div class="mt-3"><ProblemNotice problem=problem/></div> })}
        </section>
    }
}
