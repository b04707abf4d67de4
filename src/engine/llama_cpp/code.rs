//! Why llama.cpp would not load a model, or would die of it.

use crate::diagnostic::cause;

cause! {
    /// No release of llama.cpp that this profile knows has an architecture of this name. Names are compared exactly.
    ///
    /// The engine says: `unknown model architecture: 'x'`.
    pub(super) UNKNOWN_ARCHITECTURE = ("LCPP101", "unknown-architecture", Error, "check general.architecture for a typing mistake, or use an engine that knows this architecture");
    /// What the model needs came with a later release of llama.cpp than the one that the worker runs.
    ///
    /// The engine says: `unknown model architecture: 'x'`, or `unknown pre-tokenizer type: 'x'`.
    pub(super) ENGINE_TOO_OLD = ("LCPP102", "engine-too-old", Error, "update llama.cpp to a release that knows what the message names");
    /// The engine knows this architecture's name and never loads it as a main model: `clip` is the vision part that is
    /// given beside a language model, `gptj` was never built.
    ///
    /// The engine says: `CLIP cannot be used as main model, use it with --mmproj instead`, or
    /// `unsupported model architecture: 'gptj'`.
    pub(super) NOT_A_MAIN_MODEL = ("LCPP103", "not-a-main-model", Error, "give the language model as the model, and this file as its vision part (--mmproj)");
    /// A tensor's data reaches beyond the end of the file: the download stopped, or the disk was full.
    ///
    /// The engine says: `tensor 'x' data is not within the file bounds, model is corrupted or incomplete`.
    pub(super) DATA_TRUNCATED = ("LCPP104", "data-truncated", Error, "the file is incomplete: fetch it again and compare its size with the source's");
    /// A metadata key has another type than the engine reads. Types are compared exactly: a u32 key may not be i32 or u64.
    ///
    /// The engine says: `key x has wrong type y but expected type z`.
    pub(super) KEY_TYPE = ("LCPP105", "wrong-key-type", Error, "convert the model again with a converter of the engine's own release");
    /// A metadata key that this architecture needs is not in the file.
    ///
    /// The engine says: `key not found in model: x`, `array key not found in model: x`, or
    /// `cannot find tokenizer vocab in model file`.
    pub(super) KEY_MISSING = ("LCPP106", "missing-key", Error, "convert the model again with a converter of the engine's own release");
    /// An array of values for each layer has not as many elements as the model has layers.
    ///
    /// The engine says: `key x has wrong array length; expected n, got m`.
    pub(super) ARRAY_LENGTH = ("LCPP107", "wrong-array-length", Error, "make the array as long as the model has layers, or convert the model again");
    /// The hyper-parameters contradict one another or what this architecture's code can do.
    ///
    /// The engine says, for instance: `invalid n_rot: x, expected y`, `model cannot have zero experts`.
    pub(super) HYPERPARAMETERS = ("LCPP108", "hyperparameters-refused", Error, "correct the values that the message names, or convert the model again");
    /// Loading this file kills the worker: an assertion in the engine fails and the process aborts. Nothing catches it.
    ///
    /// More than 512 layers end like this; releases before the assertion wrote beyond their arrays (llama.cpp#25821).
    ///
    /// The engine says: `GGML_ASSERT(...) failed`, or `fatal error`, and ends with SIGABRT.
    pub(super) WOULD_ABORT = ("LCPP109", "engine-would-abort", Error, "never give this file to a worker; correct the values that the message names, or convert the model again");
    /// Loading this file kills the worker: the engine divides by a number of the file that is zero.
    ///
    /// The engine says nothing and ends with SIGFPE.
    pub(super) WOULD_CRASH = ("LCPP110", "engine-would-crash", Error, "never give this file to a worker; correct the values that the message names, or convert the model again");
    /// Loading this file hangs the worker: the engine searches a newline token that is not there and never stops; its
    /// memory grows meanwhile.
    ///
    /// The engine says nothing and never returns.
    pub(super) WOULD_HANG = ("LCPP111", "engine-would-hang", Error, "never give this file to a worker; convert the model again so that its vocabulary has a token that is one newline");
    /// `tokenizer.ggml.model` is not one of the engine's tokenizers.
    ///
    /// The engine says: `unknown tokenizer: 'x'`.
    pub(super) UNKNOWN_TOKENIZER = ("LCPP112", "unknown-tokenizer", Error, "convert the model again with a converter of the engine's own release");
    /// `tokenizer.ggml.pre` names a way to cut text that the engine does not know. Names are compared exactly.
    ///
    /// The engine says: `unknown pre-tokenizer type: 'x'`.
    pub(super) UNKNOWN_PRE_TOKENIZER = ("LCPP113", "unknown-pre-tokenizer", Error, "update llama.cpp, or correct tokenizer.ggml.pre");
    /// The tokenizer merges byte pairs, and the file lists none.
    ///
    /// The engine says: `cannot find tokenizer merges in model file`.
    pub(super) NO_MERGES = ("LCPP114", "missing-merges", Error, "convert the model again: tokenizer.ggml.merges is missing");
    /// An array of the vocabulary has another element type than the engine reads. Releases that did not look read beyond
    /// its end (llama.cpp#26690).
    ///
    /// The engine says: `invalid gguf type for x`.
    pub(super) VOCABULARY_TYPE = ("LCPP115", "wrong-vocabulary-type", Error, "convert the model again with a converter of the engine's own release");
    /// An array of the vocabulary is shorter than the list of tokens, or points beyond its own end.
    ///
    /// The engine says: `Index out of array bounds for x`, `Index out of array bounds in precompiled charsmap!`, or
    /// `Index out of array bounds in XCDA array!`.
    pub(super) VOCABULARY_SHORT = ("LCPP116", "vocabulary-out-of-bounds", Error, "convert the model again: the vocabulary's arrays do not fit one another");
    /// The vocabulary lacks tokens that the engine takes for granted, or a byte token is not written `<0xHH>`.
    ///
    /// The engine says: `basic_string::substr`, `Byte token for <0xNN> is not set`, `vector::_M_range_check`, or, for a
    /// model that calls itself Phi-3, `_Map_base::at`.
    pub(super) VOCABULARY_TOKENS = ("LCPP117", "unusable-vocabulary", Error, "convert the model again, from its original tokenizer");
    /// Two tokens have the same text, up to their first zero byte: loading this file kills the worker.
    ///
    /// The engine says: `GGML_ASSERT(id_to_token.size() == token_to_id.size()) failed`, and ends with SIGABRT.
    pub(super) DUPLICATE_TOKEN = ("LCPP118", "duplicate-token", Error, "never give this file to a worker; convert the model again so that every token's text is its own");
    /// A tensor that this architecture needs is not in the file.
    ///
    /// The engine says: `check_tensor_dims: tensor 'x' not found`, or `missing tensor 'x'`.
    pub(super) TENSOR_MISSING = ("LCPP120", "missing-tensor", Error, "convert the model again, or fetch the complete file");
    /// A tensor has another shape than the hyper-parameters give it.
    ///
    /// The engine says: `check_tensor_dims: tensor 'x' has wrong shape; expected ..., got ...`.
    pub(super) TENSOR_SHAPE = ("LCPP121", "wrong-tensor-shape", Error, "convert the model again: its hyper-parameters and its tensors are not of one model");
    /// The file has tensors that this architecture never asks for.
    ///
    /// The engine says: `done_getting_tensors: wrong number of tensors; expected n, got m`.
    pub(super) TENSOR_COUNT = ("LCPP122", "unused-tensors", Error, "convert the model again: general.architecture is not that of these tensors, or tensors were added");
    /// The architecture asks for some tensor twice, so that more tensors are counted than the file has.
    ///
    /// The engine says: `done_getting_tensors: too many tensors created; expected n, got m`.
    pub(super) TENSOR_TWICE = ("LCPP123", "tensors-counted-twice", Error, "this engine cannot load such a file: use another release, or convert the model again");
    /// The architecture asks for a layer that the model does not have.
    ///
    /// The engine says: `vector::_M_range_check`.
    pub(super) LAYER_RANGE = ("LCPP124", "layer-out-of-range", Error, "correct the layer counts, or convert the model again");
    /// The position factors are not in F32: loading this file kills the worker.
    ///
    /// The engine says: `GGML_ASSERT(c->type == GGML_TYPE_F32) failed`, and ends with SIGABRT.
    pub(super) FACTORS_TYPE = ("LCPP125", "position-factors-not-f32", Error, "never give this file to a worker; keep rope_freqs and rope_factors in F32 when quantizing");
    /// The tensors' data begins at an address that is no multiple of 32: loading this file with a memory map kills the
    /// worker. Only files that state an alignment below 32 can be like this.
    ///
    /// The engine says: `GGML_ASSERT((uintptr_t)ptr % TENSOR_ALIGNMENT == 0 && "buffer pointer must be aligned") failed`,
    /// and ends with SIGABRT.
    pub(super) MISALIGNED = ("LCPP126", "misaligned-data", Error, "never give this file to a worker with memory mapping; write it again with general.alignment 32");
    /// A set of split files must be opened by its first one.
    ///
    /// The engine says: `illegal split file idx: n (file: x), model must be loaded with the first split`.
    pub(super) SPLIT_NOT_FIRST = ("LCPP130", "not-the-first-split", Error, "give the engine the first file of the set: the one that ends in -00001-of-0000N.gguf");
    /// The file says that it is one of several, and its name does not tell where the others are.
    ///
    /// The engine says: `invalid split file name: x`.
    pub(super) SPLIT_NAME = ("LCPP131", "wrong-split-name", Error, "give the files the names that they were made with: name-00001-of-0000N.gguf, and so on");
    /// A file of the set is not there, or what stands at its name cannot be opened as one. One that leads out of the
    /// model's folder is told as `leads-outside` alone.
    ///
    /// The engine says: `failed to open GGUF file 'x' (No such file or directory)`, `failed to load GGUF split from x`.
    pub(super) SPLIT_MISSING = ("LCPP132", "missing-split", Error, "fetch the missing files of the set into the same folder");
    /// A file of the set does not say which one it is, or says that it is another one.
    ///
    /// The engine says: `missing key split.no in GGUF split x`, `invalid split file idx: n (file: x), expected m`.
    pub(super) SPLIT_NUMBER = ("LCPP133", "wrong-split-number", Error, "fetch the set again: its files were renamed or mixed up");
    /// The set has not as many tensors as its first file says.
    ///
    /// The engine says: `corrupted model: n tensors expected but m found`.
    pub(super) SPLIT_TENSORS = ("LCPP134", "wrong-split-tensor-count", Error, "fetch the set again: its files are not of one model");
    /// Two files of the set hold a tensor of the same name: files were joined or mixed up.
    ///
    /// The engine says: `invalid model: tensor 'x' is duplicated`.
    pub(super) SPLIT_DUPLICATE = ("LCPP135", "tensor-in-two-splits", Error, "fetch the set again: its files are not of one model");
    /// A special token's number is not one of the vocabulary's: the engine ignores it and uses its own default, so
    /// generation may not stop or begin where it should.
    ///
    /// The engine says: `bad special token: 'x' = n, using default id m`.
    pub(super) SPECIAL_TOKEN = ("LCPP160", "special-token-out-of-range", Warning, "correct the id, or remove the key");
    /// The file does not name its pre-tokenizer: text is cut in the default way, which degrades the output of most models.
    ///
    /// The engine says: `missing pre-tokenizer type, using: 'default'` and `GENERATION QUALITY WILL BE DEGRADED!`.
    pub(super) NO_PRE_TOKENIZER = ("LCPP161", "missing-pre-tokenizer", Warning, "convert the model again with a current converter");
    /// The file names no token that ends a text: generation stops at the engine's default token or never.
    pub(super) NO_END_TOKEN = ("LCPP162", "no-end-token", Warning, "set tokenizer.ggml.eos_token_id");
    /// A token of the type of byte tokens is not written `<0xHH>`. This release loads it and takes it for some other byte;
    /// others write before the start of a table over one such as `<0x-1>`, which damages the worker's memory.
    ///
    /// Reports: llama.cpp#25969, llama.cpp#26511, lmstudio-bug-tracker#2289.
    pub(super) ODD_BYTE_TOKEN = ("LCPP163", "odd-byte-token", Warning, "do not give this file to other releases; convert the model again from its original tokenizer");
    /// The files are such that this profile cannot tell what the engine does with them.
    pub(super) CANNOT_TELL = ("LCPP190", "cannot-tell", Note, "try the model in a worker that may die");
}
