//! The URL of a webhook outside the cluster, as a webhook configuration accepts it.
//!
//! The API server accepts only `https`, without a user, a query or a fragment. A path is a prefix, for a webhook behind a proxy;
//! podwright appends its routes to it.

use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use axum::http::Uri;
use axum::http::uri::InvalidUri;

use crate::cert::Name;

/// A URL of the form `https://HOST[:PORT][/PREFIX]`, without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WebhookUrl(String);

impl WebhookUrl {
    /// Returns the URL of a route, such as `/mutate`.
    pub(super) fn route(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

/// A URL that a webhook configuration does not accept.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0}; expected https://HOST[:PORT][/PREFIX], such as `https://127.0.0.1:8443` or \
     `https://proxy.example.com/podwright`"
)]
pub(super) struct InvalidWebhookUrl(UrlProblem);

/// Reasons why a URL is not accepted.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum UrlProblem {
    #[error("{url:?} is not a URL ({error})")]
    NotUrl { url: String, error: String },
    #[error("the API server calls webhooks only over https")]
    NotHttps,
    #[error("a webhook URL must not have a user name or password")]
    UserInfo,
    #[error("a webhook URL must not have a query or a fragment")]
    QueryOrFragment,
    #[error("podwright appends /mutate and /check; leave them out")]
    Route,
    #[error("the port in {0:?} is not a number from 1 to 65535")]
    Port(String),
    #[error("{0:?} is not a host name or an IP address")]
    Host(String),
}

impl FromStr for WebhookUrl {
    type Err = InvalidWebhookUrl;

    fn from_str(text: &str) -> Result<Self, InvalidWebhookUrl> {
        check(text).map_err(InvalidWebhookUrl)?;
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

fn check(text: &str) -> Result<(), UrlProblem> {
    let not_url = |error: InvalidUri| UrlProblem::NotUrl { url: text.to_owned(), error: error.to_string() };
    let uri: Uri = text.parse().map_err(not_url)?;
    if uri.scheme_str() != Some("https") {
        return Err(UrlProblem::NotHttps);
    }
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    if authority.contains('@') {
        return Err(UrlProblem::UserInfo);
    }
    // `Uri` drops a fragment silently.
    if text.contains(['?', '#']) {
        return Err(UrlProblem::QueryOrFragment);
    }
    if has_route(uri.path()) {
        return Err(UrlProblem::Route);
    }
    check_authority(authority)
}

fn has_route(path: &str) -> bool {
    path.split('/').any(|segment| matches!(segment, "mutate" | "check"))
}

fn check_authority(authority: &str) -> Result<(), UrlProblem> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    if port.is_some_and(|port| !matches!(port.parse::<u16>(), Ok(1..))) {
        return Err(UrlProblem::Port(authority.to_owned()));
    }
    let is_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => matches!(host.parse(), Ok(Name::Dns(_) | Name::Ip(IpAddr::V4(_)))) && !host.starts_with('*'),
    };
    is_host.then_some(()).ok_or_else(|| UrlProblem::Host(host.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_appended_to_the_host_or_the_prefix() {
        for (url, route) in [
            ("https://127.0.0.1:8443", "https://127.0.0.1:8443/mutate"),
            ("https://a.example/", "https://a.example/mutate"),
            ("https://[::1]:1", "https://[::1]:1/mutate"),
            ("https://a.example:443/b/c/", "https://a.example:443/b/c/mutate"),
        ] {
            let read = url.parse::<WebhookUrl>().map(|url| url.route("/mutate"));
            assert_eq!(read, Ok(route.to_owned()));
        }
    }

    #[test]
    fn urls_that_the_api_server_refuses_are_refused_with_an_example() {
        for (url, what) in [
            ("http://a.example", "only over https"),
            ("a.example:8443", "only over https"),
            ("127.0.0.1", "only over https"),
            ("/mutate", "only over https"),
            ("https://", "is not a URL"),
            ("https://me:secret@a.example", "user name"),
            ("https://a.example?x=1", "a query"),
            ("https://a.example/#x", "a fragment"),
            ("https://a.example/mutate", "leave them out"),
            ("https://a.example/check/", "leave them out"),
            ("https://a.example:0", "port"),
            ("https://a.example:99999", "port"),
            ("https://a_b", "not a host name"),
            ("https://*.example", "not a host name"),
        ] {
            let error = url.parse::<WebhookUrl>().map_err(|error| error.to_string());
            let said = matches!(&error, Err(said) if said.contains(what) && said.contains("such as `https://127"));
            assert!(said, "{url}: {error:?}");
        }
    }
}
