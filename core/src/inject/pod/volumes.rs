//! `spec.volumes`, and the mounts and devices of containers: occupied paths, and the read-only ones among them.

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::fields::{Field, Scalar, Str};
use super::json_objects::objects;

/// An item of `spec.volumes`.
#[derive(Clone, Debug, Default)]
pub struct Volume<'a> {
    /// The name, unique in the Pod.
    pub name: Str<'a>,
    /// The `downwardAPI` source, which is only compared.
    pub downward_api: Field<&'a RawValue>,
    /// `true` if no mount can write to it: the kubelet's own volumes (`configMap`, `secret`, `downwardAPI`,
    /// `projected`), images, and any source with `readOnly: true`.
    pub read_only: bool,
}

/// An item of `volumeMounts`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct VolumeMount<'a> {
    /// The volume's name.
    #[serde(borrow, default)]
    pub name: Str<'a>,
    /// The path as written, not normalised.
    #[serde(borrow, default)]
    pub mount_path: Str<'a>,
    #[serde(borrow, default)]
    read_only: Field<Scalar<'a>>,
}

/// An item of `volumeDevices`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct VolumeDevice<'a> {
    /// The path of the block device.
    #[serde(borrow, default)]
    pub device_path: Str<'a>,
}

objects!(VolumeMount, VolumeDevice);

impl VolumeMount<'_> {
    /// Returns whether the mount itself is read-only. Its volume may be read-only as well.
    pub fn is_read_only(&self) -> bool {
        is_true(&self.read_only)
    }
}

/// A source with its own `readOnly`: `persistentVolumeClaim`, `nfs`, `csi` and others.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VolumeSource<'a> {
    #[serde(borrow, default)]
    read_only: Field<Scalar<'a>>,
}

impl<'a> Volume<'a> {
    fn take<M: MapAccess<'a>>(&mut self, key: &str, map: &mut M) -> Result<(), M::Error> {
        match key {
            "name" => self.name = map.next_value()?,
            "downwardAPI" => {
                self.downward_api = map.next_value()?;
                self.read_only |= self.downward_api.is_present();
            }
            "configMap" | "secret" | "projected" | "image" => {
                self.read_only |= map.next_value::<Field<IgnoredAny>>()?.is_present();
            }
            _ => {
                let source: &RawValue = map.next_value()?;
                let source = serde_json::from_str::<VolumeSource<'_>>(source.get());
                self.read_only |= source.is_ok_and(|source| is_true(&source.read_only));
            }
        }
        Ok(())
    }
}

fn is_true(flag: &Field<Scalar<'_>>) -> bool {
    flag.as_ref().is_some_and(|flag| flag.text() == "true")
}

impl<'de: 'a, 'a> Deserialize<'de> for Volume<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct VolumeVisitor;

        impl<'de> Visitor<'de> for VolumeVisitor {
            type Value = Volume<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a volume")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut volume = Volume::default();
                while let Some(key) = map.next_key::<Str<'de>>()? {
                    volume.take(key.as_str(), &mut map)?;
                }
                Ok(volume)
            }
        }

        deserializer.deserialize_map(VolumeVisitor)
    }
}
