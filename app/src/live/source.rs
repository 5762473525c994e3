//! An open event source.

use crate::urls::{self, LIVE};
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{Event, EventSource, MessageEvent};

/// An open event source and the closures it calls. Dropping it closes the event source.
pub(super) struct Connection {
    source: EventSource,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _error: Closure<dyn FnMut(Event)>,
}

impl Connection {
    /// Opens the stream of these topics, as they are written in its URL. `on_error` gets whether the server
    /// refused the stream: then the browser does not open it again.
    pub(super) fn open(
        topics: &str,
        mut on_message: impl FnMut(String) + 'static,
        mut on_error: impl FnMut(bool) + 'static,
    ) -> Option<Self> {
        let source = EventSource::new(&urls::absolute(&format!("{LIVE}?{topics}"))).ok()?;
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            on_message(event.data().as_string().unwrap_or_default());
        });
        let events = source.clone();
        let error = Closure::<dyn FnMut(Event)>::new(move |_| {
            on_error(events.ready_state() == EventSource::CLOSED);
        });
        source.set_onmessage(Some(message.as_ref().unchecked_ref()));
        source.set_onerror(Some(error.as_ref().unchecked_ref()));
        Some(Self {
            source,
            _message: message,
            _error: error,
        })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.source.set_onmessage(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}
