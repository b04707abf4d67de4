//! One question, asked until it is answered.

use super::{FetchError, Settings};
use std::thread;
use std::time::Duration;
use ureq::Agent;
use ureq::http::{HeaderMap, Response};

/// Most characters of a hub's complaint that an error shows.
const COMPLAINT: usize = 200;

/// Longest complaint that is read, in bytes.
const COMPLAINT_BYTES: u64 = 4096;

/// What one attempt came to, if not to an answer.
struct Failure {
    error: FetchError,
    /// How long the hub asks to be left alone; nothing where asking again is of no use.
    again: Option<Again>,
}

/// When to ask again.
enum Again {
    /// After the usual pause.
    Later,
    /// After this time, by the hub's own word.
    After(Duration),
}

pub(super) fn agent(settings: &Settings) -> Agent {
    let proxy = settings.proxy.as_deref().and_then(|proxy| ureq::Proxy::new(proxy).ok());
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .proxy(proxy)
        .timeout_connect(Some(settings.connect_timeout))
        .timeout_global(Some(settings.timeout))
        .user_agent(concat!("modelgate/", env!("CARGO_PKG_VERSION")))
        .build();
    config.new_agent()
}

/// The answer's bytes, asking again as long as the settings allow it.
pub(super) fn with_retries(agent: &Agent, url: &str, settings: &Settings) -> Result<Vec<u8>, FetchError> {
    let mut pause = settings.pause;
    let mut left = settings.retries;
    loop {
        let failure = match once(agent, url, settings) {
            Ok(bytes) => return Ok(bytes),
            Err(failure) => failure,
        };
        let (Some(again), Some(fewer)) = (failure.again, left.checked_sub(1)) else { return Err(failure.error) };
        left = fewer;
        let wait = match again {
            Again::After(wait) => wait,
            Again::Later => pause,
        };
        thread::sleep(wait.min(settings.longest_pause));
        pause = pause.saturating_mul(2);
    }
}

fn once(agent: &Agent, url: &str, settings: &Settings) -> Result<Vec<u8>, Failure> {
    let mut request = agent.get(url).header("Accept", "application/json");
    if let Some(token) = &settings.token {
        request = request.header("Authorization", format!("Bearer {token}"));
    }
    let mut response = request.call().map_err(|error| no_answer(url, &error))?;
    if !response.status().is_success() {
        return Err(refusal(url, &mut response));
    }
    let body = response.body_mut().with_config().limit(settings.max_bytes);
    body.read_to_vec().map_err(|error| match error {
        ureq::Error::BodyExceedsLimit(_) => {
            Failure { error: FetchError::TooLong { url: url.to_owned(), max_bytes: settings.max_bytes }, again: None }
        }
        error => no_answer(url, &error),
    })
}

/// No connection, or a broken one. A caller's mistake (no such host, no address) is not tried again.
fn no_answer(url: &str, error: &ureq::Error) -> Failure {
    let again = matches!(error, ureq::Error::Io(_) | ureq::Error::Protocol(_) | ureq::Error::Timeout(_));
    let error = FetchError::NoAnswer { url: url.to_owned(), detail: error.to_string() };
    Failure { error, again: again.then_some(Again::Later) }
}

fn refusal(url: &str, response: &mut Response<ureq::Body>) -> Failure {
    let status = response.status().as_u16();
    let again = matches!(status, 429 | 500..=599).then(|| retry_after(response.headers()));
    let body = response.body_mut().with_config().limit(COMPLAINT_BYTES).read_to_vec().unwrap_or_default();
    Failure { error: FetchError::Status { url: url.to_owned(), status, detail: complaint(&body) }, again }
}

/// The hub's own words: of JSON the `error` or `message`; a web page says nothing.
fn complaint(body: &[u8]) -> String {
    let json = serde_json::from_slice::<serde_json::Value>(body).ok();
    let stated = json.as_ref().and_then(|json| json.get("error").or_else(|| json.get("message"))?.as_str());
    let plain = || std::str::from_utf8(body).ok().filter(|text| json.is_none() && !text.trim_start().starts_with('<'));
    let words = stated.or_else(plain).unwrap_or_default();
    words.trim().chars().take(COMPLAINT).collect()
}

fn retry_after(headers: &HeaderMap) -> Again {
    let stated = headers.get("retry-after").and_then(|value| value.to_str().ok()?.trim().parse().ok());
    stated.map_or(Again::Later, |seconds| Again::After(Duration::from_secs(seconds)))
}

/// A part of a path, escaped.
pub(super) fn segment(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}
