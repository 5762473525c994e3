//! Uploading a chart: choose an archive or drop it; what is wrong with it is said here.

use crate::{
    AppError, api,
    parts::{ProblemNotice, tw},
    routes,
    words::say,
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use wire::{
    ChartRef, Code, Problem,
    repository::{MAX_UPLOAD_BYTES, UploadRequest},
};

/// The archive's field, and what came of it.
#[component]
pub(super) fn Upload() -> impl IntoView {
    let go = use_navigate();
    let over = RwSignal::new(false);
    let name = RwSignal::new(String::new());
    let send = Action::new_local(|file: &web_sys::File| send(file.clone()));
    let take = move |file: Option<web_sys::File>| {
        if let Some(file) = file {
            name.set(file.name());
            send.dispatch_local(file);
        }
    };
    Effect::new(move |_| {
        if let Some(Ok(chart)) = send.value().get() {
            let page = routes::chart(&chart.repository, &chart.chart);
            go(
                &routes::in_version(&page, &chart.version),
                leptos_router::NavigateOptions::default(),
            );
        }
    });
    let failed = move || send.value().get().and_then(Result::err);
    let zone = move || {
        if over.get() {
            tw(
                "flex flex-col items-center gap-2 px-4 py-8 rounded-[10px] border-2 border-dashed border-span bg-span-soft text-center",
            )
        } else {
            tw(
                "flex flex-col items-center gap-2 px-4 py-8 rounded-[10px] border-2 border-dashed border-line-strong text-center",
            )
        }
    };
    view! {
        <div
            class=zone
            on:dragover=move |event| {
                event.prevent_default();
                over.set(true);
            }
            on:dragleave=move |_| over.set(false)
            on:drop=move |event| {
                event.prevent_default();
                over.set(false);
                let dropped = event.data_transfer().and_then(|data| data.files());
                take(dropped.and_then(|files| files.get(0)));
            }
        >
            <label class="text-[13px] font-medium" for="archive">{say!(upload.choose)}</label>
            <input
                id="archive"
                type="file"
                accept=".tgz,.tar.gz,application/gzip"
                class="max-w-full text-[13px] file:h-8 file:px-3 file:mr-3 file:border file:border-line-strong file:rounded-[6px] file:bg-surface file:text-ink file:font-medium"
                on:change=move |event| {
                    let input = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
                    take(input.as_ref().and_then(web_sys::HtmlInputElement::files).and_then(|files| files.get(0)));
                    // The same file can be chosen again once it is mended.
                    if let Some(input) = input {
                        input.set_value("");
                    }
                }
            />
            <p class="text-[12px] text-ink-3">{say!(upload.drop)}</p>
        </div>
        <p class="mt-3 text-[12px] text-ink-3">{say!(upload.note, most = MAX_UPLOAD_BYTES >> 20)}</p>
        <div class="mt-3" aria-live="polite">
            <Show when=move || send.pending().get()>
                <p class="text-[13px] text-ink-3" role="status">{move || say!(upload.uploading, file = name.get())}</p>
            </Show>
            {move || failed().filter(|_| !send.pending().get()).map(|AppError(problem)| view! { <ProblemNotice problem=problem/> })}
        </div>
    }
}

async fn send(file: web_sys::File) -> Result<ChartRef, AppError> {
    let name = file.name();
    if file.size() > f64::from(MAX_UPLOAD_BYTES) {
        let problem = Problem::new(Code::TooLarge)
            .with("url", &name)
            .with("most", MAX_UPLOAD_BYTES);
        return Err(AppError(problem));
    }
    let unreadable = |_: JsValue| AppError(Problem::new(Code::BadArchive).with("what", &name));
    let archive = base64(&file).await.map_err(unreadable)?;
    api::repositories::upload_chart(UploadRequest {
        file: name,
        archive,
    })
    .await
}

/// A file as Base64, which the browser itself writes.
async fn base64(file: &web_sys::File) -> Result<String, JsValue> {
    let reader = web_sys::FileReader::new()?;
    let read = js_sys::Promise::new(&mut |done, failed| {
        let done = Closure::once_into_js(move |_: JsValue| {
            let _ = done.call0(&JsValue::NULL);
        });
        reader.set_onload(Some(done.unchecked_ref()));
        reader.set_onerror(Some(&failed));
    });
    reader.read_as_data_url(file)?;
    wasm_bindgen_futures::JsFuture::from(read).await?;
    let url = reader.result()?.as_string().unwrap_or_default();
    Ok(url
        .split_once(',')
        .map(|(_, data)| data.to_owned())
        .unwrap_or_default())
}
