//! Reads every Pod of a scope, and makes the inventory.

use super::Survey;
use super::denied::Controllers;
use crate::cluster::{ClusterReader, Collection, RequestFailure};
use crate::inspect::inventory::Inventory;
use crate::inspect::known::Unseen;
use crate::inspect::pod::{LivePod, verdict};
use crate::inspect::state::ClusterState;

/// The progress of a survey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The Pods so far.
    pub read: u64,
    /// The Pods that are left, if the API server reports it.
    pub remaining: Option<u64>,
}

/// The result of a survey.
#[derive(Debug)]
pub struct Surveyed {
    /// The rows.
    pub inventory: Inventory,
    /// The objects that the user may not see.
    pub unseen: Vec<Unseen>,
    /// The Pods that could not be read as Pods.
    pub unreadable: u64,
    /// Whether the list expired meanwhile, so that its pages are from different moments.
    pub inconsistent: bool,
}

/// Reasons why there is no inventory.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// The user may not list Pods.
    #[error("not allowed to list Pods: {0}; expected the right to list pods, which the ClusterRole view has")]
    NotAllowed(String),
    /// The API server did not list them.
    #[error("cannot list Pods: {0}")]
    Failed(RequestFailure),
}

/// Reads the Pods page by page. At most two pages are in memory: the current one, and the next one on its way.
///
/// # Errors
/// If the user may not list Pods, or the API server does not answer.
pub async fn survey(
    reader: &ClusterReader,
    survey: &Survey,
    state: &ClusterState,
    mut progress: impl FnMut(Progress),
) -> Result<Surveyed, SurveyError> {
    let Controllers { owners, denials, unseen } = Controllers::read(reader, survey, state.entries()).await;
    let (mut inventory, mut unreadable, mut read) = (Inventory::default(), 0, 0);
    let path = survey.scope.path("/api/v1", "pods");
    let mut pages = reader.pages(Collection { path, ..survey.collection() });
    while let Some(page) = pages.next().await.map_err(SurveyError::from)? {
        for item in page.items() {
            read += 1;
            match LivePod::parse(item.get()) {
                Ok(pod) => inventory.take(owners.top(&pod), &pod, verdict(&pod, state)),
                Err(_) => unreadable += 1,
            }
        }
        progress(Progress { read, remaining: page.remaining });
    }
    denials.into_iter().for_each(|denial| inventory.take_denial(denial));
    Ok(Surveyed { inventory, unseen, unreadable, inconsistent: pages.are_inconsistent() })
}

impl From<RequestFailure> for SurveyError {
    fn from(failure: RequestFailure) -> Self {
        match failure {
            RequestFailure::NotAllowed(why) => Self::NotAllowed(why),
            failure => Self::Failed(failure),
        }
    }
}
