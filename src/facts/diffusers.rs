//! Facts of a diffusers folder: its components, their documents and their weights.

use super::{Facts, ModelFormat, learn_file, read};
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::format::Fault;
use crate::format::json::{self, Json};
use crate::limits::Limits;
use crate::source::{Artifact, ModelFile};
use std::collections::HashSet;

/// What a diffusers folder says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DiffusersFacts {
    /// The pipeline's class.
    pub class: Option<String>,
    /// The components that `model_index.json` names, in its order, and folders that it does not name.
    pub components: Vec<Component>,
}

/// One component's folder.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Component {
    /// The folder's name.
    pub name: String,
    /// The class that is to load it, where the index names one.
    pub class: Option<String>,
    /// Its `config.json`.
    pub config: Option<Json>,
    /// Its scheduler document.
    pub scheduler: Option<Json>,
    /// Whether any file lies in its folder.
    pub exists: bool,
    /// Its weight files.
    pub weights: Vec<String>,
    /// Shards that an index names and that are not there.
    pub missing_shards: Vec<String>,
}

impl DiffusersFacts {
    /// The component in the folder `name`.
    pub fn component(&self, name: &str) -> Option<&Component> {
        self.components.iter().find(|component| component.name == name)
    }
}

impl Component {
    /// Whether this kind of component has weights at all.
    pub fn wants_weights(&self) -> bool {
        let name = self.name.as_str();
        let weightless =
            ["scheduler", "tokenizer", "feature_extractor", "image_processor", "processor", "safety_checker"];
        self.class.is_some() && !weightless.iter().any(|start| name.starts_with(start))
    }
}

/// Reads the index, every component's documents and the headers of its weights.
pub(super) fn learn(facts: &mut Facts, artifact: &Artifact, limits: &Limits) -> Result<(), Error> {
    facts.format = ModelFormat::DiffusersFolder;
    let index = document(facts, artifact, "model_index.json", limits)?;
    let mut diffusers = DiffusersFacts {
        class: index.as_ref().and_then(|index| index.get("_class_name")?.as_str().map(str::to_owned)),
        components: index.as_ref().map(components).unwrap_or_default(),
    };
    let folders: HashSet<&str> = artifact.files.iter().filter_map(|file| Some(file.name.split_once('/')?.0)).collect();
    let there = |component: &&mut Component| folders.contains(component.name.as_str());
    if diffusers.components.len() > limits.components {
        facts.faults.push(too_many(diffusers.components.len(), limits));
        diffusers.components.truncate(limits.components);
    }
    for component in diffusers.components.iter_mut().filter(there) {
        fill(facts, artifact, component, limits)?;
    }
    for file in artifact.files.iter().filter(|file| file.name.contains('/') && file.name.ends_with(".safetensors")) {
        learn_file(facts, file, limits)?;
    }
    facts.format = ModelFormat::DiffusersFolder;
    facts.diffusers = Some(diffusers);
    Ok(())
}

fn too_many(components: usize, limits: &Limits) -> Diagnostic {
    let message = format!("{components} components, at most {} are looked at", limits.components);
    let fault = Fault::new(&json::LIMIT, 0, message).expected(limits.components).found(components);
    fault.in_file("model_index.json")
}

/// Members of the index that are pairs of a library and a class; `[null, null]` is a component left out on purpose.
fn components(index: &Json) -> Vec<Component> {
    let members = index.members().iter().filter(|member| !member.key.starts_with('_'));
    let pairs = members.filter_map(|member| match member.value.elements() {
        [Json::String(_), Json::String(class)] => {
            Some(Component { name: member.key.clone(), class: Some(class.clone()), ..Component::default() })
        }
        _ => None,
    });
    pairs.collect()
}

fn fill(facts: &mut Facts, artifact: &Artifact, component: &mut Component, limits: &Limits) -> Result<(), Error> {
    let prefix = format!("{}/", component.name);
    let inside: Vec<&ModelFile> = artifact.files.iter().filter(|file| file.name.starts_with(&prefix)).collect();
    component.exists = !inside.is_empty();
    component.config = document(facts, artifact, &format!("{prefix}config.json"), limits)?;
    component.scheduler = document(facts, artifact, &format!("{prefix}scheduler_config.json"), limits)?;
    let weights = inside.iter().filter(|file| [".safetensors", ".bin"].iter().any(|end| file.name.ends_with(end)));
    let mut seen = HashSet::new();
    component.weights = weights.map(|file| file.name.clone()).collect();
    for index in inside.iter().filter(|file| file.name.contains(".index.") && file.name.ends_with(".json")) {
        let Some(index) = document(facts, artifact, &index.name, limits)? else { continue };
        let shards = index.get("weight_map").map(Json::members).unwrap_or_default();
        let paths = shards.iter().filter_map(|member| Some(format!("{prefix}{}", member.value.as_str()?)));
        let missing = paths.filter(|path| artifact.file(path).is_none() && seen.insert(path.clone()));
        component.missing_shards.extend(missing);
    }
    Ok(())
}

fn document(facts: &mut Facts, artifact: &Artifact, name: &str, limits: &Limits) -> Result<Option<Json>, Error> {
    let Some(file) = artifact.file(name) else { return Ok(None) };
    let bytes = read::document(file, limits)?;
    match json::parse(&bytes, limits) {
        Ok(document) => Ok(Some(document.root)),
        Err(fault) => {
            facts.faults.push(fault.in_file(name));
            Ok(None)
        }
    }
}
