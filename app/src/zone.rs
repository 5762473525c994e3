//! Dates and times of day, in the time zone of the browser.
//!
//! The browser tells its zone by a cookie, so that the page that the server makes has the same times; before
//! it is known they are in UTC, with a `Z`. Dates are written as in ISO 8601, whatever the language of the
//! browser. Start at [`date_and_time`].

use crate::cookie;
use leptos::prelude::*;
#[cfg(not(feature = "ssr"))]
use std::cell::RefCell;
use std::sync::Arc;
use wasm_bindgen::JsValue;
use wire::Time;

/// The name of the `<meta>` element with the zone of the page.
pub(crate) const META_NAME: &str = "time-zone";

/// The cookie's name.
const COOKIE: &str = "meshspan_zone";

/// A time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Zone {
    /// UTC.
    Utc,
    /// A zone of the IANA database, such as `Europe/Berlin`.
    Named(Arc<str>),
}

impl Zone {
    fn of(name: Option<String>) -> Self {
        match name {
            Some(name) if name != "UTC" => Self::Named(name.into()),
            _ => Self::Utc,
        }
    }
}

/// The zone in the context of a page.
#[derive(Clone, Copy)]
struct PageZone(RwSignal<Zone>);

/// Puts the zone into the context: that of the cookie, and in the browser that of the browser.
pub(crate) fn provide() {
    let zone = RwSignal::new(Zone::of(of_page()));
    provide_context(PageZone(zone));
    Effect::new(move |_| {
        let Some(name) = of_browser() else { return };
        if of_page().as_ref() != Some(&name) {
            cookie::write(COOKIE, &name, cookie::MAX_AGE);
        }
        let own = Zone::of(Some(name));
        if zone.get_untracked() != own {
            zone.set(own);
        }
    });
}

/// The zone of the page.
pub(crate) fn zone() -> Signal<Zone> {
    expect_context::<PageZone>().0.into()
}

/// The date and the time of a point in time, such as `2026-11-29 12:03:04 Europe/Berlin` or
/// `2026-11-29 11:03:04Z`.
pub(crate) fn date_and_time(at: Time, zone: &Zone) -> String {
    let text = local(at, zone);
    match zone {
        Zone::Utc => format!("{text}Z"),
        Zone::Named(name) => format!("{text} {name}"),
    }
}

/// The time of day of a point in time, such as `12:03` or `11:03Z`.
pub(crate) fn time_of_day(at: Time, zone: &Zone) -> String {
    let text = local(at, zone);
    let minutes = text.get(11..16).unwrap_or_default();
    match zone {
        Zone::Utc => format!("{minutes}Z"),
        Zone::Named(_) => minutes.to_owned(),
    }
}

/// A point in time for programs, as in RFC 3339.
pub(crate) fn for_programs(at: Time) -> String {
    date_and_time(at, &Zone::Utc).replacen(' ', "T", 1)
}

/// The zone that the cookie of the request names, if it is one.
#[cfg(feature = "ssr")]
pub(crate) fn of_request() -> Option<String> {
    let values = cookie::values(COOKIE);
    values
        .into_iter()
        .find(|name| jiff::tz::TimeZone::get(name).is_ok())
}

#[cfg(feature = "ssr")]
fn of_page() -> Option<String> {
    of_request()
}

/// The zone with which the server made the page.
#[cfg(not(feature = "ssr"))]
fn of_page() -> Option<String> {
    let selector = format!("meta[name='{META_NAME}']");
    let element = document().query_selector(&selector).ok().flatten();
    element?
        .get_attribute("content")
        .filter(|name| !name.is_empty())
}

/// The zone of the browser, if it tells one.
fn of_browser() -> Option<String> {
    let format = formatter(None).ok()?;
    let resolve = js_sys::Reflect::get(&format, &"resolvedOptions".into()).ok()?;
    let options = js_sys::Function::from(resolve).call0(&format).ok()?;
    js_sys::Reflect::get(&options, &"timeZone".into())
        .ok()?
        .as_string()
}

/// Date and time in a zone, such as `2026-11-29 12:03:04`.
#[cfg(feature = "ssr")]
fn local(at: Time, zone: &Zone) -> String {
    let zone = match zone {
        Zone::Utc => jiff::tz::TimeZone::UTC,
        Zone::Named(name) => jiff::tz::TimeZone::get(name).unwrap_or(jiff::tz::TimeZone::UTC),
    };
    let at = jiff::Timestamp::from_second(at.0).unwrap_or_default();
    at.to_zoned(zone).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Date and time in a zone, such as `2026-11-29 12:03:04`.
#[cfg(not(feature = "ssr"))]
fn local(at: Time, zone: &Zone) -> String {
    #[expect(clippy::cast_precision_loss, reason = "seconds of this century")]
    let date = js_sys::Date::new(&(at.0 as f64 * 1000.0).into());
    let in_zone = match zone {
        Zone::Utc => None,
        Zone::Named(name) => written(name, &date).ok(),
    };
    // A date that is out of range has no text.
    let utc = || {
        JsValue::from(date.to_json())
            .as_string()
            .unwrap_or_default()
    };
    in_zone.unwrap_or_else(|| {
        utc()
            .chars()
            .take(19)
            .collect::<String>()
            .replacen('T', " ", 1)
    })
}

/// Date and time in a zone, in the words of the browser.
#[cfg(not(feature = "ssr"))]
fn written(zone: &Arc<str>, date: &js_sys::Date) -> Result<String, JsValue> {
    thread_local! {
        /// The function that writes dates in a zone: it costs more to make than to call.
        static WRITE: RefCell<Option<(Arc<str>, js_sys::Function)>> = const { RefCell::new(None) };
    }
    let known = WRITE.with_borrow(Clone::clone).filter(|(of, _)| of == zone);
    let write = if let Some((_, write)) = known {
        write
    } else {
        let format = formatter(Some(zone))?;
        let write = js_sys::Function::from(js_sys::Reflect::get(&format, &"format".into())?);
        WRITE.with_borrow_mut(|made| *made = Some((zone.clone(), write.clone())));
        write
    };
    let text = write.call1(&JsValue::UNDEFINED, date)?;
    text.as_string().ok_or(JsValue::UNDEFINED)
}

/// An `Intl.DateTimeFormat` of dates as in ISO 8601, as Swedish writes them; without a zone, in that of the browser.
///
/// # Errors
/// What the browser throws for a zone that it does not know.
fn formatter(zone: Option<&str>) -> Result<JsValue, JsValue> {
    let options = js_sys::Object::new();
    let set = |key: &str, value: &str| js_sys::Reflect::set(&options, &key.into(), &value.into());
    for part in ["month", "day", "hour", "minute", "second"] {
        set(part, "2-digit")?;
    }
    set("year", "numeric")?;
    set("hourCycle", "h23")?;
    if let Some(zone) = zone {
        set("timeZone", zone)?;
    }
    let intl = js_sys::Reflect::get(&js_sys::global(), &"Intl".into())?;
    let class = js_sys::Reflect::get(&intl, &"DateTimeFormat".into())?;
    let arguments = js_sys::Array::of2(&"sv-SE".into(), &options);
    js_sys::Reflect::construct(&class.into(), &arguments)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    const AT: Time = Time(1_700_000_000);

    #[test]
    fn a_time_is_in_the_zone_of_the_browser_and_else_in_utc() {
        let berlin = Zone::of(Some("Europe/Berlin".into()));
        assert_eq!(
            date_and_time(AT, &berlin),
            "2023-11-14 23:13:20 Europe/Berlin"
        );
        assert_eq!(time_of_day(AT, &berlin), "23:13");
        assert_eq!(date_and_time(AT, &Zone::of(None)), "2023-11-14 22:13:20Z");
        assert_eq!(time_of_day(AT, &Zone::Utc), "22:13Z");
        assert_eq!(time_of_day(Time(-60), &Zone::Utc), "23:59Z");
        assert_eq!(for_programs(AT), "2023-11-14T22:13:20Z");
    }

    #[test]
    fn utc_of_a_browser_is_marked_as_utc() {
        assert_eq!(Zone::of(Some("UTC".into())), Zone::Utc);
    }
}
