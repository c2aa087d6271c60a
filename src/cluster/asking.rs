//! Requests of commands that ask an API server a question by a POST: access reviews, and dry runs. None of them is stored.

use kube::api::PostParams;
use kube::core::Request;
use serde_json::Value;

use super::error::{ANSWER, RequestFailure};
use super::reader::ClusterReader;

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The object as the API server would store it, as JSON.
    Accepted(String),
    /// The API server refuses the object.
    Rejected {
        /// The HTTP status code.
        code: u16,
        /// The API server's message.
        message: String,
    },
}

impl ClusterReader {
    /// Sends an object that the API server only evaluates, such as a SelfSubjectAccessReview.
    ///
    /// # Errors
    /// If the API server does not answer.
    pub async fn ask(&self, path: &str, object: &Value) -> Result<Answer, RequestFailure> {
        self.post(path, object, &PostParams::default()).await
    }

    /// Creates an object as a dry run: with admission, and without storing it.
    ///
    /// # Errors
    /// If the API server does not answer.
    pub async fn dry_run(&self, path: &str, object: &Value) -> Result<Answer, RequestFailure> {
        self.post(path, object, &PostParams { dry_run: true, ..PostParams::default() }).await
    }

    async fn post(&self, path: &str, object: &Value, parameters: &PostParams) -> Result<Answer, RequestFailure> {
        let refused = |error: &dyn std::error::Error| RequestFailure::Refused(error.to_string());
        let body = serde_json::to_vec(object).map_err(|error| refused(&error))?;
        let request = Request::new(path).create(parameters, body).map_err(|error| refused(&error))?;
        match tokio::time::timeout(ANSWER, self.client().request_text(request)).await {
            Ok(Ok(json)) => Ok(Answer::Accepted(json)),
            Ok(Err(kube::Error::Api(status))) if status.code != 401 => {
                Ok(Answer::Rejected { code: status.code, message: status.message.clone() })
            }
            Ok(Err(error)) => Err(self.failure(error)),
            Err(_) => Err(RequestFailure::timed_out(self.destination(), ANSWER)),
        }
    }
}

impl Answer {
    /// Returns whether RBAC or another authorizer refused the request. Admission refuses with other words.
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::Rejected { code: 403, message } if message.contains(" cannot "))
    }
}
