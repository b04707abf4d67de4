//! Fills in the slots, frame by frame.

use super::super::ast::{
    Block, BlockFilters, Body, CallBlock, FilterBlock, For, Frame, Function, Generation, Macro, Name, Part, Root,
    SetBlock, Signature, Statement, StatementKind, Target, With,
};
use super::super::error::{ErrorClass, Outcome, fail};
use super::{Resolver, Span, find};

impl Resolver<'_, '_> {
    pub(super) fn body(&mut self, body: &mut Body) -> Outcome<()> {
        body.iter_mut().try_for_each(|statement| self.statement(statement))
    }

    fn statement(&mut self, statement: &mut Statement) -> Outcome<()> {
        match &mut statement.kind {
            StatementKind::Block(block) => self.block(block),
            StatementKind::Break | StatementKind::Continue | StatementKind::Text(_) => Ok(()),
            StatementKind::CallBlock(block) => self.call_block(block),
            StatementKind::FilterBlock(block) => self.filter_block(block),
            StatementKind::For(looped) => self.for_loop(looped),
            StatementKind::Generation(block) => self.generation(block),
            StatementKind::If(block) => self.softly(|resolver| {
                block.branches.iter_mut().try_for_each(|(test, body)| {
                    resolver.expr(*test)?;
                    resolver.body(body)
                })?;
                resolver.body(&mut block.otherwise)
            }),
            StatementKind::Load(expr) | StatementKind::Print(expr) => self.expr(*expr),
            StatementKind::Macro(block) => self.macro_block(block),
            StatementKind::Set(set) => {
                self.expr(set.1)?;
                self.target(&mut set.0)
            }
            StatementKind::SetBlock(block) => self.set_block(block),
            StatementKind::With(block) => self.with_block(block),
        }
    }

    fn softly(&mut self, inner: impl FnOnce(&mut Self) -> Outcome<()>) -> Outcome<()> {
        let before = std::mem::replace(&mut self.soft, true);
        let result = inner(self);
        self.soft = before;
        result
    }

    /// Opens a frame inside the current one; unknown filters are compile errors in it.
    fn framed(&mut self, inner: impl FnOnce(&mut Self) -> Outcome<()>) -> Outcome<Frame> {
        let before = std::mem::replace(&mut self.soft, false);
        self.open_scope();
        let result = inner(self);
        let frame = self.close_scope();
        self.soft = before;
        result.map(|()| frame)
    }

    /// Opens a frame that is a function of its own.
    fn functional(
        &mut self,
        function: &mut Function,
        inner: impl FnOnce(&mut Self, &mut Body) -> Outcome<()>,
    ) -> Outcome<()> {
        self.open_function();
        let frame = self.framed(|resolver| inner(resolver, &mut function.body));
        function.slots = self.close_function();
        function.frame = frame?;
        Ok(())
    }

    fn name(&self, name: &mut Name) {
        if let Some(slot) = self.find(self.text(name.span), 0) {
            name.slot = slot;
        }
    }

    fn target(&self, target: &mut Target) -> Outcome<()> {
        match target {
            Target::Attribute(name, _) => {
                self.name(name);
                Ok(())
            }
            Target::Name(name) => {
                self.name(name);
                if self.loops > 0 && self.text(name.span) == "loop" {
                    let message = "Can't assign to special loop variable in for-loop target";
                    return fail(ErrorClass::TemplateAssertion, message).map_err(|failure| failure.at(name.span));
                }
                Ok(())
            }
            Target::Tuple(targets) => targets.iter_mut().try_for_each(|target| self.target(target)),
        }
    }

    fn for_loop(&mut self, looped: &mut For) -> Outcome<()> {
        self.expr(looped.iterable)?;
        self.loops = self.loops.saturating_add(1);
        if let Some(filter) = &mut looped.filter {
            filter.frame = self.framed(|resolver| {
                resolver.parameters(&filter.target)?;
                resolver.loads(filter.test.part)?;
                resolver.target(&mut filter.target)?;
                resolver.expr(filter.test)
            })?;
        }
        if looped.recursive {
            self.open_function();
        }
        let result = self.loop_frames(looped);
        if looped.recursive {
            looped.function.slots = self.close_function();
        }
        self.loops = self.loops.saturating_sub(1);
        result
    }

    fn loop_frames(&mut self, looped: &mut For) -> Outcome<()> {
        let For { target, function, uses_loop, loop_slot, otherwise, .. } = looped;
        function.frame = self.framed(|resolver| {
            if *uses_loop {
                *loop_slot = Some(resolver.parameter("loop", Span::default())?);
            }
            resolver.parameters(target)?;
            resolver.analyze(&function.body)?;
            resolver.target(target)?;
            resolver.body(&mut function.body)
        })?;
        looped.else_frame = self.framed(|resolver| {
            resolver.analyze(otherwise)?;
            resolver.body(otherwise)
        })?;
        Ok(())
    }

    fn macro_block(&mut self, block: &mut Macro) -> Outcome<()> {
        self.name(&mut block.name);
        self.called(&mut block.signature, &mut block.function)
    }

    fn call_block(&mut self, block: &mut CallBlock) -> Outcome<()> {
        self.called(&mut block.signature, &mut block.function)?;
        self.expr(block.call)
    }

    fn called(&mut self, signature: &mut Signature, function: &mut Function) -> Outcome<()> {
        self.functional(function, |resolver, body| {
            for parameter in &mut signature.parameters {
                parameter.slot.index = resolver.parameter(resolver.text(parameter.span), parameter.span)?;
            }
            resolver.special(signature)?;
            signature.defaults.iter().try_for_each(|default| resolver.loads(default.part))?;
            resolver.analyze(body)?;
            signature.defaults.iter().try_for_each(|default| resolver.expr(*default))?;
            resolver.body(body)
        })
    }

    fn special(&mut self, signature: &mut Signature) -> Outcome<()> {
        let nowhere = Span::default();
        if signature.uses_caller {
            signature.caller = Some(self.parameter("caller", nowhere)?);
        }
        if signature.uses_kwargs {
            signature.kwargs = Some(self.parameter("kwargs", nowhere)?);
        }
        if signature.uses_varargs {
            signature.varargs = Some(self.parameter("varargs", nowhere)?);
        }
        Ok(())
    }

    fn generation(&mut self, block: &mut Generation) -> Outcome<()> {
        self.functional(&mut block.function, |resolver, body| {
            resolver.analyze(body)?;
            resolver.body(body)
        })
    }

    /// A block sees the template's own variables, and none of the frames around it.
    fn block(&mut self, block: &mut Block) -> Outcome<()> {
        let scopes = self.scopes.split_off(1.min(self.scopes.len()));
        let slots = self.slots.split_off(1.min(self.slots.len()));
        let result = self.functional(&mut block.function, |resolver, body| {
            resolver.analyze(body)?;
            resolver.body(body)
        });
        self.scopes.extend(scopes);
        self.slots.extend(slots);
        result
    }

    fn filter_block(&mut self, block: &mut FilterBlock) -> Outcome<()> {
        let FilterBlock { filters, body, .. } = block;
        block.frame = self.framed(|resolver| {
            resolver.loads(filters.part)?;
            resolver.analyze(body)?;
            resolver.filters(filters)?;
            resolver.body(body)
        })?;
        Ok(())
    }

    fn set_block(&mut self, block: &mut SetBlock) -> Outcome<()> {
        let SetBlock { filters, body, .. } = block;
        block.frame = self.framed(|resolver| {
            resolver.loads(filters.part)?;
            resolver.analyze(body)?;
            resolver.filters(filters)?;
            resolver.body(body)
        })?;
        self.target(&mut block.target)
    }

    fn with_block(&mut self, block: &mut With) -> Outcome<()> {
        block.values.iter().try_for_each(|value| self.expr(*value))?;
        let With { targets, body, .. } = block;
        block.frame = self.framed(|resolver| {
            targets.iter().try_for_each(|target| resolver.parameters(target))?;
            resolver.analyze(body)?;
            targets.iter_mut().try_for_each(|target| resolver.target(target))?;
            resolver.body(body)
        })?;
        Ok(())
    }

    /// Fills in the slots of an expression's names, and looks for filters and tests that there are not.
    fn expr(&mut self, root: Root) -> Outcome<()> {
        self.names(root.part);
        self.known(root.top)
    }

    fn filters(&mut self, filters: &BlockFilters) -> Outcome<()> {
        self.names(filters.part);
        filters.list.iter().try_for_each(|(filter, arguments)| {
            self.known_filter(filter)?;
            arguments.all().try_for_each(|argument| self.known(argument))
        })
    }

    fn names(&mut self, part: Part) {
        let Self { tree, scopes, slots, source, .. } = self;
        for name in tree.names_mut(part) {
            if let Some(slot) = find(scopes, slots.len(), name.span.of(source)) {
                name.slot = slot;
            }
        }
    }
}
