//! The commands that do what a plan does, with a button that copies them.

use crate::{parts::Copy, words::t};
use leptos::prelude::*;
use wire::mesh::CommandView;

/// The commands of all clusters as one text, which a shell can run.
fn text(commands: &[CommandView]) -> String {
    let block = |command: &CommandView| {
        let cluster = t!(mesh.on_cluster, cluster = command.cluster.to_string());
        format!("# {cluster}\n{}\n", command.text.trim_end())
    };
    commands.iter().map(block).collect()
}

/// The equivalent commands of a plan; nothing without any.
#[component]
pub(in crate::pages::meshes) fn CommandsCard(commands: Vec<CommandView>) -> impl IntoView {
    let text = text(&commands);
    (!commands.is_empty()).then(|| {
        view! {
            <section class="bg-surface border border-line rounded-[10px] min-w-0 overflow-hidden" aria-label=t!(setup.commands)>
                <div class="flex flex-wrap items-center gap-3 px-4 py-2">
                    <h4 class="flex-1 text-[14px] font-semibold">{t!(setup.commands)}</h4>
                    <Copy text=Signal::stored(text.clone()) label=t!(plan.copy_commands)/>
                </div>
                <pre
                    class="px-4 py-3 max-h-[320px] overflow-auto border-t border-line bg-sunken font-mono text-[12.5px] leading-relaxed max-md:whitespace-pre-wrap max-md:break-all"
                    tabindex="0"
                    role="region"
                    aria-label=t!(setup.commands_text)
                >
                    {text}
                </pre>
            </section>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::ClusterName;

    #[test]
    fn the_commands_of_each_cluster_follow_a_comment_with_its_name() {
        let command = |cluster: &str, text: &str| CommandView {
            cluster: ClusterName::new(cluster).expect("a name"),
            text: text.to_owned(),
        };
        let commands = [
            command("west", "kubectl apply\n\n"),
            command("east", "helm install"),
        ];
        assert_eq!(
            text(&commands),
            "# On west\nkubectl apply\n# On east\nhelm install\n"
        );
    }
}
