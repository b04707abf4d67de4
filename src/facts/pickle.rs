//! Facts of pickles: what they import and the tensors that they list. Nothing is ever executed.

use super::safetensors::Tensors;
use super::{Facts, ModelFormat};
use crate::format::zip::Member;
use crate::format::{Fault, pickle, zip};
use crate::limits::Limits;
use crate::source::ModelFile;

/// The cause that ends the listing of a file, wherever in it the limit is met.
const LIMIT: &str = "pickle-limit";
/// How much of a member's name is kept, in bytes.
const MEMBER_BYTES: usize = 256;

/// Old torch writes its magic number, a protocol number and system facts before the model itself.
const LEGACY_PICKLES: usize = 5;

/// What one file of pickles says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PickleFacts {
    /// The file.
    pub file: String,
    /// Whether it is wrapped in a zip archive, as torch has done since 1.6.
    pub zip: bool,
    /// Every import that a loader would make, each once.
    pub imports: Vec<Import>,
    /// The tensors that torch would rebuild, in order.
    pub tensors: Tensors,
}

/// One import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The module.
    pub module: String,
    /// The name in it.
    pub name: String,
    /// The member of the archive, for a zip.
    pub member: Option<String>,
    /// Where it stands, in bytes from the start of the file.
    pub offset: u64,
}

impl PickleFacts {
    /// What `inspect` shows.
    pub fn to_json(&self) -> serde_json::Value {
        let imports = self.imports.iter().map(|import| format!("{}.{}", import.module, import.name));
        serde_json::json!({ "zip": self.zip, "tensors": self.tensors.len(), "imports": imports.collect::<Vec<_>>() })
    }

    /// Lists one pickle of the file: where it ends, and the limits less what it took, which are the whole file's.
    fn list(
        &mut self,
        bytes: &[u8],
        limits: &Limits,
        member: Option<&str>,
        start: u64,
    ) -> Result<(usize, Limits), Fault> {
        let document = pickle::parse(bytes, limits)?;
        self.add(&document, member, start);
        let mut left = limits.clone();
        left.pickle_operations = left.pickle_operations.saturating_sub(document.operations);
        left.pickle_imports = left.pickle_imports.saturating_sub(document.imports.len());
        left.tensors = left.tensors.saturating_sub(document.tensors.len() as u64);
        Ok((document.end, left))
    }

    fn add(&mut self, document: &pickle::Document<'_>, member: Option<&str>, start: u64) {
        for tensor in &document.tensors {
            let name = tensor.name.strip_prefix("state_dict.").unwrap_or(&tensor.name);
            self.tensors.push(name, tensor.dtype, &tensor.shape);
        }
        for import in &document.imports {
            self.imports.push(Import {
                module: import.module.to_owned(),
                name: import.name.to_owned(),
                member: member.map(str::to_owned),
                offset: start.saturating_add(import.offset),
            });
        }
    }
}

/// Lists the pickles in `bytes`.
pub(super) fn learn(facts: &mut Facts, file: &ModelFile, bytes: &[u8], limits: &Limits) {
    facts.format = ModelFormat::Pickle;
    let listed = if bytes.starts_with(b"PK") { in_zip(file, bytes, limits) } else { bare(file, bytes, limits) };
    match listed {
        Ok(pickle) => facts.pickle = Some(pickle),
        Err(fault) => facts.faults.push(fault.in_file(&file.name)),
    }
}

/// Every member that is a pickle by name or by content.
fn in_zip(file: &ModelFile, bytes: &[u8], limits: &Limits) -> Result<PickleFacts, Fault> {
    let archive = zip::parse(bytes, limits)?;
    let mut facts = PickleFacts { file: file.name.clone(), zip: true, ..PickleFacts::default() };
    let mut left = limits.clone();
    for member in archive.members.iter().filter(|member| is_pickle(member)) {
        let name = String::from_utf8_lossy(member.name.get(..MEMBER_BYTES).unwrap_or(member.name)).into_owned();
        left = facts.list(member.data.unwrap_or_default(), &left, Some(&name), member.offset)?.1;
    }
    Ok(facts)
}

fn is_pickle(member: &Member<'_>) -> bool {
    let head = member.data.unwrap_or_default();
    let storage = member.name.windows(6).any(|part| part == b"/data/");
    member.name.ends_with(b".pkl") || (!storage && matches!(head, [0x80, 2..=5, ..]))
}

/// Pickles one behind the other; what follows the model's own is the bytes of its tensors.
fn bare(file: &ModelFile, bytes: &[u8], limits: &Limits) -> Result<PickleFacts, Fault> {
    let mut facts = PickleFacts { file: file.name.clone(), ..PickleFacts::default() };
    let (mut at, mut left) = (0_usize, limits.clone());
    for number in 0..LEGACY_PICKLES {
        let rest = bytes.get(at..).unwrap_or_default();
        if number > 0 && !matches!(rest, [0x80, 2..=5, ..]) {
            break;
        }
        match facts.list(rest, &left, None, at as u64) {
            Ok((end, rest)) => (at, left) = (at.saturating_add(end), rest),
            Err(fault) if number == 0 || fault.cause().name == LIMIT => return Err(fault),
            Err(_) => break,
        }
    }
    Ok(facts)
}
