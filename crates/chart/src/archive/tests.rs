//! Tests of valid archives, and of the errors for invalid ones.
#![expect(clippy::unwrap_used, reason = "a test may panic")]
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

use super::{ArchiveError, ArchiveLimits};
use crate::error::Error;
use crate::model::Chart;

const METADATA: &str = "apiVersion: v2\nname: web\nversion: 0.1.0\n";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// An archive with unchecked entry names.
fn tgz(entries: &[(&str, EntryType, &[u8])]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (name, kind, data) in entries {
        let mut header = Header::new_gnu();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(data.len() as u64);
        header.set_mode(0o644);
        if matches!(kind, EntryType::Symlink | EntryType::Link) {
            header.set_link_name("/etc/passwd").unwrap();
        }
        header.set_cksum();
        builder.append(&header, *data).unwrap();
    }
    gzip(&builder.into_inner().unwrap())
}

fn files(entries: &[(&str, &str)]) -> Vec<u8> {
    let entries: Vec<_> = entries
        .iter()
        .map(|(name, text)| (*name, EntryType::Regular, text.as_bytes()))
        .collect();
    tgz(&entries)
}

fn error(archive: &[u8]) -> ArchiveError {
    match Chart::from_archive(archive, &ArchiveLimits::default()) {
        Err(Error::Archive(error)) => error,
        other => panic!("{other:?}"),
    }
}

fn with(name: &str, kind: EntryType) -> Vec<u8> {
    tgz(&[
        ("web/Chart.yaml", EntryType::Regular, METADATA.as_bytes()),
        (name, kind, b""),
    ])
}

#[test]
fn a_chart_is_unpacked_with_its_subcharts() {
    let inner = files(&[("db/Chart.yaml", "name: db\nversion: 1.0.0\n")]);
    let mut entries = vec![
        ("web/Chart.yaml", EntryType::Regular, METADATA.as_bytes()),
        ("web/values.yaml", EntryType::Regular, b"a: 1\n".as_slice()),
        ("web/templates/a.yaml", EntryType::Regular, b"a: b\n"),
        ("web/charts/db-1.0.0.tgz", EntryType::Regular, &inner),
        ("web/charts/._db", EntryType::Regular, b"junk"),
    ];
    entries.push((
        "web/charts/db-1.0.0.tgz.prov",
        EntryType::Regular,
        b"signed",
    ));
    let chart = Chart::from_archive(&tgz(&entries), &ArchiveLimits::default()).unwrap();
    assert_eq!((chart.name(), chart.values_text()), ("web", "a: 1\n"));
    assert_eq!(chart.subcharts()[0].name(), "db");
    assert_eq!(chart.files()[0].name, "charts/db-1.0.0.tgz.prov");
    assert_eq!(chart.templates().len(), 1);
}

#[test]
fn an_archive_with_backslashes_is_accepted() {
    let archive = files(&[
        ("web\\Chart.yaml", METADATA),
        ("web\\templates\\a.yaml", ""),
    ]);
    let chart = Chart::from_archive(&archive, &ArchiveLimits::default()).unwrap();
    assert_eq!(chart.templates()[0].name, "templates/a.yaml");
}

#[test]
fn entries_that_are_not_files_are_rejected_by_name() {
    for (kind, name) in [
        (EntryType::Symlink, "a symbolic link"),
        (EntryType::Link, "a hard link"),
        (EntryType::Block, "a device"),
        (EntryType::Char, "a device"),
        (EntryType::Fifo, "a pipe"),
    ] {
        let error = error(&with("web/values.yaml", kind));
        let expected = ArchiveError::NotAFile {
            entry: "web/values.yaml".into(),
            kind: name,
        };
        assert_eq!(error, expected);
    }
}

#[test]
fn paths_outside_of_the_chart_are_rejected() {
    let of = |name: &str| error(&with(name, EntryType::Regular));
    for name in ["web/../../a", "../a", "web/a/../../b", "web\\..\\a"] {
        assert_eq!(of(name), ArchiveError::Parent(name.into()));
    }
    for name in ["/etc/passwd", "web//etc/passwd"] {
        assert_eq!(of(name), ArchiveError::Absolute(name.into()));
    }
    for name in ["web/c:/a", "c:\\a", "web/a\u{1b}[2J"] {
        assert_eq!(of(name), ArchiveError::Name(name.into()));
    }
    assert_eq!(
        of("loose"),
        ArchiveError::OutsideBaseDirectory("loose".into())
    );
    assert_eq!(of("other/a"), ArchiveError::SecondFolder("other/a".into()));
    assert_eq!(
        error(&files(&[("Chart.yaml", METADATA)])),
        ArchiveError::NoFolder
    );
}

#[test]
fn a_duplicate_name_is_rejected() {
    let archive = files(&[("web/Chart.yaml", METADATA), ("web/./Chart.yaml", METADATA)]);
    assert_eq!(
        error(&archive),
        ArchiveError::Duplicate("web/./Chart.yaml".into())
    );
}

#[test]
fn a_name_that_is_not_utf8_is_rejected() {
    let mut header = Header::new_gnu();
    header.as_mut_bytes()[..6].copy_from_slice(b"web/\xff\xfe");
    header.set_size(0);
    header.set_cksum();
    let mut builder = Builder::new(Vec::new());
    builder.append(&header, [].as_slice()).unwrap();
    let archive = gzip(&builder.into_inner().unwrap());
    assert!(matches!(error(&archive), ArchiveError::Name(_)));
}

#[test]
fn a_decompression_bomb_fails_at_the_limit_even_when_nested() {
    let zeros = vec![0; 4 * 1024 * 1024];
    let names: Vec<String> = (0..20).map(|n| format!("web/{n}")).collect();
    let entries: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), EntryType::Regular, zeros.as_slice()))
        .collect();
    let bomb = tgz(&entries);
    assert_eq!(error(&bomb), ArchiveError::Ratio(250));
    let around = tgz(&[
        ("web/Chart.yaml", EntryType::Regular, METADATA.as_bytes()),
        ("web/charts/bomb.tgz", EntryType::Regular, &bomb),
    ]);
    let error = Chart::from_archive(&around, &ArchiveLimits::default()).unwrap_err();
    assert!(
        error
            .detail()
            .starts_with("error unpacking subchart bomb.tgz in web: ")
    );
    let large = ArchiveLimits {
        ratio: u64::MAX,
        total: 10 * 1024 * 1024,
        ..ArchiveLimits::default()
    };
    let error = Chart::from_archive(&bomb, &large).unwrap_err();
    assert_eq!(
        error.detail(),
        "decompressed chart is larger than the maximum size 10485760"
    );
}

#[test]
fn each_limit_is_reported() {
    let archive = files(&[("web/Chart.yaml", METADATA), ("web/a", "0123456789")]);
    let of = |limits: ArchiveLimits| Chart::from_archive(&archive, &limits).unwrap_err().detail();
    let usual = ArchiveLimits::default();
    assert_eq!(
        of(ArchiveLimits { file: 9, ..usual }),
        "decompressed chart file \"web/Chart.yaml\" is larger than the maximum file size 9"
    );
    assert_eq!(
        of(ArchiveLimits { files: 1, ..usual }),
        "it holds more than 1 files"
    );
    assert_eq!(
        of(ArchiveLimits {
            compressed: 9,
            ..usual
        }),
        "it is larger than the maximum size 9"
    );
}

#[test]
fn data_that_is_not_an_archive_is_rejected() {
    assert!(matches!(error(b"hello"), ArchiveError::NotAnArchive(_)));
    assert!(matches!(
        error(&gzip(b"hello")),
        ArchiveError::NotAnArchive(_)
    ));
    assert_eq!(error(&gzip(&[0; 1024])), ArchiveError::Empty);
    let archive = files(&[("web/Chart.yaml", METADATA)]);
    assert!(matches!(
        error(&archive[..archive.len() / 2]),
        ArchiveError::NotAnArchive(_)
    ));
}

proptest::proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..600)) {
        drop(Chart::from_archive(&bytes, &ArchiveLimits::default()));
        drop(Chart::from_archive(&gzip(&bytes), &ArchiveLimits::default()));
    }

    #[test]
    fn damaged_archives_never_panic(at in 0_usize..2048, byte in 0_u8..=255, name in "[a-z./\\\\]{1,40}") {
        let mut builder = Builder::new(Vec::new());
        let mut header = Header::new_gnu();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(METADATA.len() as u64);
        header.set_cksum();
        builder.append(&header, METADATA.as_bytes()).unwrap();
        let mut bytes = builder.into_inner().unwrap();
        let at = at % bytes.len();
        bytes[at] = byte;
        drop(Chart::from_archive(&gzip(&bytes), &ArchiveLimits::default()));
    }
}
