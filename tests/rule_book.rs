//! The rule book's page in `docs`, and the limits in `SECURITY.md`, are what the code says.
//! `UPDATE_DOCS=1 cargo test --test rule_book` writes them anew.

use modelgate::Limits;
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

const BEGIN: &str = "<!-- limits -->\n";
const END: &str = "<!-- end of limits -->";

/// The fields of the limits as rows: name, default, the words of the source.
fn limits_table() -> String {
    let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/limits.rs")).unwrap();
    let (source, _) = source.split_once("impl Default").unwrap();
    let defaults = format!("{:?}", Limits::default());
    let (mut table, mut words) = ("| limit | default | what and why |\n|---|---|---|\n".to_owned(), Vec::new());
    for line in source.lines().map(str::trim) {
        if let Some(more) = line.strip_prefix("/// ") {
            words.push(more.replace('|', "\\|"));
        } else if let Some((name, _)) = line.strip_prefix("pub ").and_then(|field| field.split_once(':')) {
            let value = defaults.split_once(&format!(" {name}: ")).unwrap().1;
            if !value.starts_with("TemplateLimits") {
                let value: String = value.chars().take_while(char::is_ascii_alphanumeric).collect();
                table.push_str(&format!("| `{name}` | {value} | {} |\n", words.join(" ")));
            }
            words.clear();
        } else {
            words.clear();
        }
    }
    table
}

#[test]
fn the_committed_limits_are_not_stale() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("SECURITY.md");
    let committed = fs::read_to_string(&path).unwrap();
    let (before, rest) = committed.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let wanted = format!("{before}{BEGIN}{}{END}{after}", limits_table());
    assert!(wanted.matches("\n| `").count() >= 28);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &wanted).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap();
    assert!(committed == wanted, "SECURITY.md is stale: run `UPDATE_DOCS=1 cargo test --test rule_book`");
}
