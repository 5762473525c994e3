//! The filter above a list, the buttons for its windows below, and the notice when no row matches.

use super::{Button, Empty, Search};
use crate::{
    list_query::ListQuery,
    words::{grouped, t},
};
use leptos::prelude::*;
use wire::list::{Choice, ListRequest, ListView, SortKey, WINDOW_ROWS};

/// The name of a state, for operators.
pub(crate) type StateLabel<State> = fn(State) -> String;

/// The filter of a list: words and state, and the place of the window.
#[component]
pub(crate) fn ListBar<Row, Sort, State>(
    /// The label of the search field.
    #[prop(into)]
    search: String,
    /// The request of the page.
    query: ListQuery<Sort, State>,
    /// The window.
    list: Signal<ListView<Row, State>>,
    /// The name of a state.
    state_label: StateLabel<State>,
) -> impl IntoView
where
    Row: Clone + PartialEq + Send + Sync + 'static,
    Sort: SortKey,
    State: Choice,
{
    let words = Signal::derive(move || query.request.with(|request| request.words.clone()));
    let search_words = Callback::new(move |words: String| {
        query.show(ListRequest {
            words,
            offset: 0,
            ..query.now()
        });
    });
    view! {
        <div class="flex flex-wrap items-center gap-2 mb-3" role="search">
            <Search label=search words=words search=search_words/>
            <States query=query list=list state_label=state_label/>
            <span class="flex-1"></span>
            <Range list=list/>
        </div>
    }
}

/// The choice of a state, each with its number of rows.
#[component]
fn States<Row, Sort, State>(
    query: ListQuery<Sort, State>,
    list: Signal<ListView<Row, State>>,
    state_label: StateLabel<State>,
) -> impl IntoView
where
    Row: Send + Sync + 'static,
    Sort: SortKey,
    State: Choice,
{
    let choose = move |name: String| {
        query.show(ListRequest {
            state: State::parse(&name),
            offset: 0,
            ..query.now()
        });
    };
    let states = Memo::new(move |_| list.with(|list| list.states.clone()));
    let selected = Memo::new(move |_| query.request.with(|request| request.state));
    let options = move || {
        let (mut states, selected) = (states.get(), selected.get());
        // The selected state is offered while no row has it.
        if let Some(state) = selected.filter(|state| states.iter().all(|(known, _)| known != state))
        {
            states.push((state, 0));
        }
        let option = |(state, count): (State, u32)| {
            view! {
                <option value=state.as_str() selected=selected == Some(state)>
                    {format!("{} ({})", state_label(state), grouped(count))}
                </option>
            }
        };
        view! {
            <option value="" selected=selected.is_none()>{t!(list.all_states)}</option>
            {states.into_iter().map(option).collect_view()}
        }
    };
    view! {
        <select
            class="h-8 max-md:h-10 px-2 bg-surface border border-field rounded-[6px] text-[13px]"
            aria-label=t!(list.state)
            on:change=move |event| choose(event_target_value(&event))
        >
            {options}
        </select>
    }
}

/// The rows of the window among all that match, such as "51–100 of 5,000".
#[component]
fn Range<Row, State>(list: Signal<ListView<Row, State>>) -> impl IntoView
where
    Row: Send + Sync + 'static,
    State: Send + Sync + 'static,
{
    let text = move || {
        list.with(|list| {
            let last = list.offset + u32::try_from(list.rows.len()).unwrap_or(0);
            (list.total > 0).then(|| {
                t!(
                    list.range,
                    first = grouped(list.offset + 1),
                    last = grouped(last),
                    total = grouped(list.total)
                )
            })
        })
    };
    view! { <p class="text-[12px] text-ink-3 tabular whitespace-nowrap" role="status">{text}</p> }
}

/// The buttons for the windows before and after this one; none when all rows are shown.
#[component]
pub(crate) fn Pager<Row, Sort, State>(
    /// The request of the page.
    query: ListQuery<Sort, State>,
    /// The window.
    list: Signal<ListView<Row, State>>,
) -> impl IntoView
where
    Row: Send + Sync + 'static,
    Sort: SortKey,
    State: Choice,
{
    let shown = Memo::new(move |_| {
        list.with(|list| ListWindow {
            offset: list.offset,
            rows: WINDOW_ROWS,
            total: list.total,
        })
    });
    let go = Callback::new(move |offset: u32| {
        query.show(ListRequest {
            offset,
            ..query.now()
        });
    });
    view! { <Pages label=t!(list.pages) shown=shown go=go/> }
}

/// The place of a window in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ListWindow {
    /// The number of rows before it.
    pub(crate) offset: u32,
    /// The number of rows of a full window.
    pub(crate) rows: u32,
    /// The number of rows of the list.
    pub(crate) total: u32,
}

/// The buttons for the windows before and after the one that is shown; none when all rows are.
#[component]
pub(crate) fn Pages(
    /// Their name for screen readers.
    #[prop(into)]
    label: String,
    /// The window that is shown.
    shown: Memo<ListWindow>,
    /// Shows the window with this offset.
    go: Callback<u32>,
) -> impl IntoView {
    let is_needed = Memo::new(move |_| shown.with(|shown| shown.total > shown.rows));
    let is_first = Signal::derive(move || shown.get().offset == 0);
    let is_last =
        Signal::derive(move || shown.with(|shown| shown.offset + shown.rows >= shown.total));
    let go = move |offset: u32| {
        go.run(offset);
        // The rows begin above.
        window().scroll_to_with_x_and_y(0.0, 0.0);
    };
    let previous = move || {
        let ListWindow { offset, rows, .. } = shown.get_untracked();
        go(offset.saturating_sub(rows));
    };
    let next = move || {
        let ListWindow { offset, rows, .. } = shown.get_untracked();
        go(offset + rows);
    };
    let number = move || {
        let ListWindow {
            offset,
            rows,
            total,
        } = shown.get();
        t!(
            list.page,
            n = grouped(offset / rows + 1),
            all = grouped(total.div_ceil(rows))
        )
    };
    view! {
        <Show when=move || is_needed.get()>
            <nav class="flex items-center justify-center gap-3 mt-4" aria-label=label.clone()>
                <Button inactive=is_first press=previous>{t!(list.previous)}</Button>
                <span class="text-[13px] text-ink-2 tabular">{number}</span>
                <Button inactive=is_last press=next>{t!(list.next)}</Button>
            </nav>
        </Show>
    }
}

/// The reason for a list without rows, although there are some: nothing matches its filter.
#[component]
pub(crate) fn NoMatch<Sort, State>(
    /// The request of the page.
    query: ListQuery<Sort, State>,
) -> impl IntoView
where
    Sort: SortKey,
    State: Choice,
{
    let clear = move || {
        query.show(ListRequest {
            words: String::new(),
            state: None,
            offset: 0,
            ..query.now()
        });
    };
    view! {
        <Empty reason=t!(list.no_match)>
            <Button press=clear>{t!(list.clear_filter)}</Button>
        </Empty>
    }
}
