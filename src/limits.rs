//! Every bound that a reader keeps, with its number, its unit and where it comes from.
//!
//! Bytes on disk are a stranger's. Nothing is allocated, looped or recursed on a count that they claim without a bound
//! from here; meeting a bound is a finding, never a panic.

/// How files are read. The answers are the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum ReadMode {
    /// Through a memory map: fastest. Where someone cuts a file in place while it is mapped, the operating system kills
    /// the process (`SIGBUS`). The shards of a large model are read by windows all the same: several threads that map
    /// and unmap wait for one another.
    #[default]
    Map,
    /// By windows, through the operating system's reads: whoever changes a file meanwhile gets another verdict, and does
    /// no other harm.
    Windowed,
}

/// Bounds on what is read from a model's files.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Longest JSON document (config, index, tokenizer), in bytes. The largest real tokenizer.json seen is 33 MB.
    pub json_bytes: u64,
    /// Deepest nesting of a JSON document. serde_json's own bound, and far above the deepest real config (9).
    pub json_depth: usize,
    /// Most values in one JSON document that is kept as a tree: a value of two bytes takes 32 in memory. The header of the
    /// largest real safetensors file has 0.8 million.
    pub json_values: usize,
    /// Longest safetensors header, in bytes: the format's own bound.
    pub safetensors_header_bytes: u64,
    /// Most tensors in one model. The largest real model seen has 91,991.
    pub tensors: u64,
    /// Most dimensions of a tensor in safetensors: NumPy's own bound. The format itself has none.
    pub tensor_dimensions: usize,
    /// Most tensors of one safetensors header whose name stood before. No writer makes one; the format's reader lets the
    /// last one count, and so does this one up to here.
    pub repeated_tensors: usize,
    /// Most pairs of metadata in one safetensors header, counted as they stand. Real files have under 200.
    pub metadata_keys: usize,
    /// Most metadata keys in one GGUF. Real files have under 100.
    pub gguf_keys: u64,
    /// Longest name of a key or of a tensor in a GGUF, in bytes. Real ones have under 100; ggml's own bound for tensors is
    /// 64, for keys there is none.
    pub gguf_name_bytes: usize,
    /// Longest GGUF string, in bytes: the bound of llama.cpp's reader (1 GiB).
    pub gguf_string_bytes: u64,
    /// Most elements of one GGUF array: the bound of llama.cpp's reader (2^30).
    pub gguf_array_elements: u64,
    /// Most tokens added on top of a vocabulary. The largest real tokenizer seen has 6,415.
    pub added_tokens: usize,
    /// Most files of one model. The largest real model seen has 163 shards.
    pub files: usize,
    /// Most components of one pipeline. Real ones have around ten.
    pub components: usize,
    /// Deepest folder that a scan enters, counted from its root. Hub caches nest 4 deep.
    pub scan_depth: usize,
    /// Most entries of one folder that a scan looks at.
    pub scan_entries: usize,
    /// Most operations of one file's pickles: a rebuilt tensor takes about 40, so that 100,000 have room, and no operation
    /// keeps more than some 100 bytes.
    pub pickle_operations: u64,
    /// Most imports of one file's pickles: tensors need under 50 different ones.
    pub pickle_imports: usize,
    /// Longest name in a pickle, of a tensor or of an import, in bytes. llama.cpp's own bound for tensors is 64; torch has
    /// none.
    pub pickle_name_bytes: usize,
    /// How far into a model card its front matter is looked for, in bytes: it stands at the top.
    pub card_bytes: usize,
    /// Most chat templates in files of their own. transformers itself asks for two by name, `default` and `tool_use`.
    pub templates: usize,
    /// Bounds on compiling and rendering a chat template.
    pub template: TemplateLimits,
    /// How files are read within these bounds.
    pub read_mode: ReadMode,
}

/// Bounds on compiling and rendering a chat template, which is a stranger's program.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TemplateLimits {
    /// Longest source, in bytes. The longest of 323 real templates has 19,574.
    pub source_bytes: usize,
    /// Deepest nesting of blocks and of expressions, counted before the parser goes down. Python's own parser refuses the
    /// code that Jinja generates from 200 nested brackets, and 100 nested blocks.
    pub nesting: u16,
    /// Most variables of one function of the template: the search for a name among them is linear. Real templates have under
    /// 100.
    pub variables: u16,
    /// Deepest nesting of everything while rendering: expressions, blocks, macros, printing. Python's stack ends at 1000
    /// frames, of which a macro takes three; at this depth a thread of 2 MB has stack to spare in any build.
    pub depth: u32,
    /// Deepest nesting of data: more than a JSON document may have, less than what dropping or comparing it could stand.
    pub data_depth: u16,
    /// Steps that any rendering may take; a step is one operation, or 64 bytes of text. The slowest real template takes
    /// about 40 for a message.
    pub steps: u64,
    /// Steps added for every byte of input, so that long conversations have their share.
    pub steps_per_input_byte: u64,
    /// Most steps, whatever the input: about a quarter of a second.
    pub steps_most: u64,
    /// Live memory of the template's own values, in bytes, beside the input's. Real templates stay under 1 MB.
    pub live_bytes: usize,
    /// Longest output, in bytes, beside eight times the input's: a context of a million tokens has about 5 MB.
    pub output_bytes: usize,
}

impl Default for TemplateLimits {
    fn default() -> Self {
        Self {
            source_bytes: 512 << 10,
            nesting: 200,
            variables: 2048,
            depth: 600,
            data_depth: 200,
            steps: 2_000_000,
            steps_per_input_byte: 64,
            steps_most: 8_000_000,
            live_bytes: 16 << 20,
            output_bytes: 8 << 20,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            json_bytes: 256 << 20,
            json_depth: 128,
            json_values: 1 << 21,
            safetensors_header_bytes: 100_000_000,
            tensors: 1 << 20,
            tensor_dimensions: 64,
            repeated_tensors: 4096,
            metadata_keys: 1 << 16,
            gguf_keys: 1 << 16,
            gguf_name_bytes: 1 << 16,
            gguf_string_bytes: 1 << 30,
            gguf_array_elements: 1 << 30,
            added_tokens: 1 << 20,
            files: 4096,
            components: 256,
            scan_depth: 16,
            scan_entries: 100_000,
            pickle_operations: 1 << 22,
            pickle_imports: 1024,
            pickle_name_bytes: 1024,
            card_bytes: 4 << 20,
            templates: 64,
            template: TemplateLimits::default(),
            read_mode: ReadMode::default(),
        }
    }
}

impl Limits {
    /// No bound on how much there may be of anything: for files that you wrote yourself. What keeps the stack whole stays
    /// (nesting of JSON and templates, depth of folders), and so do the formats' own bounds and those of rendering.
    pub fn without_bounds() -> Self {
        Self {
            json_bytes: u64::MAX,
            json_values: usize::MAX,
            tensors: u64::MAX,
            repeated_tensors: usize::MAX,
            metadata_keys: usize::MAX,
            gguf_keys: u64::MAX,
            gguf_name_bytes: usize::MAX,
            gguf_string_bytes: u64::MAX,
            gguf_array_elements: u64::MAX,
            added_tokens: usize::MAX,
            files: usize::MAX,
            components: usize::MAX,
            scan_entries: usize::MAX,
            pickle_operations: u64::MAX,
            pickle_imports: usize::MAX,
            pickle_name_bytes: usize::MAX,
            card_bytes: usize::MAX,
            templates: usize::MAX,
            ..Self::default()
        }
    }
}
