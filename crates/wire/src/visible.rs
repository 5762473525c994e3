//! Control and bidirectional characters of foreign texts, shown as visible marks.
//!
//! A cluster's texts may contain them to hide or reorder what an operator reads.

/// The text with a mark such as `⟨U+202E⟩` for each control or bidirectional character; line breaks and
/// tabs stay.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            let mark = format!("⟨U+{:04X}⟩", u32::from(c));
            shown.push_str(&mark);
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Whether a character is shown as a mark.
pub fn is_hidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Code, Problem};

    #[test]
    fn control_and_bidirectional_characters_are_shown_as_marks() {
        for (text, shown) in [
            ("plain Ünï, עברית\n\tnext", "plain Ünï, עברית\n\tnext"),
            ("a\u{1b}[31mb", "a⟨U+001B⟩[31mb"),
            ("a\u{202e}b", "a⟨U+202E⟩b"),
            (
                "\u{2066}\u{200f}\r\u{85}",
                "⟨U+2066⟩⟨U+200F⟩⟨U+000D⟩⟨U+0085⟩",
            ),
        ] {
            assert_eq!(visible(text), shown);
        }
    }

    #[test]
    fn the_detail_and_arguments_of_a_problem_are_visible() {
        let problem = Problem::new(Code::Refused)
            .with("object", "Pod shop/\u{202e}bew")
            .detail("\u{1b}[2Jall is well");
        assert_eq!(problem.arg("object"), "Pod shop/⟨U+202E⟩bew");
        assert_eq!(problem.detail.as_deref(), Some("⟨U+001B⟩[2Jall is well"));
    }
}
