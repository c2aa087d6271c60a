//! One layer of annotations: those of a Pod, or those for one of its containers.

use super::{Settings, containers};

/// The keys of one layer. Absent fields are left to the layers below.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layer {
    /// `inject`
    pub inject: Option<bool>,
    /// `profile`
    pub profile: Option<String>,
    /// `containers`
    pub containers: Option<containers::Selection>,
    /// All the features' keys.
    pub settings: Settings,
}
