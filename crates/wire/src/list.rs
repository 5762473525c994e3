//! Lists in windows of rows: the server filters and sorts, and sends the rows of one window.
//!
//! A request has the words, the sort key, the state and the place of the window; a view has its rows, the number
//! of matching rows, and the number of rows of each state. Start at [`ListRequest`].

use serde::{Deserialize, Serialize};

/// The number of rows of a window, and the maximum of a request.
pub const WINDOW_ROWS: u32 = 50;

/// A choice that the URL of a page names.
pub trait Choice: Copy + Eq + Send + Sync + 'static {
    /// Every choice, in the order in which they are offered.
    const ALL: &'static [Self];

    /// Its name in a URL.
    fn as_str(self) -> &'static str;

    /// The choice of a name.
    fn parse(text: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|choice| choice.as_str() == text)
    }
}

/// A column by which a list is sorted. The default is the order of a list that no one has sorted.
pub trait SortKey: Choice + Default {
    /// The order in which a column is sorted first.
    fn first_order(self) -> Order;
}

/// The direction of a sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// The smallest first.
    Ascending,
    /// The largest first.
    Descending,
}

impl Order {
    /// The other direction.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

impl Choice for Order {
    const ALL: &'static [Self] = &[Self::Ascending, Self::Descending];

    fn as_str(self) -> &'static str {
        match self {
            Self::Ascending => "asc",
            Self::Descending => "desc",
        }
    }
}

/// A window of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListRequest<Sort, State> {
    /// The search words: a row has to contain all of them. A word such as `namespace:shop` is compared with the
    /// whole value of that field.
    pub words: String,
    /// The state of the rows; none for all.
    pub state: Option<State>,
    /// The column by which the rows are sorted.
    pub sort: Sort,
    /// The direction of the sort.
    pub order: Order,
    /// The number of rows before the window.
    pub offset: u32,
    /// The maximum number of rows, up to [`WINDOW_ROWS`].
    pub limit: u32,
}

impl<Sort: SortKey, State: Choice> Default for ListRequest<Sort, State> {
    fn default() -> Self {
        let sort = Sort::default();
        Self {
            words: String::new(),
            state: None,
            sort,
            order: sort.first_order(),
            offset: 0,
            limit: WINDOW_ROWS,
        }
    }
}

impl<Sort: SortKey, State: Choice> ListRequest<Sort, State> {
    /// The first rows, without a filter.
    #[must_use]
    pub fn first(limit: u32) -> Self {
        Self {
            limit,
            ..Self::default()
        }
    }

    /// The request of a URL, whose query has these values.
    #[must_use]
    pub fn from_query(value: impl Fn(&str) -> Option<String>) -> Self {
        let sort = value("sort").and_then(|name| Sort::parse(&name));
        let sort = sort.unwrap_or_default();
        let order = value("order").and_then(|name| Order::parse(&name));
        let page = value("page").and_then(|page| page.parse::<u32>().ok());
        Self {
            words: value("words").unwrap_or_default(),
            state: value("state").and_then(|name| State::parse(&name)),
            sort,
            order: order.unwrap_or_else(|| sort.first_order()),
            offset: page.map_or(0, |page| page.saturating_sub(1).saturating_mul(WINDOW_ROWS)),
            limit: WINDOW_ROWS,
        }
    }

    /// The query of the URL, without what is the default.
    #[must_use]
    pub fn query(&self) -> Vec<(&'static str, String)> {
        let mut query = Vec::new();
        if !self.words.is_empty() {
            query.push(("words", self.words.clone()));
        }
        if let Some(state) = self.state {
            query.push(("state", state.as_str().to_owned()));
        }
        if self.sort != Sort::default() {
            query.push(("sort", self.sort.as_str().to_owned()));
        }
        if self.order != self.sort.first_order() {
            query.push(("order", self.order.as_str().to_owned()));
        }
        if self.offset > 0 {
            query.push(("page", (self.offset / WINDOW_ROWS + 1).to_string()));
        }
        query
    }

    /// Whether rows are left out.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        !self.words.is_empty() || self.state.is_some()
    }

    /// The value of a field in the words, as in `namespace:shop`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut words = self.words.split_whitespace();
        words.find_map(|word| word.strip_prefix(name)?.strip_prefix(':'))
    }

    /// Sorted by a column: again by the same column reverses the order. The first window is shown.
    #[must_use]
    pub fn sorted_by(&self, sort: Sort) -> Self {
        let order = if self.sort == sort {
            self.order.reversed()
        } else {
            sort.first_order()
        };
        Self {
            sort,
            order,
            offset: 0,
            ..self.clone()
        }
    }
}

/// The rows of a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListView<Row, State> {
    /// The rows.
    pub rows: Vec<Row>,
    /// The number of rows before the window.
    pub offset: u32,
    /// The number of rows that match the request.
    pub total: u32,
    /// The number of rows of each state that match the words.
    pub states: Vec<(State, u32)>,
    /// The number of all rows.
    pub all: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::{ReleaseSort, ReleaseState, ReleasesRequest};

    fn parsed(query: &[(&str, &str)]) -> ReleasesRequest {
        ListRequest::from_query(|key| {
            let found = query.iter().find(|(name, _)| *name == key);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_request_is_the_same_after_its_url() {
        let request = ReleasesRequest {
            words: "shop east".into(),
            state: Some(ReleaseState::Failed),
            sort: ReleaseSort::Name,
            order: Order::Descending,
            offset: 100,
            limit: WINDOW_ROWS,
        };
        let query = request.query();
        let query: Vec<(&str, &str)> = query.iter().map(|(key, value)| (*key, &**value)).collect();
        assert_eq!(
            query,
            [
                ("words", "shop east"),
                ("state", "failed"),
                ("sort", "name"),
                ("order", "desc"),
                ("page", "3")
            ]
        );
        assert_eq!(parsed(&query), request);
        assert_eq!(ReleasesRequest::default().query(), []);
    }

    #[test]
    fn a_field_is_found_in_the_words() {
        let request = ReleasesRequest {
            words: "istio cluster:east namespace:istio-system".into(),
            ..ReleasesRequest::default()
        };
        assert_eq!(request.field("namespace"), Some("istio-system"));
        assert_eq!(request.field("cluster"), Some("east"));
        assert_eq!(request.field("name"), None);
    }

    #[test]
    fn a_url_with_unknown_values_is_the_default_request() {
        let request = parsed(&[
            ("sort", "x"),
            ("order", "y"),
            ("state", "z"),
            ("page", "-1"),
        ]);
        assert_eq!(request, ReleasesRequest::default());
        assert_eq!(parsed(&[("page", "0")]).offset, 0);
        assert_eq!(parsed(&[("page", "4294967295")]).offset, u32::MAX);
    }

    #[test]
    fn a_column_is_sorted_in_its_first_order_and_then_reversed() {
        let first = ReleasesRequest {
            offset: 50,
            ..ReleasesRequest::default()
        };
        let by_name = first.sorted_by(ReleaseSort::Name);
        assert_eq!((by_name.order, by_name.offset), (Order::Ascending, 0));
        let reversed = by_name.sorted_by(ReleaseSort::Name);
        assert_eq!(reversed.order, Order::Descending);
        let by_age = reversed.sorted_by(ReleaseSort::Changed);
        assert_eq!(by_age, ReleasesRequest::default());
    }
}
