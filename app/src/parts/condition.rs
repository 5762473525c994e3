//! The condition of what a page reports on: each has a colour, a shape and a word.

use super::{Glyph, Icon, Pill, Tone, tw};
use crate::words::t;
use leptos::prelude::*;

/// The condition of a cluster, a connection, a release or a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Everything works.
    Ready,
    /// It changes towards ready.
    Progressing,
    /// It works in part.
    Degraded,
    /// It works, and will not for long.
    Warning,
    /// It does not work.
    Failed,
    /// It cannot be reached, so that only the last known facts are shown.
    Unreachable,
    /// Another job or tool has locked it.
    Locked,
    /// Nothing is known.
    Unknown,
}

impl Condition {
    /// Every condition, the best first.
    pub(crate) const ALL: [Self; 8] = [
        Self::Ready,
        Self::Progressing,
        Self::Degraded,
        Self::Warning,
        Self::Failed,
        Self::Unreachable,
        Self::Locked,
        Self::Unknown,
    ];

    /// Its word.
    pub(crate) fn word(self) -> String {
        match self {
            Self::Ready => t!(condition.ready),
            Self::Progressing => t!(condition.progressing),
            Self::Degraded => t!(condition.degraded),
            Self::Warning => t!(condition.warning),
            Self::Failed => t!(condition.failed),
            Self::Unreachable => t!(condition.unreachable),
            Self::Locked => t!(condition.locked),
            Self::Unknown => t!(condition.unknown),
        }
    }

    /// Its shape.
    pub(crate) const fn glyph(self) -> Glyph {
        match self {
            Self::Ready => Glyph::Good,
            Self::Progressing => Glyph::Busy,
            Self::Degraded | Self::Warning => Glyph::Warn,
            Self::Failed => Glyph::Bad,
            Self::Unreachable => Glyph::Unreachable,
            Self::Locked => Glyph::Locked,
            Self::Unknown => Glyph::Unknown,
        }
    }

    /// The colour of a mark.
    pub(crate) const fn tone(self) -> Tone {
        match self {
            Self::Ready => Tone::Good,
            Self::Progressing => Tone::Busy,
            Self::Degraded | Self::Warning => Tone::Warn,
            Self::Failed | Self::Unreachable => Tone::Bad,
            Self::Locked => Tone::Lock,
            Self::Unknown => Tone::Plain,
        }
    }

    /// The colour as a CSS value, for drawings.
    pub(crate) const fn colour(self) -> &'static str {
        match self {
            Self::Ready => "var(--good)",
            Self::Progressing => "var(--busy)",
            Self::Degraded | Self::Warning => "var(--warn)",
            Self::Failed | Self::Unreachable => "var(--bad)",
            Self::Locked => "var(--lock)",
            Self::Unknown => "var(--ink-3)",
        }
    }

    const fn icon_class(self) -> &'static str {
        match self {
            Self::Ready => tw("size-[18px] shrink-0 text-good"),
            Self::Progressing => tw("size-[18px] shrink-0 text-busy turning"),
            Self::Degraded | Self::Warning => tw("size-[18px] shrink-0 text-warn"),
            Self::Failed | Self::Unreachable => tw("size-[18px] shrink-0 text-bad"),
            Self::Locked => tw("size-[18px] shrink-0 text-lock"),
            Self::Unknown => tw("size-[18px] shrink-0 text-ink-3"),
        }
    }
}

/// The shape of a condition in its colour; its word is for screen readers and pointers.
#[component]
pub(crate) fn ConditionIcon(
    /// The condition.
    #[prop(into)]
    condition: Signal<Condition>,
) -> impl IntoView {
    let icon = move || {
        let condition = condition.get();
        view! { <Icon glyph=condition.glyph() class=condition.icon_class()/> }
    };
    view! {
        <span class="inline-flex" title=move || condition.get().word()>
            {icon}
            <span class="sr-only">{move || condition.get().word()}</span>
        </span>
    }
}

/// The word of a condition in its colour; the icon beside it has the shape.
#[component]
pub(crate) fn ConditionPill(
    /// The condition.
    #[prop(into)]
    condition: Signal<Condition>,
    /// Whether the shape is in the mark, where no icon is beside it.
    #[prop(optional)]
    with_shape: bool,
) -> impl IntoView {
    let shape = move || {
        with_shape.then(|| {
            let glyph = condition.get().glyph();
            view! { <Icon glyph=glyph class="size-3 shrink-0"/> }
        })
    };
    view! {
        <Pill tone=Signal::derive(move || condition.get().tone())>
            {shape}
            {move || condition.get().word()}
        </Pill>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_condition_has_a_word_of_its_own_and_a_shape() {
        let words: HashSet<String> = Condition::ALL.map(Condition::word).into();
        assert_eq!(words.len(), Condition::ALL.len());
        // The two that share a shape share its meaning: look at it soon.
        let of_shape = |glyph: Glyph| Condition::ALL.iter().filter(move |c| c.glyph() == glyph);
        assert_eq!(of_shape(Glyph::Warn).count(), 2);
        for condition in Condition::ALL {
            let same = of_shape(condition.glyph()).count();
            assert!(
                same == 1 || condition.glyph() == Glyph::Warn,
                "{condition:?}"
            );
        }
    }
}
