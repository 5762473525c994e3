//! Parses JSON, with Go's error messages.
use gotmpl::{Map, Value};

/// The maximum nesting depth; Go's limit is ten thousand.
const MAX_DEPTH: usize = 1000;

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

type ReadResult<T> = Result<T, String>;

/// Parses a JSON text; every number is a float.
pub(crate) fn read(text: &str) -> ReadResult<Value> {
    let mut reader = Reader {
        text,
        at: 0,
        depth: 0,
    };
    let value = reader.value("looking for beginning of value")?;
    match reader.peek_non_space() {
        None => Ok(value),
        Some(c) => Err(invalid(c, "after top-level value")),
    }
}

fn invalid(c: char, context: &str) -> String {
    let quoted = match c {
        '\'' => "'\\''".to_owned(),
        '"' => "'\"'".to_owned(),
        c => format!("'{}'", gotmpl::quote(&c.to_string()).trim_matches('"')),
    };
    format!("invalid character {quoted} {context}")
}

fn end_of_input<T>() -> ReadResult<T> {
    Err("unexpected end of JSON input".to_owned())
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn take(&mut self) -> ReadResult<char> {
        let Some(c) = self.peek() else {
            return end_of_input();
        };
        self.at += c.len_utf8();
        Ok(c)
    }

    /// Skips whitespace and returns the next character without consuming it.
    fn peek_non_space(&mut self) -> Option<char> {
        while matches!(self.peek(), Some(' ' | '\t' | '\r' | '\n')) {
            self.at += 1;
        }
        self.peek()
    }

    fn value(&mut self, context: &str) -> ReadResult<Value> {
        match self.peek_non_space() {
            None => end_of_input(),
            Some('{') => self.nested(Self::object),
            Some('[') => self.nested(Self::array),
            Some('"') => self.string().map(Value::from),
            Some('-' | '0'..='9') => self.number(),
            Some('t') => self.literal("true", Value::Bool(true)),
            Some('f') => self.literal("false", Value::Bool(false)),
            Some('n') => self.literal("null", Value::Nil),
            Some(c) => Err(invalid(c, context)),
        }
    }

    fn nested(&mut self, inside: fn(&mut Self) -> ReadResult<Value>) -> ReadResult<Value> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("exceeded max depth".to_owned());
        }
        self.at += 1;
        let value = inside(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn literal(&mut self, literal: &str, value: Value) -> ReadResult<Value> {
        for (index, expected) in literal.char_indices() {
            let c = self.take()?;
            if c != expected && index > 0 {
                let context = format!("in literal {literal} (expecting '{expected}')");
                return Err(invalid(c, &context));
            }
        }
        Ok(value)
    }

    fn array(&mut self) -> ReadResult<Value> {
        let mut items = Vec::new();
        if self.peek_non_space() == Some(']') {
            self.at += 1;
            return Ok(items.into());
        }
        loop {
            items.push(self.value("looking for beginning of value")?);
            self.peek_non_space();
            match self.take()? {
                ',' => {}
                ']' => return Ok(items.into()),
                c => return Err(invalid(c, "after array element")),
            }
        }
    }

    fn object(&mut self) -> ReadResult<Value> {
        let map = Map::new();
        if self.peek_non_space() == Some('}') {
            self.at += 1;
            return Ok(map.into());
        }
        loop {
            match self.peek_non_space() {
                Some('"') => {}
                Some(c) => return Err(invalid(c, "looking for beginning of object key string")),
                None => return end_of_input(),
            }
            let key = self.string()?;
            self.peek_non_space();
            match self.take()? {
                ':' => map.set(key, self.value("looking for beginning of value")?),
                c => return Err(invalid(c, "after object key")),
            }
            self.peek_non_space();
            match self.take()? {
                ',' => {}
                '}' => return Ok(map.into()),
                c => return Err(invalid(c, "after object key:value pair")),
            }
        }
    }

    fn string(&mut self) -> ReadResult<String> {
        self.at += 1;
        let mut out = String::new();
        loop {
            match self.take()? {
                '"' => return Ok(out),
                '\\' => self.escape(&mut out)?,
                c if u32::from(c) < 0x20 => return Err(invalid(c, "in string literal")),
                c => out.push(c),
            }
        }
    }

    fn escape(&mut self, out: &mut String) -> ReadResult<()> {
        match self.take()? {
            c @ ('"' | '\\' | '/') => out.push(c),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'u' => {
                let first = self.code_unit()?;
                out.push(self.character(first)?);
            }
            c => return Err(invalid(c, "in string escape code")),
        }
        Ok(())
    }

    fn code_unit(&mut self) -> ReadResult<u32> {
        let mut code_unit = 0;
        for _ in 0..4 {
            let c = self.take()?;
            match c.to_digit(16) {
                Some(digit) => code_unit = code_unit * 16 + digit,
                None => return Err(invalid(c, "in \\u hexadecimal character escape")),
            }
        }
        Ok(code_unit)
    }

    /// A character of one or two code units; an unpaired surrogate becomes U+FFFD.
    fn character(&mut self, first: u32) -> ReadResult<char> {
        let before = self.at;
        if (0xd800..0xdc00).contains(&first) {
            let rest = self.text.get(self.at..).unwrap_or_default();
            if rest.starts_with("\\u") {
                self.at += 2;
                let second = self.code_unit()?;
                if (0xdc00..0xe000).contains(&second) {
                    let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                    return Ok(char::from_u32(code).unwrap_or('\u{fffd}'));
                }
                self.at = before;
            }
        }
        Ok(char::from_u32(first).unwrap_or('\u{fffd}'))
    }

    fn digits(&mut self, context: &str) -> ReadResult<()> {
        match self.take()? {
            '0'..='9' => {}
            c => return Err(invalid(c, context)),
        }
        while matches!(self.peek(), Some('0'..='9')) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> ReadResult<Value> {
        let start = self.at;
        if self.peek() == Some('-') {
            self.at += 1;
        }
        if self.peek() == Some('0') {
            self.at += 1;
        } else {
            self.digits("in numeric literal")?;
        }
        if self.peek() == Some('.') {
            self.at += 1;
            self.digits("after decimal point in numeric literal")?;
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            self.at += 1;
            if matches!(self.peek(), Some('+' | '-')) {
                self.at += 1;
            }
            self.digits("in exponent of numeric literal")?;
        }
        let written = self.text.get(start..self.at).unwrap_or_default();
        match written.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number.into()),
            _ => Err(format!(
                "json: cannot unmarshal number {written} into Go value of type float64"
            )),
        }
    }
}
