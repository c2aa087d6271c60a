//! The one table of alerts, as data: podwright itself does not use it.
//!
//! Tests make the rules for Prometheus and their page of it, and check each name and label against the table of metrics.
//! Expressions keep the labels of the installation (`cluster`, `namespace`, `job`), so that one Prometheus can have
//! several of them, and the label `pod` where one replica has the problem.

mod availability;
mod service;
mod state;

/// An alerting rule and the section of its page.
#[derive(Clone, Copy, Debug)]
pub struct Alert {
    /// The name without the prefix `Podwright`.
    pub name: &'static str,
    /// The condition, in PromQL.
    pub expression: &'static str,
    /// The time for which the condition must hold, such as `5m`.
    pub lasting: Option<&'static str>,
    /// The urgency.
    pub severity: Severity,
    /// One line for a notification. `{{ $labels.pod }}` and its like are labels of the expression's result.
    pub summary: &'static str,
    /// The problem and its effect.
    pub description: &'static str,
    /// The steps for the person on call, for the page.
    pub steps: &'static [&'static str],
}

/// The urgency of an alert, as in the label `severity`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Someone must act now.
    Critical,
    /// Someone must act within a day.
    Warning,
    /// A hint for someone who looks.
    Info,
}

impl Alert {
    /// Returns the name in rules: `PodwrightDown`.
    pub fn full_name(&self) -> String {
        format!("Podwright{}", self.name)
    }
}

impl Severity {
    /// Returns the label's value: `critical`.
    pub fn label(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// Every alert, in the order of the page.
pub static ALERTS: [&Alert; 20] = [
    &availability::DOWN,
    &availability::ABSENT,
    &availability::NOT_READY,
    &availability::RESTARTING,
    &availability::CA_BUNDLE_DIFFERS,
    &availability::NOT_TRUSTED,
    &availability::NOT_CALLED,
    &availability::MISSED,
    &availability::REFUSED,
    &service::CROWDED,
    &service::NOT_ACCEPTING,
    &service::FAILING,
    &service::MISCONFIGURED,
    &service::SLOW,
    &service::DENYING,
    &state::CONFIGURATION_STALE,
    &state::CONFIGURATIONS_DIFFER,
    &state::CERTIFICATE_STALE,
    &state::CERTIFICATE_NOT_KEPT,
    &state::CERTIFICATE_EXPIRES,
];
