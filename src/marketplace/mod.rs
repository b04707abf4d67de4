//! Entries fetched by id from the model hubs' own APIs.
//!
//! The caller names the address and the token; nothing is read from the environment, nothing is kept. Answers are
//! bounded in size and time, and what a hub asks to be tried again later is tried again with growing pauses.
//!
//! ```no_run
//! use modelgate::marketplace::{Client, Settings};
//!
//! let hub = Client::new("https://huggingface.co", Settings { token: None, ..Settings::default() });
//! let entry = hub.huggingface("HuggingFaceTB/SmolLM2-135M-Instruct")?;
//! println!("{}", entry.to_json());
//! # Ok::<(), modelgate::marketplace::FetchError>(())
//! ```

mod error;
mod fetch;
mod settings;

pub use error::FetchError;
pub use settings::Settings;

use crate::catalog::ModelEntry;
use serde_json::Value;

/// A hub's API at one address.
#[derive(Debug)]
pub struct Client {
    base: String,
    settings: Settings,
    agent: ureq::Agent,
}

impl Client {
    /// The API at `base`, such as `https://huggingface.co` or `https://civitai.com`.
    pub fn new(base: impl Into<String>, settings: Settings) -> Self {
        let agent = fetch::agent(&settings);
        Self { base: base.into().trim_end_matches('/').to_owned(), settings, agent }
    }

    /// The entry of the Hugging Face repository `id`, `owner/name`, with the sizes of its files.
    ///
    /// # Errors
    ///
    /// A [`FetchError`] that says what the hub answered, or why its answer is no model's.
    pub fn huggingface(&self, id: &str) -> Result<ModelEntry, FetchError> {
        let id: Vec<_> = id.split('/').map(fetch::segment).collect();
        let answer = self.answer(&format!("/api/models/{}?blobs=true", id.join("/")))?;
        ModelEntry::from_huggingface(&answer).map_err(FetchError::Answer)
    }

    /// The entry of the newest version of the CivitAI model `id`.
    ///
    /// # Errors
    ///
    /// As [`Client::huggingface`].
    pub fn civitai(&self, id: u64) -> Result<ModelEntry, FetchError> {
        let answer = self.answer(&format!("/api/v1/models/{id}"))?;
        ModelEntry::from_civitai(&answer).map_err(FetchError::Answer)
    }

    /// The entry of the CivitAI model version `id`. The version's own answer lacks creator and tags.
    ///
    /// # Errors
    ///
    /// As [`Client::huggingface`].
    pub fn civitai_version(&self, id: u64) -> Result<ModelEntry, FetchError> {
        let answer = self.answer(&format!("/api/v1/model-versions/{id}"))?;
        ModelEntry::from_civitai(&answer).map_err(FetchError::Answer)
    }

    fn answer(&self, path: &str) -> Result<Value, FetchError> {
        let url = format!("{}{path}", self.base);
        let bytes = fetch::with_retries(&self.agent, &url, &self.settings)?;
        serde_json::from_slice(&bytes).map_err(|error| FetchError::NotJson { url, detail: error.to_string() })
    }
}
