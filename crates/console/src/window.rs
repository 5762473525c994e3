//! The window of a list: its rows are searched, counted by state, filtered and sorted, and those of the window
//! are kept.
//!
//! Rows that compare equal keep the order in which they are given. Start at [`window`].

use std::cmp::Ordering;
use wire::list::{Choice, ListRequest, ListView, Order, WINDOW_ROWS};

/// What the words of a request are searched in.
pub(crate) struct SearchText {
    text: String,
    fields: Vec<(&'static str, String)>,
}

impl SearchText {
    /// The texts of a row.
    pub(crate) fn new(text: &str) -> Self {
        Self {
            text: text.to_lowercase(),
            fields: Vec::new(),
        }
    }

    /// With a field, which a word such as `namespace:shop` compares as a whole.
    pub(crate) fn with(mut self, field: &'static str, value: impl ToString) -> Self {
        self.fields.push((field, value.to_string().to_lowercase()));
        self
    }

    /// Whether a word, in lower case, is in the texts, or is the value of its field.
    fn has(&self, word: &str) -> bool {
        let (name, wanted) = word.split_once(':').unwrap_or_default();
        let field = self.fields.iter().find(|(field, _)| *field == name);
        field.map_or_else(|| self.text.contains(word), |(_, value)| value == wanted)
    }
}

/// The window of a request.
pub(crate) fn window<Row, Sort: Copy, State: Choice>(
    mut rows: Vec<Row>,
    request: &ListRequest<Sort, State>,
    text: impl Fn(&Row) -> SearchText,
    state: impl Fn(&Row) -> State,
    compare: impl Fn(Sort, &Row, &Row) -> Ordering,
) -> ListView<Row, State> {
    let all = number(rows.len());
    let words = request.words.to_lowercase();
    let words: Vec<&str> = words.split_whitespace().collect();
    if !words.is_empty() {
        rows.retain(|row| {
            let text = text(row);
            words.iter().all(|word| text.has(word))
        });
    }
    let count = |counted: State| {
        let rows = rows.iter().filter(|row| state(row) == counted);
        (counted, number(rows.count()))
    };
    let states = State::ALL.iter().map(|state| count(*state));
    let states = states.filter(|(_, count)| *count > 0).collect();
    if let Some(only) = request.state {
        rows.retain(|row| state(row) == only);
    }
    rows.sort_by(|left, right| {
        let ordering = compare(request.sort, left, right);
        match request.order {
            Order::Ascending => ordering,
            Order::Descending => ordering.reverse(),
        }
    });
    let total = number(rows.len());
    let limit = request.limit.clamp(1, WINDOW_ROWS);
    // Rows may be gone since the page was opened: the last window is shown then.
    let last = total.saturating_sub(1) / limit * limit;
    let offset = request.offset.min(last);
    let rows = rows.into_iter().skip(offset as usize).take(limit as usize);
    ListView {
        rows: rows.collect(),
        offset,
        total,
        states,
        all,
    }
}

/// The place of a state in the order in which states are offered.
pub(crate) fn rank<State: Choice>(state: State) -> usize {
    let mut all = State::ALL.iter();
    all.position(|known| *known == state).unwrap_or(usize::MAX)
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::release::{ReleaseSort, ReleaseState, ReleasesRequest};

    fn listed(
        rows: &[(&'static str, ReleaseState)],
        request: &ReleasesRequest,
    ) -> ListView<(&'static str, ReleaseState), ReleaseState> {
        window(
            rows.to_vec(),
            request,
            |(name, _)| SearchText::new(name).with("namespace", name),
            |(_, state)| *state,
            |sort, left, right| match sort {
                ReleaseSort::State => rank(left.1).cmp(&rank(right.1)),
                _ => left.0.cmp(right.0),
            },
        )
    }

    fn by(sort: ReleaseSort, order: Order) -> ReleasesRequest {
        ReleasesRequest {
            sort,
            order,
            ..ReleasesRequest::default()
        }
    }

    const ROWS: [(&str, ReleaseState); 3] = [
        ("East-Shop", ReleaseState::Deployed),
        ("east-bank", ReleaseState::Failed),
        ("west-shop", ReleaseState::Deployed),
    ];

    #[test]
    fn a_word_with_the_name_of_a_field_is_its_whole_value() {
        let mut request = by(ReleaseSort::Name, Order::Ascending);
        request.words = "namespace:East-shop".into();
        assert_eq!(listed(&ROWS, &request).rows, [ROWS[0]]);
        for words in [
            "namespace:east",
            "namespace:",
            "other:east-shop",
            "namespace",
        ] {
            request.words = words.into();
            assert_eq!(listed(&ROWS, &request).rows, [], "{words}");
        }
    }

    #[test]
    fn rows_have_all_words_and_the_state_and_states_are_counted_by_words() {
        let mut request = by(ReleaseSort::Name, Order::Ascending);
        request.words = " SHOP  east ".into();
        let found = listed(&ROWS, &request);
        assert_eq!(found.rows, [ROWS[0]]);
        assert_eq!((found.total, found.all), (1, 3));
        request.words = "east".into();
        request.state = Some(ReleaseState::Failed);
        let found = listed(&ROWS, &request);
        assert_eq!(found.rows, [ROWS[1]]);
        assert_eq!(
            found.states,
            [(ReleaseState::Failed, 1), (ReleaseState::Deployed, 1)]
        );
    }

    #[test]
    fn rows_are_sorted_in_both_orders_and_equal_rows_keep_theirs() {
        let found = listed(&ROWS, &by(ReleaseSort::State, Order::Ascending));
        assert_eq!(found.rows, [ROWS[1], ROWS[0], ROWS[2]]);
        let found = listed(&ROWS, &by(ReleaseSort::State, Order::Descending));
        assert_eq!(found.rows, [ROWS[0], ROWS[2], ROWS[1]]);
    }

    #[test]
    fn a_window_has_its_rows_and_the_last_one_is_shown_for_a_place_behind_the_end() {
        let rows = [("a", ReleaseState::Deployed); 120];
        let mut request = by(ReleaseSort::Name, Order::Ascending);
        request.offset = 50;
        let found = listed(&rows, &request);
        assert_eq!((found.rows.len(), found.offset, found.total), (50, 50, 120));
        request.offset = 4000;
        let found = listed(&rows, &request);
        assert_eq!((found.rows.len(), found.offset), (20, 100));
        request.limit = 5000;
        assert_eq!(listed(&rows, &request).rows.len(), 20);
        assert_eq!(listed(&[], &request).offset, 0);
    }
}
