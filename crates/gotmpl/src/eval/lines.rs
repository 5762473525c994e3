//! Records from which line of the outermost template each line of its output comes.

use super::Evaluator;

/// The maximum number of lines of an output that are recorded.
const MAX_LINES: usize = 1_000_000;

impl Evaluator {
    /// Records the lines of a text of the template, which begins on this line.
    pub(super) fn record_text(&mut self, text: &str, line: usize) {
        self.record(text, |newlines| line + newlines);
    }

    /// Records the lines that an action on this line wrote, from `start`.
    pub(super) fn record_output(&mut self, out: &str, start: usize, line: usize) {
        self.record(out.get(start..).unwrap_or_default(), |_| line);
    }

    /// Records a line for each newline in a text of the outermost template; `line` gets the number of
    /// newlines up to it.
    fn record(&mut self, text: &str, line: impl Fn(usize) -> usize) {
        if self.depth != 1 {
            return;
        }
        let Some(lines) = &mut self.lines else {
            return;
        };
        let free = MAX_LINES.saturating_sub(lines.len());
        let newlines = text.bytes().filter(|byte| *byte == b'\n').count();
        let recorded = (1..=newlines.min(free))
            .map(|newlines| u32::try_from(line(newlines)).unwrap_or(u32::MAX));
        lines.extend(recorded);
    }
}
