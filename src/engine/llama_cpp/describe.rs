//! What the engine says of a model that it has loaded.

use super::language::{Action, Kind, Rope, Step};
use super::load::{Model, Outcome, State, load};
use super::tables::{self, GUESSED, base, file_type_name, guessed_file_type, pre_tokenizer};
use super::{Release, kv_cache};
use crate::facts::gguf::{GgufFacts, KeyFacts, Layout};
use crate::format::gguf::ValueType;
use serde_json::{Value, json};
use std::collections::HashMap;

/// What the engine says of the model; nothing where it does not load it.
pub(super) fn describe(gguf: &GgufFacts, release: Release) -> Option<Value> {
    match load(gguf, release) {
        Outcome::Loaded(state) => Some(model(&state)),
        Outcome::Refused(_) | Outcome::Unknown(_) => None,
    }
}

fn model(state: &State<'_>) -> Value {
    let traits = state.program.traits;
    let tensors = || state.gguf.headers().flat_map(|header| header.tensors.iter());
    let sum = |of: fn(&Layout) -> u64| tensors().fold(0_u64, |sum, tensor| sum.saturating_add(of(tensor.layout)));
    let value = |symbol| as_engine(state.value(symbol, 0));
    let flag = i64::from;
    let tokens = Tokens::of(state);
    let mut model = json!({
        "desc": description(state),
        "n_params": sum(Layout::elements),
        "size": sum(|tensor| tensor.size_bytes),
        "n_ctx_train": value(base::N_CTX_TRAIN),
        "n_embd": value(base::N_EMBD),
        "n_layer": as_engine(state.layers()),
        "n_head": value(base::N_HEAD),
        "n_head_kv": value(base::N_HEAD_KV),
        "n_vocab": state.vocabulary.size,
        "vocab_type": vocabulary_number(state.vocabulary.model),
    });
    let rest = json!({
        "bos": tokens.bos,
        "eos": tokens.eos,
        "eot": tokens.eot,
        "pad": tokens.pad,
        "add_bos": flag(tokens.add_bos),
        "add_eos": flag(tokens.add_eos),
        "has_encoder": flag(traits.encoder),
        "has_decoder": flag(!traits.encoder_only),
        "recurrent": flag(traits.kind == Kind::Recurrent),
        "hybrid": flag(traits.kind == Kind::Hybrid),
        "diffusion": flag(traits.diffusion),
        "rope_type": rope_number(state),
        "n_swa": value(base::N_SWA),
        "ftype": file_type(state),
        "has_chat_template": flag(state.gguf.key("tokenizer.chat_template").is_some_and(|key| key.array().is_none())),
    });
    if let (Some(model), Value::Object(rest)) = (model.as_object_mut(), rest) {
        model.extend(rest);
        model.insert("kv_cache".to_owned(), kv_cache::describe(state));
    }
    model
}

/// The engine answers in 32 bits with a sign.
fn as_engine(value: i64) -> i32 {
    let [first, second, third, fourth, ..] = value.to_le_bytes();
    i32::from_le_bytes([first, second, third, fourth])
}

fn vocabulary_number(model: Option<Model>) -> i64 {
    match model {
        None | Some(Model::None) => 0,
        Some(Model::Spm) => 1,
        Some(Model::Bpe) => 2,
        Some(Model::Wpm) => 3,
        Some(Model::Ugm) => 4,
        Some(Model::Rwkv) => 5,
        Some(Model::Plamo2) => 6,
        Some(Model::Test) => 7,
    }
}

fn rope_number(state: &State<'_>) -> i64 {
    let traits = state.program.traits;
    let name = state.own_key("rope.dimension_sections");
    let sections = state.gguf.key(&name);
    // A single number stands for all four.
    let single = sections.and_then(KeyFacts::integer).map(|section| vec![section; 4]);
    let several = sections.and_then(KeyFacts::array).map(|array| array.numbers.clone());
    let numbers = several.or(single).unwrap_or_default();
    let read = |step: &Step| matches!(&step.action, Action::Read(read) if *read.key == *name);
    let states = match numbers.as_slice() {
        // Drafts ask for any section, all others for the first two.
        sections if state.program.architecture == "dflash" => sections.iter().any(|section| *section != 0),
        [first, second, ..] => *first > 0 && *second > 0,
        _ => false,
    };
    let has_sections = state.program.keys.iter().any(read) && states;
    match traits.rope_with_sections.filter(|_| has_sections).unwrap_or(traits.rope) {
        Rope::Imrope => 40,
        Rope::Mrope => 8,
        Rope::Neox => 2,
        Rope::None => -1,
        Rope::Norm => 0,
    }
}

/// The stated mix of types, or the guessed one.
fn file_type(state: &State<'_>) -> u32 {
    let stated = state.gguf.key("general.file_type").and_then(KeyFacts::integer);
    stated.and_then(|number| u32::try_from(number).ok()).unwrap_or_else(|| guess(state.gguf) | GUESSED)
}

/// The mix that the most frequent type stands for; the type that is first to be so frequent, in the engine's order.
fn guess(gguf: &GgufFacts) -> u32 {
    let mut tensors: Vec<_> = gguf.headers().flat_map(|header| header.tensors.iter()).collect();
    tensors.sort_by(|left, right| (layer(left.name), &left.name).cmp(&(layer(right.name), &right.name)));
    let mut counts: HashMap<u32, usize> = HashMap::new();
    let (mut most, mut winner) = (0, 0);
    for tensor in tensors {
        let count = counts.entry(tensor.type_id).or_default();
        *count = count.saturating_add(1);
        if *count > most {
            (most, winner) = (*count, tensor.type_id);
        }
    }
    guessed_file_type(winner)
}

/// The layer in a tensor's name; tensors outside of layers come first.
fn layer(name: &str) -> i64 {
    let digits = name.strip_prefix("blk.").and_then(|rest| rest.split('.').next());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(-1)
}

fn description(state: &State<'_>) -> String {
    let number = file_type(state);
    let guessed = if number & GUESSED != 0 { "(guessed) " } else { "" };
    let size = tables::size_name(state.program.architecture, state.layers()).unwrap_or("?B");
    format!("{} {size} {guessed}{}", state.program.architecture, file_type_name(number & !GUESSED))
}

/// The special tokens as the engine resolves them; -1 where there is none.
struct Tokens {
    bos: i64,
    eos: i64,
    eot: i64,
    pad: i64,
    add_bos: bool,
    add_eos: bool,
}

impl Tokens {
    fn of(state: &State<'_>) -> Self {
        let model = state.vocabulary.model.unwrap_or(Model::None);
        if model == Model::None {
            return Self { bos: -1, eos: -1, eot: -1, pad: -1, add_bos: false, add_eos: false };
        }
        let gemma4 = state.gguf.text("tokenizer.ggml.model") == Some("gemma4");
        let (bos, eos, pad) = if gemma4 { (-1, -1, -1) } else { defaults(model) };
        let pre = state.gguf.text("tokenizer.ggml.pre").and_then(pre_tokenizer);
        let bos = if model == Model::Bpe && pre.is_some_and(|known| !known.bos) { -1 } else { bos };
        // A default that the vocabulary does not have is none.
        let within = |default: i64| if default < state.vocabulary.size { default } else { -1 };
        let id = |name: &str, default: i64| special(state, name).unwrap_or(default);
        let switch = |name: &str, default: bool| {
            state.gguf.key(name).and_then(KeyFacts::integer).map_or(default, |value| value != 0)
        };
        Self {
            bos: id("bos", within(bos)),
            eos: id("eos", within(eos)),
            eot: special(state, "eot").or_else(|| end_of_turn(state)).unwrap_or(-1),
            pad: id("padding", pad),
            add_bos: switch("tokenizer.ggml.add_bos_token", adds_bos(state, model)),
            add_eos: switch("tokenizer.ggml.add_eos_token", model == Model::Ugm),
        }
    }
}

/// BOS, EOS and padding where the file names none.
fn defaults(model: Model) -> (i64, i64, i64) {
    match model {
        Model::Bpe => (11, 11, -1),
        Model::None | Model::Rwkv | Model::Test => (-1, -1, -1),
        Model::Plamo2 => (1, 2, 3),
        Model::Spm => (1, 2, -1),
        Model::Ugm => (-1, 1, 0),
        Model::Wpm => (101, -1, 0),
    }
}

fn adds_bos(state: &State<'_>, model: Model) -> bool {
    let own = state.gguf.text("tokenizer.ggml.model") == Some("gemma4");
    let pre = if own { Some("gemma4") } else { state.gguf.text("tokenizer.ggml.pre") }.unwrap_or_default();
    match model {
        Model::Bpe => pre_tokenizer(pre).is_some_and(|known| known.add_bos),
        Model::Spm | Model::Wpm => true,
        Model::None | Model::Plamo2 | Model::Rwkv | Model::Test | Model::Ugm => false,
    }
}

/// A special token that a key names and the vocabulary has.
fn special(state: &State<'_>, name: &str) -> Option<i64> {
    let key = state.gguf.key(&format!("tokenizer.ggml.{name}_token_id"))?;
    key.integer().filter(|id| key.kind == ValueType::U32 && *id < state.vocabulary.size)
}

/// The lowest token that is known to end a turn. Where there are several, the engine takes the one that its hash table
/// happens to give first.
fn end_of_turn(state: &State<'_>) -> Option<i64> {
    state.gguf.vocabulary.end_of_turn.first().and_then(|(_, id)| i64::try_from(*id).ok())
}
