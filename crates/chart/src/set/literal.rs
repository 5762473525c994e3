//! `--set-literal`: a name, and all the rest is one text.
use gotmpl::{Map, Value};

use super::Runes;
use super::error::ParseError;
use super::item::{
    below, characters, index, list_at, list_under, map_at, not_negative, opened, set, with,
};

/// Carries out the assignment of a text; the failure is said in Helm's words.
pub(super) fn parse(text: &str, data: &Map) -> Result<(), String> {
    let mut parser = Parser(Runes::new(text), 0);
    loop {
        match parser.key(data, 0) {
            Ok(()) => {}
            Err(ParseError::End) => return Ok(()),
            Err(ParseError::Message(reason)) => return Err(reason),
        }
    }
}

struct Parser<'a>(Runes<'a>, usize);

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
                let at = index(self.0.until_literal(&[']']))?;
                let list = list_under(data, &key)?;
                let changed = self.changed(&list, at, depth);
                let (list, outcome) = match changed {
                    Ok(list) => (list, Ok(())),
                    Err(error) => (Value::from(list), Err(error)),
                };
                set(data, &key, list);
                outcome
            }
            _ => below(data, &key, depth, |inner, depth| self.key(inner, depth)),
        }
    }

    fn text(&mut self) -> Value {
        self.0.until_literal(&[]).0.into()
    }

    fn changed(&mut self, list: &[Value], at: i64, depth: usize) -> Result<Value, ParseError> {
        opened(&mut self.1)?;
        let at = not_negative(at)?;
        let (text, end) = self.0.until_literal(&['[', '.', '=']);
        if !text.is_empty() {
            return ParseError::new(format!(
                "unexpected data at end of array index: {}",
                characters(&text)
            ));
        }
        match end? {
            '=' => {
                let value = self.text();
                with(list, at, value)
            }
            '[' => {
                let next = index(self.0.until_literal(&[']']))?;
                let inner = list_at(list, at)?;
                let inner = self.changed(&inner, next, depth)?;
                with(list, at, inner)
            }
            _ => {
                let inner = map_at(list, at);
                self.key(&inner, depth)?;
                with(list, at, Value::Map(inner))
            }
        }
    }
}
