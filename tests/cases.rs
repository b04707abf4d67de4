//! Every engine judges every case of `test-models/cases`; the whole reports are snapshots.

mod common;

use common::recipe::recipes;
use modelgate::engine::PROFILES;
use modelgate::{Gate, report};
use std::fmt::Write;

/// How many cases there are: a folder that was not found must not look like success.
const CASES: usize = 43;

#[test]
fn every_engine_judges_every_case() {
    let recipes = recipes();
    assert_eq!(recipes.len(), CASES);
    let folder = tempfile::tempdir().unwrap();
    for (name, recipe) in recipes {
        let home = folder.path().join(&name);
        let path = recipe.build().write(&home);
        let mut reports = format!("{}\n", recipe.about);
        for profile in PROFILES {
            let verdict = Gate::with_profile(profile).check(&path).unwrap();
            let text = report::check_text(&verdict).replace(home.to_str().unwrap(), "[models]");
            write!(reports, "\n=== {}\n{text}", profile.label).unwrap();
        }
        insta::assert_snapshot!(name, reports);
        std::fs::remove_dir_all(&home).unwrap();
    }
}

#[test]
fn the_same_case_gives_the_same_report() {
    let folder = tempfile::tempdir().unwrap();
    for (name, recipe) in recipes() {
        let path = recipe.build().write(&folder.path().join(&name));
        for profile in PROFILES {
            let report = || report::check_json(&Gate::with_profile(profile).check(&path).unwrap()).to_string();
            assert_eq!(report(), report(), "{name} for {}", profile.label);
        }
    }
}

#[test]
fn what_an_engine_accepts_its_profile_calls_compatible() {
    let folder = tempfile::tempdir().unwrap();
    let mut accepted = 0;
    for (name, recipe) in recipes() {
        let path = recipe.build().write(&folder.path().join(&name));
        for profile in PROFILES {
            let Ok(admission) = Gate::with_profile(profile).check(&path).unwrap().into_result() else { continue };
            accepted += 1;
            let config = admission.config.as_model_config();
            assert!(config.is_compatible_with(profile.label), "{name} for {}", profile.label);
        }
    }
    assert!(accepted > 20, "{accepted} models were accepted");
}
