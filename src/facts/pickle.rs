//! Facts of pickles: what they import and the tensors that they list. Nothing is ever executed.

use super::safetensors::Tensors;
use super::{Facts, ModelFormat};
use crate::format::zip::Member;
use crate::format::{Fault, Input, pickle, zip};
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
        input: Input<'_>,
        (start, length): (u64, u64),
        limits: &Limits,
        member: Option<&str>,
    ) -> Result<(u64, Limits), Fault> {
        let document = pickle::read(input, start, length, limits)?;
        self.add(&document, member, start);
        let mut left = limits.clone();
        left.pickle_operations = left.pickle_operations.saturating_sub(document.operations);
        left.pickle_imports = left.pickle_imports.saturating_sub(document.imports.len());
        left.tensors = left.tensors.saturating_sub(document.tensors.len() as u64);
        Ok((document.end as u64, left))
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

/// Lists the pickles in `input`.
pub(super) fn learn(facts: &mut Facts, file: &ModelFile, input: Input<'_>, limits: &Limits) {
    facts.format = ModelFormat::Pickle;
    let is_zip = input.look(0, 2, |head| head == b"PK");
    let listed = if is_zip { in_zip(file, input, limits) } else { bare(file, input, limits) };
    match listed {
        Ok(pickle) => facts.pickle = Some(pickle),
        Err(fault) => facts.faults.push(fault.in_file(&file.name)),
    }
}

/// Every member that is a pickle by name or by content.
fn in_zip(file: &ModelFile, input: Input<'_>, limits: &Limits) -> Result<PickleFacts, Fault> {
    let archive = zip::parse(input, limits)?;
    let mut facts = PickleFacts { file: file.name.clone(), zip: true, ..PickleFacts::default() };
    let mut left = limits.clone();
    for member in archive.members.iter().filter(|member| is_pickle(member, input)) {
        let name = String::from_utf8_lossy(member.name.get(..MEMBER_BYTES).unwrap_or(member.name)).into_owned();
        let length = member.size_bytes.unwrap_or_default();
        left = facts.list(input, (member.offset, length), &left, Some(&name))?.1;
    }
    Ok(facts)
}

fn is_pickle(member: &Member<'_>, input: Input<'_>) -> bool {
    let storage = member.name.windows(6).any(|part| part == b"/data/");
    let size = usize::try_from(member.size_bytes.unwrap_or_default()).unwrap_or(usize::MAX);
    member.name.ends_with(b".pkl") || (!storage && is_start(input, member.offset, size))
}

/// Whether a binary pickle begins at `at`, of which `size` bytes may be looked at.
fn is_start(input: Input<'_>, at: u64, size: usize) -> bool {
    let at = usize::try_from(at).unwrap_or(usize::MAX);
    input.look(at, size.min(2), |head| matches!(head, [0x80, 2..=5]))
}

/// Pickles one behind the other; what follows the model's own is the bytes of its tensors.
fn bare(file: &ModelFile, input: Input<'_>, limits: &Limits) -> Result<PickleFacts, Fault> {
    let mut facts = PickleFacts { file: file.name.clone(), ..PickleFacts::default() };
    let (mut at, mut left) = (0_u64, limits.clone());
    for number in 0..LEGACY_PICKLES {
        let length = input.file_bytes().saturating_sub(at);
        if number > 0 && !is_start(input, at, usize::try_from(length).unwrap_or(usize::MAX)) {
            break;
        }
        match facts.list(input, (at, length), &left, None) {
            Ok((end, rest)) => (at, left) = (at.saturating_add(end), rest),
            Err(fault) if number == 0 || fault.cause().name == LIMIT => return Err(fault),
            Err(_) => break,
        }
    }
    Ok(facts)
}
