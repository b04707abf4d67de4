//! What stands in the tree: filters, tests, functions and methods by name, and how they are called.

use super::super::Program;
use super::super::ast::{
    Arguments, Call, Constant, Expr, FilterName, Kind, Name, Node, Operator, Root, Signature, Span, Statement,
    StatementKind, Target, TestCall,
};
use super::super::walk::{self, Visitor};
use super::Found;
use crate::chat::dialect::{Construct, Outcome};

/// Walks over a template's tree.
pub(super) fn walk(program: &Program, found: &mut Found<'_>) {
    let mut walker = Walker { program, found, functions: Vec::new(), assigned: Vec::new() };
    walk::body(&mut walker, &program.tree, &program.root.body);
    program.tree.all().iter().for_each(|node| walker.expr(node));
    let Walker { found, functions, assigned, .. } = walker;
    let lacking: Vec<&str> = found.dialect.functions.iter().copied().filter(|name| !assigned.contains(name)).collect();
    for (name, span) in functions {
        found.named("function", name, &lacking, Outcome::Fails, span);
    }
}

struct Walker<'s, 'f, 'd> {
    program: &'s Program,
    found: &'f mut Found<'d>,
    /// Calls of variables that the dialect lacks as functions.
    functions: Vec<(&'s str, Span)>,
    /// Variables of such names that the template itself sets.
    assigned: Vec<&'s str>,
}

impl<'s> Walker<'s, '_, '_> {
    fn text(&self, span: Span) -> &'s str {
        self.program.text(span)
    }

    fn node(&self, expr: Expr) -> &'s Node {
        self.program.tree.node(expr)
    }

    /// Whether a third argument is given, a count that may be more than nothing.
    fn is_counted(&self, arguments: &Arguments) -> bool {
        let nothing =
            |kind: &Kind| matches!(kind, Kind::Negative(_) | Kind::Constant(Constant::Int(..=0) | Constant::None));
        arguments.positional.get(2).is_some_and(|count| !nothing(&self.node(*count).kind))
    }

    fn assigns(&mut self, name: &Name) {
        let text = self.text(name.span);
        if matches!(text, "loop" | "self") {
            self.found.construct(Construct::AssignedLoop, name.span);
        }
        if self.found.dialect.functions.contains(&text) {
            self.assigned.push(text);
        }
    }

    fn target(&mut self, target: &Target, inside: bool) {
        match target {
            Target::Attribute(name, _) if inside => self.found.construct(Construct::NestedTarget, name.span),
            Target::Attribute(..) => {}
            Target::Name(name) => self.assigns(name),
            Target::Tuple(targets) => {
                if let Some(first) = targets.first().filter(|_| inside) {
                    let span = first_name(first).map_or(Span::default(), |name| name.span);
                    self.found.construct(Construct::NestedTarget, span);
                }
                targets.iter().for_each(|target| self.target(target, true));
            }
        }
    }

    fn signature(&mut self, signature: &Signature, span: Span) {
        signature.parameters.iter().for_each(|parameter| self.assigns(parameter));
        if signature.uses_kwargs || signature.uses_varargs {
            self.found.construct(Construct::VariableArguments, span);
        }
    }

    /// A tuple where some parsers want one in parentheses.
    fn bare_tuple(&mut self, root: Root) {
        let expr = self.node(root.top);
        if matches!(expr.kind, Kind::Tuple(_)) && !self.text(expr.span).starts_with('(') {
            self.found.construct(Construct::BareTuple, expr.span);
        }
    }

    fn tuple(&mut self, expr: &Node, items: &[Expr]) {
        let last = items.last().map_or(expr.span.start, |last| self.node(*last).span.end);
        let behind = self.text(Span { start: last, end: expr.span.end });
        if items.is_empty() || behind.contains(',') {
            self.found.construct(Construct::TrailingComma, expr.span);
        }
    }

    fn binary(&mut self, expr: &Node, operator: Operator, pair: [Expr; 2]) {
        let [left, right] = pair.map(|operand| &self.node(operand).kind);
        let list = matches!(left, Kind::List(_)) || matches!(right, Kind::List(_));
        if operator == Operator::Multiply && list {
            self.found.construct(Construct::ListRepetition, expr.span);
        }
        if operator == Operator::Modulo && matches!(left, Kind::Constant(Constant::Str(_))) {
            self.found.construct(Construct::PercentFormat, expr.span);
        }
    }

    fn call(&mut self, expr: &Node, call: &Call) {
        match &self.node(call.callee).kind {
            Kind::Attribute(subject, name) => self.method(expr, *subject, self.text(name.span), &call.arguments),
            Kind::Filter(_) => self.found.construct(Construct::CalledFilter, expr.span),
            Kind::Name(name) => self.function(*name, &call.arguments),
            _ => {}
        }
        self.conditional_arguments(&call.arguments);
    }

    fn function(&mut self, name: Name, arguments: &Arguments) {
        let text = self.text(name.span);
        if self.found.dialect.functions.contains(&text) {
            self.functions.push((text, name.span));
        }
        if text == "namespace" && !arguments.positional.is_empty() {
            self.found.construct(Construct::NamespaceArgument, name.span);
        }
    }

    fn method(&mut self, expr: &Node, subject: Expr, name: &str, arguments: &Arguments) {
        let lacking = self.found.dialect.methods;
        self.found.named("method", name, lacking, Outcome::Fails, expr.span);
        let plain = |text: &str| !text.replace("{}", "").contains(['{', '}']);
        match (name, &self.node(subject).kind) {
            ("format", Kind::Constant(Constant::Str(text))) if !plain(self.program.literal(*text)) => {
                self.found.construct(Construct::FormatSpecification, expr.span);
            }
            ("replace", _) if self.is_counted(arguments) => {
                self.found.construct(Construct::ReplaceCount, expr.span);
            }
            ("rsplit" | "split", _) if !arguments.named.is_empty() => {
                self.found.construct(Construct::SplitKeyword, expr.span);
            }
            _ => {}
        }
    }

    fn conditional_arguments(&mut self, arguments: &Arguments) {
        for (_, value) in &arguments.named {
            let value = self.node(*value);
            let bare = !self.text(value.span).starts_with('(');
            if bare && matches!(value.kind, Kind::Conditional(_)) {
                self.found.construct(Construct::ConditionalArgument, value.span);
            }
        }
    }

    fn loop_attribute(&mut self, subject: Expr, name: Span, span: Span) {
        if let Kind::Name(known) = &self.node(subject).kind
            && self.text(known.span) == "loop"
        {
            let (name, lacking) = (self.text(name), self.found.dialect.loop_attributes);
            if let Some((_, outcome)) = lacking.iter().find(|(known, _)| *known == name) {
                self.found.note(format!("the attribute {name} of loop"), *outcome, span);
            }
        }
    }

    fn test(&mut self, call: &TestCall) {
        let lacking = self.found.dialect.tests;
        self.found.named("test", self.program.text(call.span), lacking, Outcome::Fails, call.span);
        let behind = self.program.source.get(call.span.end as usize..).unwrap_or_default();
        if !call.arguments.positional.is_empty() && !behind.trim_start().starts_with('(') {
            self.found.construct(Construct::BareTestArgument, call.span);
        }
    }
}

fn first_name(target: &Target) -> Option<&Name> {
    match target {
        Target::Attribute(name, _) | Target::Name(name) => Some(name),
        Target::Tuple(targets) => targets.first().and_then(first_name),
    }
}

impl Visitor for Walker<'_, '_, '_> {
    // Expressions are looked at where they stand, one behind another.
    const DEEP: bool = false;

    fn filter(&mut self, filter: &FilterName, arguments: &Arguments) {
        let lacking = self.found.dialect.filters;
        let name = self.program.text(filter.span);
        self.found.named("filter", name, lacking, Outcome::Fails, filter.span);
        let given = arguments.positional.len();
        let names = |name: &str| arguments.named.iter().any(|(known, _)| self.text(*known) == name);
        let construct = match name {
            "format" => Construct::FormatFilter,
            "map" if given > 0 => Construct::MappedFilter,
            "max" | "min" if names("attribute") => Construct::MaximumAttribute,
            "reject" | "select" if given < 2 => Construct::SelectTest,
            "rejectattr" | "selectattr" if given == 2 => Construct::SelectAttributeTest,
            "replace" if names("count") || self.is_counted(arguments) => Construct::ReplaceFilterCount,
            "sum" if names("attribute") => Construct::SumAttribute,
            "tojson" => return self.tojson(filter, arguments),
            _ => return self.conditional_arguments(arguments),
        };
        self.found.construct(construct, filter.span);
        self.conditional_arguments(arguments);
    }

    fn statement(&mut self, statement: &Statement) {
        let span = statement.span;
        match &statement.kind {
            StatementKind::CallBlock(block) => {
                self.signature(&block.signature, span);
                let call = &self.node(block.call.top).kind;
                let named = matches!(call, Kind::Call(call) if matches!(self.node(call.callee).kind, Kind::Name(_)));
                if !named {
                    self.found.construct(Construct::CalledAttribute, span);
                }
            }
            StatementKind::FilterBlock(block) if block.filters.list.len() > 1 => {
                self.found.construct(Construct::TwoBlockFilters, span);
            }
            StatementKind::For(looped) => {
                self.target(&looped.target, false);
                self.bare_tuple(looped.iterable);
                if looped.recursive {
                    self.found.construct(Construct::RecursiveLoop, span);
                }
            }
            StatementKind::Macro(block) => {
                self.assigns(&block.name);
                self.signature(&block.signature, span);
            }
            StatementKind::Print(expr) => self.bare_tuple(*expr),
            StatementKind::Set(set) => self.target(&set.0, false),
            StatementKind::SetBlock(block) => {
                self.target(&block.target, false);
                if !block.filters.list.is_empty() {
                    self.found.construct(Construct::SetFilter, span);
                }
            }
            StatementKind::With(block) => block.targets.iter().for_each(|target| self.target(target, false)),
            _ => {}
        }
    }
}

impl Walker<'_, '_, '_> {
    fn expr(&mut self, expr: &Node) {
        match &expr.kind {
            Kind::Attribute(subject, name) => self.loop_attribute(*subject, name.span, expr.span),
            Kind::Binary(operator, left, right) => self.binary(expr, *operator, [*left, *right]),
            Kind::Call(call) => self.call(expr, call),
            Kind::Chain(_) => self.found.construct(Construct::ChainedComparison, expr.span),
            Kind::Filter(call) => self.filter(&call.filter, &call.arguments),
            Kind::Positive(_) => self.found.construct(Construct::UnaryPlus, expr.span),
            Kind::Test(call) => self.test(call),
            Kind::Tuple(items) => self.tuple(expr, items),
            _ => {}
        }
    }

    fn tojson(&mut self, filter: &FilterName, arguments: &Arguments) {
        self.found.construct(Construct::Json, filter.span);
        for (name, value) in &arguments.named {
            let (name, lacking) = (self.text(*name), self.found.dialect.tojson);
            if lacking.contains(&name) {
                let what = format!("the filter tojson with {name}");
                self.found.note(what, Outcome::Fails, filter.span);
            }
            if name == "sort_keys" && matches!(self.node(*value).kind, Kind::Constant(Constant::Bool(true))) {
                self.found.construct(Construct::SortedKeys, filter.span);
            }
        }
        self.conditional_arguments(arguments);
    }
}
