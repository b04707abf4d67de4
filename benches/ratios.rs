//! Ratios that the readers must keep, by CPU time in one run: `cargo bench --bench ratios`.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench makes and reads its own files"
)]

mod common;

use common::measure::{run, table};
use modelgate::Limits;
use modelgate::format::gguf;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

fn on_disk(name: &str, header: &[u8], data: u64) -> PathBuf {
    let path = std::env::temp_dir().join(format!("modelgate-bench-{}-{name}", std::process::id()));
    let mut file = File::create(&path).expect("a temporary file");
    file.write_all(header).expect("room in the temporary folder");
    file.set_len(header.len() as u64 + data).expect("a sparse file");
    path
}

fn map(path: &PathBuf) -> memmap2::Mmap {
    #[allow(unsafe_code, reason = "the bench's own file, which nobody cuts")]
    // SAFETY: nobody else writes this file.
    unsafe {
        memmap2::Mmap::map(&File::open(path).expect("the file")).expect("a map")
    }
}

fn main() {
    let limits = Limits::default();
    let none = common::gguf::Size { tokens: 0, merges: 0, layers: 30, tensors: 272 };
    for (name, size) in
        [("none", none), ("llama", common::gguf::LLAMA), ("gemma", common::gguf::GEMMA), ("small", common::gguf::SMALL)]
    {
        let (header, data) = common::gguf::header(size);
        let path = on_disk(name, &header, data);
        let bytes = map(&path);
        let mut runs = [
            run("parse, map and unmap", || gguf::parse(&map(&path), &limits).unwrap().header_bytes),
            run("naive walker, map and unmap", || common::gguf::naive(&map(&path))),
            run("parse, mapped before", || gguf::parse(&bytes, &limits).unwrap().header_bytes),
            run("naive walker, mapped before", || common::gguf::naive(&bytes)),
        ];
        table(&format!("gguf {name} ({} bytes of header)", header.len()), &mut runs, 200);
        std::fs::remove_file(&path).expect("the file");
    }
}
