//! Upgrades of a release: the charts to choose from, and the draft of an upgrade. The job is
//! [`Upgrade`](crate::jobs::Upgrade).

mod choices;
mod installed_chart;
mod merge;
mod newer;
mod rerender;
mod values;

pub(crate) use installed_chart::InstalledChart;

use crate::{Action, Caller, Console, Error, draft::Draft, jobs::basis_of, releases::key_of};
use release::Release;
use wire::{
    DraftId,
    upgrade::{NewUpgradeRequest, UpgradeChoicesView},
};

impl Console {
    /// The charts that a release can be upgraded to: those of its chart's name in all repositories.
    ///
    /// # Errors
    /// [`Error::NoCluster`], [`Error::Release`] when there is no such release, [`Error::NotPermitted`] or
    /// [`Error::Store`].
    pub async fn upgrade_choices(
        &self,
        caller: &Caller,
        at: &wire::release::ReleaseRef,
    ) -> Result<UpgradeChoicesView, Error> {
        self.permitted(caller, Action::Read, self.choices(at)).await
    }

    /// Creates the draft of an upgrade, with the values of the newest revision: the text of the operator with its
    /// comments where it is known, else the values of the record.
    ///
    /// # Errors
    /// As [`Console::upgrade_choices`], and [`Error::Catalog`] when the chart cannot be read.
    pub async fn new_upgrade(
        &self,
        caller: &Caller,
        request: NewUpgradeRequest,
    ) -> Result<DraftId, Error> {
        self.permitted(caller, Action::WriteDraft, async {
            let at = &request.release;
            let connection = self.connections.get(&at.cluster)?;
            let newest = release::latest(&connection.user, &key_of(at)).await?;
            self.ensure_same_chart(&request, &newest)?;
            let opened = self.catalog.chart(&request.chart).await?;
            let installed = self.release_inputs(at).await?;
            let inputs = installed.map(|installed| installed.inputs);
            let (values, origin) = self.values_text(at, &newest).await?;
            let installed_chart = self.installed_chart(at, &newest, &request.chart).await;
            let next = opened.chart.clone();
            let started = (values.as_str(), origin);
            let basis = self.values_basis(installed_chart, &newest, next, started);
            let values_basis = Some(basis.await?);
            let draft = Draft {
                values,
                values_basis,
                digest: opened.digest.as_ref().map(ToString::to_string),
                // The generated passwords of the installed revision stay, when their seed is known.
                inputs: Some(inputs.unwrap_or_else(|| self.new_render_inputs())),
                helm: newest.helm,
                upgrade: Some(basis_of(&newest)),
                ..Draft::of_release(at, request.chart)
            };
            let id = self.new_draft_id()?;
            self.save(&id, &draft).await?;
            Ok(id)
        })
        .await
    }

    /// Checks that the chart of a request is that of the release, and no bundle of several releases.
    fn ensure_same_chart(
        &self,
        request: &NewUpgradeRequest,
        newest: &Release,
    ) -> Result<(), Error> {
        let installed = newest.chart.metadata("name");
        let is_same = request.chart.chart.as_str() == installed;
        if is_same && self.catalog.bundle(&request.chart)?.is_none() {
            return Ok(());
        }
        Err(Error::OtherChart {
            release: request.release.clone(),
            installed: installed.to_owned(),
            chart: request.chart.clone(),
        })
    }
}
