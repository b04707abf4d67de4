//! Expressions: 64-bit integers with C's precedence and laziness.

use super::scan::Scan;
use super::series::Series;
use super::symbols::{PageError, Symbols};

/// A variable, by its place in the program's list of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::llama_cpp) struct Symbol(pub(in crate::engine::llama_cpp) usize);

/// A tensor's name with one number in it at most: `blk.{i}.attn_q.weight`.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::engine::llama_cpp) struct Template {
    /// What stands before the number; the whole name where there is none.
    pub(in crate::engine::llama_cpp) before: &'static str,
    /// The number, and the series that it makes the name one of.
    pub(in crate::engine::llama_cpp) number: Option<(Box<Node>, Series)>,
}

/// A value that the engine computes from others whenever it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the variants are the engine's own names")]
pub(in crate::engine::llama_cpp) enum Derived {
    HasKv,
    IsMla,
    NEmbdHeadK,
    NEmbdHeadKMla,
    NEmbdHeadV,
    NEmbdHeadVMla,
    NEmbdInp,
    NEmbdInpEnc,
    NEmbdKGqa,
    NEmbdOut,
    NEmbdVGqa,
    NGqa,
    NLayer,
    NRot,
    NTokenTypes,
    NVocab,
}

impl Derived {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "has_kv" => Self::HasKv,
            "is_mla" => Self::IsMla,
            "n_embd_head_k" => Self::NEmbdHeadK,
            "n_embd_head_k_mla" => Self::NEmbdHeadKMla,
            "n_embd_head_v" => Self::NEmbdHeadV,
            "n_embd_head_v_mla" => Self::NEmbdHeadVMla,
            "n_embd_inp" => Self::NEmbdInp,
            "n_embd_inp_enc" => Self::NEmbdInpEnc,
            "n_embd_k_gqa" => Self::NEmbdKGqa,
            "n_embd_out" => Self::NEmbdOut,
            "n_embd_v_gqa" => Self::NEmbdVGqa,
            "n_gqa" => Self::NGqa,
            "n_layer" => Self::NLayer,
            "n_rot" => Self::NRot,
            "n_token_types" => Self::NTokenTypes,
            "n_vocab" => Self::NVocab,
            _ => return None,
        })
    }
}

/// What stands between two operands, `&&` and `||` apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the variants are C's operators")]
pub(in crate::engine::llama_cpp) enum Operator {
    Add,
    Divide,
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Multiply,
    Remainder,
    Subtract,
    Unequal,
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::engine::llama_cpp) enum Node {
    /// `a && b`
    And(Box<Node>, Box<Node>),
    /// `array(key)`: the key is there and holds an array.
    ArrayKey(Box<str>),
    /// `asked(tensor)`: it was requested before.
    Asked(Template),
    /// Two operands and what stands between them.
    Binary(Operator, Box<Node>, Box<Node>),
    /// `c ? a : b`
    Choose(Box<Node>, Box<Node>, Box<Node>),
    /// `deepstack_bad(..)`: an entry names a layer that is not there.
    DeepstackBad,
    /// A computed value, of layer 0 or of the layer given.
    Derived(Derived, Option<Box<Node>>),
    /// `has(tensor)`: it is in the file.
    Has(Template),
    /// `key(key)`: it is in the file.
    HasKey(Box<str>),
    /// `max(a, b)`
    Larger(Box<Node>, Box<Node>),
    /// `max_over_layers(x)`, `max_over_all_layers(x)`: `true` counts the layers of extra predictions too.
    LargestOverLayers(Box<Node>, bool),
    /// `len(key)`: an array's length.
    Length(Box<str>),
    /// `loaded(tensor)`: the last request for it was met.
    Loaded(Template),
    /// `-a`
    Negate(Box<Node>),
    /// `!a`
    Not(Box<Node>),
    /// A number.
    Number(i64),
    /// `a || b`
    Or(Box<Node>, Box<Node>),
    /// `any_outside(key, low, high)`: some element is not in `low..high`.
    Outside(Box<str>, Box<Node>, Box<Node>),
    /// `ple_rows()`: rows of the n-gram embedding table.
    PleRows,
    /// `dim(tensor, axis)`: a dimension of a tensor of the file.
    Size(Template, Box<Node>),
    /// `min(a, b)`
    Smaller(Box<Node>, Box<Node>),
    /// A variable, of layer 0 or of the layer given.
    Variable(Symbol, Option<Box<Node>>),
}

/// Reads an expression; it ends where no operator follows.
pub(super) fn parse(scan: &mut Scan, symbols: &mut Symbols) -> Result<Node, PageError> {
    let condition = binary(scan, symbols, 1)?;
    if !scan.take("?") {
        return Ok(condition);
    }
    let then = parse(scan, symbols)?;
    if !scan.take(":") {
        return Err(PageError::expected("':'", scan.rest()));
    }
    let otherwise = parse(scan, symbols)?;
    Ok(Node::Choose(condition.into(), then.into(), otherwise.into()))
}

fn strength(operator: &str) -> u8 {
    match operator {
        "||" => 1,
        "&&" => 2,
        "==" | "!=" => 3,
        "<" | "<=" | ">" | ">=" => 4,
        "+" | "-" => 5,
        _ => 6,
    }
}

fn binary(scan: &mut Scan, symbols: &mut Symbols, weakest: u8) -> Result<Node, PageError> {
    let mut left = unary(scan, symbols)?;
    while let Some(operator) = scan.operator().filter(|operator| strength(operator) >= weakest) {
        scan.take(operator);
        let right = binary(scan, symbols, strength(operator).saturating_add(1))?;
        left = joined(operator, left, right);
    }
    Ok(left)
}

fn joined(operator: &str, left: Node, right: Node) -> Node {
    let (left, right) = (left.into(), right.into());
    let operator = match operator {
        "&&" => return Node::And(left, right),
        "||" => return Node::Or(left, right),
        "==" => Operator::Equal,
        "!=" => Operator::Unequal,
        "<" => Operator::Less,
        "<=" => Operator::LessOrEqual,
        ">" => Operator::Greater,
        ">=" => Operator::GreaterOrEqual,
        "+" => Operator::Add,
        "-" => Operator::Subtract,
        "*" => Operator::Multiply,
        "/" => Operator::Divide,
        _ => Operator::Remainder,
    };
    Node::Binary(operator, left, right)
}

fn unary(scan: &mut Scan, symbols: &mut Symbols) -> Result<Node, PageError> {
    if scan.take("!") {
        return Ok(Node::Not(unary(scan, symbols)?.into()));
    }
    if scan.take("-") {
        return Ok(Node::Negate(unary(scan, symbols)?.into()));
    }
    if scan.take("(") {
        let inner = parse(scan, symbols)?;
        return closed(scan, ")", inner);
    }
    if let Some(text) = scan.quoted() {
        return Ok(Node::Number(symbols.text(text)));
    }
    if let Some(number) = scan.number() {
        return Ok(Node::Number(number));
    }
    let name = scan.name().ok_or_else(|| PageError::expected("a value", scan.rest()))?;
    if scan.take("(") { call(name, scan, symbols) } else { variable(name, scan, symbols) }
}

fn closed(scan: &mut Scan, bracket: &str, inner: Node) -> Result<Node, PageError> {
    if scan.take(bracket) { Ok(inner) } else { Err(PageError::expected(bracket, scan.rest())) }
}

fn variable(name: &'static str, scan: &mut Scan, symbols: &mut Symbols) -> Result<Node, PageError> {
    if let Some(expression) = symbols.named(name) {
        return parse(&mut Scan::new(expression), symbols);
    }
    let layer = if scan.take("[") {
        if scan.take("*]") {
            // `x[*]` on the right of an assignment copies every layer; the assignment knows.
            None
        } else {
            let inner = parse(scan, symbols)?;
            Some(Box::new(closed(scan, "]", inner)?))
        }
    } else {
        None
    };
    Ok(match Derived::named(name) {
        Some(derived) => Node::Derived(derived, layer),
        None => Node::Variable(symbols.symbol(name), layer),
    })
}

fn call(name: &'static str, scan: &mut Scan, symbols: &mut Symbols) -> Result<Node, PageError> {
    let node = match name {
        "has" => Node::Has(argument(scan, symbols)?),
        "loaded" => Node::Loaded(argument(scan, symbols)?),
        "asked" => Node::Asked(argument(scan, symbols)?),
        "dim" => {
            let tensor = argument(scan, symbols)?;
            Node::Size(tensor, next(scan, symbols)?)
        }
        "key" => Node::HasKey(symbols.own_key(scan.until(b",)"))),
        "array" => Node::ArrayKey(symbols.own_key(scan.until(b",)"))),
        "len" => Node::Length(symbols.own_key(scan.until(b",)"))),
        "any_outside" => {
            let key = symbols.own_key(scan.until(b",)"));
            Node::Outside(key, next(scan, symbols)?, next(scan, symbols)?)
        }
        "deepstack_bad" => {
            scan.until(b")");
            Node::DeepstackBad
        }
        "ple_rows" => Node::PleRows,
        "max_over_layers" => Node::LargestOverLayers(parse(scan, symbols)?.into(), false),
        "max_over_all_layers" => Node::LargestOverLayers(parse(scan, symbols)?.into(), true),
        "max" => Node::Larger(parse(scan, symbols)?.into(), next(scan, symbols)?),
        "min" => Node::Smaller(parse(scan, symbols)?.into(), next(scan, symbols)?),
        _ => return Err(PageError::expected("a known function", name)),
    };
    closed(scan, ")", node)
}

/// The argument after a comma.
fn next(scan: &mut Scan, symbols: &mut Symbols) -> Result<Box<Node>, PageError> {
    if scan.take(",") { parse(scan, symbols).map(Box::new) } else { Err(PageError::expected("','", scan.rest())) }
}

fn argument(scan: &mut Scan, symbols: &mut Symbols) -> Result<Template, PageError> {
    template(scan.until(b",)"), symbols)
}

/// Reads a tensor's name; `.x` is short for `blk.{i}.x`.
pub(super) fn template(name: &'static str, symbols: &mut Symbols) -> Result<Template, PageError> {
    if name.starts_with('.') {
        let layer = Node::Variable(symbols.symbol("i"), None);
        return Ok(symbols.numbered("blk.", layer, name));
    }
    let Some((before, tail)) = name.split_once('{') else { return Ok(Template { before: name, number: None }) };
    let (number, after) = tail.split_once('}').ok_or_else(|| PageError::expected("'}'", tail))?;
    let number = parse(&mut Scan::new(number), symbols)?;
    Ok(symbols.numbered(before, number, after))
}
