//! Icons of 16 px in the colour of the surrounding text.

use leptos::prelude::*;

/// The drawing of an icon.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Glyph {
    Span,
    Overview,
    Clusters,
    Catalog,
    Repositories,
    Releases,
    Jobs,
    Key,
    Menu,
    Bell,
    Close,
    Search,
    Chevron,
    Next,
    Sun,
    Person,
    Plus,
    Trash,
    Good,
    Busy,
    Warn,
    Bad,
    Stopped,
    Pending,
    Unknown,
    Unreachable,
    Locked,
    Undo,
}

impl Glyph {
    fn drawing(self) -> &'static str {
        match self {
            Self::Span => {
                r#"<path d="M2 11.8C4 5.2 12 5.2 14 11.8" stroke-width="1.7"/><circle cx="2.4" cy="11.7" r="1.5" fill="currentColor"/><circle cx="13.6" cy="11.7" r="1.5" fill="currentColor"/><path d="M5.5 8v3.8M8 7v4.8M10.5 8v3.8" stroke-width="1"/>"#
            }
            Self::Overview => r#"<path d="M2 8l6-5 6 5v5.5H2z"/>"#,
            Self::Clusters => {
                r#"<rect x="2" y="2.5" width="12" height="4.5" rx="1"/><rect x="2" y="9" width="12" height="4.5" rx="1"/>"#
            }
            Self::Catalog => {
                r#"<path d="M2 5.2L8 2l6 3.2v5.6L8 14l-6-3.2z"/><path d="M2 5.2L8 8.4l6-3.2M8 8.4V14"/>"#
            }
            Self::Repositories => {
                r#"<ellipse cx="8" cy="4" rx="5.5" ry="2"/><path d="M2.5 4v8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2V4M2.5 8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2"/>"#
            }
            Self::Releases => r#"<path d="M3 3h10M3 8h10M3 13h6"/>"#,
            Self::Jobs => r#"<circle cx="8" cy="8" r="6"/><path d="M8 4.5V8l2.5 1.5"/>"#,
            Self::Key => {
                r#"<circle cx="4.8" cy="8" r="2.8"/><path d="M7.6 8H14M11 8v2.4M13.6 8v2"/>"#
            }
            Self::Menu => r#"<path d="M2 4h12M2 8h12M2 12h12"/>"#,
            Self::Bell => {
                r#"<path d="M3.5 11.5V7a4.5 4.5 0 0 1 9 0v4.5l1.3 1H2.2zM6.6 14.2h2.8"/>"#
            }
            Self::Close => r#"<path d="M4 4l8 8M12 4l-8 8"/>"#,
            Self::Search => r#"<circle cx="7" cy="7" r="4.5"/><path d="M10.5 10.5L14 14"/>"#,
            Self::Chevron => r#"<path d="M4 6l4 4 4-4"/>"#,
            Self::Next => r#"<path d="M6 4l4 4-4 4"/>"#,
            Self::Sun => {
                r#"<circle cx="8" cy="8" r="3"/><path d="M8 1.5v1.4M8 13.1v1.4M1.5 8h1.4M13.1 8h1.4M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1"/>"#
            }
            Self::Person => {
                r#"<circle cx="8" cy="5.4" r="2.6"/><path d="M3 14c.6-3 2.6-4.4 5-4.4s4.4 1.4 5 4.4"/>"#
            }
            Self::Plus => r#"<path d="M8 3v10M3 8h10"/>"#,
            Self::Trash => r#"<path d="M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5"/>"#,
            Self::Good => {
                r#"<circle cx="8" cy="8" r="7" fill="currentColor" stroke="none"/><path d="M5 8.3l2 2 4-4.2" stroke="var(--surface)" stroke-width="1.7"/>"#
            }
            Self::Busy => {
                r#"<circle cx="8" cy="8" r="6.2" stroke-width="1.9" opacity=".25"/><path d="M8 1.8a6.2 6.2 0 0 1 6.2 6.2" stroke-width="2"/>"#
            }
            Self::Warn => {
                r#"<path d="M8 1.4l6.9 12.3H1.1z" fill="currentColor" stroke="none"/><path d="M8 5.8v3.6" stroke="var(--surface)" stroke-width="1.7"/><circle cx="8" cy="11.6" r=".95" fill="var(--surface)" stroke="none"/>"#
            }
            Self::Bad => {
                r#"<path d="M5 1.2h6L14.8 5v6L11 14.8H5L1.2 11V5z" fill="currentColor" stroke="none"/><path d="M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8" stroke="var(--surface)" stroke-width="1.7"/>"#
            }
            Self::Stopped => {
                r#"<rect x="1.8" y="1.8" width="12.4" height="12.4" rx="2.5" fill="currentColor" stroke="none"/><path d="M5.6 5.6h4.8v4.8H5.6z" fill="var(--surface)" stroke="none"/>"#
            }
            Self::Pending => {
                r#"<circle cx="8" cy="8" r="6.2" stroke-width="1.4" stroke-dasharray="2.3 2.3"/>"#
            }
            Self::Unreachable => {
                r#"<rect x="1.2" y="1.2" width="13.6" height="13.6" rx="3" fill="currentColor" stroke="none"/><path d="M3.6 8h2.2l1.3 2.6 1.8-5.2L10.2 8h2.2" stroke="var(--surface)" stroke-width="1.6"/>"#
            }
            Self::Locked => {
                r#"<path d="M4.8 7V5a3.2 3.2 0 0 1 6.4 0v2" stroke-width="1.8"/><rect x="2.8" y="6.8" width="10.4" height="7.4" rx="1.6" fill="currentColor" stroke="none"/>"#
            }
            Self::Undo => {
                r#"<path d="M2.5 6h7a3.7 3.7 0 0 1 0 7.4H6M2.5 6l3.2-3.2M2.5 6l3.2 3.2"/>"#
            }
            Self::Unknown => {
                r#"<circle cx="8" cy="8" r="6.2" stroke-width="1.5"/><path d="M6.2 6.3a1.9 1.9 0 1 1 2.6 1.8c-.5.2-.8.6-.8 1.1" stroke-width="1.4"/><circle cx="8" cy="11.3" r=".8" fill="currentColor" stroke="none"/>"#
            }
        }
    }
}

/// An icon; its meaning is beside it as text.
#[component]
pub(crate) fn Icon(
    /// The drawing.
    #[prop(into)]
    glyph: Signal<Glyph>,
    /// Size and colour.
    #[prop(default = "size-4 shrink-0")]
    class: &'static str,
) -> impl IntoView {
    view! {
        <svg
            class=class
            viewBox="0 0 16 16"
            fill="none"
            stroke="currentColor"
            stroke-width="1.6"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
            inner_html=move || glyph.get().drawing()
        ></svg>
    }
}
