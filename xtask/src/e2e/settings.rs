//! The settings of OpenTelemetry and of runtimes as a running process sees them.

use super::stage::Stage;
use xtask::{Error, ensure};

const DEPLOYMENT: &str = include_str!("settings.yaml");

/// Compares the process's environment with the API server's fields. The kubelet expands the references.
pub(crate) fn environment(stage: &Stage) -> Result<String, Error> {
    stage.apply(DEPLOYMENT)?;
    stage.rolled_out("deployment/shop")?;
    let pods = stage.of_pods("app=shop", ".metadata.name")?;
    let pod = pods.first().ok_or_else(|| Error::new("there is no Pod with app=shop"))?;
    let field = |path| stage.field(&format!("pod/{pod}"), path);
    let (namespace, uid, node) = (field(".metadata.namespace")?, field(".metadata.uid")?, field(".spec.nodeName")?);
    ensure!(!uid.is_empty() && !node.is_empty(), "{pod} has no uid or no node");
    let attributes = format!(
        "k8s.namespace.name={namespace},k8s.pod.name={pod},k8s.pod.uid={uid},k8s.node.name={node},\
         k8s.deployment.name=shop,service.namespace={namespace},k8s.container.name=shop,\
         service.instance.id={namespace}.{pod}.shop,service.version=2.0.1,team=the%20shop%2C%20$(HOME)%20%3D%20100%25"
    );
    let expected = [
        ("OTEL_SERVICE_NAME", "shop".to_owned()),
        ("OTEL_RESOURCE_ATTRIBUTES", attributes),
        ("GOMEMLIMIT", (90 * 1024 * 1024).to_string()),
        ("GOMAXPROCS", "2".to_owned()),
        ("NODE_OPTIONS", "--max-old-space-size=75".to_owned()),
    ];
    let environment = stage.exec(pod, &["cat", "/proc/1/environ"])?;
    for (name, value) in &expected {
        let line = format!("{name}={value}");
        ensure!(
            environment.split('\0').any(|entry| entry == line),
            "{pod} has no {line} in its process; it has {:?}",
            environment.replace('\0', " ")
        );
    }
    Ok(format!("{} variables in a process", expected.len()))
}
