//! The kubeconfig of a remote secret: hidden until the operator requests it.

use super::context::mesh_context;
use crate::{
    AppError, api,
    parts::{Button, ProblemNotice},
    urls::percent_encoded,
    words::t,
};
use leptos::prelude::*;
use wire::ClusterName;

/// The button that shows the kubeconfig, and the kubeconfig until it is hidden.
#[component]
pub(super) fn Kubeconfig(remote: ClusterName) -> impl IntoView {
    let mesh = mesh_context().mesh.get_untracked().row.name;
    let member = StoredValue::new((mesh, remote.clone()));
    let reveal = Action::new(move |(): &()| {
        let (mesh, remote) = member.get_value();
        api::meshes::reveal_kubeconfig(mesh, remote)
    });
    let shown = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        if let Some(Ok(revealed)) = reveal.value().get() {
            shown.set(Some(revealed.kubeconfig.reveal().clone()));
        }
    });
    let hide = move || {
        shown.set(None);
        reveal.value().set(None);
    };
    let failed = move || reveal.value().get().and_then(Result::err);
    let file = StoredValue::new(format!("{remote}.kubeconfig"));
    let content = move |text: String| {
        let link = format!(
            "data:application/yaml;charset=utf-8,{}",
            percent_encoded(&text)
        );
        view! {
            <pre class="font-mono text-[12.5px] bg-sunken rounded-[6px] px-3 py-2 overflow-auto max-h-[50vh] whitespace-pre-wrap break-all" tabindex="0">{text}</pre>
            <div class="flex flex-wrap items-center gap-4 mt-2 text-[13px]">
                <a href=link download=file.get_value() class="text-span underline">{t!(mesh.download_kubeconfig)}</a>
                <Button press=hide>{t!(mesh.hide_kubeconfig)}</Button>
            </div>
        }
    };
    view! {
        <div class="px-4 py-3 bg-surface border border-line rounded-[10px] min-w-0">
            <div class="flex flex-wrap items-center gap-3">
                <Button
                    disabled=Signal::derive(move || reveal.pending().get() || shown.get().is_some())
                    press=move || {
                        reveal.dispatch(());
                    }
                >
                    {t!(mesh.show_kubeconfig)}
                </Button>
                <span class="text-[12px] text-ink-3 flex-1 min-w-[200px]">{t!(mesh.show_kubeconfig_note)}</span>
            </div>
            {move || failed().map(|AppError(problem)| view! { <div class="mt-2"><ProblemNotice problem=problem/></div> })}
            <div class="mt-2" aria-live="polite">{move || shown.get().map(content)}</div>
        </div>
    }
}
