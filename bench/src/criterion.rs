//! The results of `cargo bench`: the median of each case, as criterion stored it.

use std::fs;
use std::path::Path;

use serde_json::Value;
use xtask::Error;

/// One case.
pub(crate) struct Injection {
    pub(crate) group: &'static str,
    pub(crate) parameter: u64,
    /// Nanoseconds.
    pub(crate) median: f64,
}

const GROUPS: [&str; 4] = ["untouched", "containers", "annotations", "controller"];

/// Reads all cases, by group and size.
///
/// # Errors
/// If `cargo bench` has not been run.
pub(crate) fn read(root: &Path) -> Result<Vec<Injection>, Error> {
    let mut all = Vec::new();
    for group in GROUPS {
        let folder = root.join("target/criterion").join(group);
        let entries = fs::read_dir(&folder).map_err(Error::at("list", &folder))?;
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        for parameter in names.filter_map(|name| name.parse::<u64>().ok()) {
            let file = folder.join(parameter.to_string()).join("new/estimates.json");
            let text = fs::read_to_string(&file).map_err(Error::at("read", &file))?;
            let estimates: Value = serde_json::from_str(&text).unwrap_or_default();
            let median = estimates.pointer("/median/point_estimate").and_then(Value::as_f64);
            let median = median.ok_or_else(|| Error::new(format!("{} has no median", file.display())))?;
            all.push(Injection { group, parameter, median });
        }
    }
    all.sort_by_key(|injection| (GROUPS.iter().position(|group| *group == injection.group), injection.parameter));
    Ok(all)
}
