//! A chart's README as HTML that cannot do anything: no raw HTML, no foreign links, no pictures.

use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};

/// Renders Markdown; what could run or load something becomes text or goes.
pub(crate) fn to_html(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut hidden = 0_u32;
    let events = Parser::new_ext(markdown, options).filter_map(move |event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        // The page has its own first heading; the README's begin one below.
        Event::Start(Tag::Heading { level, .. }) => Some(Event::Start(Tag::Heading {
            level: below(level),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        })),
        Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(below(level)))),
        Event::Start(Tag::Image { .. }) => {
            hidden += 1;
            None
        }
        Event::End(TagEnd::Image) => {
            hidden = hidden.saturating_sub(1);
            None
        }
        Event::Start(Tag::Link {
            dest_url, title, ..
        }) => Some(Event::Start(Tag::Link {
            link_type: LinkType::Inline,
            dest_url: if safe_link(&dest_url) {
                dest_url
            } else {
                CowStr::Borrowed("#")
            },
            title,
            id: CowStr::Borrowed(""),
        })),
        other => Some(other),
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    out.replace("<a href=", "<a rel=\"noopener noreferrer\" href=")
}

fn below(level: HeadingLevel) -> HeadingLevel {
    HeadingLevel::try_from(level as usize + 1).unwrap_or(HeadingLevel::H6)
}

/// Whether a link may be followed: http, https and mailto, or a place on the same page.
pub(crate) fn safe_link(connection: &str) -> bool {
    if connection.starts_with('#') {
        return true;
    }
    url::Url::parse(connection).is_ok_and(|url| matches!(url.scheme(), "http" | "https" | "mailto"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readme_can_run_nothing() {
        let html = to_html(
            "<script>alert(1)</script>\n\n[x](javascript:alert(1)) ![p](http://evil/p.png) <b onclick=x>hi</b>",
        );
        assert!(
            !html.contains("<script") && !html.contains("javascript:"),
            "{html}"
        );
        assert!(!html.contains("<img") && !html.contains("<b "), "{html}");
    }

    #[test]
    fn links_lead_out_without_a_trace() {
        let html = to_html("[Istio](https://istio.io)");
        assert!(
            html.contains("rel=\"noopener noreferrer\" href=\"https://istio.io\""),
            "{html}"
        );
        for bad in [
            "javascript:x",
            "data:text/html,x",
            "vbscript:x",
            " java\nscript:x",
            "//evil",
        ] {
            assert!(!safe_link(bad), "{bad}");
        }
    }
}
