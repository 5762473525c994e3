//! Validates Chart.yaml.
use std::collections::BTreeSet;

use super::{Dependency, Metadata};
use crate::error::Error;

impl Metadata {
    /// Checks required fields and removes unprintable characters from texts.
    pub(in crate::model) fn validate(&mut self) -> Result<(), Error> {
        self.clean();
        let reason = self.first_error();
        reason.map_or(Ok(()), |reason| Err(Error::Metadata { reason }))
    }

    fn clean(&mut self) {
        for text in [
            &mut self.name,
            &mut self.description,
            &mut self.home,
            &mut self.icon,
            &mut self.condition,
            &mut self.tags,
            &mut self.app_version,
            &mut self.kube_version,
        ] {
            *text = strip_unprintable(text);
        }
        for text in self.sources.iter_mut().chain(&mut self.keywords) {
            *text = strip_unprintable(text);
        }
        for maintainer in &mut self.maintainers {
            for text in [
                &mut maintainer.name,
                &mut maintainer.email,
                &mut maintainer.url,
            ] {
                *text = strip_unprintable(text);
            }
        }
        for dependency in &mut self.dependencies {
            for text in [
                &mut dependency.name,
                &mut dependency.version,
                &mut dependency.repository,
                &mut dependency.condition,
            ] {
                *text = strip_unprintable(text);
            }
        }
    }

    fn first_error(&self) -> Option<String> {
        if self.name.is_empty() {
            return Some("chart.metadata.name is required".to_owned());
        }
        if self.name.contains(['/', '\\']) || self.name == "." || self.name == ".." {
            return Some(format!("chart.metadata.name {:?} is invalid", self.name));
        }
        if self.version.is_empty() {
            return Some("chart.metadata.version is required".to_owned());
        }
        if !is_version(&self.version) {
            return Some(format!(
                "chart.metadata.version {:?} is invalid",
                self.version
            ));
        }
        if self
            .maintainers
            .iter()
            .any(|maintainer| *maintainer == Default::default())
        {
            return Some("maintainers must not contain empty or null nodes".to_owned());
        }
        let mut names = BTreeSet::new();
        for dependency in &self.dependencies {
            if *dependency == Dependency::default() {
                return Some("dependencies must not contain empty or null nodes".to_owned());
            }
            if !is_alias(&dependency.alias) {
                return Some(format!(
                    "dependency {:?} has disallowed characters in the alias",
                    dependency.name
                ));
            }
            if !names.insert(dependency.effective_name()) {
                return Some(format!(
                    "more than one dependency with name or alias {:?}",
                    dependency.effective_name()
                ));
            }
        }
        None
    }
}

fn is_alias(alias: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    alias.chars().all(is_allowed)
}

/// Replaces all kinds of whitespace with spaces and removes invisible characters.
fn strip_unprintable(text: &str) -> String {
    let visible = text.chars().filter_map(|c| {
        if c.is_whitespace() {
            Some(' ')
        } else {
            (!c.is_control() && !is_format(c)).then_some(c)
        }
    });
    visible.collect()
}

/// Format and private-use characters, such as joiners and direction marks.
fn is_format(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}')
}

/// Whether Masterminds' lenient semver parser accepts the text: one to three numbers, a prerelease,
/// build metadata.
pub(crate) fn is_version(text: &str) -> bool {
    let text = text.strip_prefix('v').unwrap_or(text);
    let (text, build) = match text.split_once('+') {
        Some((text, build)) => (text, Some(build)),
        None => (text, None),
    };
    let (numbers, prerelease) = match text.split_once('-') {
        Some((numbers, prerelease)) => (numbers, Some(prerelease)),
        None => (text, None),
    };
    let count = numbers.split('.').count();
    let identifier = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let leading_zero = |part: &str| {
        part.len() > 1 && part.starts_with('0') && part.bytes().all(|b| b.is_ascii_digit())
    };
    let number =
        |part: &str| part.bytes().all(|b| b.is_ascii_digit()) && part.parse::<u64>().is_ok();
    count <= 3
        && numbers.split('.').all(number)
        && prerelease.is_none_or(|text| {
            text.split('.')
                .all(|part| identifier(part) && !leading_zero(part))
        })
        && build.is_none_or(|text| text.split('.').all(identifier))
}
