//! The search for charts: matches in the name rank highest, then keywords, then the description.

/// The fields of a chart that are searched.
#[derive(Clone, Copy, Debug)]
pub struct SearchFields<'a> {
    /// The name of the chart.
    pub name: &'a str,
    /// The description.
    pub description: &'a str,
    /// The keywords.
    pub keywords: &'a [String],
}

/// The rank of a chart for a query; none when a word of the query matches no field. An empty query
/// matches every chart.
pub fn rank(query: &str, fields: SearchFields<'_>) -> Option<u32> {
    let query = query.to_lowercase();
    let mut sum = 0;
    for word in query.split_whitespace() {
        sum += rank_word(word, fields)?;
    }
    Some(sum)
}

fn rank_word(word: &str, fields: SearchFields<'_>) -> Option<u32> {
    let name = fields.name.to_lowercase();
    if name == word {
        return Some(100);
    }
    if name.starts_with(word) {
        return Some(50);
    }
    if name.contains(word) {
        return Some(30);
    }
    let keywords = || fields.keywords.iter().map(|keyword| keyword.to_lowercase());
    if keywords().any(|keyword| keyword == word) {
        return Some(20);
    }
    if keywords().any(|keyword| keyword.contains(word)) {
        return Some(10);
    }
    fields
        .description
        .to_lowercase()
        .contains(word)
        .then_some(5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank_of(query: &str) -> Option<u32> {
        let keywords = ["database".to_owned(), "SQL".to_owned()];
        let fields = SearchFields {
            name: "postgresql",
            description: "An object-relational store",
            keywords: &keywords,
        };
        rank(query, fields)
    }

    #[test]
    fn a_name_ranks_above_a_keyword_and_a_keyword_above_the_description() {
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
    fn every_word_must_match() {
        assert!(rank_of("Postgres STORE").is_some());
        assert_eq!(rank_of("postgres mysql"), None);
        assert_eq!(rank_of("  "), Some(0));
    }
}
