//! The catalog.

use super::json::Json;
use crate::AppError;
use leptos::prelude::*;
use wire::{
    ChartName, ChartRef, Repository,
    catalog::{CatalogRequest, CatalogView, ChartView, VersionsView},
};

type ApiResult<T> = Result<T, AppError>;

/// The charts that match the request.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "catalog")]
pub async fn catalog(request: CatalogRequest) -> ApiResult<CatalogView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.catalog(&caller, request).await)
}

/// The latest version of a chart.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "latest_chart")]
pub async fn latest_chart(repository: Repository, chart: ChartName) -> ApiResult<ChartRef> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.newest_chart(&caller, &repository, &chart).await)
}

/// The versions of a chart, newest first.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "chart_versions")]
pub async fn chart_versions(repository: Repository, chart: ChartName) -> ApiResult<VersionsView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.chart_versions(&caller, &repository, &chart).await)
}

/// The page of a chart.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "chart")]
pub async fn chart(reference: ChartRef) -> ApiResult<ChartView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.chart(&caller, &reference).await)
}
