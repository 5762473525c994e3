//! Compiles the classes of app/src with encre-css, adds style/main.css and writes one CSS file.
//!
//! Classes are read from two forms only: the literal in `class="…"` and the literal in `tw("…")`. A class
//! that yields no rule fails the build, so that typing errors are found; colours exist only under the
//! names of the tokens in style/main.css.

#[cfg(test)]
mod cluster_colours;

use crate::{Outcome, cache};
use encre_css::{Config, Preflight, prelude::build_plugin::*};
use std::{collections::BTreeSet, fs, path::Path};

/// Classes without a generated rule: markers for `group-*` and `peer-*`, and the classes of main.css.
const MARKERS: &[&str] = &[
    "choice-table",
    "group",
    "peer",
    "list-table",
    "prose",
    "tabular",
    "turning",
];

/// The names of the colour tokens in style/main.css.
const COLOURS: &[&str] = &[
    "bg",
    "surface",
    "sunken",
    "raised",
    "line",
    "line-strong",
    "field",
    "ink",
    "ink-2",
    "ink-3",
    "span",
    "span-ink",
    "span-soft",
    "span-line",
    "good",
    "good-soft",
    "busy",
    "busy-soft",
    "warn",
    "warn-soft",
    "bad",
    "bad-soft",
    "lock",
    "lock-soft",
    "c1",
    "c2",
    "c3",
    "c4",
    "c5",
    "c6",
    "c7",
    "c8",
    "c9",
    "c10",
    "c11",
    "c12",
];

const SIZE: StaticPlugin = Plugin::Spacing(Spacing {
    namespace: "size",
    prop: MultipleProps(&["width", "height"]),
    has_auto: Some(true),
    has_full: Some(true),
    ..Spacing::default()
});

const SIZE_ARBITRARY: StaticPlugin = Plugin::Arbitrary(Arbitrary {
    namespace: "size",
    prop: MultipleProps(&["width", "height"]),
    ..Arbitrary::default()
});

const LISTED: StaticPlugin = Plugin::ListProperties(ListProperties {
    props: map! {
        "outline-none" => (&["outline-style: none;"] as &[&str]),
        "shadow-float" => (&["box-shadow: var(--shadow-float);"] as &[&str]),
        "rounded" => (&["border-radius: 4px;"] as &[&str]),
    },
    ..ListProperties::default()
});

/// `cargo xtask css`: writes the file and prints its size.
pub(crate) fn command(_: &[String]) -> Outcome {
    write(&cache::site())
}

/// Compiles the classes and writes `pkg/meshspan.css` under `site` when it changed.
pub(crate) fn write(site: &Path) -> Outcome {
    let classes = classes_in(&cache::root().join("app/src"))?;
    let unknown: Vec<&str> = classes
        .iter()
        .map(String::as_str)
        .filter(|class| !has_rule(class))
        .collect();
    if !unknown.is_empty() {
        return Err(format!(
            "classes of app/src that yield no rule: {}",
            unknown.join(", ")
        )
        .into());
    }
    let mut css = with_system_theme(&fs::read_to_string(cache::root().join("style/main.css"))?)?;
    let utilities = classes
        .iter()
        .filter(|class| !MARKERS.contains(&class.as_str()));
    let line = utilities.cloned().collect::<Vec<_>>().join(" ");
    let rules = encre_css::generate([line.as_str()], &config(true));
    css = format!("{rules}\n{css}");
    let file = site.join("pkg/meshspan.css");
    if fs::read_to_string(&file).is_ok_and(|old| old == css) {
        return Ok(());
    }
    fs::create_dir_all(site.join("pkg"))?;
    fs::write(&file, &css)?;
    // The compressed copy is out of date, and the server would prefer it.
    let _ = fs::remove_file(site.join("pkg/meshspan.css.br"));
    eprintln!(
        "xtask: {} classes, {} bytes of css",
        classes.len(),
        css.len()
    );
    Ok(())
}

/// Adds the tokens of the dark theme for a system that prefers it, where no theme is chosen.
fn with_system_theme(css: &str) -> Outcome<String> {
    const DARK: &str = "[data-theme=\"dark\"] {";
    let start = css.find(DARK).ok_or("style/main.css has no dark theme")?;
    let tokens = css.get(start + DARK.len()..).unwrap_or_default();
    let length = tokens.find('}').ok_or("the dark theme has no end")?;
    let tokens = tokens.get(..length).unwrap_or_default();
    Ok(format!(
        "{css}\n@media (prefers-color-scheme: dark) {{ :root:not([data-theme]) {{{tokens}}} }}\n"
    ))
}

fn config(with_base: bool) -> Config {
    let mut config = Config::default();
    if !with_base {
        config.preflight = Preflight::new_none();
    }
    for name in COLOURS {
        config.theme.colors.add(*name, format!("var(--{name})"));
    }
    for plugin in [&SIZE, &SIZE_ARBITRARY, &LISTED] {
        config.register_plugin(plugin);
    }
    config
}

fn has_rule(class: &str) -> bool {
    if MARKERS.contains(&class) {
        return true;
    }
    if is_foreign_colour(class) {
        return false;
    }
    let css = encre_css::generate([class], &config(false));
    css.contains('{') && !has_unspaced_operator(&css)
}

/// Whether a value has a length and a sign without spaces between, such as `100vw-32px`: a browser drops the
/// whole declaration (CSS Values 4, 10.1).
fn has_unspaced_operator(css: &str) -> bool {
    let units = ["vw", "vh", "px", "rem", "em", "%"];
    units.iter().any(|unit| {
        css.match_indices(unit).any(|(start, _)| {
            let before = css.get(..start).unwrap_or_default();
            let after = css.get(start + unit.len()..).unwrap_or_default();
            before.ends_with(|c: char| c.is_ascii_digit()) && after.starts_with(['+', '-'])
        })
    })
}

/// Whether `class` names a colour of Tailwind's own palette, such as `bg-slate-100`.
fn is_foreign_colour(class: &str) -> bool {
    const PALETTE: &[&str] = &[
        "slate", "gray", "zinc", "neutral", "stone", "red", "orange", "amber", "yellow", "lime",
        "green", "emerald", "teal", "cyan", "sky", "blue", "indigo", "violet", "purple", "fuchsia",
        "pink", "rose", "black", "white",
    ];
    let last = class.rsplit(':').next().unwrap_or(class);
    last.split(['-', '/']).any(|part| PALETTE.contains(&part)) && !last.starts_with("whitespace-")
}

/// Every class in a folder.
pub(crate) fn classes_in(folder: &Path) -> Outcome<BTreeSet<String>> {
    let mut classes = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            classes.extend(classes_in(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            classes.extend(parse_classes(&fs::read_to_string(&path)?));
        }
    }
    Ok(classes)
}

fn parse_classes(source: &str) -> BTreeSet<String> {
    let mut classes = BTreeSet::new();
    for opening in ["class=", "tw("] {
        for (start, _) in source.match_indices(opening) {
            let rest = source[start + opening.len()..].trim_start();
            let Some(rest) = rest.strip_prefix('"') else {
                continue;
            };
            let literal = rest.split('"').next().unwrap_or_default();
            classes.extend(literal.split_whitespace().map(str::to_owned));
        }
    }
    classes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_with_a_typing_error_yields_no_rule() {
        assert!(has_rule("flex"));
        assert!(!has_rule("flexx"));
    }

    #[test]
    fn a_class_whose_value_a_browser_drops_yields_no_rule() {
        assert!(has_rule("w-[min(720px,calc(100vw_-_32px))]"));
        assert!(!has_rule("w-[min(720px,calc(100vw-32px))]"));
    }

    #[test]
    fn the_dark_tokens_apply_to_a_dark_system_where_no_theme_is_chosen() {
        let css = with_system_theme("[data-theme=\"dark\"] { --bg: #000; }\np {}").expect("css");
        assert!(css.ends_with(
            "@media (prefers-color-scheme: dark) { :root:not([data-theme]) { --bg: #000; } }\n"
        ));
    }

    #[test]
    fn colours_exist_only_under_the_names_of_tokens() {
        assert!(has_rule("bg-surface") && has_rule("hover:text-ink-2") && has_rule("border-line"));
        assert!(!has_rule("bg-slate-100") && !has_rule("text-white"));
    }

    #[test]
    fn literals_of_class_and_tw_are_read() {
        let classes = parse_classes("<p class=\"flex gap-2\"/> tw(\n  \"text-ink\",\n) \"not-me\"");
        assert_eq!(
            classes.into_iter().collect::<Vec<_>>(),
            ["flex", "gap-2", "text-ink"]
        );
    }
}
