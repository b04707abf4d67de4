//! Chat templates, rendered byte for byte as transformers' `apply_chat_template` renders them.
//!
//! A template is a stranger's program in Jinja 3.1 over Python's values. The evaluator here (in `jinja`) is
//! modelgate's own: minijinja, which it was built on at first, cannot be brought there through its public interface.
//! `Markup` arithmetic, iteration over `None`, the order of attributes and items, exceptions by Python's class, call blocks
//! with a scope of their own, integers without end: each needs a change inside; and its parser and its printer recurse
//! without a bound, so that a template of 40 kB ends the process. What is left of Jinja and Python for chat templates fits a
//! small room whose every step is paid for from a budget.
//!
//! ```
//! use modelgate::chat::{ChatTemplate, Conversation};
//!
//! let source = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}";
//! let template = ChatTemplate::from_text(source);
//! let conversation = Conversation::parse(br#"{"messages": [{"role": "user", "content": "hi"}]}"#)?;
//! assert_eq!(template.render(&conversation)?.text, "<user>hi");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod clock;
mod conversation;
mod dialect;
mod error;
mod folder;
mod jinja;
mod model;
mod prepare;
mod prompt;
mod resume;
mod review;
mod sanitize;
mod template;

pub use clock::Clock;
pub use conversation::Conversation;
pub use dialect::{Construct, Dialect, Lack, Outcome, lacks};
pub use error::{Phase, RenderError};
pub use folder::{FolderTemplates, from_folder, special_tokens};
pub use jinja::ErrorClass;
pub use model::from_facts;
pub use prompt::Prompt;
pub use review::{Surroundings, TemplateFact, review};
pub use template::ChatTemplate;
