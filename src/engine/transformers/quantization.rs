//! The quantization method must be one that transformers knows.

use crate::derive::folder::quantization::Standing;
use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::format::safetensors::Dtype;
use crate::rules::{Case, Rule};

cause! {
    /// `quantization_config` names no `quant_method`: transformers stops with a ValueError at load.
    METHOD_MISSING = ("TRFM113", "quant-method-missing", Error, "add the quant_method that the weights were quantized with, or use the engine that wrote them (MLX writes such configs)");
    /// transformers does not know the quantization method: since January 2025 it warns, skips the quantization and
    /// loads the packed tensors as if they were plain ones. The answers are noise.
    METHOD_UNKNOWN = ("TRFM114", "quant-method-unknown", Error, "use an engine that knows the method, or an edition of the model that is quantized otherwise");
    /// The quantization method needs a Python package beside transformers.
    PACKAGE_NEEDED = ("TRFM115", "quant-package-needed", Note, "make sure that the worker has the package installed");
}

/// The quantization method must be known.
pub static RULE: Rule = Rule { name: "quantization", causes: CAUSES, check };

/// Methods and the packages without which loading stops with an ImportError.
static PACKAGES: [(&str, &str); 12] = [
    ("aqlm", "aqlm"),
    ("auto-round", "auto-round"),
    ("awq", "gptqmodel"),
    ("bitsandbytes", "bitsandbytes"),
    ("compressed-tensors", "compressed-tensors"),
    ("eetq", "eetq"),
    ("fbgemm_fp8", "fbgemm-gpu"),
    ("gptq", "optimum and gptqmodel"),
    ("higgs", "flute"),
    ("hqq", "hqq"),
    ("quark", "amd-quark"),
    ("torchao", "torchao"),
];

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(quantization) = case.derived.folder.as_ref().and_then(|folder| folder.quantization.as_ref()) else {
        return;
    };
    let origin = Origin::file(quantization.file).key(quantization.pointer);
    let method = quantization.method.as_deref().unwrap_or_default();
    match quantization.standing {
        Standing::MethodMissing => {
            let message = "quantization_config has no quant_method";
            findings.push(Diagnostic::new(&METHOD_MISSING, message).at(origin));
        }
        Standing::Unknown => {
            let message = format!("transformers 5.23 does not know the quantization method {method} and would skip it");
            findings.push(Diagnostic::new(&METHOD_UNKNOWN, message).found(method).at(origin));
        }
        Standing::Overlooked if is_packed(case) => {
            let message = format!(
                "the weights are packed ({}), and transformers does not look at {} of {}",
                quantization.label, quantization.pointer, quantization.file
            );
            findings.push(Diagnostic::new(&METHOD_UNKNOWN, message).found(quantization.label.as_str()).at(origin));
        }
        Standing::Overlooked => {}
        Standing::Known => {
            if let Some((_, package)) = PACKAGES.iter().find(|(name, _)| *name == method) {
                let message = format!("{method} needs {package} beside transformers");
                findings.push(Diagnostic::new(&PACKAGE_NEEDED, message).found(*package).at(origin));
            }
        }
    }
}

/// Whether the weights hold packed integers or eight-bit floats.
fn is_packed(case: &Case<'_>) -> bool {
    let packed = [Dtype::F4, Dtype::F8_E4M3, Dtype::F8_E5M2, Dtype::I32, Dtype::I8, Dtype::U32, Dtype::U8];
    let mut tensors = case.facts.safetensors.iter().flat_map(|header| header.tensors.iter());
    tensors.any(|tensor| packed.contains(&tensor.dtype) && tensor.shape.len() > 1)
}
