//! Pickles and zip archives of them: listed as they are, and as one member of a zip, with the same imports and tensors.
#![no_main]

use libfuzzer_sys::fuzz_target;
use modelgate::Limits;
use modelgate::facts;
use modelgate::format::{Input, pickle, zip};
use modelgate::source;
use modelgate_fuzz::{home, judge, write};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    let _ = zip::parse(Input::whole(bytes), &limits);
    let path = home().join("model.ckpt");
    write(&path, bytes, bytes.len() as u64);
    judge(&path);
    let Ok(bare) = pickle::parse(bytes, &limits) else { return };
    assert!(bare.end <= bytes.len() && bare.tensors.len() as u64 <= limits.tensors);
    let zip = stored(bytes);
    write(&path, &zip, zip.len() as u64);
    let facts = facts::learn(&source::locate(&path, &limits).unwrap(), &limits).unwrap();
    let zipped = facts.pickle.expect("what is listed bare is listed in a zip");
    assert_eq!(zipped.tensors.len(), bare.tensors.len());
    assert_eq!(zipped.imports.len(), bare.imports.len());
});

/// A zip with one stored member, `archive/data.pkl`.
fn stored(data: &[u8]) -> Vec<u8> {
    let name = b"archive/data.pkl";
    let size = (data.len() as u32).to_le_bytes();
    let mut zip = b"PK\x03\x04".to_vec();
    zip.extend([0; 14]);
    zip.extend([size, size].concat());
    zip.extend([name.len() as u8, 0, 0, 0]);
    zip.extend(name);
    zip.extend(data);
    let directory = (zip.len() as u32).to_le_bytes();
    zip.extend(b"PK\x01\x02");
    zip.extend([0; 16]);
    zip.extend([size, size].concat());
    zip.extend([name.len() as u8, 0, 0, 0]);
    zip.extend([0; 14]);
    zip.extend(name);
    zip.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0\0\0\0\0");
    zip.extend(directory);
    zip.extend([0; 2]);
    zip
}
