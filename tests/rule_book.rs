//! The rule book's page in `docs` is what the code says. `UPDATE_DOCS=1 cargo test --test rule_book` writes it anew.

use modelgate::report::rule_book;
use std::fs;
use std::path::Path;

#[test]
fn the_committed_rule_book_is_not_stale() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
    let book = rule_book::index_markdown();
    assert!(book.matches("\n## ").count() > 30);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &book).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == book, "docs/rules.md is stale: run `UPDATE_DOCS=1 cargo test --test rule_book`");
}
