//! Families by the name of a base model.

use super::rows::ROWS;
use super::unet::{SD1, SD2, SDXL};
use crate::catalog::base_model::same;

/// Families of UNets with their bases.
static UNETS: [(&str, &[&str]); 5] =
    [("kolors", &["Kolors"]), ("sd1", SD1), ("sd2", SD2), ("sdxl", SDXL), ("svd", &["SVD", "SVD XT"])];

/// Families whose backbones can have this base; none where the name is unknown.
pub(crate) fn families_of_base(base: &str) -> Vec<&'static str> {
    let rows = ROWS.iter().map(|row| (row.family, row.bases));
    let all = rows.chain(UNETS.iter().copied());
    let mut families: Vec<&str> = all.filter(|(_, bases)| lists(bases, base)).map(|(family, _)| family).collect();
    families.dedup();
    families
}

fn lists(bases: &[&str], base: &str) -> bool {
    bases.iter().any(|name| *name != "Other" && same(name, base))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_families() {
        for (base, family) in [("Pony", "sdxl"), ("sd-1.5", "sd1"), ("Kolors", "kolors"), ("flux-dev", "flux")] {
            assert!(families_of_base(base).contains(&family), "{base}");
        }
        assert_eq!(families_of_base("a base of tomorrow"), Vec::<&str>::new());
    }
}
