//! The cookies by which the browser tells the server what a page looks like: theme and time zone. None is a
//! secret, and none is a right.

use crate::base_path::BasePath;
use leptos::prelude::*;

/// How long a choice is kept, in seconds.
pub(crate) const MAX_AGE: u32 = 31_536_000;

/// The values that the cookie of the request has, the first one first.
#[cfg(feature = "ssr")]
pub(crate) fn values(name: &str) -> Vec<String> {
    let cookies = crate::ssr::cookies();
    let pairs = cookies.split(';');
    let values = pairs.filter_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='));
    values.map(str::to_owned).collect()
}

/// Writes a cookie for the next page, in the browser; an age of 0 removes it.
pub(crate) fn write(name: &str, value: &str, max_age: u32) {
    let path = BasePath::current();
    let cookie = format!(
        "{name}={value}; Path={}; Max-Age={max_age}; SameSite=Lax",
        path.cookie_path()
    );
    // The typed binding of `document.cookie` is on another interface.
    let _ = js_sys::Reflect::set(&document(), &"cookie".into(), &cookie.into());
}
