//! The words that call what an adapter was trained on.

use super::super::listing::Listing;
use crate::format::json::{self, Json};
use crate::limits::Limits;

/// Most words that are given.
const CAP: usize = 10;
/// A comment longer than this is prose, not a trigger.
const COMMENT_CHARACTERS: usize = 60;
/// A tag on this share of a folder's pictures is what the folder is about, in tenths.
const SHARE_TENTHS: u64 = 8;
/// Tags that describe any picture.
static GENERIC: &[&str] = &[
    "1boy",
    "1girl",
    "2girls",
    "absurdres",
    "bangs",
    "best quality",
    "blurry",
    "blush",
    "breasts",
    "closed mouth",
    "commentary",
    "highres",
    "hair ornament",
    "hetero",
    "indoors",
    "jewelry",
    "large breasts",
    "long hair",
    "looking at viewer",
    "man",
    "masterpiece",
    "medium breasts",
    "multiple girls",
    "no humans",
    "nipples",
    "open mouth",
    "outdoors",
    "photo",
    "realistic",
    "short hair",
    "simple background",
    "sitting",
    "smile",
    "solo",
    "standing",
    "upper body",
    "white background",
    "woman",
];
/// Folder names that say nothing.
static PLAIN_FOLDERS: &[&str] = &["", "data", "dataset", "image", "images", "img", "train", "training"];

/// The trigger words that the metadata gives: the author's own phrase, a short comment, or the tags that stand on
/// most of the training pictures.
pub(super) fn words(listing: &Listing<'_>) -> Option<Vec<String>> {
    let phrase = listing.text("modelspec.trigger_phrase").filter(|text| is_said(text));
    if let Some(phrase) = phrase {
        return Some(split(phrase));
    }
    let comment = listing.text("ss_training_comment");
    if let Some(comment) = comment.filter(|text| is_said(text) && text.chars().count() <= COMMENT_CHARACTERS) {
        return Some(split(comment));
    }
    let tags = json::parse(listing.text("ss_tag_frequency")?.as_bytes(), &Limits::default()).ok()?;
    let words = from_tags(&tags.root, listing);
    (!words.is_empty()).then_some(words)
}

fn is_said(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && !text.eq_ignore_ascii_case("none") && !text.eq_ignore_ascii_case("null")
}

fn split(text: &str) -> Vec<String> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    words.take(CAP).map(str::to_owned).collect()
}

fn from_tags(root: &Json, listing: &Listing<'_>) -> Vec<String> {
    let flat = root.members().iter().any(|member| member.value.as_u64().is_some());
    let folders = root.members().len();
    let mut words = Vec::new();
    if flat {
        frequent(root, most(root), &mut words);
    } else {
        for folder in root.members() {
            let images = pictures(&folder.key, &folder.value, folders, listing);
            frequent(&folder.value, images, &mut words);
            add(&mut words, folder_name(&folder.key));
        }
    }
    words.sort_by_key(|word| !is_rare(word));
    words.truncate(CAP);
    words
}

/// Tags on most of the pictures, as trained.
fn frequent(tags: &Json, images: u64, words: &mut Vec<String>) {
    for tag in tags.members() {
        let count = tag.value.as_u64().unwrap_or(0).saturating_mul(10);
        let name = tag.key.trim();
        if count >= images.saturating_mul(SHARE_TENTHS) && count > 0 && !is_generic(name) {
            add(words, name);
        }
    }
}

/// Adds a word unless it is there in either spelling of its spaces.
fn add(words: &mut Vec<String>, word: &str) {
    let known = words.iter().any(|known| spaced(known) == spaced(word));
    if !known && !word.is_empty() && !is_generic(word) {
        words.push(word.to_owned());
    }
}

fn spaced(word: &str) -> String {
    word.replace('_', " ").to_lowercase()
}

fn is_generic(tag: &str) -> bool {
    let tag = spaced(tag);
    GENERIC.contains(&tag.as_str())
}

/// A made-up word has an underscore, a digit or no space; prose has spaces.
fn is_rare(word: &str) -> bool {
    !word.contains(' ')
}

/// The pictures in a folder: as the trainer noted, or as many as the most common tag stands on.
fn pictures(name: &str, tags: &Json, folders: usize, listing: &Listing<'_>) -> u64 {
    let noted = listing.text("ss_dataset_dirs").and_then(|text| json::parse(text.as_bytes(), &Limits::default()).ok());
    let noted = noted.and_then(|dirs| dirs.root.get(name)?.get("img_count")?.as_u64());
    let repeats = name.split('_').next().and_then(|number| number.parse::<u64>().ok()).filter(|number| *number > 0);
    let all = listing.text("ss_num_train_images").and_then(|number| number.trim().parse::<u64>().ok());
    let derived = all.zip(repeats).filter(|_| folders == 1).and_then(|(all, repeats)| all.checked_div(repeats));
    noted.or(derived).unwrap_or(0).max(most(tags))
}

fn most(tags: &Json) -> u64 {
    tags.members().iter().filter_map(|tag| tag.value.as_u64()).max().unwrap_or(0)
}

/// `10_name class` without its repeats.
fn folder_name(folder: &str) -> &str {
    let name = match folder.split_once('_') {
        Some((repeats, name)) if repeats.parse::<u64>().is_ok() => name.trim(),
        _ => folder.trim(),
    };
    if PLAIN_FOLDERS.contains(&name.to_ascii_lowercase().as_str()) { "" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_name_without_repeats() {
        assert_eq!(folder_name("10_sks dog"), "sks dog");
        assert_eq!(folder_name("img"), "");
    }

    #[test]
    fn frequent_tags_are_kept_and_generic_ones_dropped() {
        let tags = json::parse(br#"{"sks_dog": 9, "solo": 10, "park": 3}"#, &Limits::default()).expect("sound JSON");
        let mut words = Vec::new();
        frequent(&tags.root, 10, &mut words);
        assert_eq!(words, ["sks_dog"]);
    }
}
