//! A small chart with a Secret made of a value, which no built-in chart has.

use catalog::Catalog;
use chart::Chart;
use wire::Repository;

const TEMPLATE: &str = r#"apiVersion: v1
kind: "Secret"
metadata:
  name: shop
data:
  password: {{ .Values.database.password | b64enc }}
stringData:
  url: postgres://shop:{{ .Values.database.password }}@db
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: shop
data:
  greeting: {{ .Values.greeting }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  selector:
    matchLabels: {app: shop}
  template:
    metadata:
      labels: {app: shop}
    spec:
      containers:
        - name: shop
          image: docker.io/shop/web:1
"#;

/// A chart that generates a password, shows it in many places, and keeps one that exists already.
const VAULT: &str = r#"{{- $kept := (lookup "v1" "Secret" .Release.Namespace "vault").data | default dict }}
{{- $password := $kept.password | default (randAlphaNum 24 | b64enc) }}
apiVersion: v1
kind: Secret
metadata:
  name: vault
data:
  password: {{ $password }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: vault
data:
  url: postgres://vault:{{ $password | b64dec }}@db
  digest: {{ $password | b64dec | sha256sum }}
  at: {{ now | date "2006-01-02T15:04:05" | quote }}
"#;

/// A template that only Helm 4 renders.
const COUNTED: &str = r"{{- range $i := 2 }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: counted-{{ $i }}
data:
  greeting: {{ $.Values.greeting }}
---
{{- end }}
";

/// The built-in charts and the shop's.
pub(crate) fn catalog() -> Catalog {
    let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    let chart = Chart::from_files(vec![
        file("Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
        file(
            "values.yaml",
            "database:\n  password: \"\"\ngreeting: hello\n",
        ),
        file("templates/all.yaml", TEMPLATE),
        file(
            "templates/NOTES.txt",
            "Log in as shop with {{ .Values.database.password }}.\n",
        ),
    ])
    .unwrap();
    let vault = Chart::from_files(vec![
        file(
            "Chart.yaml",
            "apiVersion: v2\nname: vault\nversion: 1.0.0\n",
        ),
        file("templates/all.yaml", VAULT),
        file(
            "templates/NOTES.txt",
            "Log in with {{ randAlphaNum 24 }}.\n",
        ),
    ])
    .unwrap();
    let counted = Chart::from_files(vec![
        file(
            "Chart.yaml",
            "apiVersion: v2\nname: counted\nversion: 1.0.0\n",
        ),
        file("values.yaml", "greeting: hello\n---\ngreeting: good day\n"),
        file("templates/all.yaml", COUNTED),
    ])
    .unwrap();
    let repository = Repository::new("tests").unwrap();
    let catalog = Catalog::built_in().unwrap();
    let catalog = catalog.with(&repository, chart).unwrap();
    let catalog = catalog.with(&repository, vault).unwrap();
    catalog.with(&repository, counted).unwrap()
}
