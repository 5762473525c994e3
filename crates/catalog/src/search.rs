//! Finding a chart by words: its name counts most, then its keywords, then what it says of itself.

/// What is searched in.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// The chart's name.
    pub name: &'a str,
    /// Its sentence.
    pub description: &'a str,
    /// Its keywords.
    pub keywords: &'a [String],
}

/// How well a chart fits; none when one of the words is nowhere in it. Everything fits no words.
pub fn rank(wanted: &str, text: Text<'_>) -> Option<u32> {
    let wanted = wanted.to_lowercase();
    let mut sum = 0;
    for word in wanted.split_whitespace() {
        sum += rank_word(word, text)?;
    }
    Some(sum)
}

fn rank_word(word: &str, text: Text<'_>) -> Option<u32> {
    let name = text.name.to_lowercase();
    if name == word {
        return Some(100);
    }
    if name.starts_with(word) {
        return Some(50);
    }
    if name.contains(word) {
        return Some(30);
    }
    let keywords = || text.keywords.iter().map(|keyword| keyword.to_lowercase());
    if keywords().any(|keyword| keyword == word) {
        return Some(20);
    }
    if keywords().any(|keyword| keyword.contains(word)) {
        return Some(10);
    }
    text.description.to_lowercase().contains(word).then_some(5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank_of(wanted: &str) -> Option<u32> {
        let keywords = ["database".to_owned(), "SQL".to_owned()];
        let text = Text {
            name: "postgresql",
            description: "An object-relational store",
            keywords: &keywords,
        };
        rank(wanted, text)
    }

    #[test]
    fn a_name_counts_more_than_a_keyword_and_a_keyword_more_than_a_sentence() {
        let ranks = [
            "postgresql",
            "postgres",
            "gres",
            "sql",
            "data",
            "relational",
        ];
        let found: Vec<Option<u32>> = ranks.iter().map(|word| rank_of(word)).collect();
        assert_eq!(
            found,
            [Some(100), Some(50), Some(30), Some(30), Some(10), Some(5)]
        );
    }

    #[test]
    fn every_word_must_be_somewhere() {
        assert!(rank_of("Postgres STORE").is_some());
        assert_eq!(rank_of("postgres mysql"), None);
        assert_eq!(rank_of("  "), Some(0));
    }
}
