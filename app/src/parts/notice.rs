//! Notices: the sentence first, then the original message, then a hint.

use super::{Glyph, Icon, Tone, tw};
use crate::words::{hint, sentence, t};
use leptos::prelude::*;
use wire::Problem;

/// A notice in a tone.
#[component]
pub(crate) fn Notice(
    /// Its meaning.
    tone: Tone,
    children: Children,
) -> impl IntoView {
    let (box_class, icon_class, glyph) = match tone {
        Tone::Bad => (
            tw("flex gap-3 px-4 py-3 rounded-[6px] text-[13px] bg-bad-soft"),
            tw("size-[18px] shrink-0 mt-px text-bad"),
            Glyph::Bad,
        ),
        Tone::Warn => (
            tw("flex gap-3 px-4 py-3 rounded-[6px] text-[13px] bg-warn-soft"),
            tw("size-[18px] shrink-0 mt-px text-warn"),
            Glyph::Warn,
        ),
        Tone::Good => (
            tw("flex gap-3 px-4 py-3 rounded-[6px] text-[13px] bg-good-soft"),
            tw("size-[18px] shrink-0 mt-px text-good"),
            Glyph::Good,
        ),
        _ => (
            tw("flex gap-3 px-4 py-3 rounded-[6px] text-[13px] bg-sunken"),
            tw("size-[18px] shrink-0 mt-px text-ink-2"),
            Glyph::Unknown,
        ),
    };
    view! {
        <div class=box_class>
            <Icon glyph=glyph class=icon_class/>
            <div class="min-w-0 flex-1">{children()}</div>
        </div>
    }
}

/// A problem: its sentence, the original message, the hint.
#[component]
pub(crate) fn ProblemNotice(
    /// The problem.
    problem: Problem,
    /// Tries again, where that is possible.
    #[prop(optional, into)]
    retry: Option<Callback<()>>,
) -> impl IntoView {
    let detail = problem.detail.clone().filter(|detail| !detail.is_empty());
    view! {
        <div role="alert">
            <Notice tone=Tone::Bad>
                <p class="font-medium">{sentence(&problem)}</p>
                {detail.map(|detail| {
                    view! { <p class="mt-1 font-mono text-[12px] text-ink-2 break-words whitespace-pre-wrap">{detail}</p> }
                })}
                {hint(&problem).map(|hint| view! { <p class="mt-1 text-ink-2">{hint}</p> })}
                {problem.request_id.clone().map(|id| {
                    view! {
                        <p class="mt-1 text-[12px] text-ink-3">
                            {t!(problem.request_id)} " " <code class="font-mono">{id}</code>
                        </p>
                    }
                })}
                {retry.map(|retry| {
                    view! {
                        <div class="mt-2">
                            <super::Button press=move || retry.run(())>{t!(action.try_again)}</super::Button>
                        </div>
                    }
                })}
            </Notice>
        </div>
    }
}
