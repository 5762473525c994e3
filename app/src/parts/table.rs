//! The table of a list: a header row with sort buttons, and the rows of one window.
//!
//! Rows have one height and stay by their key, with the focus in them. On a phone each row is a card whose
//! values are labelled. Start at [`Table`].

use super::{Glyph, Icon, Rows, tw};
use crate::list_query::ListQuery;
use leptos::prelude::*;
use std::hash::Hash;
use wire::list::{Choice, ListView, Order, SortKey};

/// A column.
pub(crate) struct Column<Sort> {
    /// Its label.
    pub(crate) label: String,
    /// What it is sorted by; none when it cannot be.
    pub(crate) sort: Option<Sort>,
    /// The class with its width.
    pub(crate) width: &'static str,
}

impl<Sort> Column<Sort> {
    /// A column that can be sorted.
    pub(crate) fn new(label: String, sort: Sort, width: &'static str) -> Self {
        Self {
            label,
            sort: Some(sort),
            width,
        }
    }

    /// A column that cannot be sorted.
    pub(crate) fn unsorted(label: String, width: &'static str) -> Self {
        Self {
            label,
            sort: None,
            width,
        }
    }
}

/// The rows of a window as a table.
#[component]
pub(crate) fn Table<Row, Sort, State, K, F, V>(
    /// Its name for screen readers.
    #[prop(into)]
    label: String,
    /// The columns.
    columns: Vec<Column<Sort>>,
    /// The request of the page.
    query: ListQuery<Sort, State>,
    /// The window.
    list: Signal<ListView<Row, State>>,
    /// The key of a row.
    key: fn(&Row) -> K,
    /// The cells of a row; they are made once.
    cells: F,
) -> impl IntoView
where
    Row: Clone + PartialEq + Send + Sync + 'static,
    Sort: SortKey,
    State: Choice,
    K: Clone + Eq + Hash + Send + Sync + 'static,
    F: Fn(Signal<Row>) -> V + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let rows = Memo::new(move |_| {
        list.with(|list| {
            let numbers = list.offset..;
            let rows = numbers.zip(list.rows.iter().cloned());
            // The header is the first row.
            rows.map(|(number, row)| (number + 2, row)).collect()
        })
    });
    let columns = columns
        .into_iter()
        .map(|column| view! { <Header column=column query=query/> })
        .collect_view();
    let row = move |row: Signal<(u32, Row)>| {
        let index = move || row.with(|(index, _)| *index);
        let value = Memo::new(move |_| row.with(|(_, row)| row.clone()));
        view! { <tr role="row" aria-rowindex=index>{cells(value.into())}</tr> }
    };
    view! {
        <table
            role="table"
            class="list-table"
            aria-label=label
            aria-rowcount=move || list.with(|list| list.total + 1)
        >
            <thead role="rowgroup">
                <tr role="row" aria-rowindex="1">{columns}</tr>
            </thead>
            <tbody role="rowgroup">
                <Rows rows=rows.into() key=move |(_, row): &(u32, Row)| key(row) view=row/>
            </tbody>
        </table>
    }
}

#[component]
fn Header<Sort, State>(column: Column<Sort>, query: ListQuery<Sort, State>) -> impl IntoView
where
    Sort: SortKey,
    State: Choice,
{
    let Column { label, sort, width } = column;
    let Some(sort) = sort else {
        return view! { <th role="columnheader" class=width data-unsorted="">{label}</th> }
            .into_any();
    };
    let order = Memo::new(move |_| {
        let request = query.request.get();
        (request.sort == sort).then_some(request.order)
    });
    let aria_sort = move || match order.get() {
        None => "none",
        Some(Order::Ascending) => "ascending",
        Some(Order::Descending) => "descending",
    };
    let arrow = move || {
        order.get().map(|order| {
            let class = match order {
                Order::Ascending => tw("size-3 shrink-0 rotate-180"),
                Order::Descending => tw("size-3 shrink-0"),
            };
            view! { <Icon glyph=Glyph::Chevron class=class/> }
        })
    };
    view! {
        <th role="columnheader" class=width aria-sort=aria_sort>
            <button
                type="button"
                class="inline-flex items-center gap-1 h-8 max-md:h-10 max-md:px-2 font-medium hover:text-ink"
                on:click=move |_| query.show(query.now().sorted_by(sort))
            >
                {label}
                {arrow}
            </button>
        </th>
    }
    .into_any()
}

/// A value of a row.
#[component]
pub(crate) fn Cell(
    /// The label of its column, which a phone shows.
    #[prop(into)]
    label: String,
    children: Children,
) -> impl IntoView {
    view! { <td role="cell" data-label=label>{children()}</td> }
}

/// The value that names a row: its link.
#[component]
pub(crate) fn NameCell(children: Children) -> impl IntoView {
    view! { <td role="rowheader">{children()}</td> }
}
