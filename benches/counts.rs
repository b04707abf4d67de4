//! One reading of one input, for who counts its instructions: `.ci/counts`. Counts hardly differ between runs or machines,
//! so they have ceilings; what a wait for memory costs they do not show.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a bench makes its own inputs")]

mod common;

use common::safetensors::{Header, Writer};
use modelgate::Limits;
use modelgate::format::{Input, Windows, gguf, index, safetensors, tokenizer_json};

/// The name that instructions are counted under.
#[inline(never)]
fn counted(work: &mut dyn FnMut() -> usize) -> usize {
    std::hint::black_box(work())
}

/// Has the allocator tidy up what making the input left: it would do so at the first large request otherwise.
fn count(work: &mut dyn FnMut() -> usize) -> usize {
    drop(std::hint::black_box(vec![1_u8; 1 << 20]));
    counted(work)
}

/// Tensors with names as long as SDXL's, but small: their data is held in memory here.
fn small_tensors() -> Header {
    let mut writer = Writer::new();
    writer.metadata(&[("format", "pt".to_owned())]);
    for number in 0..2515_u64 {
        let (block, part) = (number / 84, number % 84);
        let name = format!("model.diffusion_model.input_blocks.{block}.1.transformer_blocks.{part}.attn2.weight");
        writer.tensor(name, if number % 3 == 0 { &[1280] } else { &[8, 1280] });
    }
    writer.finish()
}

fn read_safetensors((mut file, data): Header) -> usize {
    file.resize(file.len() + usize::try_from(data).expect("data for this machine"), 0);
    count(&mut || safetensors::parse(&file, &Limits::default()).expect("sound").tensors.len())
}

fn read_tokenizer(size: common::json::Size) -> usize {
    let text = common::json::tokenizer(size);
    let wanted = ["<|begin_of_text|>", "<|eot_id|>", "Ġthe", "<unk>"];
    let limits = Limits::default();
    count(&mut || tokenizer_json::parse(text.as_bytes(), &limits, &wanted).expect("sound").added_tokens.len())
}

fn read_gguf(size: common::gguf::Size, windowed: bool) -> usize {
    // Where tensors end is not looked at here, so their data need not be there.
    let ((header, _), limits) = (common::gguf::header(size), Limits::default());
    let bytes = header.as_slice();
    count(&mut || {
        let windows = Windows::new(&bytes);
        let input = if windowed { Input::windowed(&windows) } else { Input::whole(bytes) };
        gguf::read(input, &limits).expect("sound").keys.len()
    })
}

fn main() {
    let name = std::env::args().nth(1).filter(|name| !name.starts_with('-')).unwrap_or_default();
    let read = match &*name {
        "gguf" => read_gguf(common::gguf::SMALL, false),
        "gguf-windows" => read_gguf(common::gguf::SMALL, true),
        "index" => {
            let text = common::json::index(30, 7200);
            count(&mut || index::parse(text.as_bytes(), &Limits::default()).expect("sound").weight_map.len())
        }
        "safetensors" => read_safetensors(small_tensors()),
        "safetensors-tags" => read_safetensors(common::safetensors::lora()),
        "tokenizer-pairs" => read_tokenizer(common::json::Size { pairs: true, ..common::json::LLAMA }),
        "tokenizer-strings" => read_tokenizer(common::json::LLAMA),
        _ => return println!("counts: name an input, or run .ci/counts"),
    };
    println!("{name}: {read} read");
}
