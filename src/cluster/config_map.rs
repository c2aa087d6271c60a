//! The configuration file in podwright's ConfigMap, for commands. A server reads it as a mounted file.

use kube::api::{Api, ApiResource, DynamicObject, GroupVersionKind};
use ring::digest::{SHA256, digest};
use serde_json::Value;

use super::client::Cluster;
use super::error::Error;

impl Cluster {
    /// Reads a field of a ConfigMap in podwright's namespace; returns nothing if the ConfigMap or the field does not exist.
    ///
    /// # Errors
    /// If the API server does not answer, or the user may not read the ConfigMap.
    pub async fn config_map_field(&self, name: &str, field: &str) -> Result<Option<String>, Error> {
        let resource = ApiResource::from_gvk(&GroupVersionKind::gvk("", "v1", "ConfigMap"));
        let api: Api<DynamicObject> = Api::namespaced_with(self.client().clone(), self.namespace(), &resource);
        let found = self.answered(api.get_opt(name)).await.map_err(|failure| {
            let object = format!("ConfigMap {}/{name}", self.namespace());
            Error::Request { verb: "read", object, failure }
        })?;
        let text = found.and_then(|map| map.data.get("data")?.get(field).and_then(Value::as_str).map(str::to_owned));
        Ok(text)
    }
}

/// Returns a number that is equal for equal files, to compare replicas: the first twelve digits of the SHA-256. A metric's
/// number is exact for them.
pub fn configuration_hash(file: &[u8]) -> f64 {
    let digest = digest(&SHA256, file);
    digest.as_ref().iter().take(6).fold(0.0, |number, byte| number * 256.0 + f64::from(*byte))
}
