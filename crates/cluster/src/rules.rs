//! Rules of roles: which rights they give, which of the needed ones they lack, and two lists of rules as one.
//!
//! A rule allows each verb on each resource of each group; `*` means all. Pure. Start at [`union`].

use serde_json::Value;

fn strings<'a>(rule: &'a Value, key: &str) -> impl Iterator<Item = &'a str> + Clone {
    let list = rule.get(key).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str)
}

/// A right: group, resource, verb.
pub type Right<'a> = (&'a str, &'a str, &'a str);

/// The rights of a rule.
pub fn rights(rule: &Value) -> impl Iterator<Item = Right<'_>> {
    strings(rule, "apiGroups").flat_map(move |group| {
        strings(rule, "resources").flat_map(move |resource| {
            strings(rule, "verbs").map(move |verb| (group, resource, verb))
        })
    })
}

fn gives(rule: &Value, (group, resource, verb): Right<'_>) -> bool {
    let has = |key, wanted| strings(rule, key).any(|value| value == "*" || value == wanted);
    // A rule for named objects allows no list.
    let of_all = strings(rule, "resourceNames").next().is_none();
    of_all && has("apiGroups", group) && has("resources", resource) && has("verbs", verb)
}

/// The needed rights that `rules` lack, a line each: `list, watch replicasets.apps`.
pub fn missing(rules: &[Value], needed: &[Value]) -> Vec<String> {
    let mut lines: Vec<(String, Vec<&str>)> = Vec::new();
    for right in needed.iter().flat_map(rights) {
        if rules.iter().any(|rule| gives(rule, right)) {
            continue;
        }
        let (group, resource, verb) = right;
        let name = match group {
            "" => resource.to_owned(),
            group => format!("{resource}.{group}"),
        };
        match lines.iter_mut().find(|(other, _)| *other == name) {
            Some((_, verbs)) => verbs.push(verb),
            None => lines.push((name, vec![verb])),
        }
    }
    let line = |(name, verbs): (String, Vec<&str>)| format!("{} {name}", verbs.join(", "));
    lines.into_iter().map(line).collect()
}

/// `rules` and, after them, each rule of `needed` that gives something that they lack.
pub fn union(rules: &[Value], needed: &[Value]) -> Vec<Value> {
    let lacking = needed.iter().filter(|rule| {
        let mut rights = rights(rule).peekable();
        // A rule for URLs has no such rights.
        let is_of_urls = rights.peek().is_none();
        let is_new = rights.any(|right| !rules.iter().any(|rule| gives(rule, right)));
        is_new || (is_of_urls && !rules.contains(rule))
    });
    rules.iter().chain(lacking).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rule(resource: &str, verbs: &[&str]) -> Value {
        json!({"apiGroups": [""], "resources": [resource], "verbs": verbs})
    }

    #[test]
    fn only_rules_that_give_something_new_are_added() {
        let pods = rule("pods", &["get", "list"]);
        let nodes = rule("nodes", &["list"]);
        let existing = [pods.clone()];
        let needed = [rule("pods", &["list"]), nodes.clone()];
        assert_eq!(missing(&existing, &needed), ["list nodes"]);
        assert_eq!(union(&existing, &needed), [pods, nodes]);
    }

    #[test]
    fn a_rule_of_a_wildcard_gives_everything() {
        let all = [json!({"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]})];
        assert_eq!(union(&all, &[rule("pods", &["list"])]), all);
    }
}
