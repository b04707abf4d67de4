//! Tensors that repeat one another say what each of them says alone.

use super::super::outcome::Outcome;
use super::*;
use crate::facts::safetensors::Tensors;
use proptest::prelude::*;
use proptest::sample::select;

fn row(name: &'static str, shape: &[u64], present: &[Option<bool>], experts: u64) -> Row {
    let shape = Some(shape.iter().copied().map(Some).collect());
    Row { name, shape, layers: present.len() as u64, experts, present: present.into() }
}

fn rows() -> Vec<Row> {
    let all = [Some(true); 13];
    vec![
        row("m.norm.weight", &[4], &[Some(true)], 1),
        row("m.l.{i}.up.weight", &[4, 8], &all, 1),
        row("m.l.{i}.down.weight", &[8, 4], &[Some(false), None, Some(true)], 1),
        row("m.l.{i}.e.{e}.up.weight", &[4, 8], &all, 12),
        row("m.l.{i}.e.{e}.down.weight", &[8, 4], &[Some(true), Some(false), Some(true)], 3),
        row("m.l.{i}.1.up.weight", &[4, 8], &all, 1),
        row("m.l.{i}.{j}.up.weight", &[4, 8], &[Some(true), Some(true)], 2),
        row("m.l.{i}.w.{i}.up.weight", &[4, 8], &all, 1),
    ]
}

/// What is found where every tensor is looked at, or only those that repeat none.
fn found(headers: &[SafetensorsFacts], habits: Habits, one_by_one: bool) -> (Outcome, Vec<Vec<u8>>) {
    let rows = rows();
    let mut matcher = Matcher::new(&rows, habits);
    for header in headers {
        match one_by_one {
            true => matcher.tensors(header, 0..header.tensors.len()),
            false => matcher.header(header),
        }
    }
    let seen = matcher.promises.iter().map(|promise| promise.seen.clone()).collect();
    (matcher.finish(), seen)
}

fn header(names: &[String], odd: &[(usize, Dtype, Vec<u64>)]) -> SafetensorsFacts {
    let mut tensors = Tensors::default();
    for (place, name) in names.iter().enumerate() {
        let usual: &[u64] = if name.ends_with("inv") { &[1, 2] } else { &[4, 8] };
        let usual = if name.contains("down") { [usual[1], usual[0]] } else { [usual[0], usual[1]] };
        let other = odd.iter().find(|(at, ..)| at % names.len() == place);
        let (dtype, shape) = other.map_or((Dtype::F8_E4M3, &usual[..]), |(_, dtype, shape)| (*dtype, shape));
        tensors.push(name, dtype, shape);
    }
    SafetensorsFacts { file: "f".to_owned(), metadata: Vec::new(), tensors, trailing_bytes: 0 }
}

/// Blocks of the same names, with other numbers.
fn names() -> impl Strategy<Value = Vec<String>> {
    let stems = select(vec![
        "m.l.#.",
        "m.l.1.e.#.",
        "m.l.#.e.1.",
        "l.#.",
        "m.m.l.#.",
        "m.l.#.1.",
        "m.l.1.#.",
        "m.l.#.w.1.",
        "m.l.#_",
    ]);
    let block = proptest::collection::vec("(up|down|1\\.up|e\\.1\\.up)\\.(weight|weight_scale_inv|bias)", 1..5);
    let numbers = proptest::collection::vec("[0-3]|[0-3]|0[0-2]|1[0-4]|999999999999999999999", 1..8);
    let blocks = (stems, block, numbers).prop_map(|(stem, block, numbers)| {
        let names = numbers.iter().flat_map(|number| block.iter().map(move |end| stem.replace('#', number) + end));
        names.collect::<Vec<_>>()
    });
    proptest::collection::vec(blocks, 1..4).prop_map(|blocks| blocks.concat())
}

proptest! {
    #[test]
    fn repeats_say_what_each_tensor_says(
        first in names(), second in names(), sorted: bool, is_fp8: bool, is_quantized: bool,
        odd in proptest::collection::vec(
            (0_usize..40, select(vec![Dtype::F8_E4M3, Dtype::BF16, Dtype::I32]), proptest::collection::vec(3_u64..9, 0..3)), 0..4),
    ) {
        let mut files = [first, second];
        if sorted {
            files.iter_mut().for_each(|names| names.sort());
        }
        let headers = files.map(|names| header(&names, &odd));
        let habits = Habits {
            model_type: "llama", prefix: "m", is_quantized: is_quantized || is_fp8, is_fp8,
            block: is_fp8.then_some([4, 4]), is_image_text: false, extra_layers: 1,
        };
        let [all, few] = [true, false].map(|one_by_one| format!("{:?}", found(&headers, habits, one_by_one)));
        prop_assert_eq!(all, few);
    }
}
