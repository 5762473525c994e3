//! The sizes of functions, read from the text: rustfmt puts the closing brace below the first word.

/// Lines that half of the functions may have at most.
pub(super) const MEDIAN: usize = 12;
/// Lines that 95 of 100 functions may have at most.
pub(super) const P95: usize = 50;
/// Lines that no function may exceed.
const MOST: usize = 80;

/// A function and its size.
pub(super) struct Function {
    /// File and first line.
    place: String,
    /// Its name.
    name: String,
    /// Lines from its first to its last.
    pub(super) lines: usize,
}

/// The functions of a file, those of its tests apart.
pub(super) fn of(file: &str, text: &str) -> Vec<Function> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        if line.starts_with("mod tests {") {
            break;
        }
        let Some(name) = name_of(line) else { continue };
        let rest = lines.get(number..).unwrap_or_default();
        found.push(Function {
            place: format!("{file}:{}", number + 1),
            name: name.to_owned(),
            lines: length(rest),
        });
    }
    found
}

/// The name when a line begins a function.
fn name_of(line: &str) -> Option<&str> {
    let mut rest = line.trim_start();
    if let Some(after) = rest.strip_prefix("pub") {
        rest = after.strip_prefix('(').map_or(after, |after| {
            after.split_once(')').map_or(after, |(_, after)| after)
        });
    }
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("fn ") {
            let end = after.find(|c: char| !c.is_alphanumeric() && c != '_')?;
            return after.get(..end);
        }
        let before = ["const ", "async "];
        rest = before.iter().find_map(|word| rest.strip_prefix(word))?;
    }
}

/// Lines up to the one that closes what the first one began.
fn length(lines: &[&str]) -> usize {
    let first = lines.first().copied().unwrap_or_default();
    let indent = first.len() - first.trim_start().len();
    let closes = |(number, line): (usize, &&str)| {
        let at_margin = line.len() - line.trim_start().len() == indent;
        let one_line = number == 0 && (line.ends_with(';') || line.ends_with('}'));
        let end = number > 0 && at_margin && (line.trim() == "}" || line.ends_with(';'));
        one_line || end
    };
    let end = lines.iter().enumerate().position(closes);
    end.map_or(lines.len(), |end| end + 1)
}

/// An offence for each function that is too long.
pub(super) fn too_long(functions: &[Function]) -> Vec<String> {
    let long = functions.iter().filter(|function| function.lines > MOST);
    long.map(|one| {
        let Function { place, name, lines } = one;
        format!("{place}: fn {name} has {lines} lines, at most {MOST}")
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_ends_where_its_brace_stands_below_its_first_word() {
        let text = "impl A {\n    pub(crate) async fn one(\n        a: u8,\n    ) -> u8 {\n        \
                    if a > 0 {\n        }\n    }\n\n    fn two() {}\n}\n\nfn three();\n";
        let found: Vec<(String, usize)> = of("a.rs", text)
            .into_iter()
            .map(|function| (function.name, function.lines))
            .collect();
        let expected = [("one", 6), ("two", 1), ("three", 1)];
        assert_eq!(
            found,
            expected.map(|(name, lines)| (name.to_owned(), lines))
        );
    }
}
