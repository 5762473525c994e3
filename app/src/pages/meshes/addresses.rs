//! By which address the primary is to reach the remote: what was found, what answered, a choice.

use crate::{
    AppError, api,
    parts::{Pill, ProblemNotice, Tone},
    words::t,
};
use leptos::prelude::*;
use wire::mesh::{ChooseAddressRequest, ServerAddress, StepRef};

/// The candidates; choosing one reads the plan again.
#[component]
pub(super) fn Addresses(
    addresses: Vec<ServerAddress>,
    step: StepRef,
    again: Callback<()>,
) -> impl IntoView {
    let own = StoredValue::new(step);
    let choose = Action::new(move |address: &String| {
        api::meshes::choose_address(ChooseAddressRequest {
            step: own.get_value(),
            address: address.clone(),
        })
    });
    Effect::new(move |_| {
        if matches!(choose.value().get(), Some(Ok(()))) {
            again.run(());
        }
    });
    let failed = move || choose.value().get().and_then(Result::err);
    let row = move |one: ServerAddress| {
        let address = one.address.clone();
        let (tone, word) = match (&one.refused, one.loopback) {
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
                    checked=one.chosen
                    on:change=move |_| {
                        choose.dispatch(address.clone());
                    }
                />
                <span class="font-mono">{one.address}</span>
                <span class="text-[12px] text-ink-3 flex-1 min-w-[160px]">{one.sources.join(", ")}</span>
                <Pill tone=tone>{word}</Pill>
                {one.known_as.map(|name| view! { <span class="w-full pl-7 text-[12px] text-ink-2">{t!(mesh.address_server_name, name = name)}</span> })}
                {one.refused.map(|said| view! { <span class="w-full pl-7 font-mono text-[12px] text-ink-2 break-words">{said}</span> })}
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
