//! Walks over every statement and expression of a template, without running it.

use super::ast::{Arguments, Body, Expr, FilterName, Kind, Statement, StatementKind};

/// What looks at a template. Each method is told of a node before what is inside it.
pub(super) trait Visitor {
    /// A filter, in an expression or on a block.
    fn filter(&mut self, _filter: &FilterName, _arguments: &Arguments) {}

    fn expr(&mut self, _expr: &Expr) {}

    fn statement(&mut self, _statement: &Statement) {}
}

/// Walks over statements; their nesting is bounded by the parser.
pub(super) fn body(visitor: &mut impl Visitor, body: &Body) {
    for statement in body {
        visitor.statement(statement);
        inside(visitor, &statement.kind);
    }
}

fn inside(visitor: &mut impl Visitor, statement: &StatementKind) {
    match statement {
        StatementKind::Block(block) => body(visitor, &block.function.body),
        StatementKind::Break | StatementKind::Continue | StatementKind::Text(_) => {}
        StatementKind::CallBlock(block) => {
            expr(visitor, &block.call);
            all(visitor, &block.signature.defaults);
            body(visitor, &block.function.body);
        }
        StatementKind::FilterBlock(block) => {
            filters(visitor, &block.filters);
            body(visitor, &block.body);
        }
        StatementKind::For(looped) => {
            expr(visitor, &looped.iterable);
            looped.filter.iter().for_each(|filter| expr(visitor, &filter.test));
            body(visitor, &looped.function.body);
            body(visitor, &looped.otherwise);
        }
        StatementKind::Generation(block) => body(visitor, &block.function.body),
        StatementKind::If(block) => {
            for (test, inner) in &block.branches {
                expr(visitor, test);
                body(visitor, inner);
            }
            body(visitor, &block.otherwise);
        }
        StatementKind::Load(inner) | StatementKind::Print(inner) => expr(visitor, inner),
        StatementKind::Macro(block) => {
            all(visitor, &block.signature.defaults);
            body(visitor, &block.function.body);
        }
        StatementKind::Set(set) => expr(visitor, &set.1),
        StatementKind::SetBlock(block) => {
            filters(visitor, &block.filters);
            body(visitor, &block.body);
        }
        StatementKind::With(block) => {
            all(visitor, &block.values);
            body(visitor, &block.body);
        }
    }
}

fn all(visitor: &mut impl Visitor, exprs: &[Expr]) {
    exprs.iter().for_each(|inner| expr(visitor, inner));
}

fn filters(visitor: &mut impl Visitor, filters: &[(FilterName, Arguments)]) {
    for (filter, given) in filters {
        visitor.filter(filter, given);
        arguments(visitor, given);
    }
}

fn arguments(visitor: &mut impl Visitor, arguments: &Arguments) {
    all(visitor, &arguments.positional);
    arguments.named.iter().for_each(|(_, value)| expr(visitor, value));
    arguments.star.iter().chain(&arguments.double_star).for_each(|inner| expr(visitor, inner));
}

/// Walks over an expression; its height is bounded by the parser.
fn expr(visitor: &mut impl Visitor, outer: &Expr) {
    visitor.expr(outer);
    match &outer.kind {
        Kind::Constant(_) | Kind::Name(_) => {}
        Kind::And(pair) | Kind::Binary(_, pair) | Kind::Item(pair) | Kind::Or(pair) => {
            expr(visitor, &pair.0);
            expr(visitor, &pair.1);
        }
        Kind::Attribute(inner, _) | Kind::Negative(inner) | Kind::Not(inner) | Kind::Positive(inner) => {
            expr(visitor, inner);
        }
        Kind::Call(call) => {
            expr(visitor, &call.callee);
            arguments(visitor, &call.arguments);
        }
        Kind::Compare(compare) => {
            expr(visitor, &compare.first);
            compare.rest.iter().for_each(|(_, operand)| expr(visitor, operand));
        }
        Kind::Concat(items) | Kind::List(items) | Kind::Tuple(items) => all(visitor, items),
        Kind::Conditional(conditional) => {
            expr(visitor, &conditional.test);
            expr(visitor, &conditional.then);
            conditional.otherwise.iter().for_each(|inner| expr(visitor, inner));
        }
        Kind::Dict(pairs) => pairs.iter().for_each(|(key, value)| {
            expr(visitor, key);
            expr(visitor, value);
        }),
        Kind::Filter(call) => {
            visitor.filter(&call.filter, &call.arguments);
            expr(visitor, &call.subject);
            arguments(visitor, &call.arguments);
        }
        Kind::Slice(slice) => {
            expr(visitor, &slice.subject);
            [&slice.start, &slice.stop, &slice.step].into_iter().flatten().for_each(|bound| expr(visitor, bound));
        }
        Kind::Test(call) => {
            expr(visitor, &call.subject);
            arguments(visitor, &call.arguments);
        }
    }
}
