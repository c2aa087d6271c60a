//! The errors of the client.

use std::path::PathBuf;
use std::time::Duration;

/// The longest time for an answer. A healthy API server answers in milliseconds.
pub(super) const ANSWER: Duration = Duration::from_secs(10);

/// Reasons why podwright got no answer from an API server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The environment names no cluster, or names it badly.
    #[error(
        "no cluster: {0}. Expected a Pod with the token of its ServiceAccount mounted, or KUBECONFIG with the path of a \
         kubeconfig file"
    )]
    NotInferred(String),
    /// A kubeconfig file cannot be read or used.
    #[error("{}: {reason}. Expected a kubeconfig file, as kubectl reads it", path.display())]
    Kubeconfig {
        /// The file.
        path: PathBuf,
        /// The reason, without any of the file's text.
        reason: String,
    },
    /// The client cannot be set up.
    #[error("no cluster: {0}")]
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
    /// The first answer is still to come.
    #[error("the API server has not answered yet")]
    NotAnsweredYet,
}

/// Reasons why a request failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestFailure {
    /// The API server has a newer version, or cannot make sense of the change: most likely another replica was faster.
    #[error("{0}")]
    Conflict(String),
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
            kube::Error::Api(status) => Self::Refused(status.message),
            other => Self::Refused(with_causes(&other)),
        }
    }
}

/// Waits for an answer, and not for longer than [`ANSWER`].
pub(super) async fn answered<T>(answer: impl Future<Output = kube::Result<T>>) -> Result<T, RequestFailure> {
    match tokio::time::timeout(ANSWER, answer).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(RequestFailure::TimedOut),
    }
}

/// Joins an error and its causes, each once, because most repeat theirs.
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
