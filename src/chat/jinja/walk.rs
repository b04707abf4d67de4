//! Looks at every expression of a template, without running it.

use super::ast::{Arguments, Body, Constant, Expr, FilterName, Kind, Span, StatementKind};
use super::filters::Filter;

/// What a template holds that the gate wants to know of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::chat) struct Seen {
    /// Attributes that begin with two underscores: an attempt to reach outside.
    pub(in crate::chat) outside: Vec<Span>,
    /// What is not rendered here, with its place.
    pub(in crate::chat) unsupported: Vec<(&'static str, Span)>,
}

impl super::Program {
    pub(in crate::chat) fn look(&self) -> Seen {
        let mut seen = Seen::default();
        seen.body(&self.root.body);
        seen
    }
}

impl Seen {
    fn body(&mut self, body: &Body) {
        for statement in body {
            self.statement(&statement.kind);
        }
    }

    fn statement(&mut self, statement: &StatementKind) {
        match statement {
            StatementKind::Block(block) => self.body(&block.function.body),
            StatementKind::Break | StatementKind::Continue | StatementKind::Text(_) => {}
            StatementKind::CallBlock(block) => {
                self.expr(&block.call);
                self.all(&block.signature.defaults);
                self.body(&block.function.body);
            }
            StatementKind::FilterBlock(block) => {
                self.filters(&block.filters);
                self.body(&block.body);
            }
            StatementKind::For(looped) => {
                self.expr(&looped.iterable);
                looped.filter.iter().for_each(|filter| self.expr(&filter.test));
                self.body(&looped.function.body);
                self.body(&looped.otherwise);
            }
            StatementKind::Generation(block) => self.body(&block.function.body),
            StatementKind::If(block) => {
                for (test, body) in &block.branches {
                    self.expr(test);
                    self.body(body);
                }
                self.body(&block.otherwise);
            }
            StatementKind::Load(expr) | StatementKind::Print(expr) => self.expr(expr),
            StatementKind::Macro(block) => {
                self.all(&block.signature.defaults);
                self.body(&block.function.body);
            }
            StatementKind::Set(set) => self.expr(&set.1),
            StatementKind::SetBlock(block) => {
                self.filters(&block.filters);
                self.body(&block.body);
            }
            StatementKind::With(block) => {
                self.all(&block.values);
                self.body(&block.body);
            }
        }
    }

    fn all(&mut self, exprs: &[Expr]) {
        exprs.iter().for_each(|expr| self.expr(expr));
    }

    fn filters(&mut self, filters: &[(FilterName, Arguments)]) {
        for (filter, arguments) in filters {
            self.filter(filter);
            self.arguments(arguments);
        }
    }

    fn filter(&mut self, filter: &FilterName) {
        if filter.id == Some(Filter::Urlize) {
            self.unsupported.push(("the filter urlize", filter.span));
        }
    }

    fn arguments(&mut self, arguments: &Arguments) {
        self.all(&arguments.positional);
        arguments.named.iter().for_each(|(_, value)| self.expr(value));
        arguments.star.iter().chain(&arguments.double_star).for_each(|expr| self.expr(expr));
    }

    fn attribute(&mut self, name: &str, span: Span) {
        if name.starts_with("__") {
            self.outside.push(span);
        }
        if matches!(name, "maketrans" | "translate") {
            self.unsupported.push(("str.translate", span));
        }
    }

    /// An expression, and those inside it; its height is bounded by the parser.
    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            Kind::Constant(_) | Kind::Name(_) => {}
            Kind::And(pair) | Kind::Binary(_, pair) | Kind::Or(pair) => {
                self.expr(&pair.0);
                self.expr(&pair.1);
            }
            Kind::Attribute(inner, name) => {
                self.attribute(name, expr.span);
                self.expr(inner);
            }
            Kind::Call(call) => {
                self.expr(&call.callee);
                self.arguments(&call.arguments);
            }
            Kind::Compare(compare) => {
                self.expr(&compare.first);
                compare.rest.iter().for_each(|(_, operand)| self.expr(operand));
            }
            Kind::Concat(items) | Kind::List(items) | Kind::Tuple(items) => self.all(items),
            Kind::Conditional(conditional) => {
                self.expr(&conditional.test);
                self.expr(&conditional.then);
                conditional.otherwise.iter().for_each(|expr| self.expr(expr));
            }
            Kind::Dict(pairs) => pairs.iter().for_each(|(key, value)| {
                self.expr(key);
                self.expr(value);
            }),
            Kind::Filter(call) => {
                self.filter(&call.filter);
                if call.filter.id == Some(Filter::Attr) {
                    call.arguments.positional.iter().for_each(|name| self.key(name));
                }
                self.expr(&call.subject);
                self.arguments(&call.arguments);
            }
            Kind::Item(pair) => {
                self.key(&pair.1);
                self.expr(&pair.0);
                self.expr(&pair.1);
            }
            Kind::Negative(inner) | Kind::Not(inner) | Kind::Positive(inner) => self.expr(inner),
            Kind::Slice(slice) => {
                self.expr(&slice.subject);
                [&slice.start, &slice.stop, &slice.step].into_iter().flatten().for_each(|bound| self.expr(bound));
            }
            Kind::Test(call) => {
                self.expr(&call.subject);
                self.arguments(&call.arguments);
            }
        }
    }

    fn key(&mut self, key: &Expr) {
        if let Kind::Constant(Constant::Str(name)) = &key.kind {
            self.attribute(name, key.span);
        }
    }
}
