//! Imports decide what a pickle may do: loading one runs what it names.

use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::facts::pickle::{Import, PickleFacts};
use crate::rules::{Case, Rule};

cause! {
    /// The pickle imports what can run programs, open files or reach the network. It was made to attack whoever loads it.
    DANGER = ("PICK101", "pickle-danger", Error, "do not load this file; tell its source, and keep it for whoever investigates");
    /// The pickle imports something that no model of tensors needs. Harmless training leftovers look the same as the
    /// first step of an attack.
    SUSPICIOUS = ("PICK102", "pickle-suspicious", Error, "convert the file to safetensors in a sandbox, or allow the code if you trust the source");
    /// A training framework's leftover in a checkpoint: common in Stable Diffusion 1.x, and not needed.
    LEFTOVER = ("PICK103", "pickle-leftover", Warning, "convert the file to safetensors to be rid of it");
    /// The model is a pickle. Its imports are harmless, but the next edition's need not be.
    PICKLE = ("PICK104", "pickle-weights", Note, "prefer the safetensors edition");
}

/// Imports are judged one by one; nothing is run.
pub static IMPORTS: Rule = Rule { name: "pickle-imports", causes: CAUSES, check };

/// Modules that can run programs, open files or reach the network, with everything below them.
static DANGEROUS: &[&str] = &[
    "_aix_support",
    "_io",
    "_osx_support",
    "_posixsubprocess",
    "_pyrepl",
    "aiohttp",
    "asyncio",
    "bdb",
    "cgitb",
    "code",
    "codeop",
    "commands",
    "copyreg",
    "cProfile",
    "ctypes",
    "distutils",
    "doctest",
    "ensurepip",
    "functools",
    "ftplib",
    "httplib",
    "http",
    "idlelib",
    "imaplib",
    "importlib",
    "inspect",
    "io",
    "lib2to3",
    "logging",
    "marshal",
    "multiprocessing",
    "network",
    "nt",
    "nntplib",
    "operator",
    "os",
    "pathlib",
    "pdb",
    "pickle",
    "pip",
    "pkgutil",
    "platform",
    "posix",
    "poplib",
    "popen2",
    "profile",
    "pty",
    "pydoc",
    "requests",
    "runpy",
    "shelve",
    "shutil",
    "signal",
    "smtplib",
    "socket",
    "socketserver",
    "ssl",
    "subprocess",
    "sys",
    "sysconfig",
    "telnetlib",
    "tempfile",
    "test",
    "threading",
    "timeit",
    "torch._dynamo",
    "torch._inductor",
    "torch.fx",
    "torch.hub",
    "torch.jit",
    "torch.utils.bottleneck",
    "torch.utils.collect_env",
    "torch.utils.data",
    "torch.utils._config_module",
    "trace",
    "types",
    "urllib",
    "urllib2",
    "uuid",
    "venv",
    "webbrowser",
    "winreg",
    "xmlrpc",
    "zipimport",
];

/// Built-in names that run code or reach into objects.
static DANGEROUS_BUILTINS: &[&str] = &[
    "__import__",
    "apply",
    "breakpoint",
    "compile",
    "delattr",
    "eval",
    "exec",
    "execfile",
    "getattr",
    "globals",
    "input",
    "locals",
    "open",
    "setattr",
    "vars",
];

/// What models of tensors are made of.
static HARMLESS: &[(&str, &[&str])] = &[
    ("_codecs", &["encode"]),
    ("collections", &["OrderedDict", "defaultdict"]),
    ("numpy", &["dtype", "ndarray"]),
    ("numpy._core.multiarray", &["_reconstruct", "scalar"]),
    ("numpy.core.multiarray", &["_reconstruct", "scalar"]),
    ("torch._utils", &["_rebuild_parameter", "_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_tensor_v3"]),
    ("torch.nn.parameter", &["Parameter"]),
    ("torch.storage", &["TypedStorage", "UntypedStorage", "_load_from_bytes"]),
];

/// Names in `torch` itself that only stand for element types and sizes.
static HARMLESS_TORCH: &[&str] = &[
    "FloatTensor",
    "HalfTensor",
    "LongTensor",
    "Size",
    "Tensor",
    "bfloat16",
    "bool",
    "device",
    "dtype",
    "float16",
    "float32",
    "float64",
    "float8_e4m3fn",
    "float8_e5m2",
    "int16",
    "int32",
    "int64",
    "int8",
    "uint8",
];

/// How an import is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Judgement {
    Danger,
    Harmless,
    Leftover,
    Suspicious,
}

fn judge(import: &Import) -> Judgement {
    let (module, name) = (import.module.as_str(), import.name.as_str());
    let builtins = matches!(module, "__builtin__" | "__builtins__" | "builtins");
    if builtins && DANGEROUS_BUILTINS.contains(&name) {
        return Judgement::Danger;
    }
    let below = |root: &&str| module == *root || module.strip_prefix(*root).is_some_and(|rest| rest.starts_with('.'));
    // A dotted name reaches through the module it is looked up in.
    let first = name.split('.').next().unwrap_or_default();
    if DANGEROUS.iter().any(below) || (name.contains('.') && DANGEROUS.contains(&first)) {
        return Judgement::Danger;
    }
    if module.starts_with("pytorch_lightning.callbacks") || module.starts_with("lightning.pytorch.callbacks") {
        return Judgement::Leftover;
    }
    let known = HARMLESS.iter().any(|(known, names)| *known == module && names.contains(&name));
    let torch = module == "torch" && (HARMLESS_TORCH.contains(&name) || name.ends_with("Storage"));
    let cuda = module == "torch.cuda" && name.ends_with("Storage");
    let plain = builtins && matches!(name, "bytearray" | "complex" | "dict" | "list" | "set" | "slice" | "tuple");
    if known || torch || cuda || plain { Judgement::Harmless } else { Judgement::Suspicious }
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(pickle) = &case.facts.pickle else { return };
    for import in &pickle.imports {
        let cause = match judge(import) {
            Judgement::Danger => &DANGER,
            Judgement::Harmless => continue,
            Judgement::Leftover => &LEFTOVER,
            Judgement::Suspicious => &SUSPICIOUS,
        };
        let what = format!("{}.{}", import.module, import.name);
        let inside = import.member.as_ref().map(|member| format!(" (in {member})")).unwrap_or_default();
        let message = format!("{} imports {what} when it is loaded{inside}", pickle.file);
        let origin = Origin::file(&pickle.file).key(what.clone()).offset(import.offset);
        findings.push(Diagnostic::new(cause, message).found(what).at(origin));
    }
    note(pickle, findings);
}

fn note(pickle: &PickleFacts, findings: &mut Findings) {
    let message = format!("{} is a pickle with {} imports, of which none was run", pickle.file, pickle.imports.len());
    findings.push(Diagnostic::new(&PICKLE, message).at(Origin::file(&pickle.file)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn import(module: &str, name: &str) -> Import {
        Import { module: module.to_owned(), name: name.to_owned(), member: None, offset: 0 }
    }

    #[test]
    fn tensors_are_harmless_and_programs_are_not() {
        assert_eq!(judge(&import("torch._utils", "_rebuild_tensor_v2")), Judgement::Harmless);
        assert_eq!(judge(&import("torch", "HalfStorage")), Judgement::Harmless);
        assert_eq!(judge(&import("builtins", "eval")), Judgement::Danger);
        assert_eq!(judge(&import("os.path", "join")), Judgement::Danger);
        assert_eq!(judge(&import("numpy.testing._private.utils", "runstring")), Judgement::Suspicious);
        assert_eq!(judge(&import("oslo", "x")), Judgement::Suspicious);
    }
}
