//! The contents of the release records of a cluster that were read: each once, until the record changes.

use crate::listed_release::{ListedContent, ListedRelease};
use parking_lot::Mutex;
use release::RecordHead;
use std::{
    collections::HashMap,
    sync::atomic::{AtomicBool, Ordering},
};

/// The contents of the records of a cluster that were read.
#[derive(Default)]
pub(crate) struct RecordCache {
    /// By the version of the record.
    read: Mutex<HashMap<String, ListedContent>>,
    /// Whether the others are being read in the background.
    is_filling: AtomicBool,
}

impl RecordCache {
    /// The releases with what is known of them; what is known of other records is forgotten.
    pub(crate) fn listed(&self, heads: Vec<RecordHead>) -> Vec<ListedRelease> {
        let mut read = self.read.lock();
        let mut kept = HashMap::with_capacity(read.len());
        let listed = heads.into_iter().map(|head| {
            let content = read.remove(&head.version);
            if let Some(content) = &content {
                kept.insert(head.version.clone(), content.clone());
            }
            ListedRelease { head, content }
        });
        let listed = listed.collect();
        *read = kept;
        listed
    }

    /// Adds what was read since to releases.
    pub(crate) fn complete(&self, releases: &mut [ListedRelease]) {
        let read = self.read.lock();
        for release in releases
            .iter_mut()
            .filter(|release| release.content.is_none())
        {
            release.content = read.get(&release.head.version).cloned();
        }
    }

    /// Keeps the content of a record.
    pub(crate) fn insert(&self, version: String, content: ListedContent) {
        self.read.lock().insert(version, content);
    }

    /// Says that the records that are not known are being read; false when they are already.
    pub(crate) fn begin_to_fill(&self) -> bool {
        !self.is_filling.swap(true, Ordering::AcqRel)
    }

    /// Says that they are not being read any more.
    pub(crate) fn end_filling(&self) {
        self.is_filling.store(false, Ordering::Release);
    }
}

/// The heads of the records that were not read.
pub(crate) fn unread(releases: &[ListedRelease]) -> Vec<RecordHead> {
    let unread = releases.iter().filter(|release| release.content.is_none());
    unread.map(|release| release.head.clone()).collect()
}
