//! Whether the chart of a release has a newer version.

use crate::Console;
use catalog::is_newer;
use release::Release;
use wire::ChartName;

impl Console {
    /// The newest version of a release's chart, when one repository alone has the chart and its newest version is newer
    /// than the installed one. Of indexes that were read before; a chart of the same name in another repository may be
    /// another chart.
    pub(crate) fn newer_version(&self, release: &Release) -> Option<String> {
        let name = ChartName::new(release.chart.metadata("name")).ok()?;
        let mut listings = self.catalog.cached_listings();
        listings.extend(self.catalog.istio_listing());
        let indexes = listings.iter().filter_map(|listing| listing.index.as_ref());
        let mut newest = indexes.filter_map(|index| index.newest(&name));
        let (only, None) = (newest.next()?, newest.next()) else {
            return None;
        };
        let installed = release.chart.metadata("version");
        is_newer(&only.version, installed).then(|| only.version.clone())
    }
}
