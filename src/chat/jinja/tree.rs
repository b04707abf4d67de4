//! Where the expressions of a template stand: one behind another, what is inside of one before it.

use super::ast::{Constant, Kind, Name, Span};

/// All expressions of a template.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: Vec<Node>,
}

/// Where an expression stands in its tree, and its height, in one word: half-written ones had to wait for the store.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expr(u64);

impl Expr {
    fn new(place: u32, height: u16) -> Self {
        Self(u64::from(height) << 32 | u64::from(place))
    }

    /// One more than that of its tallest child.
    pub(super) fn height(self) -> u16 {
        u16::try_from(self.0 >> 32).unwrap_or(u16::MAX)
    }

    fn place(self) -> usize {
        usize::try_from(self.0 & u64::from(u32::MAX)).unwrap_or(usize::MAX)
    }
}

/// A part of a tree: what has been read together stands together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    first: u32,
    end: u32,
}

/// The expression of a statement, with all that is inside of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Root {
    pub(super) part: Part,
    pub(super) top: Expr,
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) kind: Kind,
}

/// What a place has at which nothing stands.
static NOTHING: Node = Node { span: Span { start: 0, end: 0 }, kind: Kind::Constant(Constant::None) };

impl Tree {
    /// Takes room for so many nodes.
    pub(super) fn reserve(&mut self, count: usize) {
        self.nodes.reserve(count);
    }

    pub(super) fn add(&mut self, span: Span, kind: Kind, height: u16) -> Expr {
        let expr = Expr::new(self.end(), height);
        self.nodes.push(Node { span, kind });
        expr
    }

    /// Takes back what has been added from a place on.
    pub(super) fn cut(&mut self, first: u32) {
        self.nodes.truncate(first as usize);
    }

    pub(super) fn all(&self) -> &[Node] {
        &self.nodes
    }

    /// Where the next node will stand; a template has fewer than its source has bytes.
    pub(super) fn end(&self) -> u32 {
        u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)
    }

    /// What has been added from a place on.
    pub(super) fn since(&self, first: u32) -> Part {
        Part { first, end: self.end() }
    }

    pub(super) fn node(&self, expr: Expr) -> &Node {
        self.nodes.get(expr.place()).unwrap_or(&NOTHING)
    }

    pub(super) fn kind(&self, expr: Expr) -> &Kind {
        &self.node(expr).kind
    }

    pub(super) fn node_mut(&mut self, expr: Expr) -> Option<&mut Node> {
        self.nodes.get_mut(expr.place())
    }

    /// Where the first name in a part of it stands; the part is then what is behind that name.
    pub(super) fn next_name(&self, part: &mut Part) -> Option<Span> {
        while part.first < part.end {
            let node = self.nodes.get(part.first as usize)?;
            part.first = part.first.saturating_add(1);
            if let Kind::Name(name) = &node.kind {
                return Some(name.span);
            }
        }
        None
    }

    /// The names in a part of it.
    pub(super) fn names_mut(&mut self, part: Part) -> impl Iterator<Item = &mut Name> {
        let nodes = self.nodes.get_mut(part.first as usize..part.end as usize).unwrap_or_default();
        nodes.iter_mut().filter_map(|node| if let Kind::Name(name) = &mut node.kind { Some(name) } else { None })
    }
}
