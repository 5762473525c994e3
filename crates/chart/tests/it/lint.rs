//! Compares the findings of the linter with those of `helm lint`.

use chart::LintMessage;

/// A finding: its severity, the file, and the message without the words of Go's decoders.
struct Finding {
    severity: String,
    file: String,
    text: String,
}

/// Words before the reason of an error, which differ by the place that Helm decodes a text at.
const WRAPPERS: [&str; 6] = [
    "unable to parse YAML: ",
    "cannot load values.yaml: ",
    "cannot unmarshal yaml document: ",
    "YAML parse error on web/templates/a.yaml: ",
    "YAML parse error on web/templates/b.yaml: ",
    "error converting YAML to JSON: ",
];
/// Go's types of one thing at several places.
const TYPES: [&str; 5] = [
    "rules.K8sYamlStruct",
    "rules.k8sYamlStruct",
    "releaseutil.SimpleHead",
    "chartutil.Values",
    "common.Values",
];
/// The files that Helm names when it does not name the file of a finding.
const WITHOUT_FILE: [&str; 3] = ["", "templates/", "values.yaml"];

fn plain(text: &str) -> String {
    let text = WRAPPERS
        .iter()
        .fold(text.to_owned(), |text, wrapper| text.replace(wrapper, ""));
    TYPES.iter().fold(text, |text, name| {
        text.replace(name, "map[string]interface {}")
    })
}

fn actual(message: &LintMessage) -> Finding {
    Finding {
        severity: message.severity.as_str().to_uppercase(),
        file: message
            .file
            .strip_prefix("web/")
            .unwrap_or(&message.file)
            .to_owned(),
        text: plain(&message.text),
    }
}

/// A line of `helm lint`: `[SEVERITY] file: message`.
fn expected(line: &str) -> Finding {
    let (severity, rest) = line.trim_start_matches('[').split_once("] ").unwrap();
    let (file, text) = rest
        .split_once(": ")
        .unwrap_or((rest.trim_end_matches(':'), ""));
    Finding {
        severity: severity.to_owned(),
        file: file.to_owned(),
        text: plain(text),
    }
}

/// Whether the finding says what Helm's finding says.
fn covers(found: &Finding, helm: &Finding) -> bool {
    let is_same_file = found.file == helm.file || WITHOUT_FILE.contains(&helm.file.as_str());
    // Only the first line of Helm's message is recorded.
    match helm.text.as_str() {
        "unable to load chart" => found.severity == "ERROR",
        "failed to strictly parse chart metadata file" => {
            found.severity == "WARNING"
                && (found.text.starts_with("unknown field") || found.text.contains(" is repeated"))
        }
        // An object without a name is an error here.
        text if text.contains("naming requirements: \"\": ") => {
            found.text == "an object has no metadata.name" && is_same_file
        }
        text => found.severity == helm.severity && is_same_file && found.text.contains(text),
    }
}

/// What is missing among the messages: each finding of Helm is there, and there is an error only where Helm
/// has one.
pub(crate) fn difference(messages: &[LintMessage], recorded: &str) -> Option<String> {
    let found: Vec<Finding> = messages.iter().map(actual).collect();
    let missing: Vec<&str> = recorded
        .lines()
        .filter(|line| {
            let helm = expected(line);
            !found.iter().any(|found| covers(found, &helm))
        })
        .collect();
    let is_alarm = |finding: &Finding| {
        finding.severity == "ERROR" && !finding.text.starts_with("an object has no ")
    };
    let false_alarm = !recorded.contains("[ERROR]") && found.iter().any(is_alarm);
    let lines: Vec<String> = messages.iter().map(ToString::to_string).collect();
    (!missing.is_empty() || false_alarm).then(|| {
        format!(
            "--- missing\n{}\n--- actual\n{}",
            missing.join("\n"),
            lines.join("\n")
        )
    })
}
