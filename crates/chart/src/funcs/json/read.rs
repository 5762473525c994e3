//! Reads JSON, with Go's words for what is none.
use gotmpl::{Map, Value};

/// Nesting beyond this is refused, as Go refuses it at ten thousand.
const DEEPEST: usize = 1000;

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

type Read<T> = Result<T, String>;

/// Reads a JSON text; every number is a float.
pub(in super::super) fn read(text: &str) -> Read<Value> {
    let mut reader = Reader {
        text,
        at: 0,
        depth: 0,
    };
    let value = reader.value("looking for beginning of value")?;
    match reader.solid() {
        None => Ok(value),
        Some(c) => Err(invalid(c, "after top-level value")),
    }
}

fn invalid(c: char, place: &str) -> String {
    let shown = match c {
        '\'' => "'\\''".to_owned(),
        '"' => "'\"'".to_owned(),
        c => format!("'{}'", gotmpl::quote(&c.to_string()).trim_matches('"')),
    };
    format!("invalid character {shown} {place}")
}

fn ended<T>() -> Read<T> {
    Err("unexpected end of JSON input".to_owned())
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn take(&mut self) -> Read<char> {
        let Some(c) = self.peek() else { return ended() };
        self.at += c.len_utf8();
        Ok(c)
    }

    /// The next character that is no space; it is not taken.
    fn solid(&mut self) -> Option<char> {
        while matches!(self.peek(), Some(' ' | '\t' | '\r' | '\n')) {
            self.at += 1;
        }
        self.peek()
    }

    fn value(&mut self, place: &str) -> Read<Value> {
        match self.solid() {
            None => ended(),
            Some('{') => self.nested(Self::object),
            Some('[') => self.nested(Self::array),
            Some('"') => self.string().map(Value::from),
            Some('-' | '0'..='9') => self.number(),
            Some('t') => self.word("true", Value::Bool(true)),
            Some('f') => self.word("false", Value::Bool(false)),
            Some('n') => self.word("null", Value::Nil),
            Some(c) => Err(invalid(c, place)),
        }
    }

    fn nested(&mut self, inside: fn(&mut Self) -> Read<Value>) -> Read<Value> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("exceeded max depth".to_owned());
        }
        self.at += 1;
        let value = inside(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn word(&mut self, word: &str, value: Value) -> Read<Value> {
        for (index, wanted) in word.char_indices() {
            let c = self.take()?;
            if c != wanted && index > 0 {
                let place = format!("in literal {word} (expecting '{wanted}')");
                return Err(invalid(c, &place));
            }
        }
        Ok(value)
    }

    fn array(&mut self) -> Read<Value> {
        let mut items = Vec::new();
        if self.solid() == Some(']') {
            self.at += 1;
            return Ok(items.into());
        }
        loop {
            items.push(self.value("looking for beginning of value")?);
            self.solid();
            match self.take()? {
                ',' => {}
                ']' => return Ok(items.into()),
                c => return Err(invalid(c, "after array element")),
            }
        }
    }

    fn object(&mut self) -> Read<Value> {
        let map = Map::new();
        if self.solid() == Some('}') {
            self.at += 1;
            return Ok(map.into());
        }
        loop {
            match self.solid() {
                Some('"') => {}
                Some(c) => return Err(invalid(c, "looking for beginning of object key string")),
                None => return ended(),
            }
            let key = self.string()?;
            self.solid();
            match self.take()? {
                ':' => map.set(key, self.value("looking for beginning of value")?),
                c => return Err(invalid(c, "after object key")),
            }
            self.solid();
            match self.take()? {
                ',' => {}
                '}' => return Ok(map.into()),
                c => return Err(invalid(c, "after object key:value pair")),
            }
        }
    }

    fn string(&mut self) -> Read<String> {
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

    fn escape(&mut self, out: &mut String) -> Read<()> {
        match self.take()? {
            c @ ('"' | '\\' | '/') => out.push(c),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'u' => {
                let first = self.unit()?;
                out.push(self.character(first)?);
            }
            c => return Err(invalid(c, "in string escape code")),
        }
        Ok(())
    }

    fn unit(&mut self) -> Read<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            let c = self.take()?;
            match c.to_digit(16) {
                Some(digit) => unit = unit * 16 + digit,
                None => return Err(invalid(c, "in \\u hexadecimal character escape")),
            }
        }
        Ok(unit)
    }

    /// A character of one unit or two; half of a pair becomes a mark.
    fn character(&mut self, first: u32) -> Read<char> {
        let before = self.at;
        if (0xd800..0xdc00).contains(&first) {
            let rest = self.text.get(self.at..).unwrap_or_default();
            if rest.starts_with("\\u") {
                self.at += 2;
                let second = self.unit()?;
                if (0xdc00..0xe000).contains(&second) {
                    let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                    return Ok(char::from_u32(code).unwrap_or('\u{fffd}'));
                }
                self.at = before;
            }
        }
        Ok(char::from_u32(first).unwrap_or('\u{fffd}'))
    }

    fn digits(&mut self, place: &str) -> Read<()> {
        match self.take()? {
            '0'..='9' => {}
            c => return Err(invalid(c, place)),
        }
        while matches!(self.peek(), Some('0'..='9')) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Read<Value> {
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
