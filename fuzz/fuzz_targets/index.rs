//! `model.safetensors.index.json` against the tree parser: the same names in the same shards.
#![no_main]

use libfuzzer_sys::fuzz_target;
use modelgate::Limits;
use modelgate::format::{index, json};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    let Ok(index) = index::parse(bytes, &limits) else { return };
    let tree = json::parse(bytes, &limits).expect("the tree parser refuses what the index reader takes");
    let map = tree.root.get("weight_map").expect("a weight map").members();
    let ours: Vec<_> = index.weight_map.iter().map(|entry| (&*entry.name, index.shard(entry))).collect();
    let theirs: Vec<_> = map.iter().map(|member| (&*member.key, member.value.as_str().expect("a shard"))).collect();
    assert_eq!(ours, theirs);
});
