//! Walks over every statement and expression of a template, without running it.

use super::ast::{Arguments, BlockFilters, Body, Expr, FilterName, Kind, Node, Root, Statement, StatementKind, Tree};

/// What looks at a template. Each method is told of a node before what is inside it.
pub(super) trait Visitor {
    /// Whether it wants to be told of expressions.
    const DEEP: bool = true;

    /// A filter, in an expression or on a block.
    fn filter(&mut self, _filter: &FilterName, _arguments: &Arguments) {}

    fn expr(&mut self, _expr: &Node) {}

    fn statement(&mut self, _statement: &Statement) {}
}

/// Walks over statements; their nesting is bounded by the parser.
pub(super) fn body(visitor: &mut impl Visitor, tree: &Tree, body: &Body) {
    for statement in body {
        visitor.statement(statement);
        inside(visitor, tree, &statement.kind);
    }
}

fn inside(visitor: &mut impl Visitor, tree: &Tree, statement: &StatementKind) {
    match statement {
        StatementKind::Block(block) => body(visitor, tree, &block.function.body),
        StatementKind::Break | StatementKind::Continue | StatementKind::Text(_) => {}
        StatementKind::CallBlock(block) => {
            expr(visitor, tree, block.call.top);
            all(visitor, tree, &block.signature.defaults);
            body(visitor, tree, &block.function.body);
        }
        StatementKind::FilterBlock(block) => {
            filters(visitor, tree, &block.filters);
            body(visitor, tree, &block.body);
        }
        StatementKind::For(looped) => {
            expr(visitor, tree, looped.iterable.top);
            looped.filter.iter().for_each(|filter| expr(visitor, tree, filter.test.top));
            body(visitor, tree, &looped.function.body);
            body(visitor, tree, &looped.otherwise);
        }
        StatementKind::Generation(block) => body(visitor, tree, &block.function.body),
        StatementKind::If(block) => {
            for (test, inner) in &block.branches {
                expr(visitor, tree, test.top);
                body(visitor, tree, inner);
            }
            body(visitor, tree, &block.otherwise);
        }
        StatementKind::Load(inner) | StatementKind::Print(inner) => expr(visitor, tree, inner.top),
        StatementKind::Macro(block) => {
            all(visitor, tree, &block.signature.defaults);
            body(visitor, tree, &block.function.body);
        }
        StatementKind::Set(set) => expr(visitor, tree, set.1.top),
        StatementKind::SetBlock(block) => {
            filters(visitor, tree, &block.filters);
            body(visitor, tree, &block.body);
        }
        StatementKind::With(block) => {
            all(visitor, tree, &block.values);
            body(visitor, tree, &block.body);
        }
    }
}

fn all(visitor: &mut impl Visitor, tree: &Tree, roots: &[Root]) {
    roots.iter().for_each(|root| expr(visitor, tree, root.top));
}

fn filters(visitor: &mut impl Visitor, tree: &Tree, filters: &BlockFilters) {
    for (filter, given) in &filters.list {
        visitor.filter(filter, given);
        given.all().for_each(|argument| expr(visitor, tree, argument));
    }
}

/// Walks over an expression; its height is bounded by the parser.
fn expr<V: Visitor>(visitor: &mut V, tree: &Tree, outer: Expr) {
    if !V::DEEP {
        return;
    }
    let node = tree.node(outer);
    visitor.expr(node);
    if let Kind::Filter(call) = &node.kind {
        visitor.filter(&call.filter, &call.arguments);
    }
    children(&node.kind, &mut |inner| expr(visitor, tree, inner));
}

/// What is right inside of an expression.
pub(super) fn children(kind: &Kind, visit: &mut impl FnMut(Expr)) {
    match kind {
        Kind::Constant(_) | Kind::Name(_) => {}
        Kind::And(left, right)
        | Kind::Binary(_, left, right)
        | Kind::Compare(_, left, right)
        | Kind::Item(left, right)
        | Kind::Or(left, right) => {
            visit(*left);
            visit(*right);
        }
        Kind::Attribute(inner, _) | Kind::Negative(inner) | Kind::Not(inner) | Kind::Positive(inner) => visit(*inner),
        Kind::Call(call) => {
            visit(call.callee);
            call.arguments.all().for_each(visit);
        }
        Kind::Chain(chain) => {
            visit(chain.first);
            chain.rest.iter().for_each(|(_, operand)| visit(*operand));
        }
        Kind::Concat(items) | Kind::List(items) | Kind::Tuple(items) => items.iter().for_each(|item| visit(*item)),
        Kind::Conditional(conditional) => {
            visit(conditional.test);
            visit(conditional.then);
            conditional.otherwise.into_iter().for_each(visit);
        }
        Kind::Dict(pairs) => pairs.iter().for_each(|(key, value)| {
            visit(*key);
            visit(*value);
        }),
        Kind::Filter(call) => {
            visit(call.subject);
            call.arguments.all().for_each(visit);
        }
        Kind::Slice(slice) => {
            visit(slice.subject);
            [slice.start, slice.stop, slice.step].into_iter().flatten().for_each(visit);
        }
        Kind::Test(call) => {
            visit(call.subject);
            call.arguments.all().for_each(visit);
        }
    }
}
