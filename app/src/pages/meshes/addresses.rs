//! The selection of the address at which the primary reaches the API server of the remote.

use crate::{
    AppError, api,
    parts::{Pill, ProblemNotice, Tone},
    words::t,
};
use leptos::prelude::*;
use wire::mesh::{ChooseAddressRequest, ServerAddress, StepRef};

/// The candidates; selecting one loads the plan again.
#[component]
pub(super) fn Addresses(
    addresses: Vec<ServerAddress>,
    step: StepRef,
    reload: Callback<()>,
) -> impl IntoView {
    let step = StoredValue::new(step);
    let select = Action::new(move |address: &String| {
        api::meshes::choose_address(ChooseAddressRequest {
            step: step.get_value(),
            address: address.clone(),
        })
    });
    Effect::new(move |_| {
        if matches!(select.value().get(), Some(Ok(()))) {
            reload.run(());
        }
    });
    let failed = move || select.value().get().and_then(Result::err);
    let row = move |candidate: ServerAddress| {
        let address = candidate.address.clone();
        let (tone, label) = match (&candidate.refused, candidate.loopback) {
            (Some(_), _) => (Tone::Bad, t!(mesh.address_unusable)),
            (None, true) => (Tone::Warn, t!(mesh.address_loopback)),
            (None, false) => (Tone::Good, t!(mesh.address_reachable)),
        };
        view! {
            <label class="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2 border-b border-line last:border-b-0 text-[13px] cursor-pointer hover:bg-sunken">
                <input
                    type="radio"
                    name="server"
                    class="size-4 accent-span"
                    checked=candidate.chosen
                    on:change=move |_| {
                        select.dispatch(address.clone());
                    }
                />
                <span class="font-mono">{candidate.address}</span>
                <span class="text-[12px] text-ink-3 flex-1 min-w-[160px]">{candidate.sources.join(", ")}</span>
                <Pill tone=tone>{label}</Pill>
                {candidate.known_as.map(|name| view! { <span class="w-full pl-7 text-[12px] text-ink-2">{t!(mesh.address_server_name, name = name)}</span> })}
                {candidate.refused.map(|reason| view! { <span class="w-full pl-7 font-mono text-[12px] text-ink-2 break-words">{reason}</span> })}
            </label>
        }
    };
    view! {
        <fieldset class="mb-3">
            <legend class="text-[13px] font-medium mb-1">{t!(mesh.api_server_address)}</legend>
            <div class="border border-line rounded-[10px]">{addresses.into_iter().map(row).collect_view()}</div>
        </fieldset>
        {move || failed().map(|AppError(problem)| view! { <div class="mb-3"><ProblemNotice problem=problem/></div> })}
    }
}
