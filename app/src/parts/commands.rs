//! The commands that do what a plan does, folded, with a button that copies them.

use super::Copy;
use crate::words::t;
use leptos::prelude::*;
use wire::mesh::CommandView;

/// The equivalent commands of a plan, by cluster.
#[component]
pub(crate) fn Commands(
    /// The commands.
    commands: Vec<CommandView>,
) -> impl IntoView {
    let blocks = commands.iter().map(|command| {
        let cluster = t!(mesh.on_cluster, cluster = command.cluster.to_string());
        format!("# {cluster}\n{}", command.text.trim_end())
    });
    let all = Signal::stored(format!("{}\n", blocks.collect::<Vec<_>>().join("\n")));
    let row = |command: CommandView| {
        let label = t!(mesh.on_cluster, cluster = command.cluster.to_string());
        view! {
            <p class="text-[12px] text-ink-3 mt-2 mb-1">{label.clone()}</p>
            <pre
                class="font-mono text-[12.5px] bg-sunken rounded-[6px] px-3 py-2 overflow-auto max-h-[50vh]"
                tabindex="0"
                role="region"
                aria-label=label
            >
                {command.text}
            </pre>
        }
    };
    view! {
        <details class="text-[13px] min-w-0">
            <summary class="cursor-pointer text-ink-2">{t!(mesh.kubectl_commands)}</summary>
            <div class="flex justify-end mt-1"><Copy text=all label=t!(plan.copy_commands)/></div>
            {commands.into_iter().map(row).collect_view()}
        </details>
    }
}
