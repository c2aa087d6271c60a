//! The replicas: their Pods, and their metrics through the API server's proxy.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Pod;

use super::deployment::Installed;
use crate::cluster::ClusterReader;
use crate::inspect::known::{Known, Unseen};
use crate::inspect::read::list;

/// The admin port, unless the container names another one.
const ADMIN_PORT: i32 = 8080;

/// One replica.
#[derive(Clone, Debug)]
pub struct Replica {
    /// The Pod's name.
    pub name: String,
    /// The Pod's state in words, such as `podwright-1: ready`.
    pub state: String,
    /// Whether the Pod is ready.
    pub is_ready: bool,
    /// The metrics.
    pub metrics: Known<Metrics>,
    /// The text of `/readyz?verbose`.
    pub readiness: Known<String>,
}

/// The metrics of a replica, by their series.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metrics(BTreeMap<String, String>);

impl Metrics {
    /// Parses the text format of Prometheus.
    pub fn parse(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let series = lines.filter_map(|line| line.rsplit_once(' '));
        Self(series.map(|(series, value)| (series.to_owned(), value.to_owned())).collect())
    }

    /// Returns the number of a metric without labels.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.0.get(name)?.parse().ok()
    }

    /// Returns a label's value of the only series of a metric.
    pub fn label(&self, name: &str, label: &str) -> Option<&str> {
        let (series, _) = self.0.iter().find(|(series, _)| series.split('{').next() == Some(name))?;
        value_of(series, label)
    }

    /// Iterates over the series of a metric.
    pub fn series<'m>(&'m self, name: &'m str) -> impl Iterator<Item = (&'m str, &'m str)> {
        let of_name = self.0.iter().filter(move |(series, _)| series.split('{').next() == Some(name));
        of_name.map(|(series, value)| (series.as_str(), value.as_str()))
    }
}

/// Returns the value of a label of a series.
pub(crate) fn value_of<'s>(series: &'s str, label: &str) -> Option<&'s str> {
    let (_, rest) = series.split_once(&format!("{label}=\""))?;
    rest.split('"').next()
}

/// Reads the replicas.
pub async fn replicas(reader: &ClusterReader, installed: &Installed) -> Known<Vec<Replica>> {
    let namespace = &installed.namespace;
    let path = format!("/api/v1/namespaces/{namespace}/pods");
    let title = format!("Pods in Namespace {namespace}");
    let pods: Vec<Pod> = match list(reader, &path, Some(&installed.selector()), title).await {
        Known::Seen(pods) => pods,
        Known::Unseen(unseen) => return Known::Unseen(unseen),
    };
    let mut replicas = Vec::new();
    for pod in pods.iter().filter(|pod| pod.metadata.deletion_timestamp.is_none()) {
        let name = pod.metadata.name.clone().unwrap_or_default();
        let proxy = format!("{path}/{name}:{}/proxy", admin_port(pod));
        let metrics = text(reader, &format!("{proxy}/metrics"), &format!("the metrics of Pod {name}")).await;
        let metrics = match metrics {
            Known::Seen(text) => Known::Seen(Metrics::parse(&text)),
            Known::Unseen(unseen) => Known::Unseen(unseen),
        };
        let readiness = text(reader, &format!("{proxy}/readyz?verbose"), &format!("the readiness of Pod {name}")).await;
        replicas.push(Replica { state: state_of(pod), is_ready: is_ready(pod), name, metrics, readiness });
    }
    Known::Seen(replicas)
}

async fn text(reader: &ClusterReader, path: &str, title: &str) -> Known<String> {
    match reader.object(path).await {
        Ok(Some(text)) => Known::Seen(text),
        Ok(None) => Known::Unseen(Unseen::Absent(title.to_owned())),
        Err(failure) => Known::Unseen(Unseen::from_failure(title, failure)),
    }
}

fn admin_port(pod: &Pod) -> i32 {
    let container = pod.spec.as_ref().and_then(|spec| spec.containers.first());
    let ports = container.into_iter().flat_map(|container| container.ports.iter().flatten());
    let admin = ports.into_iter().find(|port| port.name.as_deref() == Some("admin"));
    admin.map_or(ADMIN_PORT, |port| port.container_port)
}

fn is_ready(pod: &Pod) -> bool {
    let conditions = pod.status.iter().flat_map(|status| status.conditions.iter().flatten());
    conditions.into_iter().any(|it| it.type_ == "Ready" && it.status == "True")
}

/// Describes a Pod's state: the reason why a container waits, or the phase.
pub(super) fn state_of(pod: &Pod) -> String {
    let name = pod.metadata.name.as_deref().unwrap_or_default();
    if is_ready(pod) {
        return format!("{name}: ready");
    }
    let statuses = pod.status.iter().flat_map(|status| status.container_statuses.iter().flatten());
    let waiting = statuses.into_iter().find_map(|it| it.state.as_ref()?.waiting.as_ref());
    let phase = pod.status.as_ref().and_then(|status| status.phase.as_deref()).unwrap_or("Pending");
    let reason = waiting.and_then(|waiting| waiting.reason.as_deref());
    let conditions = pod.status.iter().flat_map(|status| status.conditions.iter().flatten());
    let unmet = conditions.into_iter().find(|it| it.status == "False" && it.message.is_some());
    let message = unmet.and_then(|it| it.message.as_deref()).map(|message| format!(": {message}")).unwrap_or_default();
    format!("{name}: not ready, {}{message}", reason.unwrap_or(phase))
}

#[cfg(test)]
mod tests {
    use super::{Metrics, value_of};

    #[test]
    fn metrics_are_read_by_name_and_label() {
        let text = "# TYPE a counter\na 5\nb{x=\"1\",version=\"0.1.0\"} 1\nab 7\n";
        let metrics = Metrics::parse(text);
        assert_eq!((metrics.number("a"), metrics.label("b", "version")), (Some(5.0), Some("0.1.0")));
        assert_eq!((metrics.series("a").count(), metrics.number("c")), (1, None));
        assert_eq!(value_of("b{x=\"1\"}", "y"), None);
    }
}
