//! The choice of the version to which a release is upgraded; its draft is prepared in the install wizard.

mod versions;

use super::detail::release_of_params;
use crate::{
    AppError, api,
    named::named,
    page_cluster::set_page_namespace,
    parts::{
        Button, ButtonLink, ClusterChip, Empty, Head, Kind, Loaded, Notice, ProblemNotice, Tone,
    },
    urls,
    words::t,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use versions::Versions;
use wire::{
    ChartRef,
    release::ReleaseRef,
    upgrade::{NewUpgradeRequest, UpgradeChoicesView, VersionAge},
};

async fn load(at: Result<ReleaseRef, AppError>) -> Result<UpgradeChoicesView, AppError> {
    api::releases::upgrade_choices(at?).await
}

/// The page on which the version of an upgrade is chosen.
#[component]
pub(crate) fn UpgradeRelease() -> impl IntoView {
    let at = release_of_params();
    set_page_namespace(Signal::derive(move || {
        let at = at.get().ok()?;
        Some((at.cluster.to_string(), at.namespace.to_string()))
    }));
    let choices = named(move || at.get(), load);
    view! {
        <Loaded
            from=choices
            subject=t!(release.subject)
            parents=vec![(t!(release.title), urls::RELEASES.to_owned())]
            view=|choices| view! { <Page choices=choices/> }
        />
    }
}

#[component]
fn Page(choices: UpgradeChoicesView) -> impl IntoView {
    let at = choices.at.clone();
    let parents = vec![
        (t!(release.title), urls::RELEASES.to_owned()),
        (at.release.to_string(), urls::release(&at)),
    ];
    let installed = t!(
        upgrade.installed,
        chart = choices.chart.clone(),
        version = choices.version.clone(),
        n = choices.revision.0
    );
    let unread = (!choices.unread.is_empty()).then(|| {
        let names: Vec<String> = choices.unread.iter().map(ToString::to_string).collect();
        let text = t!(upgrade.unread, repositories = names.join(", "));
        view! { <div class="mb-4"><Notice tone=Tone::Warn>{text}</Notice></div> }
    });
    let content = if choices.sources.is_empty() {
        view! {
            <Empty reason=t!(upgrade.none, chart = choices.chart.clone())>
                <ButtonLink kind=Kind::Go to=urls::REPOSITORIES>{t!(upgrade.open_repositories)}</ButtonLink>
            </Empty>
        }
        .into_any()
    } else {
        view! { <Choice choices=choices/> }.into_any()
    };
    view! {
        <Head title=t!(upgrade.title, release = at.release.to_string()) parents=parents/>
        <p class="flex flex-wrap items-center gap-x-3 gap-y-1 mb-4 text-[13px] text-ink-2">
            <ClusterChip name=at.cluster.to_string()/>
            <span class="font-mono">{at.namespace.to_string()}</span>
            <span class="tabular">{installed}</span>
        </p>
        {unread}
        {content}
    }
}

/// The chart that is proposed: the newest version of the first repository, when it is newer than the installed one;
/// else the installed version, of which other values are deployed.
fn proposed(choices: &UpgradeChoicesView) -> Option<ChartRef> {
    let source = choices.sources.first()?;
    let newer = source.versions.first();
    let newer = newer.filter(|version| version.age == VersionAge::Newer);
    let mut same = source.versions.iter();
    let same = same.find(|version| version.age == VersionAge::Same);
    let version = newer.or(same).or(source.versions.first())?;
    Some(ChartRef {
        repository: source.repository.clone(),
        chart: source.chart.clone(),
        version: version.version.clone(),
    })
}

/// The versions, and the button that prepares the upgrade.
#[component]
fn Choice(choices: UpgradeChoicesView) -> impl IntoView {
    let chosen = RwSignal::new(proposed(&choices));
    let release = choices.at.clone();
    let navigate = use_navigate();
    let prepare = Action::new(move |chart: &ChartRef| {
        let (release, chart) = (release.clone(), chart.clone());
        async move {
            let request = NewUpgradeRequest {
                release,
                chart: chart.clone(),
            };
            let id = api::install::create_upgrade(request).await?;
            Ok::<_, AppError>((chart, id))
        }
    });
    Effect::new(move |_| {
        if let Some(Ok((chart, id))) = prepare.value().get() {
            let wizard = urls::install(&chart.repository, &chart.chart);
            let first = format!("{wizard}?draft={id}&step=checks");
            navigate(&first, NavigateOptions::default());
        }
    });
    let failed = move || prepare.value().get().and_then(Result::err);
    let label = move || match (prepare.pending().get(), chosen.get()) {
        (true, _) => t!(upgrade.preparing),
        (false, Some(chart)) => t!(upgrade.prepare_to, version = chart.version),
        (false, None) => t!(upgrade.prepare),
    };
    view! {
        <Versions sources=choices.sources chosen=chosen/>
        {move || failed().map(|AppError(problem)| view! { <div class="mt-4"><ProblemNotice problem=problem/></div> })}
        <div class="flex flex-wrap items-center gap-3 mt-4 bg-surface border border-line rounded-[10px] px-4 py-3 sticky bottom-0 z-10 shadow-float" data-sticky-footer="">
            <span class="flex-1 min-w-[200px] text-[12px] text-ink-3">{t!(upgrade.note)}</span>
            <Button
                kind=Kind::Go
                disabled=Signal::derive(move || chosen.with(Option::is_none) || prepare.pending().get())
                press=move || {
                    if let Some(chart) = chosen.get_untracked() {
                        prepare.dispatch(chart);
                    }
                }
            >
                {label}
            </Button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::upgrade::{UpgradeSource, UpgradeVersion};

    fn choices(versions: &[(&str, VersionAge)]) -> UpgradeChoicesView {
        let version = |(version, age): &(&str, VersionAge)| UpgradeVersion {
            version: (*version).to_owned(),
            app_version: String::new(),
            age: *age,
        };
        UpgradeChoicesView {
            at: "east/shop/web".parse().expect("a release"),
            revision: wire::Revision(1),
            state: wire::release::ReleaseState::Deployed,
            chart: "web".to_owned(),
            version: "1.1.0".to_owned(),
            sources: vec![UpgradeSource {
                repository: "charts".parse().expect("a name"),
                chart: "web".parse().expect("a name"),
                is_origin: true,
                versions: versions.iter().map(version).collect(),
            }],
            unread: Vec::new(),
        }
    }

    #[test]
    fn the_newest_version_is_proposed_and_never_a_downgrade_of_the_installed_one() {
        let version = |versions: &[(&str, VersionAge)]| {
            proposed(&choices(versions)).map(|chart| chart.version)
        };
        let (newer, same, older) = (
            ("1.2.0", VersionAge::Newer),
            ("1.1.0", VersionAge::Same),
            ("1.0.0", VersionAge::Older),
        );
        assert_eq!(version(&[newer, same, older]).as_deref(), Some("1.2.0"));
        assert_eq!(version(&[same, older]).as_deref(), Some("1.1.0"));
        assert_eq!(version(&[older]).as_deref(), Some("1.0.0"));
        assert_eq!(version(&[]), None);
    }
}
