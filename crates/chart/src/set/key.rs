//! Parses `--set`, `--set-string`, `--set-json` and `--set-file`: names, lists and values.
use gotmpl::{Map, Value};

use super::error::ParseError;
use super::item::{
    count_bracket, go_runes, in_nested_map, json, list_at, list_under, map_at, non_negative_index,
    parse_index, set, with_item,
};
use super::{Cursor, SetFlag};

/// Applies all assignments of a text; the error is Helm's message.
pub(super) fn parse(flag: SetFlag<'_>, text: &str, data: &Map) -> Result<(), String> {
    let mut parser = Parser {
        flag,
        cursor: Cursor::new(text),
        brackets: 0,
    };
    loop {
        parser.brackets = 0;
        match parser.key(data, 0) {
            Ok(()) => {}
            Err(ParseError::End) => return Ok(()),
            Err(ParseError::Message(reason)) => return Err(reason),
        }
    }
}

struct Parser<'a> {
    flag: SetFlag<'a>,
    cursor: Cursor<'a>,
    /// The number of brackets in the assignment.
    brackets: usize,
}

impl Parser<'_> {
    /// Parses a name and applies its value.
    fn key(&mut self, data: &Map, depth: usize) -> Result<(), ParseError> {
        let (key, end) = self.cursor.until(&['=', '[', ',', '.']);
        let Ok(end) = end else {
            return ParseError::without_value(&key);
        };
        match end {
            '[' => {
                let at = parse_index(self.cursor.until(&[']']))?;
                let list = list_under(data, &key)?;
                let (list, outcome) = self.item(&list, at, depth);
                set(data, &key, list);
                outcome
            }
            '=' => self.assign_value(data, &key),
            ',' => {
                set(data, &key, "".into());
                let key = gotmpl::quote(&key);
                ParseError::new(format!("key {key} has no value (cannot end with ,)"))
            }
            _ => in_nested_map(data, &key, depth, |inner, depth| self.key(inner, depth)),
        }
    }

    fn assign_value(&mut self, data: &Map, key: &str) -> Result<(), ParseError> {
        if matches!(self.flag, SetFlag::Json(_)) {
            let value = self.json()?;
            set(data, key, value);
            return Ok(());
        }
        if self.cursor.rest().is_empty() {
            set(data, key, "".into());
            return Err(ParseError::End);
        }
        let value = self.value()?;
        set(data, key, value);
        Ok(())
    }

    /// Parses a JSON value and the comma after it; an empty value is null.
    fn json(&mut self) -> Result<Value, ParseError> {
        if self.cursor.is_empty_value() {
            return Ok(Value::Nil);
        }
        let value = json(&mut self.cursor)?;
        self.cursor.is_empty_value();
        Ok(value)
    }

    /// Parses a text, or a list of texts in braces.
    fn value(&mut self) -> Result<Value, ParseError> {
        if self.cursor.next_if('{') {
            return self.list();
        }
        let (text, _) = self.cursor.until(&[',']);
        self.flag.value(text)
    }

    fn list(&mut self) -> Result<Value, ParseError> {
        let mut items = Vec::new();
        loop {
            let (text, end) = self.cursor.until(&[',', '}']);
            match end {
                Err(_) => return ParseError::new("list must terminate with '}'"),
                Ok('}') => {
                    self.cursor.next_if(',');
                    items.push(self.flag.value(text)?);
                    return Ok(Value::from(items));
                }
                Ok(_) => items.push(self.flag.value(text)?),
            }
        }
    }

    /// Parses the text after `[0]`; returns the list and the result.
    fn item(&mut self, list: &[Value], at: i64, depth: usize) -> (Value, Result<(), ParseError>) {
        match self.changed_list(list, at, depth) {
            Ok(changed_list) => (changed_list, Ok(())),
            Err(error) => (Value::list(list.iter().cloned()), Err(error)),
        }
    }

    fn changed_list(&mut self, list: &[Value], at: i64, depth: usize) -> Result<Value, ParseError> {
        count_bracket(&mut self.brackets)?;
        let at = non_negative_index(at)?;
        let (text, end) = self.cursor.until(&['[', '.', '=']);
        if !text.is_empty() {
            return ParseError::new(format!(
                "unexpected data at end of array index: {}",
                go_runes(&text)
            ));
        }
        match end? {
            '=' if matches!(self.flag, SetFlag::Json(_)) => {
                let value = self.json()?;
                with_item(list, at, value)
            }
            '=' if self.cursor.rest().is_empty() => with_item(list, at, "".into()),
            '=' => {
                let value = self.value()?;
                with_item(list, at, value)
            }
            '[' => {
                let next = parse_index(self.cursor.until(&[']']))?;
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
