//! The upload of a chart: select an archive or drop it; a problem with it is shown below.

use crate::{
    AppError, api,
    parts::{ProblemNotice, tw},
    urls,
    words::t,
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use wire::{
    ChartRef, Code, Problem,
    repository::{MAX_UPLOAD_BYTES, UploadRequest},
};

/// The field of the archive, and the result of the upload.
#[component]
pub(super) fn Upload() -> impl IntoView {
    let navigate = use_navigate();
    let name = RwSignal::new(String::new());
    let send = Action::new_local(|file: &web_sys::File| send(file.clone()));
    let upload = move |file: Option<web_sys::File>| {
        if let Some(file) = file {
            name.set(file.name());
            send.dispatch_local(file);
        }
    };
    Effect::new(move |_| {
        if let Some(Ok(chart)) = send.value().get() {
            let page = urls::chart(&chart.repository, &chart.chart);
            navigate(
                &urls::with_version(&page, &chart.version),
                leptos_router::NavigateOptions::default(),
            );
        }
    });
    let failed = move || send.value().get().and_then(Result::err);
    view! {
        <DropZone upload=upload/>
        <p class="mt-3 text-[12px] text-ink-3">{t!(upload.note, max = MAX_UPLOAD_BYTES >> 20)}</p>
        <div class="mt-3" aria-live="polite">
            <Show when=move || send.pending().get()>
                <p class="text-[13px] text-ink-3" role="status">{move || t!(upload.uploading, file = name.get())}</p>
            </Show>
            {move || failed().filter(|_| !send.pending().get()).map(|AppError(problem)| view! { <ProblemNotice problem=problem/> })}
        </div>
    }
}

/// The area in which an archive is dropped, with the field that selects one.
#[component]
fn DropZone(upload: impl Fn(Option<web_sys::File>) + Copy + 'static) -> impl IntoView {
    let dragged_over = RwSignal::new(false);
    let class = move || {
        if dragged_over.get() {
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
            class=class
            on:dragover=move |event| {
                event.prevent_default();
                dragged_over.set(true);
            }
            on:dragleave=move |_| dragged_over.set(false)
            on:drop=move |event| {
                event.prevent_default();
                dragged_over.set(false);
                let files = event.data_transfer().and_then(|data| data.files());
                upload(files.and_then(|files| files.get(0)));
            }
        >
            <label class="text-[13px] font-medium" for="archive">{t!(upload.choose)}</label>
            <input
                id="archive"
                type="file"
                accept=".tgz,.tar.gz,application/gzip"
                class="max-w-full text-[13px] file:h-8 file:px-3 file:mr-3 file:border file:border-line-strong file:rounded-[6px] file:bg-surface file:text-ink file:font-medium"
                on:change=move |event| upload(selected_file(&event))
            />
            <p class="text-[12px] text-ink-3">{t!(upload.drop)}</p>
        </div>
    }
}

/// The selected file. The field is emptied, so that the same file can be selected again after a correction.
fn selected_file(event: &web_sys::Event) -> Option<web_sys::File> {
    let input = event
        .target()?
        .dyn_into::<web_sys::HtmlInputElement>()
        .ok()?;
    let file = input.files().and_then(|files| files.get(0));
    input.set_value("");
    file
}

async fn send(file: web_sys::File) -> Result<ChartRef, AppError> {
    let name = file.name();
    if file.size() > f64::from(MAX_UPLOAD_BYTES) {
        let problem = Problem::new(Code::TooLarge)
            .with("url", &name)
            .with("max", MAX_UPLOAD_BYTES);
        return Err(AppError(problem));
    }
    let unreadable = |_: JsValue| AppError(Problem::new(Code::BadArchive).with("file", &name));
    let archive = base64(&file).await.map_err(unreadable)?;
    api::repositories::upload_chart(UploadRequest {
        file: name,
        archive,
    })
    .await
}

/// A file as Base64, encoded by the browser.
async fn base64(file: &web_sys::File) -> Result<String, JsValue> {
    let reader = web_sys::FileReader::new()?;
    let read = js_sys::Promise::new(&mut |resolve, reject| {
        let loaded = Closure::once_into_js(move |_: JsValue| {
            let _ = resolve.call0(&JsValue::NULL);
        });
        reader.set_onload(Some(loaded.unchecked_ref()));
        reader.set_onerror(Some(&reject));
    });
    reader.read_as_data_url(file)?;
    wasm_bindgen_futures::JsFuture::from(read).await?;
    let url = reader.result()?.as_string().unwrap_or_default();
    Ok(url
        .split_once(',')
        .map(|(_, data)| data.to_owned())
        .unwrap_or_default())
}
