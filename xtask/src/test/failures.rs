//! What failed tests printed, shown again at the end of a long run.

/// The lines of one test that are kept: its name, its message, the first lines of its output.
const LINES: usize = 24;

/// The output of the failed tests of `cargo test -- --show-output`, and of Playwright's list.
#[derive(Default)]
pub(super) struct Failures {
    failed: Vec<String>,
    reading: bool,
    kept: usize,
    lines: Vec<String>,
}

/// Whether the rest of a name says how an example fails, such as ` - compile fail`.
fn is_kind(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(" - compile")
}

impl Failures {
    /// Reads the next line of the output.
    pub(super) fn follow(&mut self, line: &str) {
        let result = line.strip_prefix("test ");
        if let Some(name) = result.and_then(|rest| rest.strip_suffix(" ... FAILED")) {
            self.failed.push(name.to_owned());
        }
        let head = line.strip_prefix("---- ");
        if let Some(name) = head.and_then(|rest| rest.strip_suffix(" stdout ----")) {
            // The result of an example of the documentation may have its kind behind the name.
            let mut failed = self.failed.iter();
            self.reading = failed.any(|failed| failed.strip_prefix(name).is_some_and(is_kind));
            self.kept = 0;
        } else if line == "stack backtrace:" || line.starts_with("test result: ") {
            self.reading = false;
        }
        if line.starts_with("test result: ") {
            self.failed.clear();
        }
        if self.reading && self.kept < LINES {
            self.kept += 1;
            self.lines.push(line.to_owned());
        }
    }

    /// Reads the next line of Playwright's output, which describes each failed journey under a number.
    pub(super) fn follow_journey(&mut self, line: &str) {
        let text = line.trim_start();
        let number = text.split_once(") tests/").map(|(number, _)| number);
        if number.is_some_and(|number| number.parse::<u32>().is_ok()) {
            self.reading = true;
            self.kept = 0;
        } else if text.starts_with("Error Context:") || text.starts_with("Slow test file:") {
            self.reading = false;
        }
        if self.reading && self.kept < LINES && !text.is_empty() {
            self.kept += 1;
            self.lines.push(line.to_owned());
        }
    }

    /// Ends the output of one program.
    pub(super) fn end(&mut self) {
        self.reading = false;
    }

    /// What is shown at the end.
    pub(super) fn lines(&self) -> impl Iterator<Item = &String> {
        self.lines.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_of_a_failed_test_is_kept_and_no_other() {
        let output = "test a ... ok\ntest b ... FAILED\nsuccesses:\n---- a stdout ----\nfine\n\
            failures:\n---- b stdout ----\nthread 'b' panicked at b.rs:1:\nleft: 1\n\
            stack backtrace:\n   0: frame\nfailures:\n    b\n\
            test result: FAILED. 1 passed; 1 failed";
        let mut failures = Failures::default();
        for line in output.lines() {
            failures.follow(line);
        }
        let shown: Vec<&str> = failures.lines().map(String::as_str).collect();
        let expected = [
            "---- b stdout ----",
            "thread 'b' panicked at b.rs:1:",
            "left: 1",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn the_message_of_a_failed_example_is_kept() {
        let output = "test src/a.rs - A (line 5) - compile fail ... FAILED\nfailures:\n\
            ---- src/a.rs - A (line 5) stdout ----\nTest compiled successfully\ntest result: FAILED. 0 passed";
        let mut failures = Failures::default();
        for line in output.lines() {
            failures.follow(line);
        }
        assert_eq!(
            failures.lines().last().map(String::as_str),
            Some("Test compiled successfully")
        );
    }

    #[test]
    fn the_message_of_a_failed_journey_is_kept_and_no_list_of_passed_ones() {
        let output = "  ✓  1 tests/a.spec.ts:1:1 › a (1.7s)\n  ✘  2 tests/b.spec.ts:2:1 › b (44.9s)\n\n\
            \x20 1) tests/b.spec.ts:2:1 › b ──\n\n    TimeoutError: locator.click\n\n\
            \x20   Error Context: test-results/b/error-context.md\n\n  1 failed\n    tests/b.spec.ts:2:1 › b ──\n\
            \x20 1 passed (11.2m)";
        let mut failures = Failures::default();
        for line in output.lines() {
            failures.follow_journey(line);
        }
        let shown: Vec<&str> = failures.lines().map(String::as_str).collect();
        let expected = [
            "  1) tests/b.spec.ts:2:1 › b ──",
            "    TimeoutError: locator.click",
        ];
        assert_eq!(shown, expected);
    }
}
