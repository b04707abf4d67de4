//! Reads a page.

use super::changes::Changes;
use super::context::Context;
use super::expression::{self, Node, Symbol};
use super::page::{Line, header, lines, located};
use super::scan::Scan;
use super::step::{Action, Mark, Pattern, Program, Read, Reading, Request, RequestMarks, Step, Target};
use super::symbols::{PageError, Symbols};
use crate::engine::llama_cpp::tables::{self, base};
use std::sync::Arc;

#[cfg(test)]
use super::expression::Template;

/// Reads one expression, for tests.
#[cfg(test)]
pub(super) fn compile_expression(text: &'static str, symbols: &mut Symbols) -> Result<Node, PageError> {
    expression::parse(&mut Scan::new(text), symbols)
}

/// Reads one tensor's name, for tests.
#[cfg(test)]
pub(super) fn compile_template(name: &'static str, symbols: &mut Symbols) -> Result<Template, PageError> {
    expression::template(name, symbols)
}

/// Reads the page of `architecture`, which `pages` finds by name.
pub(in crate::engine::llama_cpp) fn compile(
    architecture: &'static str,
    page: &'static str,
) -> Result<Program, PageError> {
    let mut compiler = Compiler { architecture, symbols: Symbols::new(architecture) };
    let mut keys = compiler.section(tables::COMMON, "keys")?;
    let (traits, same_as) = header(page)?;
    let body = match same_as {
        Some(other) => tables::page(other).ok_or_else(|| PageError::expected("a known architecture", other))?,
        None => page,
    };
    keys.append(&mut compiler.section(body, "keys")?);
    let tensors = compiler.section(body, "tensors")?;
    let Symbols { names, texts, series, .. } = compiler.symbols;
    let start = |name: &&str| base::DEFAULTS.iter().find(|(known, _)| known == name).map_or(0, |(_, value)| *value);
    let starts = names.iter().map(start).collect();
    Ok(Program {
        architecture,
        traits,
        #[cfg(test)]
        symbols: names,
        starts,
        texts,
        series,
        keys,
        tensors,
    })
}

struct Compiler {
    architecture: &'static str,
    symbols: Symbols,
}

impl Compiler {
    /// The steps under the heading `name`.
    fn section(&mut self, page: &'static str, name: &str) -> Result<Vec<Step>, PageError> {
        let lines = lines(page);
        let start = lines.iter().position(|line| line.indent == 0 && line.text == name);
        let Some(body) = start.and_then(|start| lines.get(start.saturating_add(1)..)) else { return Ok(Vec::new()) };
        let mut steps = Vec::new();
        self.block(body, &Context::default(), &mut steps)?;
        Ok(steps)
    }

    /// Compiles the lines that are indented as deep as the first, up to the first that is not.
    fn block(&mut self, lines: &[Line], context: &Context, steps: &mut Vec<Step>) -> Result<(), PageError> {
        let Some(indent) = lines.first().map(|line| line.indent).filter(|indent| *indent > 0) else { return Ok(()) };
        let mut rest = lines;
        while let Some((line, after)) = rest.split_first().filter(|(line, _)| line.indent == indent) {
            let length = after.iter().take_while(|line| line.indent > indent).count();
            let (body, next) = after.split_at_checked(length).unwrap_or((after, &[]));
            let scan = Scan::new(line.text);
            self.line(scan, body, context, steps).map_err(|error| located(error, line))?;
            rest = next;
        }
        Ok(())
    }

    fn line(
        &mut self,
        mut scan: Scan,
        body: &[Line],
        context: &Context,
        steps: &mut Vec<Step>,
    ) -> Result<(), PageError> {
        if scan.word("when") {
            return self.when(scan, body, context, steps);
        }
        if scan.word("only") {
            let ours = scan.rest().split(", ").any(|name| name == self.architecture);
            return if ours { self.block(body, context, steps) } else { Ok(()) };
        }
        if scan.word("each") {
            let marks = self.marks(&mut scan)?;
            return self.block(body, &context.with_marks(&marks), steps);
        }
        if scan.word("use") {
            return self.group(scan, context, steps);
        }
        let action = if scan.word("for") { self.repeat(scan, body, context)? } else { self.action(scan, context)? };
        steps.push(Step { when: context.when.clone(), action });
        Ok(())
    }

    fn when(
        &mut self,
        mut scan: Scan,
        body: &[Line],
        context: &Context,
        steps: &mut Vec<Step>,
    ) -> Result<(), PageError> {
        let condition = expression::parse(&mut scan, &mut self.symbols)?;
        let context = context.with_condition(condition);
        if scan.take(":") { self.line(scan, &[], &context, steps) } else { self.block(body, &context, steps) }
    }

    fn group(&mut self, mut scan: Scan, context: &Context, steps: &mut Vec<Step>) -> Result<(), PageError> {
        let name = scan.dotted();
        let body = tables::group(name).ok_or_else(|| PageError::expected("a known group", name))?;
        let marks = self.marks(&mut scan)?;
        self.block(&lines(body), &context.with_marks(&marks), steps)
    }

    fn repeat(&mut self, mut scan: Scan, body: &[Line], context: &Context) -> Result<Action, PageError> {
        let name = scan.name().ok_or_else(|| PageError::expected("a variable", scan.rest()))?;
        let variable = self.symbols.symbol(name);
        if !scan.word("in") {
            return Err(PageError::expected("'in'", scan.rest()));
        }
        let (from, to) = scan.rest().split_once("..").ok_or_else(|| PageError::expected("'..'", scan.rest()))?;
        let from = expression::parse(&mut Scan::new(from), &mut self.symbols)?;
        let to = expression::parse(&mut Scan::new(to), &mut self.symbols)?;
        let mut steps = Vec::new();
        self.block(body, &Context { when: Vec::new(), marks: context.marks.clone() }, &mut steps)?;
        Ok(Action::For { variable, from, to, changes: Changes::of(variable, &steps), steps })
    }

    fn action(&mut self, mut scan: Scan, context: &Context) -> Result<Action, PageError> {
        let line = scan.rest();
        let action = match line.split_once(' ').map_or(line, |(word, _)| word) {
            "abort" => {
                scan.take("abort unless");
                Action::AbortUnless(self.expression(&mut scan)?)
            }
            "alias" => self.alias(&mut scan)?,
            "eval" => {
                scan.take("eval");
                Action::Evaluate(self.expression(&mut scan)?)
            }
            "gate_up_exps" => self.gate_up(&mut scan, context)?,
            "load_swa_pattern" | "set_recr_pattern" | "set_swa_pattern" => self.pattern(&mut scan)?,
            "qkv" => self.qkv(&mut scan, context)?,
            "refuse" => {
                scan.take("refuse");
                Action::Refuse(scan.quoted().ok_or_else(|| PageError::expected("a text", scan.rest()))?)
            }
            "set" => self.set(&mut scan)?,
            _ => self.key_or_tensor(&mut scan, context)?,
        };
        if scan.rest().is_empty() { Ok(action) } else { Err(PageError::expected("the line's end", scan.rest())) }
    }

    fn expression(&mut self, scan: &mut Scan) -> Result<Node, PageError> {
        expression::parse(scan, &mut self.symbols)
    }

    fn after(&mut self, scan: &mut Scan, symbol: &str) -> Result<Node, PageError> {
        if scan.take(symbol) { self.expression(scan) } else { Err(PageError::expected(symbol, scan.rest())) }
    }

    fn alias(&mut self, scan: &mut Scan) -> Result<Action, PageError> {
        let layer = self.after(scan, "alias layer")?;
        Ok(Action::Alias { layer, of: self.after(scan, "of")? })
    }

    fn pattern(&mut self, scan: &mut Scan) -> Result<Action, PageError> {
        let pattern = match scan.name() {
            Some("load_swa_pattern") => Pattern::LoadWindow,
            Some("set_recr_pattern") => Pattern::Recurrent,
            _ => Pattern::Window,
        };
        let every = self.expression(scan)?;
        Ok(Action::Pattern { pattern, every, dense_first: scan.word("dense_first") })
    }

    fn qkv(&mut self, scan: &mut Scan, context: &Context) -> Result<Action, PageError> {
        scan.take("qkv");
        let layer =
            if scan.word("at") { self.expression(scan)? } else { Node::Variable(self.symbols.symbol("i"), None) };
        let width = self.expression(scan)?;
        let query = self.after(scan, "->")?;
        let key = self.after(scan, ",")?;
        let value = self.after(scan, ",")?;
        Ok(Action::Qkv { layer, width, query, key, value, marks: self.marks(scan)?.or(&context.marks) })
    }

    fn gate_up(&mut self, scan: &mut Scan, context: &Context) -> Result<Action, PageError> {
        let width = self.after(scan, "gate_up_exps")?;
        let ff = self.after(scan, "->")?;
        let experts = self.after(scan, ",")?;
        Ok(Action::GateUp { width, ff, experts, marks: self.marks(scan)?.or(&context.marks) })
    }

    fn set(&mut self, scan: &mut Scan) -> Result<Action, PageError> {
        scan.take("set");
        let name = scan.name().ok_or_else(|| PageError::expected("a variable", scan.rest()))?;
        let symbol = self.symbols.symbol(name);
        let target = if scan.take("[*]") {
            Target::All(symbol)
        } else if scan.take("[each of ") {
            Target::Listed(symbol, self.symbols.key(scan.until(b"]")))
        } else if scan.take("[") {
            Target::Layer(symbol, self.expression(scan)?)
        } else {
            Target::All(symbol)
        };
        scan.take("]");
        let value = self.after(scan, "=")?;
        match (target, value) {
            (Target::All(to), Node::Variable(from, None)) if self.is_per_layer(from) => Ok(Action::Copy { to, from }),
            (target, value) => Ok(Action::Set { target, value }),
        }
    }

    /// Whether an assignment copies layer by layer: only the common page does so, of `n_head`.
    fn is_per_layer(&self, from: Symbol) -> bool {
        from == base::N_HEAD
    }

    fn key_or_tensor(&mut self, scan: &mut Scan, context: &Context) -> Result<Action, PageError> {
        let name = scan.dotted();
        if scan.take("[") { self.request(name, scan, context) } else { self.read(name, scan) }
    }

    fn request(&mut self, name: &'static str, scan: &mut Scan, context: &Context) -> Result<Action, PageError> {
        let shape = self.shape(scan)?;
        let marks = self.marks(scan)?.or(&context.marks);
        let name = expression::template(name, &mut self.symbols)?;
        let slot = self.symbols.slot(&name, &marks);
        Ok(Action::Request(Request { name, shape, marks, slot }))
    }

    /// The dimensions up to the closing bracket; none at all where the engine does not look at them.
    fn shape(&mut self, scan: &mut Scan) -> Result<Vec<Node>, PageError> {
        let mut shape = Vec::new();
        while !scan.take("]") {
            if !shape.is_empty() && !scan.take(",") {
                return Err(PageError::expected("',' or ']'", scan.rest()));
            }
            shape.push(self.expression(scan)?);
        }
        Ok(shape)
    }

    fn marks(&mut self, scan: &mut Scan) -> Result<RequestMarks, PageError> {
        let mut marks = RequestMarks::default();
        loop {
            if scan.word("optional") {
                marks.optional = self.mark(scan)?;
            } else if scan.word("dup") {
                marks.dup = self.mark(scan)?;
            } else if scan.word("skip") {
                marks.skip = self.mark(scan)?;
            } else if scan.word("reshape") {
                marks.reshape = true;
            } else if scan.word("try") {
                marks.attempt = true;
            } else if scan.word("slot") {
                self.slot_mark(scan, &mut marks)?;
            } else {
                return Ok(marks);
            }
        }
    }

    fn slot_mark(&mut self, scan: &mut Scan, marks: &mut RequestMarks) -> Result<(), PageError> {
        if scan.word("layer") {
            marks.slot_layer = Some(Arc::new(self.expression(scan)?));
        } else {
            marks.slot = scan.name();
        }
        Ok(())
    }

    fn mark(&mut self, scan: &mut Scan) -> Result<Mark, PageError> {
        if scan.word("if") { Ok(Mark::If(Arc::new(self.expression(scan)?))) } else { Ok(Mark::Always) }
    }

    fn read(&mut self, key: &str, scan: &mut Scan) -> Result<Action, PageError> {
        let key = self.symbols.key(key);
        let word = scan.name().ok_or_else(|| PageError::expected("a type", scan.rest()))?;
        let (kind, element) = Reading::of(word);
        let length = if scan.take("(") { Some(self.expression(scan)?) } else { None };
        if length.is_some() && !scan.take(")") {
            return Err(PageError::expected("')'", scan.rest()));
        }
        let required = scan.word("required");
        let into = scan.take("->");
        let counts = into && scan.word("length");
        let to = if into { scan.name().map(|name| self.symbols.symbol(name)) } else { None };
        let otherwise = if scan.word("else") { Some(self.expression(scan)?) } else { None };
        let texts = if scan.take("one of") { choices(scan)? } else { Vec::new() };
        Ok(Action::Read(Read { key, kind, element, length, required, to, counts, otherwise, texts }))
    }
}

fn choices(scan: &mut Scan) -> Result<Vec<(&'static str, i64)>, PageError> {
    let mut texts = Vec::new();
    while let Some(text) = scan.name() {
        let number = if scan.take("=") { scan.number() } else { None };
        texts.push((text, number.ok_or_else(|| PageError::expected("a number", scan.rest()))?));
    }
    Ok(texts)
}
