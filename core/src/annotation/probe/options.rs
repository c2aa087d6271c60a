//! The options of a probe: times and counts.

use super::values::invalid;
use super::{Handler, Probe, ProbeKind};
use crate::annotation::{Expected, duration::Seconds};

/// The form of a probe. The names of its options depend on it.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// `tcp period=10s`
    Words,
    /// `{tcpSocket: {}, periodSeconds: 10}`
    Whole,
}

/// An option of a probe.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ProbeOption {
    Delay,
    Period,
    Timeout,
    Success,
    Failure,
    Grace,
}

impl ProbeOption {
    pub(super) const ALL: [Self; 6] =
        [Self::Delay, Self::Period, Self::Timeout, Self::Success, Self::Failure, Self::Grace];

    /// Returns the name in the short form.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Delay => "delay",
            Self::Period => "period",
            Self::Timeout => "timeout",
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Grace => "grace",
        }
    }

    /// Returns the name in the API.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Delay => "initialDelaySeconds",
            Self::Period => "periodSeconds",
            Self::Timeout => "timeoutSeconds",
            Self::Success => "successThreshold",
            Self::Failure => "failureThreshold",
            Self::Grace => "terminationGracePeriodSeconds",
        }
    }

    /// Returns a valid value.
    fn sample(self) -> u32 {
        match self {
            Self::Delay => 15,
            Self::Period => 10,
            Self::Timeout => 2,
            Self::Success => 1,
            Self::Failure => 3,
            Self::Grace => 30,
        }
    }

    /// Says how the API server treats zero: `SetDefaults_Probe` and `validateProbe` of
    /// `k8s.io/kubernetes/pkg/apis/core`.
    fn of_zero(self) -> &'static str {
        match self {
            Self::Delay => "the probe would start at once",
            Self::Period => "the API server would silently set 10",
            Self::Timeout | Self::Success => "the API server would silently set 1",
            Self::Failure => "the API server would silently set 3",
            Self::Grace => "the API server rejects zero",
        }
    }
}

/// The options of one probe.
pub(super) struct Options {
    form: Form,
    kind: ProbeKind,
    delay: Option<Seconds>,
    period: Option<Seconds>,
    timeout: Option<Seconds>,
    success: Option<i32>,
    failure: Option<i32>,
    grace: Option<Seconds>,
}

impl Options {
    /// Creates options without values.
    pub(super) fn new(form: Form, kind: ProbeKind) -> Self {
        Self { form, kind, delay: None, period: None, timeout: None, success: None, failure: None, grace: None }
    }

    /// Parses one option.
    pub(super) fn take(&mut self, setting: ProbeOption, text: &str) -> Result<(), Expected> {
        match setting {
            ProbeOption::Delay => self.delay = self.seconds_or_zero(setting, text)?,
            ProbeOption::Period => self.period = Some(self.seconds(setting, text)?),
            ProbeOption::Timeout => self.timeout = Some(self.seconds(setting, text)?),
            ProbeOption::Success => self.success = Some(self.success(text)?),
            ProbeOption::Failure => self.failure = Some(self.count(setting, text)?),
            ProbeOption::Grace => self.grace = Some(self.grace(text)?),
        }
        Ok(())
    }

    /// Creates a probe with this handler.
    pub(super) fn with(self, handler: Handler) -> Probe {
        let Self { delay, period, timeout, success, failure, grace, .. } = self;
        Probe { handler, delay, period, timeout, success, failure, grace }
    }

    fn seconds_or_zero(&self, setting: ProbeOption, text: &str) -> Result<Option<Seconds>, Expected> {
        let wrong = |fault: Expected| format!("{}: {}", self.name(setting), fault.problem);
        Seconds::parse(text).map_err(|fault| Expected::new(wrong(fault), self.example(setting)))
    }

    fn seconds(&self, setting: ProbeOption, text: &str) -> Result<Seconds, Expected> {
        let zero = || self.wrong(setting, text, &format!("{}; expected at least 1s", setting.of_zero()));
        self.seconds_or_zero(setting, text)?.ok_or_else(zero)
    }

    fn count(&self, setting: ProbeOption, text: &str) -> Result<i32, Expected> {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        match text.parse() {
            Ok(0) => Err(self.wrong(setting, text, &format!("{}; expected at least 1", setting.of_zero()))),
            Ok(count) if digits => Ok(count),
            _ => Err(self.wrong(setting, text, &format!("expected a number from 1 to {}", i32::MAX))),
        }
    }

    /// Parses `success`. `validateLivenessProbe` and `validateStartupProbe`: "must be 1".
    fn success(&self, text: &str) -> Result<i32, Expected> {
        let count = self.count(ProbeOption::Success, text)?;
        match (self.kind, count) {
            (ProbeKind::Readiness, _) | (_, 1) => Ok(count),
            _ => Err(self.wrong(ProbeOption::Success, text, "only readiness probes accept more than 1; expected 1")),
        }
    }

    /// Parses `grace`. `validateReadinessProbe`: "must not be set for readinessProbes".
    fn grace(&self, text: &str) -> Result<Seconds, Expected> {
        if self.kind == ProbeKind::Readiness {
            let name = self.name(ProbeOption::Grace);
            let problem =
                format!("invalid option {name}: a readiness probe never stops a container; remove the option");
            return Err(Expected::new(problem, self.example(ProbeOption::Period)));
        }
        self.seconds(ProbeOption::Grace, text)
    }

    fn name(&self, setting: ProbeOption) -> &'static str {
        match self.form {
            Form::Words => setting.word(),
            Form::Whole => setting.field(),
        }
    }

    fn wrong(&self, setting: ProbeOption, text: &str, problem: &str) -> Expected {
        Expected::new(invalid(self.name(setting), text, problem), self.example(setting))
    }

    fn example(&self, setting: ProbeOption) -> String {
        let (name, sample) = (self.name(setting), setting.sample());
        let unit = if matches!(setting, ProbeOption::Success | ProbeOption::Failure) { "" } else { "s" };
        match self.form {
            Form::Words => format!("tcp:8080 {name}={sample}{unit}"),
            Form::Whole => format!("{{tcpSocket: {{port: 8080}}, {name}: {sample}}}"),
        }
    }
}
