//! Chart errors as problems for the browser.
use wire::{Code, Problem};

use super::Error;

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        if let Error::Schema(violations) = error {
            return Self::new(Code::BadValues)
                .with("count", violations.len())
                .detail(error);
        }
        if let Error::Limit(limit) = error {
            return Self::new(Code::ChartTooLarge).with("reason", limit);
        }
        let similar = error.similar_template().unwrap_or_default();
        let problem = Self::new(Code::RenderFailed)
            .with("similar", similar)
            .detail(error.detail());
        match error.location() {
            Some((file, line, column)) => problem
                .with("template", file)
                .with("line", line)
                .with("column", column),
            None => problem,
        }
    }
}
