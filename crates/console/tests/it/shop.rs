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
    let repository = Repository::new("tests").unwrap();
    Catalog::built_in()
        .unwrap()
        .with(&repository, chart)
        .unwrap()
}
