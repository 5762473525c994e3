//! Parses `--set-literal`: a name and one literal text.
use gotmpl::{Map, Value};

use super::Cursor;
use super::error::ParseError;
use super::item::{
    count_bracket, go_runes, in_nested_map, list_at, list_under, map_at, non_negative_index,
    parse_index, set, with_item,
};

/// Applies the assignment of a text; the error is Helm's message.
pub(super) fn parse(text: &str, data: &Map) -> Result<(), String> {
    let mut parser = Parser(Cursor::new(text), 0);
    loop {
        match parser.key(data, 0) {
            Ok(()) => {}
            Err(ParseError::End) => return Ok(()),
            Err(ParseError::Message(reason)) => return Err(reason),
        }
    }
}

struct Parser<'a>(Cursor<'a>, usize);

impl Parser<'_> {
    fn key(&mut self, data: &Map, depth: usize) -> Result<(), ParseError> {
        let (key, end) = self.0.until_literal(&['=', '[', '.']);
        let Ok(end) = end else {
            return ParseError::without_value(&key);
        };
        match end {
            '=' => {
                set(data, &key, self.text());
                Ok(())
            }
            '[' => {
                let at = parse_index(self.0.until_literal(&[']']))?;
                let list = list_under(data, &key)?;
                let changed_list = self.changed_list(&list, at, depth);
                let (list, outcome) = match changed_list {
                    Ok(list) => (list, Ok(())),
                    Err(error) => (Value::from(list), Err(error)),
                };
                set(data, &key, list);
                outcome
            }
            _ => in_nested_map(data, &key, depth, |inner, depth| self.key(inner, depth)),
        }
    }

    fn text(&mut self) -> Value {
        self.0.until_literal(&[]).0.into()
    }

    fn changed_list(&mut self, list: &[Value], at: i64, depth: usize) -> Result<Value, ParseError> {
        count_bracket(&mut self.1)?;
        let at = non_negative_index(at)?;
        let (text, end) = self.0.until_literal(&['[', '.', '=']);
        if !text.is_empty() {
            return ParseError::new(format!(
                "unexpected data at end of array index: {}",
                go_runes(&text)
            ));
        }
        match end? {
            '=' => {
                let value = self.text();
                with_item(list, at, value)
            }
            '[' => {
                let next = parse_index(self.0.until_literal(&[']']))?;
                let inner = list_at(list, at)?;
                let inner = self.changed_list(&inner, next, depth)?;
                with_item(list, at, inner)
            }
            _ => {
                let inner = map_at(list, at);
                self.key(&inner, depth)?;
                with_item(list, at, Value::Map(inner))
            }
        }
    }
}
