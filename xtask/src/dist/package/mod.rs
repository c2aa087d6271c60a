//! The packages of a release: the binaries' archives, the chart and the krew manifest.

pub(super) mod archive;
pub(super) mod binary;
pub(super) mod chart;
pub(super) mod krew;
