//! The remedies that change podwright's own objects by the tool that applied them.

use super::{Source, Tool};
use crate::inspect::command::quoted;
use crate::inspect::finding::Mend;

impl Source {
    /// Returns the remedy that applies podwright's objects again. `None` if `podwright install` is the remedy.
    pub fn apply_again(&self, namespace: &str) -> Option<Mend> {
        match &self.tool {
            Tool::Helm(release) if self.is_part => Some(Mend::told(format!(
                "Upgrade the Helm release {release} with the parent chart, which contains podwright's chart."
            ))),
            Tool::Helm(release) => {
                Some(Mend::by(upgrade(release, namespace)).text("Apply your chart again, with your release's values:"))
            }
            Tool::GitOps { title, apply } => {
                Some(Mend::by(apply).text(format!("Apply podwright's objects again with {title}:")))
            }
            Tool::Unknown if self.is_chart => {
                Some(Mend::told("Apply the chart again, with your values and the tool that rendered it."))
            }
            Tool::Unknown => None,
        }
    }

    /// Returns the remedy that gives each of the profiles an entry. `None` if `podwright install` is the remedy.
    pub fn add_profiles(&self, namespace: &str, profiles: &[&str]) -> Option<Mend> {
        let setting = format!("`namespaceProfiles: [{}]`", profiles.join(", "));
        let part = if self.is_part { " of podwright's part" } else { "" };
        match &self.tool {
            Tool::Helm(release) if self.is_part => Some(Mend::told(format!(
                "Set {setting} in the values{part} of the Helm release {release}. Then upgrade it with the parent chart."
            ))),
            Tool::Helm(release) => {
                let set = quoted(&format!("namespaceProfiles={{{}}}", profiles.join(",")));
                let words = "Add an entry for the profile, with your chart and your other values:";
                Some(Mend::by(format!("{} --set {set}", upgrade(release, namespace))).text(words))
            }
            Tool::GitOps { title, apply } => {
                let change = match self.is_chart {
                    true => format!("set {setting} in the values{part}"),
                    false => "add an entry for the profile to the manifests".to_owned(),
                };
                Some(Mend::by(apply).text(format!("In Git, {change} of {title}. Commit, and then apply the change:")))
            }
            Tool::Unknown if self.is_chart => Some(Mend::told(format!(
                "Set {setting} in your values{part}. Then apply the chart again with the tool that rendered it."
            ))),
            Tool::Unknown => None,
        }
    }
}

/// Returns `helm upgrade`. It keeps the release's values, and takes new defaults from the chart. The cluster does not know
/// where the chart is from, so the command names the one in podwright's repository.
fn upgrade(release: &str, namespace: &str) -> String {
    format!("helm upgrade {release} charts/podwright -n {} --reset-then-reuse-values", quoted(namespace))
}
