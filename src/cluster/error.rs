//! The client's errors.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::destination::Destination;

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
    /// The API server does not know the user.
    #[error(
        "{} does not accept your credentials (401 Unauthorized); expected a valid token or client certificate, such as after a \
         new login; `kubectl auth whoami{}` checks it", .0, .0.flags()
    )]
    Unauthorized(Arc<Destination>),
    /// The API server could not be reached.
    #[error(
        "cannot reach {destination}: {cause}; expected a running API server at this address, and a network (or VPN) that leads \
         to it; `kubectl cluster-info{}` checks it", destination.flags()
    )]
    Unreachable {
        /// The API server.
        destination: Arc<Destination>,
        /// The cause, such as `connection refused`.
        cause: String,
    },
    /// The API server refused the request.
    #[error("{0}")]
    Refused(String),
}

impl RequestFailure {
    /// Makes the reason from an error of the client.
    pub(super) fn of(error: kube::Error, destination: &Arc<Destination>) -> Self {
        match error {
            kube::Error::Api(status) if matches!(status.code, 409 | 422) => Self::Conflict(status.message),
            kube::Error::Api(status) if status.code == 403 => Self::NotAllowed(status.message),
            kube::Error::Api(status) if status.code == 401 => Self::Unauthorized(Arc::clone(destination)),
            kube::Error::Api(status) => Self::Refused(status.message),
            kube::Error::Service(error) => Self::unreachable(destination, plain_cause(error.as_ref())),
            kube::Error::HyperError(error) => Self::unreachable(destination, plain_cause(&error)),
            other => Self::Refused(with_causes(&other)),
        }
    }

    /// Makes the reason for a request without an answer within this time.
    pub(super) fn timed_out(destination: &Arc<Destination>, after: Duration) -> Self {
        Self::unreachable(destination, format!("no answer within {} s", after.as_secs()))
    }

    fn unreachable(destination: &Arc<Destination>, cause: String) -> Self {
        Self::Unreachable { destination: Arc::clone(destination), cause }
    }
}

/// Waits for an answer for at most [`ANSWER`].
pub(super) async fn answered<T>(
    answer: impl Future<Output = kube::Result<T>>,
    destination: &Arc<Destination>,
) -> Result<T, RequestFailure> {
    match tokio::time::timeout(ANSWER, answer).await {
        Ok(answer) => answer.map_err(|error| RequestFailure::of(error, destination)),
        Err(_) => Err(RequestFailure::timed_out(destination, ANSWER)),
    }
}

/// Returns the last cause in plain words. The causes before it name layers of the client, such as `client error (Connect)`.
fn plain_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    if let Some(kind) = last.downcast_ref::<io::Error>().map(io::Error::kind) {
        match kind {
            io::ErrorKind::ConnectionRefused => return "connection refused".to_owned(),
            io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof => return "connection closed".to_owned(),
            io::ErrorKind::TimedOut => return "no answer in time".to_owned(),
            _ => {}
        }
    }
    let text = last.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text).to_owned();
    match text.strip_prefix("failed to lookup address information") {
        Some(_) => "its host name is unknown".to_owned(),
        None => match text.strip_prefix("invalid peer certificate: ") {
            Some(reason) => format!("its certificate is not trusted ({reason})"),
            None => text,
        },
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

#[cfg(test)]
mod tests {
    use super::plain_cause;

    #[test]
    fn causes_are_plain_words() {
        let error = |text: &str| std::io::Error::other(text.to_owned());
        let lookup = error("failed to lookup address information: Name or service not known");
        assert_eq!(plain_cause(&lookup), "its host name is unknown");
        assert_eq!(plain_cause(&error("No route to host (os error 113)")), "No route to host");
        let untrusted = error("invalid peer certificate: UnknownIssuer");
        assert_eq!(plain_cause(&untrusted), "its certificate is not trusted (UnknownIssuer)");
    }
}
