//! The catalog.

use super::json::Json;
use crate::AppError;
use leptos::prelude::*;
use wire::{
    ChartName, ChartRef, Repository,
    catalog::{CatalogRequest, CatalogView, ChartView, VersionView},
};

type Answer<T> = Result<T, AppError>;

/// The charts that are wanted.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn catalog(request: CatalogRequest) -> Answer<CatalogView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.catalog(&caller, request).await?)
}

/// The newest version of a chart.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn newest_chart(repository: Repository, chart: ChartName) -> Answer<ChartRef> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.newest_chart(&caller, &repository, &chart).await?)
}

/// The versions of a chart, newest first.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn chart_versions(repository: Repository, chart: ChartName) -> Answer<Vec<VersionView>> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.chart_versions(&caller, &repository, &chart).await?)
}

/// A chart's page.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn chart(reference: ChartRef) -> Answer<ChartView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.chart(&caller, &reference).await?)
}
