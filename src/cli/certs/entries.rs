//! The comparison of webhook entries with the profiles of the cluster's configuration. Namespaces are not read.

use std::collections::BTreeSet;

use crate::annotation::nearest;
use crate::cluster::{ConfigurationWebhooks, Error, Webhook};
use crate::profile::Configuration;
use crate::profile::file::ConfigurationFile;
use crate::workload::namespace::PROFILE_LABEL;

/// The field of the ConfigMap with the configuration file.
pub(super) const FILE: &str = "configuration.yaml";

/// The ConfigMap, and the entries that call for its profiles.
pub(super) struct Entries<'s> {
    /// Namespace and name of the ConfigMap.
    pub(super) config_map: &'s str,
    /// The file, if the ConfigMap has it.
    pub(super) file: &'s Result<Option<String>, Error>,
    pub(super) configurations: &'s [ConfigurationWebhooks],
}

/// The lines about profiles, and the problems.
#[derive(Default)]
pub(super) struct EntriesReport {
    pub(super) lines: Vec<String>,
    pub(super) problems: Vec<String>,
}

impl Entries<'_> {
    /// Compares them, if there is something to compare.
    pub(super) fn report(&self) -> EntriesReport {
        let title = format!("ConfigMap {}", self.config_map);
        let mut report = EntriesReport { lines: vec![title.clone()], problems: Vec::new() };
        let text = match self.file {
            Ok(Some(text)) => text,
            Ok(None) => {
                report.lines.push(format!("  no {FILE}; webhook entries and profiles not compared"));
                return report;
            }
            Err(error) => {
                report.lines.push(format!("  webhook entries and profiles not compared: {error}"));
                return report;
            }
        };
        match ConfigurationFile::parse(text) {
            Ok(file) => self.compare(file.configuration(), &mut report),
            Err(problems) => report.problems.extend(problems.lines(&title)),
        }
        report
    }

    fn compare(&self, configuration: &Configuration, report: &mut EntriesReport) {
        let profiles: Vec<&str> = configuration.profile_names().collect();
        report.lines.push(format!("  profiles: {}", profiles.join(", ")));
        let mut selected = BTreeSet::new();
        for ConfigurationWebhooks { configuration: name, webhooks } in self.configurations {
            for webhook in webhooks.iter().flatten() {
                selected.extend(webhook.selected(PROFILE_LABEL));
                let unknown = called(webhook).filter(|profile| configuration.profile(profile).is_none());
                report.problems.extend(unknown.map(|profile| self.unknown(name, webhook, profile, &profiles)));
            }
        }
        let without: Vec<&str> = profiles.into_iter().filter(|profile| !selected.contains(profile)).collect();
        if !without.is_empty() {
            let names = without.join(", ");
            report.lines.push(format!(
                "  without a webhook entry, so without effect in the Namespace label {PROFILE_LABEL}: {names}"
            ));
        }
    }

    fn unknown(&self, configuration: &str, webhook: &Webhook, profile: &str, known: &[&str]) -> String {
        let hint = nearest(profile, known.iter().copied()).map(|meant| format!("; did you mean {meant}?"));
        format!(
            "{configuration}: {} calls for the profile {profile:?}, which ConfigMap {} does not have, so each call fails; add \
             the profile, or remove the entry{}",
            webhook.name,
            self.config_map,
            hint.unwrap_or_default()
        )
    }
}

/// Returns the profile in the path that an entry calls.
fn called(webhook: &Webhook) -> Option<&str> {
    webhook.path.rsplit_once("/mutate/").map(|(_, profile)| profile)
}
