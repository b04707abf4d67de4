// The types of modelgate's JSON: catalog entries, configs, reports.
// Made from the Rust types by `UPDATE_TYPES=1 cargo test --features wasm --test types`; do not edit.

/**
 * Whether a model's files can be used.
 *
 * Written as `"available"`, `"downloading"` or `{"failed": {"error": "..."}}`; read in either case.
 */
export type ArtifactStatus = "available" | "downloading" | { failed: { error: string } };

/**
 * One model as a catalog lists it. Its claims are in `config`, in the field names of the config of its `model_type`.
 */
export interface ModelEntry {
    /**
     * The catalog's own name for it.
     */
    id: string;
    /**
     * The name that people read.
     */
    name: string;
    /**
     * Who published it.
     */
    author?: string;
    /**
     * The file or folder.
     */
    path: string;
    /**
     * The bytes of its files.
     */
    size?: number;
    /**
     * Whether it can be used.
     */
    status?: ArtifactStatus;
    /**
     * When it was added, as the catalog writes it.
     */
    added_at?: string;
    /**
     * The kind of model.
     */
    model_type: ModelType;
    /**
     * What the catalog claims. Fields that modelgate does not know are kept.
     */
    config?: Partial<LlmConfig> | Partial<ImageConfig> | Partial<AudioConfig> | Partial<VideoConfig>;
}

/**
 * What a worker is told about an audio model.
 */
export interface AudioConfig {
    /**
     * The family: `Stable Audio`.
     */
    base_model?: string | null;
    /**
     * The architecture's name, where the files state one.
     */
    architecture?: string | null;
    /**
     * Samples in a second.
     */
    sample_rate?: number | null;
    /**
     * The licence's identifier.
     */
    license?: string | null;
    /**
     * The source's tags.
     */
    tags?: string[];
}

/**
 * What a file is to an image pipeline.
 */
export type CheckpointType = "Checkpoint" | "Embedding" | "Hypernetwork" | "Lora" | "VAE";

/**
 * What a worker is told about an image model.
 */
export interface ImageConfig {
    /**
     * The base model, in CivitAI's spelling: `SDXL 1.0`.
     */
    base_model?: string | null;
    /**
     * What the file is to a pipeline.
     */
    checkpoint_type?: CheckpointType | null;
    /**
     * The VAE to use: `baked` where the file holds one, else a file's name or nothing.
     */
    vae?: string | null;
    /**
     * How many last layers of the text encoder are left out, plus one: 1 uses all of them.
     */
    clip_skip?: number | null;
    /**
     * Width and height that the model was trained for, in pixels.
     */
    resolution?: [number, number] | null;
    /**
     * Words that call what the model was trained on.
     */
    trigger_words?: string[];
    /**
     * Samplers that are recommended.
     */
    samplers?: string[];
    /**
     * Sampling steps that are recommended.
     */
    steps?: number | null;
    /**
     * Guidance that is recommended.
     */
    cfg_scale?: number | null;
    /**
     * Whether the source marks it as not safe for work.
     */
    nsfw?: boolean | null;
    /**
     * The licence's identifier.
     */
    license?: string | null;
    /**
     * The source's tags.
     */
    tags?: string[];
    /**
     * Pictures made with it.
     */
    preview_images?: ImagePreview[];
    /**
     * How often it was fetched.
     */
    downloads?: number | null;
    /**
     * How many liked it.
     */
    likes?: number | null;
}

/**
 * A picture made with the model.
 */
export interface ImagePreview {
    /**
     * Where it is.
     */
    url?: string;
    /**
     * Its width, in pixels.
     */
    width?: number | null;
    /**
     * Its height, in pixels.
     */
    height?: number | null;
    /**
     * Whether the source marks it as not safe for work.
     */
    nsfw?: boolean | null;
}

/**
 * What a worker is told about a language model.
 */
export interface LlmConfig {
    /**
     * The architecture: the transformers class name (`LlamaForCausalLM`), or GGUF's word where no class is known.
     */
    architecture?: string | null;
    /**
     * The family: GGUF's `general.architecture` or transformers' `model_type` (`llama`).
     */
    model_family?: string | null;
    /**
     * Special tokens, as text, and the chat template.
     */
    tokenizer?: TokenizerConfig;
    /**
     * The training context, in tokens.
     */
    context_length?: number | null;
    /**
     * The quantization's label: `Q4_K_M`, `fp8`, `gptq-int4`, or an element type such as `bf16` where there is none.
     */
    quantization?: string | null;
    /**
     * The sampling temperature that the model asks for; 0 where it asks for greedy decoding.
     */
    default_temperature?: number | null;
    /**
     * The nucleus that the model asks for.
     */
    default_top_p?: number | null;
    /**
     * Languages, as the model card names them.
     */
    languages?: string[];
    /**
     * The repository that this model was made from.
     */
    base_model?: string | null;
    /**
     * The licence's identifier.
     */
    license?: string | null;
    /**
     * The model card's tags.
     */
    tags?: string[];
    /**
     * The model's files, relative to its folder.
     */
    files?: string[];
    /**
     * The source repository's commit.
     */
    sha?: string | null;
    /**
     * Whether the source asks for consent before it gives the files.
     */
    gated?: boolean | null;
    /**
     * How often it was fetched.
     */
    downloads?: number | null;
    /**
     * How many liked it.
     */
    likes?: number | null;
}

/**
 * The kind of model.
 */
export type ModelType = "audio" | "image" | "llm" | "video";

/**
 * Special tokens, as text.
 */
export interface TokenizerConfig {
    /**
     * Begins a sequence.
     */
    bos_token?: string | null;
    /**
     * Ends a turn or a sequence.
     */
    eos_token?: string | null;
    /**
     * Fills up a batch.
     */
    pad_token?: string | null;
    /**
     * Stands for what the vocabulary lacks.
     */
    unk_token?: string | null;
    /**
     * The default chat template: Jinja source.
     */
    chat_template?: string | null;
}

/**
 * What a worker is told about a video model.
 */
export interface VideoConfig {
    /**
     * The base model, in CivitAI's spelling: `Wan Video 14B t2v`.
     */
    base_model?: string | null;
    /**
     * Width and height that the model was trained for, in pixels.
     */
    resolution?: [number, number] | null;
    /**
     * The licence's identifier.
     */
    license?: string | null;
    /**
     * The source's tags.
     */
    tags?: string[];
}

/**
 * How bad a finding is. An error rejects; warnings and notes admit.
 */
export type Severity = "error" | "warning" | "note";

/**
 * What a worker needs to start a model. What is not known is absent: the engine's own default holds then.
 */
export interface InferenceParams {
    /**
     * The longest context, in tokens; language models only.
     */
    context_length?: number | null;
    /**
     * What is worked on at once: tokens of a prompt, or pictures. A start that every engine bears.
     */
    batch_size?: number | null;
    /**
     * The rest, by name. Language models: `stop_tokens`, `temperature`, `top_p`. Images: `resolution`, `cfg_scale`,
     * `steps`, `sampler`, `clip_skip`, `vae`. Video: `resolution`. Audio: `sample_rate`.
     */
    additional?: Record<string, unknown>;
}

/**
 * The answer.
 */
export type Answer = "accepted" | "rejected";

/**
 * The report of `check --format json`, and of one model of `scan --format json`.
 */
export interface CheckReport {
    /**
     * The version of this shape.
     */
    schema_version: number;
    /**
     * Whether the engine will load the model.
     */
    verdict: Answer;
    /**
     * The profile that was judged for.
     */
    engine: EngineReport;
    /**
     * What was judged.
     */
    model: ModelReport;
    /**
     * The derived config, in the fields of the model's type; null where the files do not tell what the model is.
     */
    config: LlmConfig | ImageConfig | AudioConfig | VideoConfig | null;
    /**
     * What was found, worst first; never empty in a rejection.
     */
    findings: FindingReport[];
    /**
     * What the files alone do not tell.
     */
    unknown: UnknownReport[];
}

/**
 * An engine's profile.
 */
export interface EngineReport {
    /**
     * The engine's name: `llama-cpp`.
     */
    name: string;
    /**
     * The engine's version that was judged for.
     */
    version: string;
}

/**
 * One thing found.
 */
export interface FindingReport {
    /**
     * The stable code: `GGUF001`.
     */
    code: string;
    /**
     * What is wrong, in kebab case.
     */
    name: string;
    /**
     * How bad it is: an error rejects.
     */
    severity: Severity;
    /**
     * One line with both values, units and place.
     */
    message: string;
    /**
     * What should have been there; of a catalog's claim, what is claimed. Null where there is no such value.
     */
    expected: unknown;
    /**
     * What was there.
     */
    found: unknown;
    /**
     * Where.
     */
    origin: OriginReport;
    /**
     * What to do about it.
     */
    help: string;
    /**
     * What the catalog's entry should say; absent unless the entry is what is wrong.
     */
    fix?: FixReport;
}

/**
 * A correction of the catalog's entry.
 */
export interface FixReport {
    /**
     * Where in the entry: a JSON pointer.
     */
    pointer: string;
    /**
     * What should stand there.
     */
    value: unknown;
}

/**
 * The report of `inspect --format json`.
 */
export interface InspectReport {
    /**
     * The version of this shape.
     */
    schema_version: number;
    /**
     * What was read.
     */
    model: ModelReport;
    /**
     * The derived config; null where the files do not tell what the model is.
     */
    config: LlmConfig | ImageConfig | AudioConfig | VideoConfig | null;
    /**
     * Where each field of the config comes from.
     */
    provenance: Record<string, OriginReport>;
    /**
     * What the files say, in words of their own formats.
     */
    facts: unknown;
    /**
     * Where readers stopped.
     */
    faults: FindingReport[];
}

/**
 * The model as it lies on disk.
 */
export interface ModelReport {
    /**
     * The path as given.
     */
    path: string;
    /**
     * The kind of files: `gguf`, `safetensors`, `transformers-folder`, `diffusers-folder`, `pickle`, `unknown`.
     */
    format: string;
    /**
     * The kind of model; null where the files do not tell.
     */
    model_type: ModelType | null;
}

/**
 * The place of a fact.
 */
export interface OriginReport {
    /**
     * The file, relative to the model's folder.
     */
    file: string | null;
    /**
     * A metadata key, a JSON pointer, or a tensor's name.
     */
    key: string | null;
    /**
     * The byte offset in the file.
     */
    offset: number | null;
}

/**
 * A question that the files alone do not answer.
 */
export interface UnknownReport {
    /**
     * The code of the rule that could not tell.
     */
    code: string;
    /**
     * What could not be told, and why.
     */
    message: string;
    /**
     * Where the missing fact would have stood.
     */
    origin: OriginReport;
}
