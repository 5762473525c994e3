//! The namespace of the page, and a menu with the namespaces of its cluster: each leads to its releases.

use crate::{
    AppError, api,
    page_cluster::page_cluster,
    parts::{Glyph, Icon, Link, Menu, ProblemNotice},
    urls,
    words::{count, t},
};
use leptos::prelude::*;
use wire::release::NamespaceRow;

/// The namespace of the page, and the menu; none on a page without a cluster.
#[component]
pub(super) fn NamespaceSwitcher() -> impl IntoView {
    let page = page_cluster();
    let cluster = Memo::new(move |_| page.name());
    move || {
        cluster
            .get()
            .map(|cluster| view! { <Switcher cluster=cluster/> })
    }
}

#[component]
fn Switcher(cluster: String) -> impl IntoView {
    let open = RwSignal::new(false);
    let page = page_cluster();
    let label = Signal::derive(move || match page.namespace() {
        Some(namespace) => t!(frame.switch_namespace_from, namespace = namespace),
        None => t!(frame.switch_namespace),
    });
    let button = ViewFn::from(move || {
        let (name, class) = match page.namespace() {
            Some(namespace) => (
                namespace,
                "truncate font-mono text-[12.5px] text-ink max-w-[180px]",
            ),
            None => (t!(frame.all_namespaces), "truncate max-w-[180px]"),
        };
        view! {
            <span class=class>{name}</span>
            <Icon glyph=Glyph::Chevron class="size-3 shrink-0"/>
        }
    });
    view! {
        <div class="max-md:hidden min-w-0">
            <Menu label=label open=open button=button from_left=true>
                <Namespaces cluster=cluster.clone()/>
            </Menu>
        </div>
    }
}

/// The namespaces that have releases; read when the menu opens.
#[component]
fn Namespaces(cluster: String) -> impl IntoView {
    let all = urls::releases_of(&cluster, None);
    let named = cluster.clone();
    let found = LocalResource::new(move || load(named.clone()));
    let cluster = StoredValue::new(cluster);
    let rows = move || {
        match found.get() {
        None => view! { <p class="px-3.5 py-2 text-[13px] text-ink-3" role="status">{t!(frame.reading_namespaces)}</p> }.into_any(),
        Some(Err(AppError(problem))) => view! { <div class="px-2"><ProblemNotice problem=problem/></div> }.into_any(),
        Some(Ok(found)) if found.is_empty() => {
            view! { <p class="px-3.5 py-2 text-[13px] text-ink-3">{t!(frame.no_namespaces)}</p> }.into_any()
        }
        Some(Ok(found)) => {
            let to = |row: &NamespaceRow| cluster.with_value(|cluster| urls::releases_of(cluster, Some(row.namespace.as_str())));
            let rows = found.into_iter().map(|row| self::row(to(&row), row));
            view! { <ul>{rows.collect_view()}</ul> }.into_any()
        }
    }
    };
    view! {
        <div class="pb-1 mb-1 border-b border-line">
            <Link href=all attr:class=ROW>
                <span class="flex-1">{t!(frame.all_namespaces)}</span>
            </Link>
        </div>
        {rows}
    }
}

const ROW: &str = crate::parts::tw(
    "flex items-center gap-2.5 px-3.5 h-9 max-md:h-11 text-[13px] hover:bg-sunken aria-[current=page]:bg-span-soft",
);

fn row(to: String, row: NamespaceRow) -> impl IntoView {
    view! {
        <li>
            <Link href=to attr:class=ROW>
                <span class="flex-1 min-w-0 truncate font-mono text-[12.5px]">{row.namespace.to_string()}</span>
                <span class="text-[12px] text-ink-3 tabular">{count!(frame.releases_in, n = row.releases)}</span>
            </Link>
        </li>
    }
}

async fn load(cluster: String) -> Result<Vec<NamespaceRow>, AppError> {
    api::releases::release_namespaces(AppError::parse_name("cluster", cluster)?).await
}
