//! What a template does, found by looking at it and by rendering fixed conversations.

use super::Clock;
use super::conversation::Conversation;
use super::error::RenderError;
use super::jinja::{Program, Watch};
use super::template::ChatTemplate;
use std::rc::Rc;
use std::sync::LazyLock;

/// One thing that a worker should know of a template before it takes the model.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TemplateFact {
    /// The template and the tokenizer both begin the prompt with this token.
    DoubledStart(String),
    /// The header of the answer is never written, or always.
    IgnoresGenerationPrompt,
    /// The system message does not show.
    IgnoresSystem,
    /// The tools do not show.
    IgnoresTools,
    /// None of the tokens that end an answer stands in a conversation with one.
    NoEnd(Vec<String>),
    /// The template does not compile.
    NotCompiled(Box<RenderError>),
    /// An ordinary conversation, named, is refused.
    Raises(&'static str, Box<RenderError>),
    /// The template reaches for Python's internals: line and expression.
    ReachesOutside(usize, String),
    /// Something looks like a special token and is not one token of the vocabulary.
    UnknownToken(String),
    /// Jinja can do this and modelgate cannot: what, and its line.
    Unsupported(&'static str, usize),
}

/// What the review holds a template against.
#[derive(Clone, Copy, Default)]
pub struct Surroundings<'a> {
    /// The tokens that end an answer; empty where they are not known.
    pub ends: &'a [String],
    /// Whether the tokenizer puts the token of the beginning in front by itself.
    pub adds_start: bool,
    /// Whether a text is one token of the vocabulary; `None` where the vocabulary is not known.
    pub is_token: Option<&'a dyn Fn(&str) -> bool>,
}

/// A text of the fixed conversations that no template writes by itself.
const SYSTEM: &str = "Zephyrine-system-note";
const TOOL: &str = "zephyrine_tool";

/// One of the fixed conversations, read once for all templates.
struct Ordinary {
    name: &'static str,
    conversation: Conversation,
}

impl Ordinary {
    fn read(name: &'static str, request: &str) -> Self {
        let mut conversation = Conversation::parse(request.as_bytes()).unwrap_or_default();
        conversation.now = Clock::parse("2025-01-01");
        Self { name, conversation }
    }
}

static ORDINARY: LazyLock<Vec<Ordinary>> =
    LazyLock::new(|| REQUESTS.iter().map(|(name, request)| Ordinary::read(name, request)).collect());

/// The first without the header of the answer.
static NO_PROMPT: LazyLock<Conversation> =
    LazyLock::new(|| Ordinary::read("", r#"{"messages": [{"role": "user", "content": "Hello"}]}"#).conversation);

/// The key of all by which the conversation with a call whose arguments are a JSON string differs from that with a call whose
/// arguments are an object. What either writes beside that is not asked for.
const ARGUMENTS: &str = "arguments";
const CALL: &str = "tool call with an object";
const ONE: &str = "one turn";
const SYSTEM_MESSAGE: &str = "system message";
const TEXT_CALL: &str = "tool call with a JSON string";
const TWO: &str = "two turns";

/// The variable that is all by which the conversation with tools differs from the first.
const TOOLS: &str = "tools";
/// The variable that is all by which the one without a prompt does.
const PROMPT: &str = "add_generation_prompt";

/// The fixed conversations: a name, and the request.
const REQUESTS: [(&str, &str); 7] = [
    (ONE, r#"{"messages": [{"role": "user", "content": "Hello"}], "add_generation_prompt": true}"#),
    (
        TWO,
        r#"{"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi"},
            {"role": "user", "content": "How are you?"}], "add_generation_prompt": true}"#,
    ),
    (
        SYSTEM_MESSAGE,
        r#"{"messages": [{"role": "system", "content": "Zephyrine-system-note"}, {"role": "user", "content": "Hello"}],
            "add_generation_prompt": true}"#,
    ),
    (
        TOOLS,
        r#"{"messages": [{"role": "user", "content": "Hello"}], "add_generation_prompt": true, "tools": [{"type": "function",
            "function": {"name": "zephyrine_tool", "description": "d", "parameters": {"type": "object", "properties": {}}}}]}"#,
    ),
    (
        CALL,
        r#"{"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "", "tool_calls": [{"id":
            "abcdefghi", "type": "function", "function": {"name": "zephyrine_tool", "arguments": {"a": 1}}}]}, {"role": "tool",
            "tool_call_id": "abcdefghi", "name": "zephyrine_tool", "content": "1"}], "add_generation_prompt": true}"#,
    ),
    (
        TEXT_CALL,
        r#"{"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "", "tool_calls": [{"id":
            "abcdefghi", "type": "function", "function": {"name": "zephyrine_tool", "arguments": "{\"a\": 1}"}}]}, {"role":
            "tool", "tool_call_id": "abcdefghi", "name": "zephyrine_tool", "content": "1"}], "add_generation_prompt": true}"#,
    ),
    (
        "null content",
        r#"{"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": null, "tool_calls": [{"id":
            "abcdefghi", "type": "function", "function": {"name": "zephyrine_tool", "arguments": {"a": 1}}}]}, {"role": "tool",
            "tool_call_id": "abcdefghi", "name": "zephyrine_tool", "content": "1"}], "add_generation_prompt": true}"#,
    ),
];

/// Reviews the template that a conversation without tools would be rendered with; it sees its own special tokens.
pub fn review(template: &ChatTemplate, around: &Surroundings<'_>) -> Vec<TemplateFact> {
    let faults: Vec<_> = template.faults().map(|fault| TemplateFact::NotCompiled(Box::new(fault.clone()))).collect();
    if !faults.is_empty() {
        return faults;
    }
    let mut facts = Vec::new();
    template.programs().for_each(|program| looks(program, &mut facts));
    let shown = render(template, &mut facts);
    if shown.no_system {
        facts.push(TemplateFact::IgnoresSystem);
    }
    if shown.no_tools {
        facts.push(TemplateFact::IgnoresTools);
    }
    if let Some(one) = &shown.one {
        if ignores_prompt(template, one) {
            facts.push(TemplateFact::IgnoresGenerationPrompt);
        }
        starts(one, template, around, &mut facts);
    }
    if let Some(two) = &shown.two {
        ends(two, around, &mut facts);
        strangers(two, around, &mut facts);
    }
    facts
}

/// What is asked of the fixed conversations that are not refused.
#[derive(Default)]
struct Shown {
    /// What that of one turn comes out as, and that of two.
    one: Option<String>,
    two: Option<String>,
    no_system: bool,
    no_tools: bool,
}

impl Shown {
    /// Takes what a conversation comes out as; where it is nothing of its own, that is what an earlier one did.
    fn take(&mut self, name: &str, text: Option<String>) {
        match name {
            ONE => self.one = text,
            TWO => self.two = text,
            SYSTEM_MESSAGE => self.no_system = text.is_some_and(|text| !text.contains(SYSTEM)),
            TOOLS => self.no_tools = text.as_ref().or(self.one.as_ref()).is_some_and(|text| !text.contains(TOOL)),
            _ => {}
        }
    }
}

/// Renders all fixed conversations; those that are refused are facts.
fn render(template: &ChatTemplate, facts: &mut Vec<TemplateFact>) -> Shown {
    let mut shown = Shown::default();
    let watch = Rc::new(Watch::over(ARGUMENTS));
    for Ordinary { name, conversation } in ORDINARY.iter() {
        let twin = match *name {
            TOOLS if ignores_tools(template, conversation) => Some(ONE),
            TEXT_CALL if !watch.is_reached() => Some(CALL),
            _ => None,
        };
        let result = match twin {
            Some(twin) => refusal(twin, facts).map_or(Ok(None), Err),
            None if *name == CALL => template.render_watched(conversation, &watch).map(|prompt| Some(prompt.text)),
            None => template.render(conversation).map(|prompt| Some(prompt.text)),
        };
        match result {
            Ok(text) => shown.take(name, text),
            Err(error) => facts.push(TemplateFact::Raises(name, error)),
        }
    }
    shown
}

/// Why a conversation was refused, where it was.
fn refusal(name: &str, facts: &[TemplateFact]) -> Option<Box<RenderError>> {
    facts.iter().find_map(|fact| match fact {
        TemplateFact::Raises(refused, error) if *refused == name => Some(error.clone()),
        _ => None,
    })
}

/// Whether the conversation with tools comes out as the first: it is rendered with the same template, which has no means
/// to come to a variable but its name.
fn ignores_tools(template: &ChatTemplate, tools: &Conversation) -> bool {
    let (Some(program), Some(plain)) = (template.program(tools), template.program(&NO_PROMPT)) else { return false };
    std::ptr::eq(program, plain) && program.mentions(TOOLS).next().is_none()
}

/// Whether the first conversation, which comes out as `one`, comes out so without a prompt as well.
fn ignores_prompt(template: &ChatTemplate, one: &str) -> bool {
    match template.program(&NO_PROMPT).map(|program| (program.mentions(PROMPT).count(), program)) {
        Some((0, _)) => true,
        Some((1, program)) if program.ends_by(PROMPT) => false,
        _ => template.render(&NO_PROMPT).is_ok_and(|prompt| prompt.text == one),
    }
}

fn looks(program: &Program, facts: &mut Vec<TemplateFact>) {
    let seen = program.look();
    for span in seen.outside {
        let (line, _, expression) = Program::locate(program.source(), span);
        facts.push(TemplateFact::ReachesOutside(line, expression));
    }
    for (what, span) in seen.unsupported {
        facts.push(TemplateFact::Unsupported(what, Program::locate(program.source(), span).0));
    }
}

fn starts(text: &str, template: &ChatTemplate, around: &Surroundings<'_>, facts: &mut Vec<TemplateFact>) {
    let doubled = |start: &&str| around.adds_start && !start.is_empty() && text.starts_with(start);
    if let Some(start) = template.token("bos_token").filter(doubled) {
        facts.push(TemplateFact::DoubledStart(start.to_owned()));
    }
}

fn ends(text: &str, around: &Surroundings<'_>, facts: &mut Vec<TemplateFact>) {
    if !around.ends.is_empty() && !around.ends.iter().any(|end| text.contains(end.as_str())) {
        facts.push(TemplateFact::NoEnd(around.ends.to_vec()));
    }
}

/// Texts between `<|` and `|>` that are not one token.
fn strangers(text: &str, around: &Surroundings<'_>, facts: &mut Vec<TemplateFact>) {
    let Some(is_token) = around.is_token else { return };
    for token in special(text) {
        let strange = token.len() < 64 && !is_token(token);
        if strange && !token.contains(char::is_whitespace) {
            let fact = TemplateFact::UnknownToken(token.to_owned());
            if !facts.contains(&fact) {
                facts.push(fact);
            }
        }
    }
}

/// From each `<|` to the first `|>` behind it.
fn special(text: &str) -> impl Iterator<Item = &str> {
    let begins = text.match_indices('<').map(|(at, _)| text.get(at..).unwrap_or_default());
    begins.filter(|rest| rest.starts_with("<|")).map_while(|rest| {
        let mut ends = rest.match_indices('>').map(|(at, _)| rest.get(..=at).unwrap_or_default());
        ends.find(|token| token.ends_with("|>"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(source: &str, around: &Surroundings<'_>) -> Vec<TemplateFact> {
        review(&ChatTemplate::from_text(source), around)
    }

    const SOUND: &str = "{% for t in tools or [] %}{{ t|tojson }}{% endfor %}{% for m in messages %}<|{{ m.role }}|>\
                         {{ m.content }}</s>{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";

    #[test]
    fn a_sound_template_has_nothing_to_say() {
        assert_eq!(facts(SOUND, &Surroundings { ends: &["</s>".to_owned()], ..Surroundings::default() }), []);
    }

    #[test]
    fn what_is_ignored_is_told() {
        let found = facts("{{ messages[-1].content }}", &Surroundings::default());
        assert_eq!(
            found,
            [TemplateFact::IgnoresSystem, TemplateFact::IgnoresTools, TemplateFact::IgnoresGenerationPrompt]
        );
    }

    #[test]
    fn tokens_are_held_against_the_vocabulary() {
        let tokens = [("bos_token".to_owned(), "<s>".to_owned())];
        let ends = ["<|eot|>".to_owned()];
        let is_token = |token: &str| token == "<|user|>";
        let around = Surroundings { ends: &ends, adds_start: true, is_token: Some(&is_token) };
        let template = ChatTemplate::from_text(&format!("{{{{ bos_token }}}}{SOUND}")).with_tokens(tokens);
        let found = review(&template, &around);
        assert!(found.contains(&TemplateFact::DoubledStart("<s>".to_owned())), "{found:?}");
        assert!(found.contains(&TemplateFact::NoEnd(ends.to_vec())), "{found:?}");
        assert!(found.contains(&TemplateFact::UnknownToken("<|assistant|>".to_owned())), "{found:?}");
        assert!(!found.contains(&TemplateFact::UnknownToken("<|user|>".to_owned())), "{found:?}");
    }

    #[test]
    fn what_cannot_be_rendered_is_told_with_its_line() {
        let found = facts("a\n{{ ''.__class__ }}{{ x|urlize if x }}", &Surroundings::default());
        assert!(found.contains(&TemplateFact::ReachesOutside(2, "''.__class__".to_owned())), "{found:?}");
        assert!(found.contains(&TemplateFact::Unsupported("the filter urlize", 2)), "{found:?}");
        assert!(matches!(facts("{% if %}", &Surroundings::default()).as_slice(), [TemplateFact::NotCompiled(_)]));
    }

    #[test]
    fn a_refusal_names_the_conversation() {
        let found = facts("{{ raise_exception('no') }}", &Surroundings::default());
        assert_eq!(found.len(), 7);
        assert!(matches!(found.first(), Some(TemplateFact::Raises("one turn", error)) if error.message == "no"));
    }

    #[test]
    fn what_is_foreseen_is_what_is_rendered() {
        for source in [
            "a",
            "a{% if add_generation_prompt %}b{% endif %}c",
            "a{% if add_generation_prompt %}{{ '' }}{% endif %}c",
            "a{% if add_generation_prompt %}{{ '' }}{% else %}b{% endif %}c",
            "a{% if not add_generation_prompt %}{{ '' }}{% endif %}",
            "a{% if add_generation_prompt %}b{% endif %}{{ 1 }}",
            "{% set add_generation_prompt = true %}{% if add_generation_prompt %}b{% endif %}",
            "{% macro m(add_generation_prompt) %}b{% endmacro %}a",
            "{% for tools in messages %}{{ tools.role }}{% endfor %}{% if tools %}{{ tools }}{% endif %}",
        ] {
            let template = ChatTemplate::from_text(source);
            let rendered = |conversation| template.render(conversation).map(|prompt| prompt.text);
            let one = rendered(&ORDINARY[0].conversation).unwrap();
            assert_eq!(ignores_prompt(&template, &one), rendered(&NO_PROMPT).unwrap() == one, "{source}");
            let tools = ORDINARY.iter().find(|ordinary| ordinary.name == TOOLS).unwrap();
            let ignored = ignores_tools(&template, &tools.conversation);
            assert!(!ignored || rendered(&tools.conversation).unwrap() == one, "{source}");
        }
    }

    #[test]
    fn calls_differ_by_their_arguments_alone() {
        let requests: Vec<String> = [CALL, TEXT_CALL]
            .map(|name| REQUESTS.iter().find(|(known, _)| *known == name).unwrap().1.split_whitespace().collect())
            .to_vec();
        assert_eq!(requests[0].replace(r#"{"a":1}"#, r#""{\"a\":1}""#), requests[1]);
    }

    #[test]
    fn what_is_not_come_to_makes_no_difference() {
        let mut unreached = 0;
        for inner in [
            "{{ c|tojson }}",
            "{{ 'a' + c.function|tojson + 'b' }}",
            "{{ 'a' + (c.function|tojson + 'b') }}",
            "{{ c.function.name }}{{ c.function['name'] }}{{ c.id }}",
            "{{ ('a' + c|tojson + '<'|e)|length }}",
            "{{ 'a' + c|tojson + '<'|e }}",
            "{{ 'a' + c|tojson + 1 }}",
            "{{ c }}",
            "{{ c.function.arguments.a + 1 }}",
            "{{ c.function['argu' ~ 'ments'] + 'x' }}",
            "{{ c.function.get('arguments') + 'x' }}",
            "{{ c.function|tojson|length - 74 }}{{ [][c.function|tojson|length - 60].a }}",
            "{% set t = c.function|tojson %}{% if '\\\\' in t %}{{ raise_exception(t) }}{% endif %}",
            "{% set t %}{{ c|tojson }}{% endset %}{% if '\\\\' in t %}{{ raise_exception(t) }}{% endif %}",
            "{% macro f(x) %}{{ x|tojson }}{% endmacro %}{% if '\\\\' in f(c) %}{{ raise_exception('x') }}{% endif %}",
            "{% filter length %}{{ c|tojson }}{% endfilter %}",
            "{% if '\\\\' in c|tojson %}{{ raise_exception('x') }}{% endif %}",
            "{% if '\\\\' in c|string %}{{ raise_exception('x') }}{% endif %}",
            "{% if '{\"' in (c ~ '') %}{{ raise_exception('x') }}{% endif %}",
            "{% for k, v in c.function.items() %}{{ v + 'x' }}{% endfor %}",
            "{% for k, v in c.function|items %}{{ v + 'x' }}{% endfor %}",
            "{% for k, v in c.function|dictsort %}{{ v + 'x' }}{% endfor %}",
            "{% for v in c.function.values() %}{{ v + 'x' }}{% endfor %}",
            "{% for k in c.function %}{{ c.function[k] + 'x' }}{% endfor %}",
            "{{ c.function.values()|list|last + 'x' }}",
            "{{ dict(c.function).arguments + 'x' }}{{ dict(**c.function).arguments + 'x' }}",
            "{{ namespace(**c.function).arguments + 'x' }}{{ c.function.copy().arguments + 'x' }}",
            "{{ (m.tool_calls|map(attribute='function.arguments')|first) + 'x' }}",
            "{{ m.tool_calls|selectattr('function.arguments', 'mapping')|list|length }}",
            "{% if c.function == {'name': 'zephyrine_tool', 'arguments': {'a': 1}} %}{{ raise_exception('x') }}{% endif %}",
            "{% if {'name': 'zephyrine_tool', 'arguments': {'a': 1}} in [c.function] %}{{ raise_exception('x') }}{% endif %}",
            "{{ '%(arguments)s'|format(**c.function) + 1 }}{{ c.function|pprint|length }}",
            "{{ raise_exception(c.function) }}",
            "{{ raise_exception('no') }}",
        ] {
            let source = format!(
                "{{% for m in messages %}}{{% for c in m.tool_calls or [] %}}{inner}{{% endfor %}}{{% endfor %}}"
            );
            let template = ChatTemplate::from_text(&source);
            let watch = Rc::new(Watch::over(ARGUMENTS));
            let of = |name| &ORDINARY.iter().find(|ordinary| ordinary.name == name).unwrap().conversation;
            let watched = template.render_watched(of(CALL), &watch).map(drop);
            let other = template.render(of(TEXT_CALL)).map(drop);
            assert!(watch.is_reached() || watched == other, "{inner}: {watched:?} {other:?}");
            unreached += usize::from(!watch.is_reached());
        }
        assert_eq!(unreached, 5);
    }

    #[test]
    fn a_template_of_its_own_for_tools_is_rendered() {
        let named = [("default", "{{ messages }}"), ("tool_use", "{{ tools }}{{ messages }}")];
        let template = ChatTemplate::from_named(named, &crate::limits::TemplateLimits::default());
        let found = review(&template, &Surroundings::default());
        assert!(!found.contains(&TemplateFact::IgnoresTools), "{found:?}");
    }
}
