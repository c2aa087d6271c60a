//! The workload behind a Pod, as far as the Pod itself names it.
//!
//! The rules are those of OpenTelemetry's conventions for Kubernetes: a Deployment before its ReplicaSet, a CronJob before
//! its Job.

use super::{Owner, Pod};

/// A workload of Kubernetes' own kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedWorkload<'p> {
    /// The kind: `Deployment`.
    pub kind: WorkloadOfPod,
    /// The name.
    pub name: &'p str,
}

/// The kinds of workloads with an attribute in OpenTelemetry's conventions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkloadOfPod {
    /// `apps`
    Deployment,
    /// `apps`, without a Deployment.
    ReplicaSet,
    /// `apps`
    StatefulSet,
    /// `apps`
    DaemonSet,
    /// `batch`
    CronJob,
    /// `batch`, without a CronJob.
    Job,
}

/// The minutes since 1970 at the end of a CronJob's Job, from 2019 to 2046. A date such as `20260131` is outside.
const SCHEDULED: std::ops::Range<u32> = 26_000_000..40_000_000;

impl Pod<'_> {
    /// Returns the workload that the Pod's owner reference names.
    ///
    /// A ReplicaSet of a Deployment has the Deployment's name and, behind a dash, the Pod's label `pod-template-hash`. A
    /// CronJob's Job has the CronJob's name and the scheduled minute.
    pub fn workload(&self) -> Option<NamedWorkload<'_>> {
        let owner = self.owner().filter(|owner| !owner.name.is_empty())?;
        let hash = self.labels().and_then(|labels| labels.pod_template_hash());
        let (kind, name) = named(owner, hash)?;
        Some(NamedWorkload { kind, name })
    }
}

fn named<'o>(owner: &'o Owner<'_>, hash: Option<&str>) -> Option<(WorkloadOfPod, &'o str)> {
    let name = &*owner.name;
    let kind = owner.named_kind.unwrap_or(&owner.kind);
    Some(match (&*owner.group, kind) {
        ("apps", "Deployment") => (WorkloadOfPod::Deployment, name),
        ("apps", "ReplicaSet") => match hash.and_then(|hash| before(name, hash)) {
            Some(deployment) => (WorkloadOfPod::Deployment, deployment),
            None => (WorkloadOfPod::ReplicaSet, name),
        },
        ("apps", "StatefulSet") => (WorkloadOfPod::StatefulSet, name),
        ("apps", "DaemonSet") => (WorkloadOfPod::DaemonSet, name),
        ("batch", "CronJob") => (WorkloadOfPod::CronJob, name),
        ("batch", "Job") => match scheduled(name) {
            Some(cron_job) => (WorkloadOfPod::CronJob, cron_job),
            None => (WorkloadOfPod::Job, name),
        },
        _ => return None,
    })
}

/// Returns the part of a name before a dash and this end.
fn before<'n>(name: &'n str, end: &str) -> Option<&'n str> {
    let start = name.strip_suffix(end).filter(|_| !end.is_empty())?;
    start.strip_suffix('-').filter(|start| !start.is_empty())
}

fn scheduled(job: &str) -> Option<&str> {
    let (_, minute) = job.rsplit_once('-')?;
    let is_minute = minute.len() == 8 && minute.parse().is_ok_and(|minute| SCHEDULED.contains(&minute));
    before(job, minute).filter(|_| is_minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workload_is_the_one_that_the_names_prove() {
        use WorkloadOfPod::{CronJob, DaemonSet, Deployment, Job, ReplicaSet, StatefulSet};
        let workload = |group, kind, name, hash| {
            let owner = Owner::new(group, kind).named(name);
            named(&owner, hash).map(|(kind, name)| (kind, name.to_owned()))
        };
        for (group, kind, name, hash, expected) in [
            ("apps", "ReplicaSet", "shop-5d4f", Some("5d4f"), Some((Deployment, "shop"))),
            ("apps", "ReplicaSet", "shop-5d4f", Some("other"), Some((ReplicaSet, "shop-5d4f"))),
            ("apps", "ReplicaSet", "shop-5d4f", Some(""), Some((ReplicaSet, "shop-5d4f"))),
            ("apps", "ReplicaSet", "shop-5d4f", None, Some((ReplicaSet, "shop-5d4f"))),
            ("apps", "ReplicaSet", "-5d4f", Some("5d4f"), Some((ReplicaSet, "-5d4f"))),
            ("apps", "StatefulSet", "db", None, Some((StatefulSet, "db"))),
            ("apps", "DaemonSet", "agent", Some("x"), Some((DaemonSet, "agent"))),
            ("batch", "Job", "report-29934720", None, Some((CronJob, "report"))),
            ("batch", "Job", "import-20260131", None, Some((Job, "import-20260131"))),
            ("batch", "Job", "import", None, Some((Job, "import"))),
            ("apps.kruise.io", "StatefulSet", "db", None, None),
            ("argoproj.io", "Workflow", "build", None, None),
        ] {
            let expected = expected.map(|(kind, name)| (kind, name.to_owned()));
            assert_eq!(workload(group, kind, name, hash), expected, "{kind} {name}");
        }
        let template = Owner::new("apps", "ReplicaSet").created_by("Deployment", "shop");
        assert_eq!(named(&template, None), Some((Deployment, "shop")));
        let rollout = Owner::new("apps", "ReplicaSet");
        assert!(rollout.name.is_empty());
    }
}
