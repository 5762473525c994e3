//! The page for an unknown path.

use crate::{
    parts::{ButtonLink, Empty, Kind},
    urls,
    words::t,
};
use leptos::prelude::*;

/// The page for an unknown path.
#[component]
pub(crate) fn Missing() -> impl IntoView {
    view! {
        <main class="p-6">
            <h1 class="sr-only">{t!(missing.title)}</h1>
            <Empty reason=t!(missing.text)>
                <ButtonLink kind=Kind::Go to=urls::OVERVIEW>{t!(missing.to_overview)}</ButtonLink>
            </Empty>
        </main>
    }
}
