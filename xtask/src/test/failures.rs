//! What failed tests printed, shown again at the end of a long run.

/// The lines of one test that are kept: its name, its message, the first lines of its output.
const LINES: usize = 24;

/// The output of the failed tests of `cargo test -- --show-output`.
#[derive(Default)]
pub(super) struct Failures {
    failed: Vec<String>,
    reading: bool,
    kept: usize,
    lines: Vec<String>,
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
            self.reading = self.failed.iter().any(|failed| failed == name);
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
}
