//! Pictures made with a model, and the settings that they were made with.

use super::nsfw;
use crate::catalog::answer::{at, count, number, text};
use crate::config::ImagePreview;
use serde_json::Value;

/// Settings that pictures agree on.
pub(super) struct Settings {
    pub(super) samplers: Vec<String>,
    pub(super) steps: Option<u32>,
    pub(super) cfg_scale: Option<f64>,
    pub(super) clip_skip: Option<u32>,
    pub(super) resolution: Option<(u32, u32)>,
}

/// What most of the pictures were made with; samplers, the most used first.
pub(super) fn settings(pictures: &[Value]) -> Settings {
    let made: Vec<&Value> = pictures.iter().filter_map(|picture| at(picture, "meta")).collect();
    let whole = |key: &str| most(made.iter().filter_map(|meta| count(meta, key)).filter_map(small));
    Settings {
        samplers: ranked(made.iter().filter_map(|meta| text(meta, "sampler"))),
        steps: whole("steps"),
        cfg_scale: most(made.iter().filter_map(|meta| number(meta, "cfgScale"))),
        clip_skip: whole("Clip skip").or_else(|| whole("clipSkip")),
        resolution: most(made.iter().filter_map(|meta| size(&text(meta, "Size")?))),
    }
}

/// The pictures themselves; films are left out.
pub(super) fn previews(pictures: &[Value]) -> Vec<ImagePreview> {
    let pictures = pictures.iter().filter(|picture| text(picture, "type").is_none_or(|kind| kind == "image"));
    pictures.filter_map(preview).collect()
}

fn preview(picture: &Value) -> Option<ImagePreview> {
    let side = |key: &str| count(picture, key).and_then(small);
    Some(ImagePreview {
        url: text(picture, "url")?,
        width: side("width"),
        height: side("height"),
        nsfw: nsfw::of_picture(picture),
    })
}

/// A count that a setting can be.
fn small(count: u64) -> Option<u32> {
    u32::try_from(count).ok().filter(|count| *count > 0)
}

fn size(text: &str) -> Option<(u32, u32)> {
    let (width, height) = text.split_once('x')?;
    Some((small(width.trim().parse().ok()?)?, small(height.trim().parse().ok()?)?))
}

/// The most frequent value, the first of equals.
fn most<T: PartialEq>(values: impl Iterator<Item = T>) -> Option<T> {
    ranked(values).into_iter().next()
}

/// Distinct values, the most frequent first, equals in their own order.
fn ranked<T: PartialEq>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut counted: Vec<(usize, T)> = Vec::new();
    for value in values {
        match counted.iter_mut().find(|(_, known)| *known == value) {
            Some((times, _)) => *times = times.saturating_add(1),
            None => counted.push((1, value)),
        }
    }
    counted.sort_by_key(|(times, _)| std::cmp::Reverse(*times));
    counted.into_iter().map(|(_, value)| value).collect()
}
