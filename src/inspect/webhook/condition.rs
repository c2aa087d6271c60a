//! The match conditions of podwright's entries. Conditions with other expressions need the API server.

use crate::annotation::STATUS;
use crate::inspect::pod::LivePod;
use crate::workload::namespace::LABEL;

use super::{Declined, NotCalled};

/// The annotation of the mirror of a static Pod.
const MIRROR: &str = "kubernetes.io/config.mirror";

/// The number of annotations from which an API server calls podwright without looking at their keys.
const MANY: usize = 1_000;

/// The expressions of podwright's manifests, without white space.
const NOT_A_MIRROR: &str = "!('kubernetes.io/config.mirror'inobject.metadata.?annotations.orValue({}))";
const NOT_OPTED_OUT: &str = "object.metadata.?annotations[?'podwright.dev/inject'].orValue('')!='false'";
const OPTED_IN: &str = "size(object.metadata.?annotations.orValue({}))>1000||object.metadata.?annotations.orValue({})\
    .exists(key,key.lowerAscii().startsWith('podwright.dev/')||key.lowerAscii().contains('.podwright.dev/'))";

/// A match condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    NotAMirror,
    NotOptedOut,
    OptedIn,
    /// An expression of the operator, by the condition's name.
    Other(String),
}

impl Condition {
    pub(super) fn of(name: String, expression: &str) -> Self {
        let text: String = expression.chars().filter(|character| !character.is_whitespace()).collect();
        match text.as_str() {
            NOT_A_MIRROR => Self::NotAMirror,
            NOT_OPTED_OUT => Self::NotOptedOut,
            OPTED_IN => Self::OptedIn,
            _ => Self::Other(name),
        }
    }

    /// Decides on a Pod as it was when it was created: without podwright's status.
    pub(super) fn decision(&self, pod: &LivePod<'_>) -> Result<(), Declined> {
        let (holds, reason) = match self {
            Self::NotAMirror => (!pod.annotations().contains_key(MIRROR), NotCalled::StaticPod),
            Self::NotOptedOut => (pod.annotation(LABEL) != Some("false"), NotCalled::PodOptedOut),
            Self::OptedIn => (has_our_keys(pod), NotCalled::NotOptedIn),
            Self::Other(name) => {
                let why = format!(
                    "the webhook's match condition {name} is not podwright's, so only the API server can evaluate it"
                );
                return Err(Declined::Unknown(why));
            }
        };
        if holds { Ok(()) } else { Err(Declined::Not(reason)) }
    }
}

fn has_our_keys(pod: &LivePod<'_>) -> bool {
    let ours = |key: &str| {
        let key = key.to_ascii_lowercase();
        key.starts_with("podwright.dev/") || key.contains(".podwright.dev/")
    };
    let keys = pod.annotations().keys();
    keys.len() > MANY || keys.filter(|key| key.as_ref() != STATUS).any(|key| ours(key))
}
