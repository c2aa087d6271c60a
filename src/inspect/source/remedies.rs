//! The remedies that change podwright's own objects by the tool that applied them.

use super::{Source, Tool};
use crate::inspect::command::quoted;
use crate::inspect::finding::Mend;

impl Source {
    /// Returns the remedy that applies podwright's objects again. `None`: by `podwright install`.
    pub fn apply_again(&self, namespace: &str) -> Option<Mend> {
        match &self.tool {
            Tool::Helm(release) if self.is_part => Some(Mend::told(format!(
                "Apply the Helm release {release} again, by its own chart, which contains podwright's."
            ))),
            Tool::Helm(release) => {
                Some(Mend::by(upgrade(release, namespace)).text("Apply your chart again, with your release's values:"))
            }
            Tool::GitOps { title, apply } => {
                Some(Mend::by(apply).text(format!("{title} applies podwright's objects. Let it do so again:")))
            }
            Tool::Unknown if self.is_chart => {
                Some(Mend::told("Apply the chart again, with your values, by the tool that rendered it."))
            }
            Tool::Unknown => None,
        }
    }

    /// Returns the remedy that gives each of the profiles an entry. `None`: by `podwright install`.
    pub fn add_profiles(&self, namespace: &str, profiles: &[&str]) -> Option<Mend> {
        let all = profiles.join(", ");
        let values = match self.is_part {
            true => format!("`namespaceProfiles: [{all}]` into the values of podwright's part"),
            false => format!("`namespaceProfiles: [{all}]` into the values"),
        };
        match &self.tool {
            Tool::Helm(release) if self.is_part => Some(Mend::told(format!(
                "Write {values} of the Helm release {release}, and upgrade it by its own chart."
            ))),
            Tool::Helm(release) => {
                let set = quoted(&format!("namespaceProfiles={{{}}}", profiles.join(",")));
                let words = "Add an entry for the profile, with your chart and your other values:";
                Some(Mend::by(format!("{} --set {set}", upgrade(release, namespace))).text(words))
            }
            Tool::GitOps { title, apply } => {
                let change =
                    if self.is_chart { values } else { "an entry for the profile into the manifests".to_owned() };
                Some(Mend::by(apply).text(format!("Write {change} of {title}. Then apply them:")))
            }
            Tool::Unknown if self.is_chart => {
                Some(Mend::told(format!("Write {values}, and apply the chart again by the tool that rendered it.")))
            }
            Tool::Unknown => None,
        }
    }
}

/// Returns `helm upgrade`. It keeps the release's values, and takes new defaults from the chart. The cluster does not know
/// where the chart is from, so the command names the one in podwright's repository.
fn upgrade(release: &str, namespace: &str) -> String {
    format!("helm upgrade {release} charts/podwright -n {} --reset-then-reuse-values", quoted(namespace))
}
