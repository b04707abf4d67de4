//! One document of a folder, chosen by the first byte, beside sound ones: configs, tokenizers, indexes, cards, templates.
#![no_main]

use libfuzzer_sys::fuzz_target;
use modelgate_fuzz::{home, judge};
use std::fs;

/// The model's own documents are put back by the next input; what else may stand there is removed again.
static NAMES: [&str; 18] = [
    "README.md",
    "adapter_config.json",
    "added_tokens.json",
    "additional_chat_templates/tool_use.jinja",
    "chat_template.jinja",
    "config.json",
    "generation_config.json",
    "hf_quant_config.json",
    "model.safetensors.index.json",
    "model_index.json",
    "params.json",
    "processor_config.json",
    "scheduler/scheduler_config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "unet/config.json",
    "vae/diffusion_pytorch_model.safetensors.index.json",
];

macro_rules! sound {
    ($($name:literal),+) => {
        [$(($name, include_bytes!(concat!("../../test-models/tiny-llama/", $name)).as_slice())),+]
    };
}

static SOUND: [(&str, &[u8]); 7] = sound![
    "config.json",
    "generation_config.json",
    "model-00001-of-00002.safetensors",
    "model-00002-of-00002.safetensors",
    "model.safetensors.index.json",
    "tokenizer.json",
    "tokenizer_config.json"
];

fuzz_target!(|input: &[u8]| {
    let Some((&first, content)) = input.split_first() else { return };
    let home = home().join("document");
    let name = NAMES[usize::from(first) % NAMES.len()];
    let path = home.join(name);
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    SOUND.iter().for_each(|(name, content)| fs::write(home.join(name), content).unwrap());
    fs::write(&path, content).unwrap();
    judge(&home);
});
