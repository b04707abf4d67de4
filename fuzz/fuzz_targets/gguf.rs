//! The GGUF reader against a plain second one: what ours takes, the other takes with the same keys and tensors.
#![no_main]

use libfuzzer_sys::fuzz_target;
use modelgate::{Limits, format::gguf};
use modelgate_fuzz::gguf::read;

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = gguf::parse(bytes, &Limits::default()) else { return };
    let plain = read(bytes).expect("the plain reader refuses what ours takes");
    let keys: Vec<_> = document.keys.iter().map(|key| key.name.to_vec()).collect();
    assert_eq!(keys, plain.keys);
    assert_eq!(document.tensors.len(), plain.tensors.len());
    for (ours, (name, shape, kind, offset)) in document.tensors.iter().zip(plain.tensors) {
        let mut dimensions = shape;
        dimensions.resize(4, 1);
        assert_eq!((ours.name, ours.type_id, ours.data_offset), (name.as_slice(), kind, offset));
        assert_eq!(ours.dimensions.as_slice(), dimensions);
    }
});
