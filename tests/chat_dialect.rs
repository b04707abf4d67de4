//! What engines with a Jinja of their own lack, against what they were measured to do, and over real templates.

use cpu_time::ThreadTime;
use modelgate::chat::{ChatTemplate, Dialect, Outcome, lacks};
use modelgate::engine::{llama_cpp, mistralrs, tgi};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// How many measured templates there are.
const MEASURED: usize = 178;

fn worst(source: &str, dialect: &Dialect) -> String {
    let template = ChatTemplate::from_text(source);
    assert_eq!(template.faults().count(), 0, "{source} is not compiled here");
    lacks(&template, dialect).first().map_or("-".to_owned(), |lack| format!("{:?}", lack.outcome))
}

#[test]
fn dialects_are_as_measured() {
    let rows = include_str!("fixtures/dialects.tsv").lines().filter(|line| !line.starts_with('#'));
    let mut seen = 0;
    for row in rows {
        let [llama, minijinja, source] = row.split('\t').collect::<Vec<_>>().try_into().unwrap();
        assert_eq!(worst(source, &llama_cpp::dialect::DIALECT), llama, "llama.cpp: {source}");
        assert_eq!(worst(source, &mistralrs::dialect::DIALECT), minijinja, "minijinja: {source}");
        seen += 1;
    }
    assert_eq!(seen, MEASURED);
}

#[test]
fn each_use_has_its_place() {
    let template =
        ChatTemplate::from_text("a\n{{ x|urlencode }}{{ y|urlencode }}\n  {% with z = 2 ** 3 %}{% endwith %}");
    let found = lacks(&template, &llama_cpp::dialect::DIALECT);
    let found: Vec<_> = found.iter().map(|one| (one.what.as_str(), one.line, one.column, one.uses)).collect();
    assert_eq!(found, [("the tag with", 3, 6, 1), ("the operator **", 3, 17, 1), ("the filter urlencode", 2, 6, 2)]);
}

#[test]
fn what_a_template_sets_itself_is_no_lack() {
    let own = "{% macro joiner(x) %}{{ x }}{% endmacro %}{{ joiner(1) }}";
    assert_eq!(worst(own, &llama_cpp::dialect::DIALECT), "-");
    assert_eq!(worst("{{ joiner(1) }}", &llama_cpp::dialect::DIALECT), "Fails");
}

#[test]
fn many_uses_take_time_in_proportion() {
    let many = [
        "{{ x|urlencode }}".repeat(25_000),
        "{% set cycler = 1 %}{{ cycler() }}".repeat(10_000),
        "   {% set x = 2 ** 3 %}".repeat(15_000),
        (0x4e00..0x9000_u32).map(|code| format!("{{{{ '\\{}' }}}}", char::from_u32(code).unwrap())).collect(),
    ];
    for source in many {
        let template = ChatTemplate::from_text(&source);
        assert_eq!(template.faults().count(), 0, "{:?}", template.faults().next());
        let begin = ThreadTime::now();
        for dialect in [&llama_cpp::dialect::DIALECT, &tgi::dialect::DIALECT, &mistralrs::dialect::DIALECT] {
            assert!(lacks(&template, dialect).len() <= 32);
        }
        let most = Duration::from_millis(if cfg!(debug_assertions) { 6_000 } else { 150 });
        assert!(begin.elapsed() < most, "{:?}", begin.elapsed());
        println!("{} bytes: {:?}", source.len(), begin.elapsed());
    }
}

/// Real templates of the corpus: llama.cpp's own reader takes all of them, which was tried, and so must its dialect.
#[test]
fn real_templates() {
    let Some(root) = std::env::var_os("MODELGATE_CORPUS") else {
        println!("skipped: MODELGATE_CORPUS is not set");
        return;
    };
    let folder = Path::new(&root).join("corpus/chat-templates/templates");
    let sources: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    assert_eq!(sources.len(), 198, "the corpus has 198 templates");
    let engines = [
        ("llama.cpp", &llama_cpp::dialect::DIALECT),
        ("tgi", &tgi::dialect::DIALECT),
        ("mistral.rs", &mistralrs::dialect::DIALECT),
    ];
    for (engine, dialect) in engines {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let templates = sources.iter().map(|source| ChatTemplate::from_text(source));
        for lack in templates.flat_map(|template| lacks(&template, dialect)) {
            *counts.entry(format!("{:?}: {}", lack.outcome, lack.what)).or_default() += 1;
        }
        println!("{engine}, {} templates:", sources.len());
        counts.iter().for_each(|(what, count)| println!("{count:>5} {what}"));
        let refused = counts.keys().any(|what| what.starts_with(&format!("{:?}", Outcome::NotCompiled)));
        assert!(engine != "llama.cpp" || !refused, "{counts:?}");
    }
}
