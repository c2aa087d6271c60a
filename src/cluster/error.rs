//! The client's errors.

use std::path::PathBuf;
use std::time::Duration;

/// The timeout of a request. A healthy API server answers in milliseconds.
pub(super) const ANSWER: Duration = Duration::from_secs(10);

/// Reasons why a request to the API server failed or could not be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The environment has no usable settings of a cluster.
    #[error(
        "cannot find a cluster: {0}; expected a Pod with its ServiceAccount's token, or the path of a kubeconfig file, such \
         as KUBECONFIG=~/.kube/config"
    )]
    NotInferred(String),
    /// A kubeconfig file is unreadable or unusable.
    #[error("cannot use {}: {reason}; expected a kubeconfig file, such as ~/.kube/config", path.display())]
    Kubeconfig {
        /// The file.
        path: PathBuf,
        /// The reason, without any of the file's text.
        reason: String,
    },
    /// The kubeconfig file does not have the context.
    #[error("unknown context {context:?} in {}; expected one of {known}, such as --context {example}", path.display())]
    UnknownContext {
        /// The context.
        context: String,
        /// The file, or several of them.
        path: PathBuf,
        /// The contexts of the file.
        known: String,
        /// One of them.
        example: String,
    },
    /// The kubeconfig file has no context at all.
    #[error(
        "unknown context {context:?} in {}, which has no contexts; expected a kubeconfig file with this context, such as \
         --kubeconfig ~/.kube/config", path.display()
    )]
    NoContexts {
        /// The context.
        context: String,
        /// The file, or several of them.
        path: PathBuf,
    },
    /// The client cannot be created.
    #[error("cannot create a client for the cluster: {0}")]
    Client(String),
    /// A request failed.
    #[error("cannot {verb} {object}: {failure}")]
    Request {
        /// The verb, such as `read`.
        verb: &'static str,
        /// The object, such as `Secret podwright-system/podwright-tls`.
        object: String,
        /// The reason.
        failure: RequestFailure,
    },
    /// The API server has not answered the first request yet.
    #[error("the API server has not answered yet")]
    NotAnsweredYet,
}

/// Reasons why a request failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestFailure {
    /// The API server refused the change as outdated or invalid. Most likely another replica was faster.
    #[error("{0}")]
    Conflict(String),
    /// The user lacks the right.
    #[error("{0}")]
    NotAllowed(String),
    /// The API server refused the request, or could not be reached.
    #[error("{0}")]
    Refused(String),
    /// The API server did not answer in time.
    #[error("the API server did not answer within {} s", ANSWER.as_secs())]
    TimedOut,
}

impl From<kube::Error> for RequestFailure {
    fn from(error: kube::Error) -> Self {
        match error {
            kube::Error::Api(status) if matches!(status.code, 409 | 422) => Self::Conflict(status.message),
            kube::Error::Api(status) if status.code == 403 => Self::NotAllowed(status.message),
            kube::Error::Api(status) => Self::Refused(status.message),
            other => Self::Refused(with_causes(&other)),
        }
    }
}

/// Waits for an answer for at most [`ANSWER`].
pub(super) async fn answered<T>(answer: impl Future<Output = kube::Result<T>>) -> Result<T, RequestFailure> {
    match tokio::time::timeout(ANSWER, answer).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(RequestFailure::TimedOut),
    }
}

/// Joins an error and its causes. Leaves out a cause that the text already contains, because most errors repeat theirs.
pub(super) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut sentence = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !sentence.contains(&text) {
            sentence.push_str(&format!(": {text}"));
        }
        source = cause.source();
    }
    sentence
}
