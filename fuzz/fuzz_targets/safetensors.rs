//! The safetensors reader against the format's reference reader: the same verdict, the same tensors.
#![no_main]

use libfuzzer_sys::fuzz_target;
use modelgate::Limits;
use modelgate::format::safetensors;
use modelgate_fuzz::data_bytes;
use std::collections::BTreeMap;
use std::ops::Range;

fuzz_target!(|input: &[u8]| {
    let bytes = &whole(input);
    let ours = safetensors::parse(bytes, &Limits::default());
    assert_eq!(listing(bytes), listing(&spaced(bytes)), "the quick path and the full parser differ");
    let theirs = ::safetensors::SafeTensors::deserialize(bytes);
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => {
            let ours: BTreeMap<_, _> =
                ours.tensors.iter().map(|tensor| (tensor.name.to_string(), tensor.shape.to_vec())).collect();
            let theirs = theirs.iter().map(|(name, view)| {
                (name.to_owned(), view.shape().iter().map(|&size| size as u64).collect::<Vec<_>>())
            });
            assert_eq!(ours, theirs.collect());
        }
        (Err(fault), Ok(_)) => panic!("refused what the reference takes: {fault:?}"),
        (Ok(_), Err(error)) => panic!("took what the reference refuses: {error}"),
        (Err(_), Err(_)) => {}
    }
});

/// The input as it is, or, where it begins with `{`, as a header with its length before it and its data behind it.
fn whole(input: &[u8]) -> Vec<u8> {
    if input.first() != Some(&b'{') {
        return input.to_vec();
    }
    let mut bytes = (input.len() as u64).to_le_bytes().to_vec();
    bytes.extend(input);
    let data = usize::try_from(data_bytes(input)).unwrap_or_default().min(1 << 16);
    bytes.resize(bytes.len() + data, 0);
    bytes
}

/// What ours makes of a file, places counted from where the data begins.
fn listing(bytes: &[u8]) -> Option<Vec<(String, Vec<u64>, Range<u64>)>> {
    let document = safetensors::parse(bytes, &Limits::default()).ok()?;
    let tensor = |tensor: &safetensors::TensorInfo<'_>| (tensor.name.to_string(), tensor.shape.to_vec(), tensor.begin..tensor.end);
    Some(document.tensors.iter().map(tensor).collect())
}

/// The same file with a space behind the brace, which the quick path leaves to the full parser.
fn spaced(bytes: &[u8]) -> Vec<u8> {
    let Some((length, rest)) = bytes.split_first_chunk::<8>() else { return bytes.to_vec() };
    let length = u64::from_le_bytes(*length);
    if rest.first() != Some(&b'{') || length == 0 || length > rest.len() as u64 {
        return bytes.to_vec();
    }
    [&(length + 1).to_le_bytes(), b"{ ".as_slice(), &rest[1..]].concat()
}
