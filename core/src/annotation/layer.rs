//! One layer of annotations: for the whole Pod, or for one container.

use super::{Settings, containers};

/// The values of one layer. An absent field leaves the decision to a layer of lower precedence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layer {
    /// `inject`
    pub inject: Option<bool>,
    /// `profile`
    pub profile: Option<String>,
    /// `containers`
    pub containers: Option<containers::Selection>,
    /// The keys of all features.
    pub settings: Settings,
}
