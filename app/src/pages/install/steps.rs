//! The list of the steps of the wizard; completed steps can be opened again.

use super::wizard;
use crate::{parts::tw, words::t};
use leptos::prelude::*;

/// A step with a page of its own; Deploy is the button of Review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Target,
    Checks,
    Parameters,
    Review,
}

impl Step {
    const ALL: [Self; 4] = [Self::Target, Self::Checks, Self::Parameters, Self::Review];

    /// The value in the URL.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Checks => "checks",
            Self::Parameters => "parameters",
            Self::Review => "review",
        }
    }

    /// The step of a value in the URL; Target when there is none.
    pub(super) fn from_query(value: Option<&str>) -> Self {
        Self::ALL
            .into_iter()
            .find(|step| Some(step.as_str()) == value)
            .unwrap_or(Self::Target)
    }

    fn title(self) -> String {
        match self {
            Self::Target => t!(install.target),
            Self::Checks => t!(install.checks),
            Self::Parameters => t!(install.parameters),
            Self::Review => t!(install.review),
        }
    }
}

/// The list of the steps.
#[component]
pub(super) fn Steps() -> impl IntoView {
    let wizard = wizard();
    let target = move || {
        let draft = wizard.draft.get();
        draft
            .cluster
            .map(|cluster| format!("{cluster} · {}", draft.namespace))
            .unwrap_or_default()
    };
    let row = move |(index, step): (usize, Step)| {
        let is_current = move || wizard.step.get() == step;
        let is_complete = move || step < wizard.step.get();
        // A review shows what is saved.
        let is_ready = move || step != Step::Review || wizard.editing.is_saved();
        let can_open = move || {
            is_ready() && (step <= wizard.step.get() || wizard.draft.get().cluster.is_some())
        };
        let class = move || match (is_current(), is_complete()) {
            (true, _) => tw(
                "grid place-items-center size-[22px] rounded-full border-[1.5px] text-[11px] font-semibold shrink-0 bg-span border-span text-span-ink",
            ),
            (_, true) => tw(
                "grid place-items-center size-[22px] rounded-full border-[1.5px] text-[11px] font-semibold shrink-0 bg-good-soft border-good text-good",
            ),
            _ => tw(
                "grid place-items-center size-[22px] rounded-full border-[1.5px] text-[11px] font-semibold shrink-0 bg-surface border-line-strong text-ink-3",
            ),
        };
        view! {
            <li class="flex-1 md:pb-4">
                <button
                    type="button"
                    class="flex max-md:flex-col items-start gap-2.5 max-md:gap-1 text-left text-[13px] w-full disabled:cursor-not-allowed"
                    disabled=move || !can_open()
                    aria-current=move || is_current().then_some("step")
                    on:click=move |_| wizard.go.run(step)
                >
                    <span class=class>{move || if is_complete() { "✓".to_owned() } else { (index + 1).to_string() }}</span>
                    <span class=("font-semibold", is_current)>
                        {step.title()}
                        {(step == Step::Target).then(|| view! { <span class="block font-normal text-[12px] text-ink-3 max-md:hidden">{target}</span> })}
                    </span>
                </button>
            </li>
        }
    };
    view! {
        <nav aria-label=t!(install.steps)>
            <ol class="flex md:flex-col gap-2 md:gap-1">
                {Step::ALL.into_iter().enumerate().map(row).collect_view()}
                <li class="flex-1 flex max-md:flex-col items-start gap-2.5 max-md:gap-1 text-[13px] text-ink-3">
                    <span class="grid place-items-center size-[22px] rounded-full border-[1.5px] text-[11px] font-semibold shrink-0 bg-surface border-line-strong">"5"</span>
                    {t!(install.deploy)}
                </li>
            </ol>
        </nav>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_without_a_valid_step_opens_the_target() {
        assert_eq!(Step::from_query(None), Step::Target);
        assert_eq!(Step::from_query(Some("review")), Step::Review);
        assert_eq!(Step::from_query(Some("nonsense")), Step::Target);
    }
}
