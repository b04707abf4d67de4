//! Facts to configs: which model this is and what a worker should know of it. Nothing here rejects.

mod entry;
pub mod folder;
mod gguf;
pub mod image;
pub mod table;

use crate::config::{Config, ModelType};
use crate::diagnostic::Origin;
use crate::facts::{Facts, ModelFormat};
use image::{Identity, Kind, Listing};

/// A derived config, and where each of its fields comes from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Derived {
    /// The config, unless the files do not tell what the model is.
    pub config: Option<Config>,
    /// Where a field's value stands, by field name.
    pub provenance: Vec<(&'static str, Origin)>,
    /// What else was worked out of a transformers-style folder.
    pub folder: Option<Box<folder::FolderDerived>>,
    /// What an image, video or audio model turned out to be; for other files, what they are instead.
    pub image: Option<Box<Identity>>,
    /// The places of tensors in the order of their names, where that is not the file's own.
    pub(crate) order: Vec<u32>,
}

impl Derived {
    /// The kind of model, where it could be told.
    pub fn model_type(&self) -> Option<ModelType> {
        self.config.as_ref().map(Config::model_type)
    }

    /// Where the value of `field` stands.
    pub fn origin(&self, field: &str) -> Origin {
        self.provenance.iter().find(|(name, _)| *name == field).map(|(_, origin)| origin.clone()).unwrap_or_default()
    }
}

/// Derives the config that the facts allow.
pub fn derive(facts: &Facts) -> Derived {
    if let Some(gguf) = &facts.gguf {
        let language = gguf::derive(gguf, facts);
        return match image::plain(gguf).filter(|_| language.config.is_some()) {
            Some(plain) => Derived { image: Some(Box::new(plain)), ..language },
            None => with_gguf(facts, language),
        };
    }
    if let Some(diffusers) = &facts.diffusers {
        let identity = image::identify_folder(facts, diffusers);
        return Derived {
            config: image::config(&identity, None),
            image: Some(Box::new(identity)),
            ..Derived::default()
        };
    }
    if facts.format == ModelFormat::Safetensors || facts.format == ModelFormat::Pickle {
        return image_file(facts).unwrap_or_default();
    }
    facts.folder.as_ref().map(|folder| folder::derive(folder, facts)).unwrap_or_default()
}

/// A GGUF file of a diffusion model is told by its tensors; any other is a language model.
fn with_gguf(facts: &Facts, language: Derived) -> Derived {
    match image_file(facts) {
        Some(image) if image.image.as_ref().is_some_and(|identity| is_diffusion(identity)) => image,
        image => Derived { image: image.and_then(|image| image.image), ..language },
    }
}

fn is_diffusion(identity: &Identity) -> bool {
    !matches!(identity.kind, Kind::NotImage | Kind::TextEncoder | Kind::Unknown)
}

fn image_file(facts: &Facts) -> Option<Derived> {
    let listing = Listing::of(facts)?;
    let file = facts.files.first().map_or("", |file| file.name.as_str());
    let identity = image::identify(&listing, file);
    let config = image::config(&identity, Some(&listing));
    let provenance = config.as_ref().map(|config| image::provenance(config, &identity, &listing, file));
    let provenance = provenance.unwrap_or_default();
    let (image, order) = (Some(Box::new(identity)), listing.into_order());
    Some(Derived { config, provenance, image, order, ..Derived::default() })
}
