//! The small parts that pages consist of. No part calls the server.

mod button;
mod check;
mod choices;
mod code;
mod commands;
#[cfg_attr(
    not(any(debug_assertions, feature = "design")),
    allow(dead_code, reason = "a page uses it in a later version")
)]
mod condition;
mod confirm;
mod copy;
mod crd_table;
mod dialog;
mod drawer;
mod empty;
mod error_page;
mod field_choices;
mod fold;
mod head;
mod health;
mod icon;
mod link;
mod list_bar;
mod live;
mod loaded;
mod menu;
mod moment;
mod notice;
mod object_details;
mod pill;
mod plan_list;
#[cfg_attr(
    not(any(debug_assertions, feature = "design")),
    allow(dead_code, reason = "a page uses some states in a later version")
)]
mod plots;
#[cfg_attr(
    not(any(debug_assertions, feature = "design")),
    allow(dead_code, reason = "a page uses it in a later version")
)]
mod problem_card;
mod recreations;
#[cfg_attr(
    not(any(debug_assertions, feature = "design")),
    allow(dead_code, reason = "a page uses it in a later version")
)]
mod revision_diff;
mod search;
mod segmented;
mod table;
mod tabs;
#[cfg_attr(
    not(any(debug_assertions, feature = "design")),
    allow(dead_code, reason = "a page uses it in a later version")
)]
mod timeline;
#[cfg_attr(
    not(any(debug_assertions, feature = "design")),
    allow(dead_code, reason = "a page uses it in a later version")
)]
mod topology;

pub(crate) use button::{Button, ButtonLink, Download, Kind};
pub(crate) use check::{CheckLine, CheckRow};
pub(crate) use choices::Choices;
pub(crate) use code::{Code, Diff};
pub(crate) use commands::Commands;
#[cfg_attr(not(any(debug_assertions, feature = "design")), allow(unused_imports))]
pub(crate) use condition::{Condition, ConditionIcon, ConditionPill};
pub(crate) use confirm::ConfirmName;
pub(crate) use copy::Copy;
pub(crate) use crd_table::CrdTable;
pub(crate) use dialog::Dialog;
pub(crate) use drawer::Drawer;
pub(crate) use empty::Empty;
pub(crate) use error_page::ErrorPage;
pub(crate) use field_choices::PlanChoiceTables;
pub(crate) use fold::{Fold, Folds};
pub(crate) use head::{Head, WaitingTitle};
pub(crate) use health::{HealthIcon, StateIcon, health_class, health_reason};
pub(crate) use icon::{Glyph, Icon};
pub(crate) use link::Link;
pub(crate) use list_bar::{ListBar, ListWindow, NoMatch, Pager, Pages};
pub(crate) use live::{Live, Rows, Updated};
pub(crate) use loaded::{Loaded, LoadedInBrowser, Loading};
pub(crate) use menu::Menu;
pub(crate) use moment::{Age, Ago, AsOf, exactly};
pub(crate) use notice::{Notice, ProblemNotice};
pub(crate) use object_details::ObjectDetails;
pub(crate) use pill::{ClusterChip, Pill, Tone, cluster_band, cluster_swatch};
pub(crate) use plan_list::{ClusterPlan, PlanList, PlanRow, by_cluster};
#[cfg_attr(not(any(debug_assertions, feature = "design")), allow(unused_imports))]
pub(crate) use plots::{
    PlotChange, Plots, PlotsState, PlotsView, Sample, Series, Spark, Window, written,
};
#[cfg_attr(not(any(debug_assertions, feature = "design")), allow(unused_imports))]
pub(crate) use problem_card::{
    ActionState, Cause, ProblemCards, ProblemView, Problems, ReversibleAction,
};
pub(crate) use recreations::Recreations;
#[cfg_attr(not(any(debug_assertions, feature = "design")), allow(unused_imports))]
pub(crate) use revision_diff::RevisionDiff;
pub(crate) use search::Search;
pub(crate) use segmented::Segmented;
pub(crate) use table::{Cell, Column, NameCell, Table};
pub(crate) use tabs::Tabs;
#[cfg_attr(not(any(debug_assertions, feature = "design")), allow(unused_imports))]
pub(crate) use timeline::{ChangeTimeline, TimelineEntry, TimelineState};
#[cfg_attr(not(any(debug_assertions, feature = "design")), allow(unused_imports))]
pub(crate) use topology::{
    ClusterBox, Connection, ConnectionKind, ElementView, Selected, Topology, TopologyView,
};

/// Marks a literal with classes outside of a class attribute, so that the css build compiles and checks it.
pub(crate) const fn tw(classes: &'static str) -> &'static str {
    classes
}
