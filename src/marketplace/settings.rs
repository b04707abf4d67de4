//! How a hub is asked.

use std::fmt;
use std::time::Duration;

/// How a hub is asked.
#[derive(Clone)]
pub struct Settings {
    /// The caller's token, sent as a bearer's; to this address alone, not to where it redirects.
    pub token: Option<String>,
    /// The address of an HTTP proxy to go through.
    pub proxy: Option<String>,
    /// The longest that connecting may take.
    pub connect_timeout: Duration,
    /// The longest that one answer may take, from the question to its last byte.
    pub timeout: Duration,
    /// The longest answer, in bytes. A repository with thousands of files answers with under 2 MB.
    pub max_bytes: u64,
    /// How often to ask again after 429, a 5xx or a broken connection.
    pub retries: u32,
    /// The pause before asking again, doubled each time; a hub's own `Retry-After` goes before it.
    pub pause: Duration,
    /// The longest pause, whatever the hub asks for.
    pub longest_pause: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            token: None,
            proxy: None,
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            max_bytes: 16 << 20,
            retries: 3,
            pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(30),
        }
    }
}

/// Without the token.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("token", &self.token.as_ref().map(|_| "***"))
            .field("timeout", &self.timeout)
            .field("max_bytes", &self.max_bytes)
            .field("retries", &self.retries)
            .finish_non_exhaustive()
    }
}
