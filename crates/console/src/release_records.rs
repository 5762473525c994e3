//! The contents of release records that were read: each once, until the record changes.
//!
//! A list of releases begins with metadata, which is small. Their charts are in the records, which are
//! read in the background, and first for the rows that a page shows. Start at [`Console::listed_releases`].

use crate::{
    Console, Error,
    connections::ClusterConnection,
    last_known::Seen,
    listed_release::{ListedContent, ListedRelease},
    record_cache::unread,
};
use futures::StreamExt as _;
use release::RecordHead;
use std::time::Duration;
use wire::{Code, Problem, live::Topic};

/// The records that are read at the same time; each may have a megabyte.
const CONCURRENT_READS: usize = 8;
/// How long a list waits for records that were not read before it shows the others without them.
const FIRST_READ: Duration = Duration::from_millis(400);
/// How long a page waits for the records of its rows.
const ROWS_READ: Duration = Duration::from_millis(800);
/// How long what needs all records waits for them.
const ALL_READ: Duration = Duration::from_secs(6);
/// The number of records after which open pages show the progress.
const PROGRESS_RECORDS: usize = 500;
/// The time after which a cluster counts as unreachable.
const CLUSTER_TIMEOUT: Duration = Duration::from_secs(6);
/// How long releases that are watched are shown without a new read in the background: when a cluster becomes
/// silent, the read of its facts notices it.
const MAX_AGE: Duration = Duration::from_mins(2);

impl Console {
    /// The newest revision of each release of a cluster. Operators share the result, so the console reads
    /// it. The content of a record is missing until it was read.
    pub(crate) async fn listed_releases(
        &self,
        connection: &ClusterConnection,
    ) -> Seen<Vec<ListedRelease>> {
        let (console, own) = (self.clone(), connection.clone());
        let work = async move {
            let heads = release::newest_records(&own.console, None);
            let problem = match tokio::time::timeout(CLUSTER_TIMEOUT, heads).await {
                Ok(Ok(heads)) => return Ok(console.known_releases(&own, heads).await),
                Ok(Err(error)) => Problem::from(Error::from(error)),
                Err(_) => Problem::new(Code::Unreachable).with("cluster", &own.name),
            };
            // Once: a slow cluster whose releases always fail would be read without a pause.
            if !own.releases.has_failed() {
                own.facts.count_change();
            }
            Err(problem)
        };
        let read = self.cluster_read(connection, Topic::Releases, work);
        let releases = &connection.releases;
        let mut seen = releases.read_if_changed(MAX_AGE, Vec::eq, read).await;
        if let Some(known) = &mut seen.value
            && known.value.iter().any(|release| release.content.is_none())
        {
            let mut releases = known.value.to_vec();
            connection.records.complete(&mut releases);
            known.value = releases.into();
        }
        seen
    }

    /// Releases with the contents that are known, or read within a moment; the others are read in the background.
    async fn known_releases(
        &self,
        connection: &ClusterConnection,
        heads: Vec<RecordHead>,
    ) -> Vec<ListedRelease> {
        let mut listed = connection.records.listed(heads);
        let missing = unread(&listed);
        if missing.is_empty() {
            return listed;
        }
        let first = self.read_records(connection, missing);
        let ended = tokio::time::timeout(FIRST_READ, first).await;
        connection.records.complete(&mut listed);
        let missing = unread(&listed);
        if !missing.is_empty() && !matches!(ended, Ok(Err(_))) {
            self.read_in_background(connection, missing);
        }
        listed
    }

    /// Reads the contents of records, several at the same time.
    ///
    /// # Errors
    /// [`Error::Release`] when the cluster does not answer; a record that is invalid has an empty content.
    async fn read_records(
        &self,
        connection: &ClusterConnection,
        heads: Vec<RecordHead>,
    ) -> Result<(), Error> {
        let reads = futures::stream::iter(heads).map(async |head| {
            let content = match release::read_listed(&connection.console, &head).await {
                Ok(Some((release, kinds))) => ListedContent::of(&release, kinds),
                Ok(None) | Err(release::Error::Record { .. }) => ListedContent::default(),
                Err(error) => return Err(Error::from(error)),
            };
            connection.records.insert(head.version, content);
            Ok(())
        });
        let mut reads = std::pin::pin!(reads.buffer_unordered(CONCURRENT_READS));
        while let Some(read) = reads.next().await {
            read?;
        }
        Ok(())
    }

    /// Reads records in the background, once at a time for a cluster; open pages are notified of the progress.
    fn read_in_background(&self, connection: &ClusterConnection, heads: Vec<RecordHead>) {
        if !connection.records.begin_to_fill() {
            return;
        }
        let (console, own) = (self.clone(), connection.clone());
        self.changes.spawn(&connection.stop, async move {
            let _filling = Filling(&own);
            for part in heads.chunks(PROGRESS_RECORDS) {
                let outcome = console.read_records(&own, part.to_vec()).await;
                console.changes.count(&[Topic::Releases, Topic::Clusters]);
                console.installed.invalidate();
                if outcome.is_err() {
                    // The next list tries again.
                    return;
                }
            }
        });
    }

    /// The releases of a cluster with the content of each, as far as it can be read in time.
    pub(crate) async fn complete_releases(
        &self,
        connection: &ClusterConnection,
    ) -> Seen<Vec<ListedRelease>> {
        let mut seen = self.listed_releases(connection).await;
        if let Some(known) = &mut seen.value {
            let missing = unread(&known.value);
            if !missing.is_empty() {
                let mut releases = known.value.to_vec();
                self.read_within(connection, (missing, ALL_READ), &mut releases)
                    .await;
                known.value = releases.into();
            }
        }
        seen
    }

    /// Reads the contents of the rows of a page.
    pub(crate) async fn read_rows(
        &self,
        connection: &ClusterConnection,
        releases: &mut [ListedRelease],
    ) {
        let missing = unread(releases);
        if !missing.is_empty() {
            self.read_within(connection, (missing, ROWS_READ), releases)
                .await;
        }
    }

    async fn read_within(
        &self,
        connection: &ClusterConnection,
        (missing, limit): (Vec<RecordHead>, Duration),
        releases: &mut [ListedRelease],
    ) {
        let read = self.read_records(connection, missing);
        // What was not read in time, or refused, stays unread: lists say so.
        let _ = tokio::time::timeout(limit, read).await;
        connection.records.complete(releases);
    }
}

/// Says that the records of a cluster are being read, until it is dropped.
struct Filling<'a>(&'a ClusterConnection);

impl Drop for Filling<'_> {
    fn drop(&mut self) {
        self.0.records.end_filling();
    }
}
