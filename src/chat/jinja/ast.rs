//! The syntax tree. Names are resolved to slots by [`super::scope`].

pub(super) use super::tree::{Expr, Node, Part, Root, Tree};
use num_bigint::BigInt;

/// A range of bytes of the template's normalized source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::chat) struct Span {
    pub(in crate::chat) start: u32,
    pub(in crate::chat) end: u32,
}

impl Span {
    /// How many bytes stand there.
    pub(super) fn len(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }

    /// What stands there in `text`.
    pub(super) fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

#[derive(Debug)]
#[repr(u64)]
pub(super) enum Kind {
    And(Expr, Expr),
    Attribute(Expr, Member),
    Binary(Operator, Expr, Expr),
    Call(Box<Call>),
    /// `a < b < c`
    Chain(Box<Chain>),
    Compare(Comparison, Expr, Expr),
    Concat(Vec<Expr>),
    Conditional(Box<Conditional>),
    Constant(Constant),
    Dict(Vec<(Expr, Expr)>),
    Filter(Box<FilterCall>),
    Item(Expr, Expr),
    List(Vec<Expr>),
    Name(Name),
    Negative(Expr),
    Not(Expr),
    Or(Expr, Expr),
    Positive(Expr),
    Slice(Box<Slice>),
    Test(Box<TestCall>),
    Tuple(Vec<Expr>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Divide,
    FloorDivide,
    Modulo,
    Multiply,
    Power,
    Subtract,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Greater,
    GreaterEqual,
    In,
    Less,
    LessEqual,
    NotEqual,
    NotIn,
}

#[derive(Debug)]
pub(super) struct Chain {
    pub(super) first: Expr,
    pub(super) rest: Vec<(Comparison, Expr)>,
}

#[derive(Debug)]
pub(super) struct Conditional {
    pub(super) test: Expr,
    pub(super) then: Expr,
    pub(super) otherwise: Option<Expr>,
}

#[derive(Debug)]
pub(super) enum Constant {
    Big(Box<BigInt>),
    Bool(bool),
    Float(f64),
    Int(i64),
    None,
    /// Where it stands in the texts of the template's literals.
    Str(Span),
}

/// The name behind a dot.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    pub(super) span: Span,
    /// Whether a dictionary has nothing of this name but what its keys name.
    pub(super) plain: bool,
}

/// A variable: where its name stands in the source, and, once resolved, where its value lives.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name {
    pub(super) span: Span,
    pub(super) slot: Slot,
}

/// Where a variable lives: so many functions out, at that index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) hops: u16,
    pub(super) index: u16,
}

#[derive(Debug, Default)]
pub(super) struct Arguments {
    pub(super) positional: Vec<Expr>,
    /// Where each name stands, and the value.
    pub(super) named: Vec<(Span, Expr)>,
    pub(super) star: Option<Expr>,
    pub(super) double_star: Option<Expr>,
}

impl Arguments {
    pub(super) fn all(&self) -> impl Iterator<Item = Expr> {
        let named = self.named.iter().map(|(_, value)| value);
        self.positional.iter().chain(named).chain(&self.star).chain(&self.double_star).copied()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.positional.is_empty() && self.named.is_empty() && self.star.is_none() && self.double_star.is_none()
    }
}

#[derive(Debug)]
pub(super) struct Call {
    pub(super) callee: Expr,
    pub(super) arguments: Arguments,
}

#[derive(Debug)]
pub(super) struct FilterCall {
    pub(super) subject: Expr,
    pub(super) filter: FilterName,
    pub(super) arguments: Arguments,
}

#[derive(Debug)]
pub(super) struct FilterName {
    pub(super) id: Option<super::filters::Filter>,
    /// Where its name stands.
    pub(super) span: Span,
}

/// The filters of a block, in their order.
#[derive(Debug)]
pub(super) struct BlockFilters {
    pub(super) list: Vec<(FilterName, Arguments)>,
    /// Their arguments.
    pub(super) part: Part,
}

#[derive(Debug)]
pub(super) struct TestCall {
    pub(super) subject: Expr,
    pub(super) id: Option<super::tests::Test>,
    pub(super) arguments: Arguments,
    /// Where its name stands.
    pub(super) span: Span,
}

#[derive(Debug)]
pub(super) struct Slice {
    pub(super) subject: Expr,
    pub(super) start: Option<Expr>,
    pub(super) stop: Option<Expr>,
    pub(super) step: Option<Expr>,
    /// Whether Jinja would fold it: a slice of a constant that cannot be sliced is undefined instead of an error.
    pub(super) constant: bool,
}

#[derive(Debug)]
pub(super) struct Statement {
    pub(super) span: Span,
    pub(super) kind: StatementKind,
}

pub(super) type Body = Vec<Statement>;

#[derive(Debug)]
pub(super) enum StatementKind {
    Block(Box<Block>),
    Break,
    CallBlock(Box<CallBlock>),
    Continue,
    FilterBlock(Box<FilterBlock>),
    For(Box<For>),
    Generation(Box<Generation>),
    If(Box<If>),
    /// `include`, `import`, `from` and `extends`: there is no loader.
    Load(Root),
    Macro(Box<Macro>),
    Print(Root),
    Set(Box<(Target, Root)>),
    SetBlock(Box<SetBlock>),
    /// What stands between tags.
    Text(Span),
    With(Box<With>),
}

#[derive(Debug, Clone)]
pub(super) enum Target {
    /// `ns.name`
    Attribute(Name, Span),
    Name(Name),
    Tuple(Vec<Target>),
}

#[derive(Debug)]
pub(super) struct If {
    pub(super) branches: Vec<(Root, Body)>,
    pub(super) otherwise: Body,
}

/// The variables of one frame, set when it is entered.
#[derive(Debug, Default)]
pub(super) struct Frame {
    pub(super) loads: Vec<(u16, Load)>,
}

/// What a variable holds when its frame is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Load {
    /// What an outer frame's variable holds.
    Alias(Slot),
    /// It is set before the body runs.
    Parameter,
    /// What the caller or the environment has under the name that stands there.
    Resolve(Span),
    /// Nothing yet.
    Undefined,
}

/// A frame that is a function of its own in Jinja's generated code.
#[derive(Debug, Default)]
pub(super) struct Function {
    pub(super) frame: Frame,
    pub(super) slots: u16,
    pub(super) body: Body,
}

#[derive(Debug)]
pub(super) struct For {
    pub(super) target: Target,
    pub(super) iterable: Root,
    /// The `if` of the loop, a function of its own.
    pub(super) filter: Option<Box<LoopFilter>>,
    pub(super) recursive: bool,
    /// Where `loop` lives, if the body uses it.
    pub(super) loop_slot: Option<u16>,
    pub(super) uses_loop: bool,
    pub(super) function: Function,
    pub(super) else_frame: Frame,
    pub(super) otherwise: Body,
}

#[derive(Debug)]
pub(super) struct LoopFilter {
    pub(super) frame: Frame,
    pub(super) target: Target,
    pub(super) test: Root,
}

#[derive(Debug)]
pub(super) struct Macro {
    pub(super) name: Name,
    pub(super) signature: Signature,
    pub(super) function: Function,
}

/// The parameters of a macro or a call block.
#[derive(Debug, Default)]
pub(super) struct Signature {
    pub(super) parameters: Vec<Name>,
    /// Of the last parameters.
    pub(super) defaults: Vec<Root>,
    pub(super) uses_caller: bool,
    pub(super) uses_kwargs: bool,
    pub(super) uses_varargs: bool,
    pub(super) caller: Option<u16>,
    pub(super) kwargs: Option<u16>,
    pub(super) varargs: Option<u16>,
}

#[derive(Debug)]
pub(super) struct CallBlock {
    pub(super) call: Root,
    pub(super) signature: Signature,
    pub(super) function: Function,
}

#[derive(Debug)]
pub(super) struct Generation {
    pub(super) function: Function,
}

#[derive(Debug)]
pub(super) struct FilterBlock {
    pub(super) filters: BlockFilters,
    pub(super) frame: Frame,
    pub(super) body: Body,
}

#[derive(Debug)]
pub(super) struct SetBlock {
    pub(super) target: Target,
    pub(super) filters: BlockFilters,
    pub(super) frame: Frame,
    pub(super) body: Body,
}

#[derive(Debug)]
pub(super) struct With {
    pub(super) targets: Vec<Target>,
    pub(super) values: Vec<Root>,
    pub(super) frame: Frame,
    pub(super) body: Body,
}

#[derive(Debug)]
pub(super) struct Block {
    pub(super) name: Box<str>,
    pub(super) function: Function,
}
