//! The dialog that gives a cluster another colour.

use crate::{
    AppError, api,
    live::stream,
    parts::{ProblemNotice, cluster_swatch},
    words::t,
};
use leptos::prelude::*;
use wire::{
    ClusterName,
    cluster::{ClusterColour, ColourRequest},
};

/// The name of a colour, in both themes.
fn colour_name(colour: ClusterColour) -> String {
    match u8::from(colour) {
        2 => t!(colour.olive),
        3 => t!(colour.cyan),
        4 => t!(colour.indigo),
        5 => t!(colour.magenta),
        6 => t!(colour.slate),
        7 => t!(colour.brown),
        8 => t!(colour.pink),
        9 => t!(colour.moss),
        10 => t!(colour.navy),
        11 => t!(colour.plum),
        12 => t!(colour.graphite),
        _ => t!(colour.rust),
    }
}

/// One choice for each colour; a choice is stored at once, and shown wherever the cluster is.
#[component]
pub(super) fn Colours(name: ClusterName) -> impl IntoView {
    let cluster = name.to_string();
    let live = stream();
    let current = Memo::new(move |_| live.cluster_colour(&cluster));
    let set = Action::new(move |colour: &ClusterColour| {
        api::clusters::set_cluster_colour(ColourRequest {
            cluster: name.clone(),
            colour: *colour,
        })
    });
    let failed = move || set.value().get().and_then(Result::err);
    let choice = move |colour: ClusterColour| {
        view! {
            <label class="flex items-center gap-2.5 h-9 max-md:h-11 px-2 rounded-[6px] text-[13px] hover:bg-sunken">
                <input
                    type="radio"
                    name="colour"
                    class="size-4 accent-span"
                    prop:checked=move || current.get() == u8::from(colour)
                    on:change=move |_| {
                        set.dispatch(colour);
                    }
                />
                <i class=cluster_swatch(colour.into())></i>
                {colour_name(colour)}
            </label>
        }
    };
    view! {
        <p class="text-[13px] text-ink-2 mb-3">{t!(colour.note)}</p>
        <fieldset class="grid grid-cols-2 md:grid-cols-3 gap-x-3">
            <legend class="sr-only">{t!(colour.title)}</legend>
            {ClusterColour::all().map(choice).collect_view()}
        </fieldset>
        {move || failed().map(|AppError(problem)| view! { <div class="mt-3"><ProblemNotice problem=problem/></div> })}
    }
}
