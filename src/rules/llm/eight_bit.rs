//! Weights of eight bits with a scale for each block.

use super::*;
use crate::facts::safetensors::Tensors;

/// Two layers of one projection, in blocks of four by four.
fn outcome(tensors: &[(&str, Dtype, &[u64])]) -> Outcome {
    let row = |name, shape: &[u64], layers| Row {
        name,
        shape: Some(shape.iter().copied().map(Some).collect()),
        layers,
        experts: 1,
        present: (0..layers).map(|_| Some(true)).collect(),
    };
    let rows = [row("layers.{i}.proj.weight", &[6, 8], 2), row("norm.weight", &[8], 1)];
    let mut list = Tensors::default();
    tensors.iter().for_each(|(name, dtype, shape)| list.push(name, *dtype, shape));
    let header = SafetensorsFacts {
        file: "model.safetensors".to_owned(),
        metadata: Vec::new(),
        tensors: list,
        trailing_bytes: 0,
    };
    let habits = Habits {
        model_type: "llama",
        prefix: "",
        is_quantized: true,
        is_fp8: true,
        block: Some([4, 4]),
        is_image_text: false,
        extra_layers: 0,
    };
    compare(&rows, habits, &[&header])
}

const NORM: (&str, Dtype, &[u64]) = ("norm.weight", Dtype::BF16, &[8]);
const FIRST: (&str, Dtype, &[u64]) = ("layers.0.proj.weight", Dtype::F8_E4M3, &[6, 8]);
const SCALE: (&str, Dtype, &[u64]) = ("layers.0.proj.weight_scale_inv", Dtype::F32, &[2, 2]);
/// A layer that was left as it was needs no scale.
const PLAIN: (&str, Dtype, &[u64]) = ("layers.1.proj.weight", Dtype::BF16, &[6, 8]);

fn names(list: &super::super::outcome::List) -> Vec<&str> {
    list.first.iter().map(|finding| finding.name.as_str()).collect()
}

#[test]
fn a_scale_for_each_block_is_sound() {
    let outcome = outcome(&[NORM, FIRST, SCALE, PLAIN]);
    assert_eq!((outcome.missing.count, outcome.shapes.count, outcome.unexpected.count), (0, 0, 0));
}

#[test]
fn lost_scales_and_lost_weights_are_missed() {
    assert_eq!(names(&outcome(&[NORM, FIRST, PLAIN]).missing), ["layers.0.proj.weight_scale_inv"]);
    let alone = outcome(&[NORM, SCALE, PLAIN]);
    assert_eq!((alone.lost_layers, alone.missing.count), (vec![0], 0));
}

#[test]
fn shapes_of_weights_and_scales_are_held_against_the_config() {
    let wide = ("layers.0.proj.weight", Dtype::F8_E4M3, &[6, 4][..]);
    assert_eq!(names(&outcome(&[NORM, wide, SCALE, PLAIN]).shapes), ["layers.0.proj.weight"]);
    let one = ("layers.0.proj.weight_scale_inv", Dtype::F32, &[1, 1][..]);
    assert_eq!(names(&outcome(&[NORM, FIRST, one, PLAIN]).shapes), ["layers.0.proj.weight_scale_inv"]);
}
