//! Statements.

use super::super::ast::{
    BlockFilters, Body, CallBlock, FilterBlock, For, Frame, Function, Generation, If, Kind as Node, LoopFilter, Macro,
    Name, SetBlock, Signature, Span, Statement, StatementKind, With,
};
use super::super::error::{ErrorClass, Failure, Outcome};
use super::super::token::Kind;
use super::literal::TupleRules;
use super::{Mentions, Parser, block, declare};

/// Most loops inside one another in one function: Python's own bound on its blocks.
const LOOPS: u32 = 20;

impl Parser<'_, '_> {
    /// Statements until one of `ends`, whose name is then the current token.
    pub(super) fn body(&mut self, ends: &'static [&'static str]) -> Outcome<Body> {
        if !ends.is_empty() {
            self.open.push(ends);
        }
        let body = self.nested(|parser| parser.statements(ends));
        if body.is_ok() && !ends.is_empty() {
            self.open.pop();
        }
        body
    }

    fn statements(&mut self, ends: &[&str]) -> Outcome<Body> {
        let mut body = Vec::new();
        loop {
            let start = self.current.span.start;
            let kind = match self.current.kind {
                Kind::Data => StatementKind::Text(self.advance().span),
                Kind::VariableBegin => {
                    self.advance();
                    let expr = self.root(|parser| parser.tuple(&TupleRules::default()))?;
                    self.expect(Kind::VariableEnd)?;
                    self.printed(expr)
                }
                Kind::BlockBegin => {
                    self.advance();
                    if self.at(Kind::Name) && ends.contains(&self.text(self.current)) {
                        return Ok(body);
                    }
                    if self.at_name("print") {
                        self.prints(start, &mut body)?;
                        continue;
                    }
                    let kind = self.statement()?;
                    self.expect(Kind::BlockEnd)?;
                    kind
                }
                _ if ends.is_empty() => return Ok(body),
                _ => return self.unknown_tag(None),
            };
            body.push(Statement { span: self.since(start), kind });
        }
    }

    fn statement(&mut self) -> Outcome<StatementKind> {
        if !self.at(Kind::Name) {
            return self.fail("tag name expected");
        }
        let name = self.text(self.current);
        self.innermost.push(self.current.span);
        let statement = match name {
            "autoescape" => self.unsupported("autoescape"),
            "block" => self.block(),
            "break" => self.leave(StatementKind::Break, "'break' outside loop"),
            "call" => self.call_block(),
            "continue" => self.leave(StatementKind::Continue, "'continue' not properly in loop"),
            "extends" | "from" | "import" | "include" => self.load(),
            "filter" => self.filter_block(),
            "for" => self.for_loop(),
            "generation" => self.generation(),
            "if" => self.if_block(),
            "macro" => self.macro_block(),
            "set" => self.set(),
            "with" => self.with_block(),
            _ => {
                self.innermost.pop();
                return self.unknown_tag(Some(name.to_owned()));
            }
        };
        if statement.is_ok() {
            self.innermost.pop();
        }
        statement
    }

    fn unsupported(&self, what: &str) -> Outcome<StatementKind> {
        self.fail_as(ErrorClass::Unsupported, format!("the tag '{what}' is not rendered here"), self.current.span)
    }

    fn unknown_tag<T>(&self, name: Option<String>) -> Outcome<T> {
        let mut message = match &name {
            Some(name) => format!("Encountered unknown tag '{name}'."),
            None => "Unexpected end of template.".to_owned(),
        };
        let ends = self.open.last().copied().unwrap_or_default();
        if !ends.is_empty() {
            let wanted: Vec<String> = ends.iter().map(|end| format!("'{end}'")).collect();
            let wanted = wanted.join(" or ");
            let mistake =
                name.is_some_and(|name| self.open.iter().flat_map(|ends| ends.iter()).any(|end| *end == name));
            message.push_str(if mistake {
                " You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for "
            } else {
                " Jinja was looking for the following tags: "
            });
            message.push_str(&wanted);
            message.push('.');
        }
        if let Some(tag) = self.innermost.last().map(|tag| tag.of(self.source)) {
            message.push_str(&format!(" The innermost block that needs to be closed is '{tag}'."));
        }
        self.fail(message)
    }

    /// The body of a block whose opening tag has been read up to its end.
    #[inline(never)]
    fn inner_body(&mut self, ends: &'static [&'static str]) -> Outcome<Body> {
        self.skip(Kind::Colon);
        self.expect(Kind::BlockEnd)?;
        self.body(ends)
    }

    /// Such a body with its one closing tag.
    #[inline(never)]
    fn closed_body(&mut self, ends: &'static [&'static str]) -> Outcome<Body> {
        let body = self.inner_body(ends)?;
        self.advance();
        Ok(body)
    }

    /// Such a body, as a function of its own: loops around it are not its own.
    #[inline(never)]
    fn function(&mut self, ends: &'static [&'static str]) -> Outcome<Function> {
        let loops = std::mem::take(&mut self.loops);
        let body = self.closed_body(ends)?;
        self.loops = loops;
        Ok(Function { body, ..Function::default() })
    }

    fn leave(&mut self, kind: StatementKind, message: &str) -> Outcome<StatementKind> {
        let token = self.advance();
        if self.loops == 0 {
            self.python_error(message, token.span);
        }
        Ok(kind)
    }

    fn python_error(&mut self, message: impl Into<String>, span: Span) {
        self.stray.get_or_insert_with(|| Failure::new(ErrorClass::Syntax, message).at(span));
    }

    #[inline(never)]
    fn if_block(&mut self) -> Outcome<StatementKind> {
        let mut branches = Vec::new();
        loop {
            self.advance();
            let rules = TupleRules { no_conditional: true, ..TupleRules::default() };
            let test = self.root(|parser| parser.tuple(&rules))?;
            let body = self.inner_body(&["elif", "else", "endif"])?;
            branches.push((test, body));
            if !self.at_name("elif") {
                break;
            }
        }
        let otherwise = if self.at_name("else") {
            self.advance();
            self.inner_body(&["endif"])?
        } else {
            Vec::new()
        };
        self.advance();
        Ok(StatementKind::If(Box::new(If { branches, otherwise })))
    }

    #[inline(never)]
    fn for_loop(&mut self) -> Outcome<StatementKind> {
        let tag = self.advance();
        let target = self.target(Some("in"))?;
        self.expect_name("in")?;
        let rules = TupleRules { no_conditional: true, ends_at: Some("recursive"), ..TupleRules::default() };
        let iterable = self.root(|parser| parser.tuple(&rules))?;
        let filtered = self.skip_name("if");
        let test = filtered.then(|| self.root(|parser| parser.expression(true))).transpose()?;
        let recursive = self.skip_name("recursive");
        let in_head = self.mentions.looped;
        let outer = self.loops;
        self.loops = if recursive { 1 } else { outer.saturating_add(1) };
        if self.loops > LOOPS {
            self.python_error("too many statically nested blocks", tag.span);
        }
        let body = self.inner_body(&["endfor", "else"])?;
        let uses_loop = recursive || self.mentions.looped > in_head;
        self.loops = if recursive { 0 } else { outer };
        let has_else = self.at_name("else");
        self.advance();
        let otherwise = if has_else { self.closed_body(&["endfor"])? } else { Vec::new() };
        self.loops = outer;
        let filter = test.map(|test| Box::new(LoopFilter { frame: Frame::default(), target: target.clone(), test }));
        let function = Function { body, ..Function::default() };
        Ok(StatementKind::For(Box::new(For {
            target,
            iterable,
            filter,
            recursive,
            loop_slot: None,
            uses_loop,
            function,
            else_frame: Frame::default(),
            otherwise,
        })))
    }

    #[inline(never)]
    fn set(&mut self) -> Outcome<StatementKind> {
        self.advance();
        let target = self.set_target()?;
        if self.skip(Kind::Assign) {
            let value = self.root(|parser| parser.tuple(&TupleRules::default()))?;
            return Ok(StatementKind::Set(Box::new((target, value))));
        }
        let (first, mut list) = (self.tree.end(), Vec::new());
        while self.skip(Kind::Pipe) {
            list.push(self.filter_part()?);
        }
        let filters = BlockFilters { list, part: self.tree.since(first) };
        let body = self.closed_body(&["endset"])?;
        Ok(StatementKind::SetBlock(Box::new(SetBlock { target, filters, frame: Frame::default(), body })))
    }

    fn with_block(&mut self) -> Outcome<StatementKind> {
        self.advance();
        let mut targets = Vec::new();
        let mut values = Vec::new();
        while !self.at(Kind::BlockEnd) {
            if !targets.is_empty() {
                self.expect(Kind::Comma)?;
            }
            targets.push(self.target(None)?);
            self.expect(Kind::Assign)?;
            values.push(self.root(|parser| parser.expression(true))?);
        }
        let body = self.closed_body(&["endwith"])?;
        Ok(StatementKind::With(Box::new(With { targets, values, frame: Frame::default(), body })))
    }

    fn block(&mut self) -> Outcome<StatementKind> {
        self.advance();
        let token = self.expect(Kind::Name)?;
        let name = self.text(token).to_owned();
        self.skip_name("scoped");
        self.skip_name("required");
        if self.at(Kind::Minus) {
            return self.fail(
                "Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an \
                 underscore instead.",
            );
        }
        declare(self, &name, token.span)?;
        let function = self.function(&["endblock"])?;
        self.skip_name(&name);
        Ok(StatementKind::Block(block(&name, function.body)))
    }

    fn load(&mut self) -> Outcome<StatementKind> {
        self.advance();
        let template = self.root(|parser| parser.expression(true))?;
        while !matches!(self.current.kind, Kind::BlockEnd | Kind::Broken | Kind::Eof) {
            self.advance();
        }
        Ok(StatementKind::Load(template))
    }

    fn filter_block(&mut self) -> Outcome<StatementKind> {
        self.advance();
        let first = self.tree.end();
        let mut list = vec![self.filter_part()?];
        while self.skip(Kind::Pipe) {
            list.push(self.filter_part()?);
        }
        let filters = BlockFilters { list, part: self.tree.since(first) };
        let body = self.closed_body(&["endfilter"])?;
        Ok(StatementKind::FilterBlock(Box::new(FilterBlock { filters, frame: Frame::default(), body })))
    }

    fn generation(&mut self) -> Outcome<StatementKind> {
        self.advance();
        let function = self.function(&["endgeneration"])?;
        Ok(StatementKind::Generation(Box::new(Generation { function })))
    }

    fn macro_block(&mut self) -> Outcome<StatementKind> {
        self.advance();
        let name = self.name_target()?;
        let mut signature = self.signature()?;
        let before = self.mentions;
        let function = self.function(&["endmacro"])?;
        self.special_parameters(&mut signature, before)?;
        Ok(StatementKind::Macro(Box::new(Macro { name, signature, function })))
    }

    fn call_block(&mut self) -> Outcome<StatementKind> {
        let tag = self.advance();
        let mut signature = if self.at(Kind::LeftParen) { self.signature()? } else { Signature::default() };
        let call = self.root(|parser| parser.expression(true))?;
        if !matches!(self.tree.kind(call.top), Node::Call(_)) {
            return self.fail_as(ErrorClass::TemplateSyntax, "expected call", tag.span);
        }
        let before = self.mentions;
        let function = self.function(&["endcall"])?;
        self.special_parameters(&mut signature, before)?;
        Ok(StatementKind::CallBlock(Box::new(CallBlock { call, signature, function })))
    }

    fn signature(&mut self) -> Outcome<Signature> {
        let mut signature = Signature::default();
        self.expect(Kind::LeftParen)?;
        while !self.at(Kind::RightParen) {
            if !signature.parameters.is_empty() {
                self.expect(Kind::Comma)?;
            }
            let token = self.current;
            let parameter = self.name_target()?;
            if signature.parameters.iter().any(|known| known.span.of(self.source) == self.text(token)) {
                let message = format!("duplicate argument '{}' in function definition", self.text(token));
                self.python_error(message, token.span);
            }
            if self.skip(Kind::Assign) {
                signature.defaults.push(self.root(|parser| parser.expression(true))?);
            } else if !signature.defaults.is_empty() {
                return self.fail("non-default argument follows default argument");
            }
            signature.parameters.push(parameter);
        }
        self.advance();
        Ok(signature)
    }

    /// Which of `caller`, `kwargs` and `varargs` the body reads.
    fn special_parameters(&self, signature: &mut Signature, before: Mentions) -> Outcome<()> {
        let named = |name: &Name| name.span.of(self.source);
        let declared = |name: &str| signature.parameters.iter().position(|parameter| named(parameter) == name);
        let first_default = signature.parameters.len().saturating_sub(signature.defaults.len());
        let uses_caller = self.mentions.caller > before.caller;
        if uses_caller && declared("caller").is_some_and(|place| place < first_default) {
            let message = "When defining macros or call blocks the special \"caller\" argument must be omitted or be \
                           given a default.";
            return self.fail_as(ErrorClass::TemplateAssertion, message, self.current.span);
        }
        let uses_kwargs = self.mentions.kwargs > before.kwargs && declared("kwargs").is_none();
        let uses_varargs = self.mentions.varargs > before.varargs && declared("varargs").is_none();
        signature.uses_caller = uses_caller;
        signature.uses_kwargs = uses_kwargs;
        signature.uses_varargs = uses_varargs;
        Ok(())
    }
}
