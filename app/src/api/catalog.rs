//! The catalog.

use super::json::Json;
use crate::AppError;
use leptos::prelude::*;
use wire::{
    ChartName, ChartRef, Repository,
    catalog::{CatalogView, ChartView},
};

type Answer<T> = Result<T, AppError>;

/// All charts.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn catalog() -> Answer<CatalogView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.catalog(&caller).await?)
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

/// A chart's page.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn chart(reference: ChartRef) -> Answer<ChartView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.chart(&caller, &reference).await?)
}
