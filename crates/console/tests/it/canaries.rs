//! Planted canaries: texts of credentials appear nowhere, and texts of values and uploads appear only where
//! their author wrote them.

use crate::support::{EAST, World, draft, operator, write};
use crate::test_repositories::{TestRepositories, archive_with, password};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use console::{Console, Error};
use serde::Serialize;
use std::{
    io,
    sync::{Arc, Mutex, OnceLock},
};
use store::Store;
use tracing_subscriber::fmt::MakeWriter;
use wire::{
    ClusterName, MeshName, Problem, Secret,
    cluster::{
        AddClustersRequest, ProbeRequest, ProbeStage, ReadKubeconfigRequest, ReplaceRequest,
    },
    mesh::{ChooseAddressRequest, StepKind, StepRef},
    repository::UploadRequest,
};

const KEY: &str = "c4n4ryInAClientKey";
const SERVER_PASSWORD: &str = "c4n4ryInAServerUrl";
const TOKEN: &str = "c4n4ryAsAToken";
const REPOSITORY_URL: &str = "c4n4ryInARepositoryUrl";
const REPOSITORY_PASSWORD: &str = "c4n4ryAsAPassword";
const ADDRESS: &str = "c4n4ryInAnAddress";
const ECHOED: &str = "c4n4ryInAnAnswer";
const VALUE: &str = "c4n4ryInAValue";
const UPLOAD: &str = "c4n4ryInAnUpload";

/// The log of this process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Everything that this process logs from now on.
fn log() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).finish();
        tracing::subscriber::set_global_default(subscriber).expect("the only subscriber");
        log
    })
}

/// What pages and server functions answered, as JSON.
#[derive(Default)]
struct Answers(Vec<String>);

impl Answers {
    fn add<T: Serialize>(&mut self, answer: Result<T, Error>) -> Option<T> {
        match answer {
            Ok(view) => {
                self.0.push(serde_json::to_string(&view).unwrap());
                Some(view)
            }
            Err(error) => {
                let problem = Problem::from(&error);
                self.0.push(serde_json::to_string(&problem).unwrap());
                self.0.push(format!("{error:?}"));
                None
            }
        }
    }
}

fn assert_absent(text: &str, canaries: &[&str], place: &str) {
    for canary in canaries {
        for form in [(*canary).to_owned(), STANDARD.encode(canary)] {
            assert!(!text.contains(&form), "{place} has {form}: {text:.4000}");
        }
    }
}

/// The kubeconfig with these texts instead of its own.
fn with(kubeconfig: &str, replaced: &[(&str, String)]) -> String {
    let line = |line: &str| {
        let found = replaced.iter().find(|(key, _)| {
            line.trim_start()
                .strip_prefix(key)
                .is_some_and(|rest| rest.starts_with(':'))
        });
        match found {
            Some((key, text)) => {
                let indent = line.len() - line.trim_start().len();
                format!("{}{key}: {text}", " ".repeat(indent)).replace("token: +", "")
            }
            None => line.to_owned(),
        }
    };
    kubeconfig.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Kubeconfigs that are refused, each at another place.
fn refused_kubeconfigs(good: &str) -> Vec<String> {
    let certificate = "-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n";
    let key = format!("-----BEGIN PRIVATE KEY-----\\n{KEY}\\n-----END PRIVATE KEY-----\\n");
    let pair = format!(
        "+client-certificate-data: {}\n    client-key-data: {}",
        STANDARD.encode(certificate),
        STANDARD.encode(key)
    );
    vec![
        with(good, &[("token", pair)]),
        with(
            good,
            &[(
                "server",
                format!("https://ann:{SERVER_PASSWORD}@127.0.0.1:1"),
            )],
        ),
        with(good, &[("token", TOKEN.to_owned())]),
        with(good, &[("token", format!("[{TOKEN}]"))]),
        with(good, &[("token", format!("'{TOKEN}"))]),
    ]
}

async fn use_kubeconfigs(world: &World, answers: &mut Answers) {
    let (console, ann) = (&world.console, operator());
    for kubeconfig in refused_kubeconfigs(&world.listening.kubeconfig()) {
        let secret = || Secret::new(kubeconfig.clone());
        let read = ReadKubeconfigRequest {
            kubeconfig: secret(),
        };
        answers.add(console.read_kubeconfig(&ann, read).await);
        let add = AddClustersRequest {
            kubeconfig: secret(),
            contexts: vec![(EAST.to_owned(), "west".to_owned())],
        };
        assert_eq!(answers.add(console.add_clusters(&ann, add).await), None);
        let replace = ReplaceRequest {
            cluster: ClusterName::new(EAST).unwrap(),
            kubeconfig: secret(),
            context: EAST.to_owned(),
        };
        assert_eq!(
            answers.add(console.replace_credential(&ann, replace).await),
            None
        );
        for stage in ProbeStage::ALL {
            let probe = ProbeRequest {
                kubeconfig: secret(),
                context: EAST.to_owned(),
                stage,
            };
            answers.add(console.probe(&ann, probe).await);
        }
    }
}

async fn use_repositories(console: &Console, answers: &mut Answers) {
    let ann = operator();
    let locked = TestRepositories::locked().await;
    let mut wrong = locked.request("wrong", "http", "/");
    wrong.credentials = password(REPOSITORY_PASSWORD);
    let mut in_url = locked.request("in-url", "http", "/");
    in_url.url = format!("http://ann:{REPOSITORY_URL}@{}/", locked.host);
    for request in [wrong, in_url] {
        answers.add(console.probe_repository(&ann, request.clone()).await);
        assert_eq!(
            answers.add(console.add_repository(&ann, request).await),
            None
        );
    }
    // A repository that answers with what it was sent.
    let echoing = TestRepositories::open().await;
    echoing.put(
        "/index.yaml",
        format!("Authorization: Basic {}: [", STANDARD.encode(ECHOED)),
    );
    let mut request = echoing.request("echoing", "http", "/");
    request.credentials = password(ECHOED);
    answers.add(console.probe_repository(&ann, request.clone()).await);
    assert_eq!(
        answers.add(console.add_repository(&ann, request).await),
        None
    );
    answers.add(console.repositories(&ann).await);
}

/// The address of a remote, as an operator enters it.
async fn use_addresses(console: &Console, answers: &mut Answers) {
    let request = ChooseAddressRequest {
        step: StepRef {
            mesh: MeshName::new("none").unwrap(),
            kind: StepKind::Join,
            cluster: ClusterName::new(EAST).unwrap(),
        },
        address: format!("https://ann:{ADDRESS}@10.0.0.1:6443"),
    };
    assert_eq!(
        answers.add(console.choose_address(&operator(), request).await),
        None
    );
}

/// A chart whose template fails with a value, and whose own values have a canary.
async fn use_uploads(console: &Console, answers: &mut Answers) {
    let ann = operator();
    let template = "{{ fail (printf \"%s is too short\" .Values.password) }}";
    let values = format!("password: none\nhidden: {UPLOAD}\n");
    let good = archive_with("bills", "1.0.0", &values, template);
    let broken = archive_with("bills", "1.0.1", &format!("{UPLOAD}: [\n"), template);
    for bytes in [good, broken] {
        let request = UploadRequest {
            file: "bills.tgz".into(),
            archive: STANDARD.encode(bytes),
        };
        answers.add(console.upload_chart(&ann, request).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn canaries_of_credentials_and_values_stay_where_they_belong() {
    let log = log();
    let world = World::with_shop().await;
    let (console, ann) = (&world.console, operator());
    let mut answers = Answers::default();
    use_kubeconfigs(&world, &mut answers).await;
    use_repositories(console, &mut answers).await;
    use_addresses(console, &mut answers).await;
    use_uploads(console, &mut answers).await;

    // The author's own draft shows the chart's message.
    let own = draft(console, "uploaded", "bills", EAST).await;
    write(console, &own, &format!("password: {VALUE}\n")).await;
    let failed = console.review(&ann, &own).await.unwrap_err();
    let shown = Problem::from(&failed).detail.unwrap_or_default();
    assert!(shown.contains(&format!("{VALUE} is too short")), "{shown}");
    console.checks(&ann, &own).await.unwrap();
    write(console, &own, &format!("password: '{VALUE}\n  {VALUE}: [")).await;
    console.review(&ann, &own).await.unwrap_err();

    // Another draft of the same chart shows nothing of it.
    let other = draft(console, "uploaded", "bills", EAST).await;
    let mut others = Answers::default();
    others.add(console.draft(&ann, &other).await);
    others.add(console.checks(&ann, &other).await);
    others.add(console.review(&ann, &other).await);
    others.add(console.parameters(&ann, &other).await);
    others.add(console.releases(&ann).await);
    others.add(console.jobs(&ann, &wire::job::JobsRequest::default()).await);
    others.add(console.clusters(&ann).await);
    others.add(console.repositories(&ann).await);
    assert_absent(&others.0.join("\n"), &[VALUE], "a page of another draft");

    let credentials = [
        KEY,
        SERVER_PASSWORD,
        TOKEN,
        REPOSITORY_URL,
        REPOSITORY_PASSWORD,
        ADDRESS,
        ECHOED,
    ];
    answers.0.append(&mut others.0);
    assert_absent(&answers.0.join("\n"), &credentials, "an answer");
    let all = [&credentials[..], &[VALUE, UPLOAD]].concat();
    let logged = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(logged.contains("the use case failed"), "the log is read");
    assert_absent(&logged, &all, "the log");
    for line in Store::open(world.folder.path())
        .unwrap()
        .audit(&store::AuditFilter::default())
        .unwrap()
    {
        assert_absent(&format!("{line:?}"), &all, "the audit log");
    }
    for name in ["meshspan.db", "meshspan.db-wal"] {
        let bytes = std::fs::read(world.folder.path().join(name)).unwrap_or_default();
        assert_absent(&String::from_utf8_lossy(&bytes), &all, name);
    }
}
