//! Rules over the tokenizer and the tokens that the documents name.

pub mod ends;
pub mod special;
pub mod template;
pub mod tokenizer;

pub use ends::ENDS;
pub use special::SPECIAL;
pub use template::TEMPLATE;
pub use tokenizer::TOKENIZER;
