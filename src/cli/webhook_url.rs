//! The address of a webhook outside the cluster, as a webhook configuration takes it.
//!
//! The API server accepts only `https`, and neither a user, a query nor a fragment; it would say so field by field after
//! the fact. A path is kept as a prefix, for a webhook behind a proxy; podwright's own routes are appended to it.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use axum::http::Uri;

use crate::cert::Name;

/// `https://HOST[:PORT][/PREFIX]`, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WebhookUrl(String);

impl WebhookUrl {
    /// The address of one of podwright's routes, such as `/mutate`.
    pub(super) fn route(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

/// What is wrong with it: for clap, which wants a `std::error::Error`.
#[derive(Debug)]
pub(super) struct NotAWebhookUrl(String);

impl fmt::Display for NotAWebhookUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for NotAWebhookUrl {}

impl FromStr for WebhookUrl {
    type Err = NotAWebhookUrl;

    fn from_str(text: &str) -> Result<Self, NotAWebhookUrl> {
        match wrong(text) {
            Ok(()) => Ok(Self(text.trim_end_matches('/').to_owned())),
            Err(what) => Err(NotAWebhookUrl(format!(
                "{what}. Expected https, a host, and if need be a port and a prefix of the path (/mutate and /check are \
                 appended), \
                 such as `https://127.0.0.1:8443` or `https://proxy.example.com/podwright`"
            ))),
        }
    }
}

fn wrong(text: &str) -> Result<(), String> {
    let uri: Uri = text.parse().map_err(|error| format!("{text:?} is no URL ({error})"))?;
    if uri.scheme_str() != Some("https") {
        return Err("the API server calls webhooks by https alone".to_owned());
    }
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    if authority.contains('@') {
        return Err("a user name or password has no place in the URL of a webhook".to_owned());
    }
    // `Uri` drops a fragment in silence.
    if text.contains(['?', '#']) {
        return Err("the URL of a webhook takes no query and no fragment".to_owned());
    }
    if has_route(uri.path()) {
        return Err("/mutate and /check are appended for you; leave them out".to_owned());
    }
    host_and_port(authority)
}

fn has_route(path: &str) -> bool {
    path.split('/').any(|segment| matches!(segment, "mutate" | "check"))
}

fn host_and_port(authority: &str) -> Result<(), String> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    if port.is_some_and(|port| !matches!(port.parse::<u16>(), Ok(1..))) {
        return Err(format!("the port in {authority:?} is no number from 1 to 65535"));
    }
    let named = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => matches!(host.parse(), Ok(Name::Dns(_) | Name::Ip(IpAddr::V4(_)))) && !host.starts_with('*'),
    };
    named.then_some(()).ok_or_else(|| format!("{host:?} is no host name and no IP address"))
}

impl From<NotAWebhookUrl> for String {
    fn from(error: NotAWebhookUrl) -> Self {
        error.0
    }
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
            assert_eq!(read.map_err(String::from), Ok(route.to_owned()));
        }
    }

    #[test]
    fn what_the_api_server_would_refuse_is_refused_with_an_example() {
        for (url, what) in [
            ("http://a.example", "https alone"),
            ("a.example:8443", "https alone"),
            ("127.0.0.1", "https alone"),
            ("/mutate", "https alone"),
            ("https://", "is no URL"),
            ("https://me:secret@a.example", "user name"),
            ("https://a.example?x=1", "no query"),
            ("https://a.example/#x", "no fragment"),
            ("https://a.example/mutate", "leave them out"),
            ("https://a.example/check/", "leave them out"),
            ("https://a.example:0", "port"),
            ("https://a.example:99999", "port"),
            ("https://a_b", "no host name"),
            ("https://*.example", "no host name"),
        ] {
            let error = url.parse::<WebhookUrl>().map_err(String::from);
            let said = matches!(&error, Err(said) if said.contains(what) && said.contains("such as `https://127"));
            assert!(said, "{url}: {error:?}");
        }
    }
}
