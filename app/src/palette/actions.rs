//! The actions of the palette; one that the operator may not execute is listed with the reason.

use super::entry::{Entry, Group};
use crate::{help::Help, session_requests::log_out, theme::Theme, urls, words::t};
use leptos::prelude::*;
use wire::live::PermissionsView;

/// An action that opens no page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Command {
    /// Switches between light and dark.
    SwitchTheme,
    /// Shows the keys.
    Keys,
    /// Opens the settings.
    Settings,
    /// Shows the version.
    About,
    /// Ends the session.
    LogOut,
}

impl Command {
    /// Executes it; `help` has the dialogs of the frame.
    pub(super) fn execute(self, help: Help) {
        match self {
            Self::SwitchTheme => Theme::shown().opposite().apply(),
            Self::Keys => help.keys.set(true),
            Self::Settings => help.settings.set(true),
            Self::About => help.about.set(true),
            Self::LogOut => leptos::task::spawn_local(async {
                let _ = log_out().await;
            }),
        }
    }
}

/// The actions, with those that `permissions` lacks disabled; none before they are known.
pub(super) fn action_entries(permissions: Option<PermissionsView>) -> Vec<Entry> {
    let may = permissions.unwrap_or(PermissionsView::ALL);
    let opens = |name: String, url: &str, permitted: bool| Entry {
        group: Group::Action,
        name,
        location: String::new(),
        url: url.to_owned(),
        command: None,
        refused: (!permitted).then(|| t!(palette.not_permitted)),
    };
    let executes = |name: String, command: Command| Entry {
        command: Some(command),
        ..opens(name, "", true)
    };
    vec![
        opens(t!(palette.add_cluster), urls::ADD_CLUSTER, may.clusters),
        opens(t!(palette.new_mesh), urls::NEW_MESH, may.meshes),
        opens(t!(palette.install_chart), urls::CATALOG, may.releases),
        opens(
            t!(palette.add_repository),
            urls::ADD_REPOSITORY,
            may.repositories,
        ),
        executes(t!(palette.switch_theme), Command::SwitchTheme),
        executes(t!(palette.open_settings), Command::Settings),
        executes(t!(palette.show_keys), Command::Keys),
        executes(t!(palette.show_about), Command::About),
        executes(t!(frame.log_out), Command::LogOut),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_that_is_not_permitted_is_listed_with_the_reason() {
        let may = PermissionsView {
            meshes: false,
            ..PermissionsView::ALL
        };
        let actions = action_entries(Some(may));
        let refused: Vec<&Entry> = actions
            .iter()
            .filter(|entry| entry.refused.is_some())
            .collect();
        assert_eq!(refused.len(), 1);
        let first = refused.first().expect("the new mesh");
        assert_eq!((first.url.as_str(), first.command), (urls::NEW_MESH, None));
    }

    #[test]
    fn before_the_permissions_are_known_no_action_is_refused() {
        assert!(
            action_entries(None)
                .iter()
                .all(|entry| entry.refused.is_none())
        );
    }
}
