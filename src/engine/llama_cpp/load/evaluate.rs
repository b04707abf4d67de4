//! Values of expressions: 64-bit, wrapping, C's division, only the branch that is taken.

use super::name::Name;
use super::state::State;
use crate::engine::llama_cpp::language::{Derived, Node, Operator, Series, Symbol, Template};
use crate::engine::llama_cpp::tables::base;
use crate::facts::gguf::{ArrayFacts, KeyFacts};
use std::cmp::Ordering;

/// How the process dies over an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Death {
    /// SIGFPE: also where the quotient does not fit.
    DivisionByZero,
    /// SIGABRT: a layer's value was asked for that is not there.
    NoSuchLayer(i64),
}

impl State<'_> {
    /// The value.
    #[inline]
    pub(super) fn evaluate(&self, node: &Node) -> Result<i64, Death> {
        match node {
            Node::Number(number) => Ok(*number),
            Node::Variable(symbol, None) if !base::is_per_layer(*symbol) => Ok(self.value(*symbol, 0)),
            other => self.compute(other),
        }
    }

    #[inline(never)]
    fn compute(&self, node: &Node) -> Result<i64, Death> {
        Ok(match node {
            Node::Number(number) => *number,
            Node::Variable(symbol, layer) => self.variable(*symbol, layer.as_deref())?,
            Node::Derived(derived, layer) => self.derived(*derived, layer.as_deref())?,
            Node::Binary(operator, left, right) => binary(*operator, self.evaluate(left)?, self.evaluate(right)?)?,
            Node::And(left, right) => i64::from(self.holds(left)? && self.holds(right)?),
            Node::Or(left, right) => i64::from(self.holds(left)? || self.holds(right)?),
            Node::Not(inner) => i64::from(!self.holds(inner)?),
            Node::Negate(inner) => self.evaluate(inner)?.wrapping_neg(),
            Node::Choose(condition, then, otherwise) => {
                self.evaluate(if self.holds(condition)? { then } else { otherwise })?
            }
            Node::Larger(left, right) => self.evaluate(left)?.max(self.evaluate(right)?),
            Node::Smaller(left, right) => self.evaluate(left)?.min(self.evaluate(right)?),
            Node::LargestOverLayers(inner, all) => self.largest(inner, *all)?,
            other => self.look_up(other)?,
        })
    }

    /// Whether the value is not zero.
    pub(super) fn holds(&self, node: &Node) -> Result<bool, Death> {
        self.evaluate(node).map(|value| value != 0)
    }

    /// What the files answer.
    fn look_up(&self, node: &Node) -> Result<i64, Death> {
        Ok(match node {
            Node::Has(tensor) => self.tensors.has(&self.name(tensor)?).into(),
            Node::Loaded(tensor) => self.tensors.is_loaded(&self.name(tensor)?).into(),
            Node::Asked(tensor) => self.tensors.was_asked(&self.name(tensor)?).into(),
            Node::Size(tensor, axis) => {
                let axis = self.evaluate(axis)?;
                self.tensors.dimension(&self.name(tensor)?, axis)
            }
            Node::HasKey(key) => self.gguf.key(key).is_some().into(),
            Node::ArrayKey(key) => self.array(key).is_some().into(),
            Node::Length(key) => self.array(key).map_or(0, |array| i64::try_from(array.count).unwrap_or(i64::MAX)),
            Node::Outside(key, low, high) => {
                let range = self.evaluate(low)?..self.evaluate(high)?;
                let outside = |array: &ArrayFacts| array.numbers.iter().any(|number| !range.contains(number));
                self.array(key).is_some_and(outside).into()
            }
            Node::PleRows => self.ple_rows(),
            Node::DeepstackBad => self.deepstack_bad().into(),
            _ => 0,
        })
    }

    fn array(&self, key: &str) -> Option<&ArrayFacts> {
        self.gguf.key(key).and_then(KeyFacts::array)
    }

    /// A tensor's name with its number filled in.
    pub(super) fn name(&self, template: &Template) -> Result<Name, Death> {
        let Some((number, series)) = &template.number else { return Ok(Name::whole(template.before)) };
        Ok(self.name_in(*series, self.evaluate(number)?))
    }

    /// The name of a series that has this number.
    pub(super) fn name_in(&self, series: Series, number: i64) -> Name {
        let (before, after) =
            self.program.series.common(series).map_or(("", ""), |common| (common.before, common.after));
        Name { before, number: Some((number, after)), series: Some(series) }
    }

    fn layer(&self, layer: Option<&Node>) -> Result<i64, Death> {
        layer.map_or(Ok(0), |layer| self.evaluate(layer))
    }

    fn variable(&self, symbol: Symbol, layer: Option<&Node>) -> Result<i64, Death> {
        let at = self.layer(layer)?;
        if base::is_per_layer(symbol) { self.of_layer(symbol, at) } else { Ok(self.value(symbol, at)) }
    }

    /// The value of a layer; there must be such a layer.
    fn of_layer(&self, symbol: Symbol, layer: i64) -> Result<i64, Death> {
        if layer >= self.all_layers() { Err(Death::NoSuchLayer(layer)) } else { Ok(self.value(symbol, layer)) }
    }

    /// The elements of a layer's keys and of its values that are kept for each token.
    pub(in crate::engine::llama_cpp) fn cached(&self, layer: i64) -> (i64, i64) {
        let start = self.value(base::KV_FROM_START, 0);
        let shares = start >= 0 && layer >= start;
        if shares || self.value(base::IS_RECR, layer) != 0 {
            return (0, 0);
        }
        let elements = |derived| self.derived(derived, Some(&Node::Number(layer))).unwrap_or_default();
        (elements(Derived::NEmbdKGqa), elements(Derived::NEmbdVGqa))
    }

    fn windowed(&self, full: Symbol, window: Symbol, layer: i64) -> Result<i64, Death> {
        let windowed = self.of_layer(base::IS_SWA, layer)? != 0;
        Ok(self.value(if windowed { window } else { full }, 0))
    }

    fn is_mla(&self) -> bool {
        self.value(base::HEAD_K_MLA, 0) != 0 && self.value(base::HEAD_V_MLA, 0) != 0
    }

    fn or_else(&self, symbol: Symbol, otherwise: i64) -> i64 {
        match self.value(symbol, 0) {
            0 => otherwise,
            value => value,
        }
    }

    fn head_k(&self, layer: i64) -> Result<i64, Death> {
        self.windowed(base::HEAD_K_FULL, base::HEAD_K_SWA, layer)
    }

    fn head_v(&self, layer: i64) -> Result<i64, Death> {
        self.windowed(base::HEAD_V_FULL, base::HEAD_V_SWA, layer)
    }

    fn derived(&self, derived: Derived, layer: Option<&Node>) -> Result<i64, Death> {
        let at = self.layer(layer)?;
        let width = self.value(base::N_EMBD, 0);
        Ok(match derived {
            Derived::HasKv => {
                let start = self.value(base::KV_FROM_START, 0);
                i64::from(start < 0 || at < start)
            }
            Derived::IsMla => self.is_mla().into(),
            Derived::NEmbdHeadK => self.head_k(at)?,
            Derived::NEmbdHeadKMla if self.is_mla() => self.value(base::HEAD_K_MLA, 0),
            Derived::NEmbdHeadKMla => self.head_k(at)?,
            Derived::NEmbdHeadV => self.head_v(at)?,
            Derived::NEmbdHeadVMla if self.is_mla() => self.value(base::HEAD_V_MLA, 0),
            Derived::NEmbdHeadVMla => self.head_v(at)?,
            Derived::NEmbdInp => self.input_width(),
            Derived::NEmbdInpEnc => self.or_else(base::EMBD_INP_ENC, self.input_width()),
            Derived::NEmbdKGqa => self.head_k(at)?.wrapping_mul(self.of_layer(base::N_HEAD_KV, at)?),
            Derived::NEmbdOut => self.or_else(base::EMBD_OUT, width),
            Derived::NEmbdVGqa => self.head_v(at)?.wrapping_mul(self.of_layer(base::N_HEAD_KV, at)?),
            Derived::NGqa => {
                let heads = self.of_layer(base::N_HEAD, at)?;
                heads.checked_div(self.of_layer(base::N_HEAD_KV, at)?).unwrap_or(0)
            }
            Derived::NLayer => self.layers(),
            Derived::NRot => self.windowed(base::ROT_FULL, base::ROT_SWA, at)?,
            Derived::NTokenTypes => self.vocabulary.token_types,
            Derived::NVocab => self.vocabulary.size,
        })
    }

    /// How many elements go into the first layer for each token.
    pub(super) fn input_width(&self) -> i64 {
        let width = self.value(base::N_EMBD, 0);
        let deepstack = self.value(base::DEEPSTACK_LAYERS, 0).wrapping_add(1);
        self.or_else(base::EMBD_INP, width.wrapping_mul(deepstack))
    }

    /// The largest value that an expression has over the layers, with no index meaning the layer at hand.
    fn largest(&self, inner: &Node, all: bool) -> Result<i64, Death> {
        let layers = if all { self.all_layers() } else { self.layers() };
        let of = |layer: i64| match inner {
            Node::Variable(symbol, None) => Ok(self.value(*symbol, layer)),
            Node::Derived(derived, None) => self.derived(*derived, Some(&Node::Number(layer))),
            other => self.evaluate(other),
        };
        let layers = layers.min(i64::try_from(base::LAYERS).unwrap_or(i64::MAX));
        (0..layers).try_fold(0, |largest: i64, layer| Ok(largest.max(of(layer)?)))
    }

    fn ple_rows(&self) -> i64 {
        let rows = |head| self.value(base::PLE_OFFSETS, head).wrapping_add(self.value(base::PLE_SIZES, head));
        let heads = self.value(base::PLE_HEADS, 0).min(64);
        (0..heads).map(rows).max().unwrap_or(0).max(0)
    }

    /// Whether an entry names more layers than there are distinct ones.
    fn deepstack_bad(&self) -> bool {
        let entries = (0..self.all_layers().min(512)).map(|layer| as_signed(self.value(base::DEEPSTACK, layer)));
        let mut named: Vec<i64> = entries.filter(|entry| *entry >= 0).collect();
        named.sort_unstable();
        named.dedup();
        let distinct = i64::try_from(named.len()).unwrap_or(i64::MAX);
        named.last().is_some_and(|largest| *largest > distinct)
    }
}

/// What a 32-bit number is with a sign.
fn as_signed(number: i64) -> i64 {
    let [first, second, third, fourth, ..] = number.to_le_bytes();
    i32::from_le_bytes([first, second, third, fourth]).into()
}

fn binary(operator: Operator, left: i64, right: i64) -> Result<i64, Death> {
    Ok(match operator {
        Operator::Add => left.wrapping_add(right),
        Operator::Subtract => left.wrapping_sub(right),
        Operator::Multiply => left.wrapping_mul(right),
        Operator::Divide => left.checked_div(right).ok_or(Death::DivisionByZero)?,
        Operator::Remainder => left.checked_rem(right).ok_or(Death::DivisionByZero)?,
        Operator::Equal => (left == right).into(),
        Operator::Unequal => (left != right).into(),
        Operator::Less => (left.cmp(&right) == Ordering::Less).into(),
        Operator::LessOrEqual => (left.cmp(&right) != Ordering::Greater).into(),
        Operator::Greater => (left.cmp(&right) == Ordering::Greater).into(),
        Operator::GreaterOrEqual => (left.cmp(&right) != Ordering::Less).into(),
    })
}
