//! There is no such page.

use crate::{
    parts::{ButtonLink, Empty, Kind},
    words::say,
};
use leptos::prelude::*;

/// There is no such page.
#[component]
pub(crate) fn Missing() -> impl IntoView {
    view! {
        <main class="p-6">
            <h1 class="sr-only">{say!(missing.title)}</h1>
            <Empty says=say!(missing.says)>
                <ButtonLink kind=Kind::Go to="/">{say!(missing.home)}</ButtonLink>
            </Empty>
        </main>
    }
}
