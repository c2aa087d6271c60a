//! The state of podwright in a cluster, and its verdict on live Pods: the base of `inventory`, `why` and `check`.
//!
//! [`webhook`], [`pod`] and [`workload`] are pure: JSON in, verdicts out. [`ClusterState`] has the facts about the cluster that
//! they need, and [`read`] reads it through a [`ClusterReader`](crate::cluster::ClusterReader), with the user's rights. A fact
//! that the user may not see is [`Known::Unseen`], and no verdict guesses it. Never here: a write, or a decision about a Pod by
//! other code than the webhook's.

pub mod check;
pub mod command;
pub mod finding;
pub mod installed;
pub mod inventory;
pub mod known;
pub mod namespaces;
pub mod pod;
pub mod read;
pub mod source;
pub mod state;
pub mod webhook;
pub mod why;
pub mod workload;

pub use finding::{Finding, Mark, Mend};
pub use known::{Known, Unseen};
pub use namespaces::{NamespaceState, Namespaces};
pub use pod::{Difference, LeftAlone, LivePod, Verdict};
pub use source::Source;
pub use state::{ClusterState, Profiles};
pub use webhook::{Call, Entries, Entry, NotCalled};
pub use workload::WorkloadName;
