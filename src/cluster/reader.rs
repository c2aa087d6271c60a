//! Any objects of a cluster as JSON, for commands that inspect it with their user's rights. Lists arrive page by page.

use std::sync::Arc;
use std::time::Duration;

use kube::api::{GetParams, ListParams};
use kube::core::Request;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use tokio::task::JoinHandle;

use super::client::client;
use super::destination::Destination;
use super::error::{ANSWER, Error, RequestFailure};
use super::kubeconfig::ClusterChoice;

/// The timeout of a page. Its size is the API server's default for kubectl; a busy API server takes seconds for one.
const PAGE: Duration = Duration::from_secs(60);

/// A client that only reads, with the user's own or an impersonated identity.
#[derive(Clone)]
pub struct ClusterReader {
    client: kube::Client,
    destination: Arc<Destination>,
    default_namespace: String,
}

/// A collection of objects to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collection {
    /// The path, such as `/api/v1/namespaces/shop/pods`.
    pub path: String,
    /// A label selector, such as `app=shop`.
    pub labels: Option<String>,
    /// A field selector, such as `reason=FailedCreate`.
    pub fields: Option<String>,
    /// The most objects of a page.
    pub page_size: u32,
}

/// The pages of a list, one after another. The next page is read while the caller works on the current one.
pub struct Pages {
    reader: ClusterReader,
    collection: Collection,
    next: Option<JoinHandle<Result<Page, RequestFailure>>>,
    inconsistent: bool,
}

/// A page of a list, as JSON.
#[derive(Debug)]
pub struct Page {
    text: String,
    token: Option<String>,
    inconsistent: bool,
    /// The number of objects on later pages, if the API server reports it.
    pub remaining: Option<u64>,
}

#[derive(Deserialize)]
struct ListOf<T> {
    #[serde(default)]
    metadata: ListMetadata,
    items: T,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct ListMetadata {
    r#continue: Option<String>,
    remaining_item_count: Option<u64>,
}

impl ClusterReader {
    /// Uses a chosen cluster. Sends nothing yet. Needs a Tokio runtime.
    ///
    /// # Errors
    /// If there is no cluster, or a kubeconfig file is unusable or does not have the context.
    pub async fn connect(choice: ClusterChoice) -> Result<Self, Error> {
        let (config, destination) = choice.config().await?;
        let default_namespace = config.default_namespace.clone();
        Ok(Self { client: client(config)?, destination, default_namespace })
    }

    pub(super) fn client(&self) -> &kube::Client {
        &self.client
    }

    pub(super) fn destination(&self) -> &Arc<Destination> {
        &self.destination
    }

    pub(super) fn failure(&self, error: kube::Error) -> RequestFailure {
        RequestFailure::of(error, &self.destination)
    }

    /// Returns the context's namespace, or `default`.
    pub fn default_namespace(&self) -> &str {
        &self.default_namespace
    }

    /// Fails if no request can succeed: the API server cannot be reached, or does not know the user.
    ///
    /// # Errors
    /// The reason, which every other request would repeat.
    pub async fn must_answer(&self) -> Result<(), RequestFailure> {
        match self.object("/version").await {
            Err(failure @ (RequestFailure::Unreachable { .. } | RequestFailure::Unauthorized(_))) => Err(failure),
            _ => Ok(()),
        }
    }

    /// Reads the object at a path as JSON, such as `/api/v1/namespaces/shop`; returns nothing if it does not exist.
    ///
    /// # Errors
    /// If the API server does not answer, or the user may not read the object.
    pub async fn object(&self, path: &str) -> Result<Option<String>, RequestFailure> {
        let (collection, name) = path.rsplit_once('/').unwrap_or(("", path));
        let request = Request::new(collection).get(name, &GetParams::default()).map_err(refused)?;
        let answer = self.client.request_text(request);
        match tokio::time::timeout(ANSWER, answer).await {
            Ok(Err(kube::Error::Api(status))) if status.code == 404 => Ok(None),
            Ok(answer) => answer.map(Some).map_err(|error| self.failure(error)),
            Err(_) => Err(RequestFailure::timed_out(&self.destination, ANSWER)),
        }
    }

    /// Lists a collection. Requests the first page at once.
    pub fn pages(&self, collection: Collection) -> Pages {
        let mut pages = Pages { reader: self.clone(), collection, next: None, inconsistent: false };
        pages.request(None);
        pages
    }

    async fn page(self, collection: Collection, token: Option<String>) -> Result<Page, RequestFailure> {
        match self.page_at(&collection, token.as_deref()).await {
            // The API server no longer has the list's version. It offers to go on with the newest one.
            Err(kube::Error::Api(status)) if status.code == 410 && token.is_some() => {
                let offered = status.metadata.as_ref().and_then(|metadata| metadata.continue_.clone());
                let Some(offered) = offered else { return Err(RequestFailure::Refused(status.message)) };
                let page = self.page_at(&collection, Some(&offered)).await.map_err(|error| self.failure(error))?;
                Ok(Page { inconsistent: true, ..page })
            }
            page => page.map_err(|error| self.failure(error)),
        }
    }

    async fn page_at(&self, collection: &Collection, token: Option<&str>) -> kube::Result<Page> {
        let parameters = ListParams {
            label_selector: collection.labels.clone(),
            field_selector: collection.fields.clone(),
            limit: Some(collection.page_size),
            continue_token: token.map(str::to_owned),
            ..ListParams::default()
        };
        let request = Request::new(collection.path.as_str()).list(&parameters).map_err(kube::Error::BuildRequest)?;
        Page::new(self.client.request_text(request).await?)
    }
}

fn refused(error: kube::core::request::Error) -> RequestFailure {
    RequestFailure::Refused(error.to_string())
}

impl Page {
    fn new(text: String) -> kube::Result<Self> {
        let list: ListOf<IgnoredAny> = serde_json::from_str(&text).map_err(kube::Error::SerdeError)?;
        let ListMetadata { r#continue: token, remaining_item_count: remaining } = list.metadata;
        Ok(Self { text, token: token.filter(|token| !token.is_empty()), inconsistent: false, remaining })
    }

    /// Returns the objects, each as JSON.
    pub fn items(&self) -> Vec<&RawValue> {
        let list: Option<ListOf<Vec<&RawValue>>> = serde_json::from_str(&self.text).ok();
        list.map(|list| list.items).unwrap_or_default()
    }
}

impl Pages {
    /// Waits for the next page; returns nothing after the last one.
    ///
    /// # Errors
    /// If the API server does not answer, or the user may not list the collection.
    pub async fn next(&mut self) -> Result<Option<Page>, RequestFailure> {
        let Some(next) = self.next.take() else { return Ok(None) };
        let page = match next.await {
            Ok(page) => page?,
            Err(error) => return Err(RequestFailure::Refused(error.to_string())),
        };
        self.inconsistent |= page.inconsistent;
        if page.token.is_some() {
            self.request(page.token.clone());
        }
        Ok(Some(page))
    }

    /// Returns whether the list expired meanwhile, so that its pages are from different moments.
    pub fn are_inconsistent(&self) -> bool {
        self.inconsistent
    }

    fn request(&mut self, token: Option<String>) {
        let page = self.reader.clone().page(self.collection.clone(), token);
        let late = RequestFailure::timed_out(&self.reader.destination, PAGE);
        self.next = Some(tokio::spawn(async { tokio::time::timeout(PAGE, page).await.unwrap_or(Err(late)) }));
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.next.iter().for_each(JoinHandle::abort);
    }
}
