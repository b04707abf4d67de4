//! Everything else: what Jinja and Python hand out beside plain data.

use super::super::ast;
use super::super::budget::Charge;
use super::super::eval::Activation;
use super::super::iterate::Generator;
use super::{Dict, Value};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

pub(in super::super) enum Object<'a> {
    /// `self.name`
    Block(&'a ast::Block),
    /// A method of a built-in type, not yet called.
    Bound(Value<'a>, &'static str),
    Cycler(Cycler<'a>),
    Generator(RefCell<Generator<'a>>),
    Joiner(Joiner<'a>),
    Loop(LoopState<'a>),
    Macro(Macro<'a>),
    Namespace(Namespace<'a>),
    Range(Range),
    View(View, Rc<Dict<'a>>),
}

/// A function or class of the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Builtin {
    Cycler,
    Dict,
    DictFromKeys,
    Joiner,
    Lipsum,
    Namespace,
    RaiseException,
    Range,
    StrftimeNow,
    /// `self`
    Template,
}

/// Which part of a dictionary a view shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum View {
    Items,
    Keys,
    Values,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Range {
    pub(in super::super) start: i64,
    pub(in super::super) stop: i64,
    pub(in super::super) step: i64,
}

impl Range {
    pub(in super::super) fn len(self) -> u64 {
        let (low, high) = if self.step > 0 { (self.start, self.stop) } else { (self.stop, self.start) };
        if low >= high || self.step == 0 {
            return 0;
        }
        let distance = i128::from(high).saturating_sub(i128::from(low)).saturating_sub(1);
        let count = distance.checked_div(i128::from(self.step.unsigned_abs())).unwrap_or(0).saturating_add(1);
        u64::try_from(count).unwrap_or(u64::MAX)
    }

    /// The element at `index`, which must be within the range.
    pub(in super::super) fn at(self, index: u64) -> i64 {
        let offset = i128::from(index).saturating_mul(i128::from(self.step));
        i64::try_from(i128::from(self.start).saturating_add(offset)).unwrap_or(i64::MAX)
    }
}

pub(in super::super) struct Cycler<'a> {
    pub(in super::super) items: Vec<Value<'a>>,
    pub(in super::super) at: Cell<usize>,
}

pub(in super::super) struct Joiner<'a> {
    pub(in super::super) separator: Value<'a>,
    pub(in super::super) used: Cell<bool>,
}

pub(in super::super) struct Namespace<'a> {
    pub(in super::super) attributes: RefCell<Dict<'a>>,
}

/// What `loop` knows.
pub(in super::super) struct LoopState<'a> {
    pub(in super::super) source: RefCell<super::super::loops::Source<'a>>,
    pub(in super::super) index0: Cell<i64>,
    pub(in super::super) depth0: i64,
    pub(in super::super) changed: RefCell<Option<Vec<Value<'a>>>>,
    /// The loop to render again, where it is recursive.
    pub(in super::super) recurse: Option<(&'a ast::For, Rc<Activation<'a>>)>,
    pub(in super::super) _charge: Charge,
}

pub(in super::super) struct Macro<'a> {
    pub(in super::super) name: Option<&'a str>,
    pub(in super::super) signature: &'a ast::Signature,
    pub(in super::super) function: &'a ast::Function,
    pub(in super::super) closure: Rc<Activation<'a>>,
    pub(in super::super) _charge: Charge,
}

impl Builtin {
    pub(in super::super) fn type_name(self) -> &'static str {
        match self {
            Self::Cycler | Self::Joiner | Self::Namespace => "type",
            Self::Dict => "TemplateDict",
            Self::DictFromKeys => "method",
            Self::Template => "TemplateReference",
            _ => "function",
        }
    }
}

impl Object<'_> {
    pub(in super::super) fn depth(&self) -> u16 {
        match self {
            Self::Bound(receiver, _) => receiver.depth().saturating_add(1),
            Self::Cycler(cycler) => cycler.items.iter().map(Value::depth).max().unwrap_or(0).saturating_add(1),
            Self::Generator(generator) => generator.try_borrow().map_or(1, |generator| generator.depth()),
            Self::Joiner(joiner) => joiner.separator.depth().saturating_add(1),
            Self::Loop(state) => state.source.try_borrow().map_or(1, |source| source.depth()),
            Self::View(_, dict) => dict.depth().saturating_add(1),
            _ => 1,
        }
    }

    pub(in super::super) fn type_name(&self) -> &'static str {
        match self {
            Self::Block(_) => "BlockReference",
            Self::Bound(..) => "builtin_function_or_method",
            Self::Cycler(_) => "Cycler",
            Self::Generator(generator) => generator.try_borrow().map_or("generator", |generator| generator.type_name()),
            Self::Joiner(_) => "Joiner",
            Self::Loop(_) => "LoopContext",
            Self::Macro(_) => "Macro",
            Self::Namespace(_) => "TemplateNamespace",
            Self::Range(_) => "range",
            Self::View(View::Items, _) => "dict_items",
            Self::View(View::Keys, _) => "dict_keys",
            Self::View(View::Values, _) => "dict_values",
        }
    }

    pub(in super::super) fn owner_name(&self) -> &'static str {
        match self {
            Self::Block(_) => "jinja2.runtime.BlockReference object",
            Self::Bound(..) => "builtin_function_or_method object",
            Self::Cycler(_) => "jinja2.utils.Cycler object",
            Self::Generator(_) => "generator object",
            Self::Joiner(_) => "jinja2.utils.Joiner object",
            Self::Loop(_) => "jinja2.runtime.LoopContext object",
            Self::Macro(_) => "jinja2.runtime.Macro object",
            Self::Namespace(_) => "transformers.utils.chat_template_utils.TemplateNamespace object",
            Self::Range(_) => "range object",
            Self::View(View::Items, _) => "dict_items object",
            Self::View(View::Keys, _) => "dict_keys object",
            Self::View(View::Values, _) => "dict_values object",
        }
    }
}
