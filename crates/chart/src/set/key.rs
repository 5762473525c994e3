//! `--set`, `--set-string`, `--set-json` and `--set-file`: names, lists and what is assigned.
use gotmpl::{Map, Value};

use super::error::ParseError;
use super::item::{
    below, characters, index, json, list_at, list_under, map_at, not_negative, opened, set, with,
};
use super::{Assignments, Runes};

/// Carries out all assignments of a text; the failure is said in Helm's words.
pub(super) fn parse(kind: Assignments<'_>, text: &str, data: &Map) -> Result<(), String> {
    let mut parser = Parser {
        kind,
        runes: Runes::new(text),
        opened: 0,
    };
    loop {
        parser.opened = 0;
        match parser.key(data, 0) {
            Ok(()) => {}
            Err(ParseError::End) => return Ok(()),
            Err(ParseError::Message(reason)) => return Err(reason),
        }
    }
}

struct Parser<'a> {
    kind: Assignments<'a>,
    runes: Runes<'a>,
    /// How many brackets the assignment has opened.
    opened: usize,
}

impl Parser<'_> {
    /// One name with what is assigned to it.
    fn key(&mut self, data: &Map, depth: usize) -> Result<(), ParseError> {
        let (key, end) = self.runes.until(&['=', '[', ',', '.']);
        let Ok(end) = end else {
            return ParseError::without_value(&key);
        };
        match end {
            '[' => {
                let at = index(self.runes.until(&[']']))?;
                let list = list_under(data, &key)?;
                let (list, outcome) = self.item(&list, at, depth);
                set(data, &key, list);
                outcome
            }
            '=' => self.assigned(data, &key),
            ',' => {
                set(data, &key, "".into());
                let key = gotmpl::quote(&key);
                ParseError::new(format!("key {key} has no value (cannot end with ,)"))
            }
            _ => below(data, &key, depth, |inner, depth| self.key(inner, depth)),
        }
    }

    fn assigned(&mut self, data: &Map, key: &str) -> Result<(), ParseError> {
        if matches!(self.kind, Assignments::Json) {
            let value = self.json()?;
            set(data, key, value);
            return Ok(());
        }
        if self.runes.rest().is_empty() {
            set(data, key, "".into());
            return Err(ParseError::End);
        }
        let value = self.value()?;
        set(data, key, value);
        Ok(())
    }

    /// A JSON value and the comma after it; nothing at all is null.
    fn json(&mut self) -> Result<Value, ParseError> {
        if self.runes.is_empty_value() {
            return Ok(Value::Nil);
        }
        let value = json(&mut self.runes)?;
        self.runes.is_empty_value();
        Ok(value)
    }

    /// A text, or a list of texts between braces.
    fn value(&mut self) -> Result<Value, ParseError> {
        if self.runes.next_if('{') {
            return self.list();
        }
        let (text, _) = self.runes.until(&[',']);
        self.kind.value(text)
    }

    fn list(&mut self) -> Result<Value, ParseError> {
        let mut items = Vec::new();
        loop {
            let (text, end) = self.runes.until(&[',', '}']);
            match end {
                Err(_) => return ParseError::new("list must terminate with '}'"),
                Ok('}') => {
                    self.runes.next_if(',');
                    items.push(self.kind.value(text)?);
                    return Ok(Value::from(items));
                }
                Ok(_) => items.push(self.kind.value(text)?),
            }
        }
    }

    /// What comes after `[0]`: the list as it is then, and how it went.
    fn item(&mut self, list: &[Value], at: i64, depth: usize) -> (Value, Result<(), ParseError>) {
        match self.changed(list, at, depth) {
            Ok(changed) => (changed, Ok(())),
            Err(error) => (Value::list(list.iter().cloned()), Err(error)),
        }
    }

    fn changed(&mut self, list: &[Value], at: i64, depth: usize) -> Result<Value, ParseError> {
        opened(&mut self.opened)?;
        let at = not_negative(at)?;
        let (text, end) = self.runes.until(&['[', '.', '=']);
        if !text.is_empty() {
            return ParseError::new(format!(
                "unexpected data at end of array index: {}",
                characters(&text)
            ));
        }
        match end? {
            '=' if matches!(self.kind, Assignments::Json) => {
                let value = self.json()?;
                with(list, at, value)
            }
            '=' if self.runes.rest().is_empty() => with(list, at, "".into()),
            '=' => {
                let value = self.value()?;
                with(list, at, value)
            }
            '[' => {
                let next = index(self.runes.until(&[']']))?;
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
