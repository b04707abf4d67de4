//! The pages against the facts that they were made from: step by step, in order.

use super::changes::Changes;
use super::compile::{compile_expression, compile_template};
use super::step::{Action, Mark, Pattern, Read, Reading, Request, RequestMarks, Step, Target};
use super::symbols::Symbols;
use super::{Node, Symbol, Template};
use crate::engine::llama_cpp::tables;
use serde_json::Value;
use std::sync::Arc;

/// Reads steps of the facts into the language's own.
struct Facts<'a> {
    architecture: &'a str,
    symbols: Symbols,
}

fn leak(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

impl Facts<'_> {
    fn expression(&mut self, text: &Value) -> Node {
        let text = text.as_str().unwrap();
        // One spelling for the two that say the same of a layer.
        let text = match text.strip_prefix("i >= n_layer ? ").and_then(|rest| rest.split_once(" : ")) {
            // The facts are of a later commit, which may do without the trunk: seen in 0.5.0's behaviour, it may not.
            Some((extra, _)) if self.architecture == "mimo2" => format!("i >= n_layer && ({extra})"),
            Some((extra, trunk)) if !extra.starts_with("n_lora") => format!("i < n_layer ? {trunk} : {extra}"),
            // The facts do not say that the engine subtracts in 32 bits here: seen in its behaviour.
            None if text.contains("n_embd_head_k - n_rot + n_embd_head_v)") => text.replace(
                "n_embd_head_k - n_rot +",
                "(n_embd_head_k >= n_rot ? n_embd_head_k - n_rot : n_embd_head_k - n_rot + 4294967296) +",
            ),
            // The facts name this key wrongly: the engine looks at the one that the architecture reads.
            _ => text.replace("adapter.token_ids.substitute", "adapters.token_ids_substitute"),
        };
        compile_expression(leak(&text), &mut self.symbols).unwrap()
    }

    fn steps(&mut self, steps: &Value) -> Vec<Step> {
        let steps = steps.as_array().unwrap();
        let ours = |step: &&Value| {
            step.get("archs").is_none_or(|only| only.as_array().unwrap().iter().any(|name| name == self.architecture))
        };
        let steps: Vec<_> = steps.iter().filter(ours).collect();
        steps.into_iter().map(|step| self.step(step)).collect()
    }

    fn step(&mut self, step: &Value) -> Step {
        let mut when = Vec::new();
        if let Some(condition) = step.get("when") {
            super::context::split(self.expression(condition), &mut when);
        }
        Step { when, action: self.action(step) }
    }

    fn mark(&mut self, step: &Value, name: &str) -> Mark {
        match step.get(name) {
            None => Mark::Never,
            Some(Value::Bool(true)) => Mark::Always,
            Some(condition) => Mark::If(Arc::new(self.expression(condition))),
        }
    }

    fn marks(&mut self, step: &Value) -> RequestMarks {
        RequestMarks {
            optional: self.mark(step, "optional"),
            dup: self.mark(step, "dup"),
            skip: self.mark(step, "skip"),
            reshape: step.get("reshape").is_some(),
            attempt: step.get("try").is_some(),
            slot_layer: step.get("slot_layer").map(|layer| Arc::new(self.expression(layer))),
            slot: step.get("slot").map(|slot| leak(slot.as_str().unwrap_or("none"))),
        }
    }

    fn tensor(&mut self, name: &str) -> Template {
        let short = name.strip_prefix("blk.{i}").map_or(name.to_owned(), str::to_owned);
        compile_template(leak(&short), &mut self.symbols).unwrap()
    }

    fn symbol(&mut self, name: &str) -> Symbol {
        self.symbols.symbol(leak(name))
    }

    fn action(&mut self, step: &Value) -> Action {
        let node = |facts: &mut Self, name: &str| facts.expression(&step[name]);
        if step.get("for").is_some() {
            let variable = self.symbol(step["for"].as_str().unwrap());
            let (from, to) = (node(self, "from"), node(self, "to"));
            let steps = self.steps(&step["do"]);
            return Action::For { variable, from, to, changes: Changes::of(variable, &steps), steps };
        }
        if let Some(pattern) = step.get("do") {
            let pattern = match pattern.as_str().unwrap() {
                "load_swa_pattern" => Pattern::LoadWindow,
                "set_recr_pattern" => Pattern::Recurrent,
                _ => Pattern::Window,
            };
            return Action::Pattern { pattern, every: node(self, "n"), dense_first: step.get("dense_first").is_some() };
        }
        if let Some(words) = step.get("reject") {
            return Action::Refuse(leak(words.as_str().unwrap()));
        }
        if step.get("abort_unless").is_some() {
            return Action::AbortUnless(node(self, "abort_unless"));
        }
        if step.get("eval").is_some() {
            return Action::Evaluate(node(self, "eval"));
        }
        if step.get("alias_layer").is_some() {
            return Action::Alias { layer: node(self, "alias_layer"), of: node(self, "of") };
        }
        if step.get("set").is_some() { self.set(step) } else { self.reading(step) }
    }

    fn set(&mut self, step: &Value) -> Action {
        let target = step["set"].as_str().unwrap();
        let (name, index) = target.split_once('[').unwrap_or((target, "*]"));
        let symbol = self.symbol(name);
        let index = index.trim_end_matches(']');
        if step["value"] == "n_head[*]" {
            return Action::Copy { to: symbol, from: tables::base::N_HEAD };
        }
        let target = match index.strip_prefix("each of <arch>") {
            Some(key) => Target::Listed(symbol, self.symbols.key(key)),
            None if index == "*" => Target::All(symbol),
            None => Target::Layer(symbol, self.expression(&index.into())),
        };
        Action::Set { target, value: self.expression(&step["value"]) }
    }

    fn reading(&mut self, step: &Value) -> Action {
        let marks = self.marks(step);
        if let Some(name) = step.get("tensor") {
            let shape = step["shape"].as_array().unwrap().iter().map(|size| self.expression(size)).collect();
            let name = self.tensor(name.as_str().unwrap());
            let slot = self.symbols.slot(&name, &marks);
            return Action::Request(Request { name, shape, marks, slot });
        }
        if let Some(layer) = step.get("qkv") {
            let layer = self.expression(layer);
            let [width, query, key, value] = ["n_in", "q", "k", "v"].map(|name| self.expression(&step[name]));
            return Action::Qkv { layer, width, query, key, value, marks };
        }
        if step.get("gate_up_exps").is_some() {
            let [width, ff, experts] = ["n_in", "n_ff", "n_exp"].map(|name| self.expression(&step[name]));
            return Action::GateUp { width, ff, experts, marks };
        }
        let key = step["key"].as_str().unwrap();
        let text = |name: &str| step[name].as_str().map(leak);
        let length = step.get("n").map(|length| self.expression(length));
        let length = length.or_else(|| step.get("max").map(|most| Node::Number(most.as_i64().unwrap())));
        let texts = step.get("enum").and_then(Value::as_object).into_iter().flatten();
        let (kind, element) = Reading::of(text("read").unwrap());
        Action::Read(Read {
            key: self.symbols.key(key.strip_prefix("<arch>").unwrap_or(key)),
            kind,
            element,
            length,
            required: step.get("required").is_some(),
            to: text("to").map(|name| self.symbol(name)),
            counts: step.get("take").is_some(),
            otherwise: step.get("else").map(|value| self.expression(value)),
            texts: texts.map(|(text, number)| (leak(text), number.as_i64().unwrap())).collect(),
        })
    }
}

/// Leaves out where pages differ from the facts: the window's width, which no check of the load needs and descriptions
/// show, and what came after the release.
fn without_window(steps: &[Step]) -> Vec<Step> {
    let mut kept = Vec::new();
    for step in steps {
        let mut step = step.clone();
        match &mut step.action {
            Action::Set { value: Node::Number(4096), .. } if step.when.is_empty() => continue,
            Action::Read(read) if read.key.ends_with(".attention.sliding_window") => read.to = None,
            // The facts are of a later commit: 0.5.0 does not know this key.
            Action::Read(read) if read.key.ends_with(".classifier.pooling_type") => continue,
            _ => {}
        }
        kept.push(step);
    }
    kept
}

#[test]
fn pages_say_what_the_facts_say() {
    let Some(root) = std::env::var_os("MODELGATE_CORPUS") else {
        println!("skipped: MODELGATE_CORPUS is not set");
        return;
    };
    let path = std::path::PathBuf::from(root).join("facts/llama-cpp/arch_rules.json");
    #[allow(clippy::disallowed_methods, reason = "a test reads the facts")]
    let facts: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let architectures = facts["archs"].as_object().unwrap();
    assert_eq!(architectures.len(), 151);
    for (name, rules) in architectures {
        let architecture = tables::architecture(name).unwrap_or_else(|| panic!("{name} has no page"));
        let program = architecture.program().unwrap_or_else(|error| panic!("{name}: {}", error.0));
        let mut reader = Facts { architecture: name, symbols: Symbols::with(program) };
        let mut keys = reader.steps(&facts["common_hparams"]);
        keys.extend(reader.steps(&rules["hparams"]));
        same(name, &without_window(&program.keys), &without_window(&keys));
        same(name, &program.tensors, &reader.steps(&rules["tensors"]));
    }
}

fn same(name: &str, page: &[Step], facts: &[Step]) {
    for (at, (page, facts)) in page.iter().zip(facts).enumerate() {
        assert_eq!(page, facts, "{name}, step {at}");
    }
    assert_eq!(page.len(), facts.len(), "{name}");
}
