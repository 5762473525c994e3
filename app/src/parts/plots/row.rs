//! One series: title, value and unit as text, and beside them its line over the axis of all rows.

use super::{
    Series, Window, change_stroke,
    cursor::{Cursor, in_words, value_at},
    geometry::{HEIGHT, Plot, Scale, WIDTH, written},
};
use crate::{
    parts::{Glyph, Icon, Tone, tw},
    words::t,
};
use leptos::prelude::*;

/// The colours of a line and of the area below it.
pub(super) fn colours(tone: Tone) -> (&'static str, &'static str) {
    match tone {
        Tone::Bad => ("var(--bad)", "var(--bad-soft)"),
        Tone::Warn => ("var(--warn)", "var(--warn-soft)"),
        _ => ("var(--span)", "var(--span-soft)"),
    }
}

/// The note of a series: a warning has a shape too.
fn note(series: &Series) -> impl IntoView + use<> {
    let (class, glyph) = match series.tone {
        Tone::Bad => (
            tw("flex items-center gap-1 text-[12px] font-medium text-bad"),
            Some(Glyph::Bad),
        ),
        Tone::Warn => (
            tw("flex items-center gap-1 text-[12px] font-medium text-warn"),
            Some(Glyph::Warn),
        ),
        _ => (tw("text-[12px] text-ink-3"), None),
    };
    let text = series.note.clone();
    view! {
        <p class=class>
            {glyph.map(|glyph| view! { <Icon glyph=glyph class="size-3 shrink-0"/> })}
            <span class="break-words min-w-0">{text}</span>
        </p>
    }
}

#[component]
pub(super) fn Row(
    series: Series,
    window: Window,
    step: u32,
    /// The places of the changes, and whether each is a failure.
    lines: Vec<(f64, bool)>,
    cursor: Cursor,
) -> impl IntoView {
    let Plot {
        scale,
        line,
        dots,
        area,
    } = Plot::new(&series.samples, window, step);
    let (stroke, fill) = colours(series.tone);
    let changes = lines.into_iter().map(|(x, is_failure)| {
        let (stroke, dash) = change_stroke(is_failure);
        view! { <path d=format!("M{x:.1} 0V{HEIGHT}") stroke=stroke stroke-dasharray=dash vector-effect="non-scaling-stroke"/> }
    });
    let pointed = move || {
        cursor
            .x()
            .map_or_else(String::new, |x| format!("M{x:.1} 0V{HEIGHT}"))
    };
    let no_data = scale.is_none().then(|| {
        view! { <p class="pointer-events-none absolute inset-0 flex items-center justify-center text-[12px] text-ink-3">{t!(plots.no_data)}</p> }
    });
    let range = scale.map(|scale| view! { <Range scale=scale/> });
    let changes = changes.collect_view();
    view! {
        <div class="grid md:grid-cols-[210px_minmax(0,1fr)] gap-y-1 items-center px-4 py-2">
            <Text series=series cursor=cursor/>
            <div
                class="relative min-w-0 mr-10"
                on:pointermove=move |event| cursor.follow(&event)
                on:pointerdown=move |event| cursor.follow(&event)
            >
                <svg
                    class="block w-full h-[60px] border-y border-line pointer-events-none"
                    viewBox=format!("0 0 {WIDTH} {HEIGHT}")
                    preserveAspectRatio="none"
                    aria-hidden="true"
                    fill="none"
                    stroke-linecap="round"
                    stroke-linejoin="round"
                >
                    <path d=area fill=fill/>
                    {changes}
                    <path d=line stroke=stroke stroke-width="1.6" vector-effect="non-scaling-stroke"/>
                    <path d=dots stroke=stroke stroke-width="5" vector-effect="non-scaling-stroke"/>
                    <path d=pointed stroke="var(--ink)" vector-effect="non-scaling-stroke"/>
                </svg>
                <div class="pointer-events-none" aria-hidden="true">{range}</div>
                {no_data}
            </div>
        </div>
    }
}

/// Title, value, unit and note: what the drawing does not say.
#[component]
fn Text(series: Series, cursor: Cursor) -> impl IntoView {
    let title = series.title.clone();
    let unit = series.unit.clone();
    let note = note(&series);
    let values = StoredValue::new(series);
    let value = move || values.with_value(|series| in_words(value_at(series, cursor.time())));
    view! {
        <div class="min-w-0 pr-3">
            <p class="text-[12px] text-ink-2 break-words">{title}</p>
            <p class="text-[18px] font-semibold leading-tight tabular">
                {value} " " <small class="text-[12px] font-normal text-ink-3">{unit}</small>
            </p>
            {note}
        </div>
    }
}

/// The values at the top and at the bottom.
#[component]
fn Range(scale: Scale) -> impl IntoView {
    view! {
        <span class="absolute left-full top-0 pl-1.5 text-[11px] leading-none text-ink-3 tabular">{written(scale.high)}</span>
        <span class="absolute left-full bottom-0 pl-1.5 text-[11px] leading-none text-ink-3 tabular">{written(scale.low)}</span>
    }
}
