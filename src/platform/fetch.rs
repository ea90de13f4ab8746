//! HTTP from the page. Tokens leave only towards the origins of the configuration.

use gloo_net::http::{Method, RequestBuilder, Response};
use js_sys::Uint8Array;
use std::cell::Cell;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_streams::ReadableStream;
use web_sys::{AbortController, ReferrerPolicy, RequestCache, RequestCredentials, RequestRedirect};

/// Reads may take this long, in milliseconds.
pub const READ_MS: i32 = 30_000;
/// A look whether the own host answers may take this long, in milliseconds.
pub const PROBE_MS: i32 = 5_000;
/// Writes may take this long, in milliseconds.
pub const WRITE_MS: i32 = 60_000;

/// How much of a body is read at a time, in bytes.
const STEP: u32 = 64 * 1024;
thread_local! {
    /// What bodies are read through, while nobody reads.
    static BUFFER: Cell<Option<Uint8Array>> = const { Cell::new(None) };
}

/// No answer: offline, blocked, refused by CORS, or too slow. The browser does not say which.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("no answer came")]
pub struct NoAnswer;

pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    request_id: Option<String>,
    retry_after: Option<String>,
    challenge: Option<String>,
    /// The names of the headers that this page may read.
    pub headers: Vec<String>,
}

impl Answer {
    /// `request-id` of Graph.
    #[must_use]
    pub fn request_id(&self) -> Option<String> {
        self.request_id.clone()
    }

    /// `Retry-After`, where the browser may see it.
    #[must_use]
    pub fn retry_after(&self) -> Option<String> {
        self.retry_after.clone()
    }

    /// `WWW-Authenticate`.
    #[must_use]
    pub fn challenge(&self) -> Option<String> {
        self.challenge.clone()
    }
}

/// Sends a request and reads the whole answer within the time.
///
/// # Errors
/// When nothing came back.
pub async fn send(method: &str, url: &str, headers: &[(&str, &str)], body: Option<String>, deadline_ms: i32) -> Result<Answer, NoAnswer> {
    let controller = AbortController::new().map_err(|_| NoAnswer)?;
    let mut builder = RequestBuilder::new(url)
        .method(Method::from_bytes(method.as_bytes()).map_err(|_| NoAnswer)?)
        .redirect(RequestRedirect::Error)
        .credentials(RequestCredentials::Omit)
        .cache(RequestCache::NoStore)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        .abort_signal(Some(&controller.signal()));
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    let exchange = async {
        let response = match body {
            Some(body) => builder.body(body).map_err(|_| NoAnswer)?.send().await,
            None => builder.send().await,
        };
        read(response.map_err(|_| NoAnswer)?).await
    };
    // It is let go of only after it was aborted: until then, it may wait for a part of the body.
    let mut exchange = std::pin::pin!(exchange);
    let answer = super::clock::within(deadline_ms, exchange.as_mut()).await;
    if answer.is_none() {
        // Without a reason: one that is no Error would end the module in gloo-net.
        controller.abort();
    }
    answer.unwrap_or(Err(NoAnswer))
}

async fn read(response: Response) -> Result<Answer, NoAnswer> {
    let header = |name: &str| response.headers().get(name);
    let (request_id, retry_after, challenge) = (header("request-id"), header("retry-after"), header("www-authenticate"));
    let headers = response.headers().keys().collect();
    let status = response.status();
    let body = body_of(response.into()).await.map_err(|_| NoAnswer)?;
    Ok(Answer { status, body, request_id, retry_after, challenge, headers })
}

/// Reads a body through one small buffer, which is used again and again. Whole bodies in buffers of their own are left to a browser's
/// garbage collection, which waits until there are tens of megabytes of them.
async fn body_of(response: web_sys::Response) -> Result<Vec<u8>, JsValue> {
    let Some(stream) = response.body() else { return Ok(Vec::new()) };
    let mut stream = ReadableStream::from_raw(stream);
    let Ok(mut reader) = stream.try_get_byob_reader() else {
        // A browser that only reads bodies at once.
        let whole = JsFuture::from(response.array_buffer()?).await?;
        return Ok(Uint8Array::new(&whole).to_vec());
    };
    let mut buffer = BUFFER.take().unwrap_or_else(|| Uint8Array::new_with_length(STEP));
    let mut body = Vec::new();
    loop {
        let filled = body.len();
        body.resize(filled + STEP as usize, 0);
        let (length, back) = reader.read_with_buffer(&mut body[filled..], buffer).await?;
        body.truncate(filled + length);
        let Some(back) = back else { return Ok(body) };
        buffer = back;
        if length == 0 {
            // It may have held a secret.
            buffer.fill(0, 0, STEP);
            BUFFER.set(Some(buffer));
            return Ok(body);
        }
    }
}
