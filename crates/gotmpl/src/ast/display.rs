//! `Display` for syntax nodes, as Go prints them in error messages.
use std::fmt;

use super::{Command, Expr, ExprKind, Invocation, Pipeline};

fn fields(f: &mut fmt::Formatter<'_>, names: &[Box<str>]) -> fmt::Result {
    names.iter().try_for_each(|name| write!(f, ".{name}"))
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Nil => f.write_str("nil"),
            ExprKind::Dot => f.write_str("."),
            ExprKind::Bool(value) => write!(f, "{value}"),
            ExprKind::Number(number) => f.write_str(&number.literal),
            ExprKind::Str { literal, .. } => f.write_str(literal),
            ExprKind::Field(names) => fields(f, names),
            ExprKind::Variable(variable, names) => {
                f.write_str(variable)?;
                fields(f, names)
            }
            ExprKind::Function(function) => f.write_str(function.name),
            ExprKind::Chain(inner, names) => {
                match inner.kind {
                    ExprKind::Pipe(_) => write!(f, "({inner})")?,
                    _ => write!(f, "{inner}")?,
                }
                fields(f, names)
            }
            ExprKind::Pipe(pipe) => write!(f, "{pipe}"),
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, argument) in self.arguments.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            match argument.kind {
                ExprKind::Pipe(_) => write!(f, "({argument})")?,
                _ => write!(f, "{argument}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.variables.is_empty() {
            let sign = if self.assigns { "=" } else { ":=" };
            write!(f, "{} {sign} ", self.variables.join(", "))?;
        }
        for (index, command) in self.commands.iter().enumerate() {
            if index > 0 {
                f.write_str(" | ")?;
            }
            write!(f, "{command}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{{template {}", crate::fmt::quote(&self.name))?;
        if let Some(pipe) = &self.pipe {
            write!(f, " {pipe}")?;
        }
        f.write_str("}}")
    }
}
