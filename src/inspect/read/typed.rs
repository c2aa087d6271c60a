//! Single objects and short lists, as types.

use serde::de::DeserializeOwned;

use super::parsed;
use crate::cluster::{ClusterReader, Collection};
use crate::inspect::known::{Known, Unseen};

/// The objects of a page.
const PAGE: u32 = 500;

/// Reads an object. `title` names it in messages, such as `Secret shop/one`.
pub async fn object<T: DeserializeOwned>(reader: &ClusterReader, path: &str, title: impl Into<String>) -> Known<T> {
    let title = title.into();
    match reader.object(path).await {
        Ok(Some(json)) => parsed(title, serde_json::from_str(&json)),
        Ok(None) => Known::Unseen(Unseen::Absent(title)),
        Err(failure) => Known::Unseen(Unseen::from_failure(title, failure)),
    }
}

/// Reads all objects at a path with these labels.
pub async fn list<T: DeserializeOwned>(
    reader: &ClusterReader,
    path: &str,
    labels: Option<&str>,
    title: impl Into<String>,
) -> Known<Vec<T>> {
    let (title, mut all) = (title.into(), Vec::new());
    let labels = labels.map(str::to_owned);
    let mut pages =
        reader.pages(Collection { path: path.to_owned(), labels, page_size: PAGE, ..Collection::default() });
    loop {
        match pages.next().await {
            Ok(Some(page)) => all.extend(page.items().into_iter().filter_map(|it| serde_json::from_str(it.get()).ok())),
            Ok(None) => return Known::Seen(all),
            Err(failure) => return Known::Unseen(Unseen::from_failure(title, failure)),
        }
    }
}
