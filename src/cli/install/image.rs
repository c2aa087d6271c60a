//! An image reference, as the OCI distribution specification and container runtimes accept it.

use std::str::FromStr;

/// A reference `[HOST[:PORT]/]PATH[:TAG][@DIGEST]`. Nothing checks that the image exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Image(pub(super) String);

/// A text that cannot be an image reference, with the invalid part.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum InvalidImage {
    #[error(
        "invalid repository {0:?}; expected lower-case letters and digits, with `.`, `_`, `-` or `/` between them, such as \
         `registry.example.com/podwright:0.1.0`"
    )]
    Repository(String),
    #[error("invalid tag {0:?}; expected at most 128 letters, digits, `_`, `.` and `-`, such as `podwright:0.1.0`")]
    Tag(String),
    #[error(
        "invalid digest {0:?}; expected `sha256:` with 64 lower-case hexadecimal digits (or `sha512:` with 128), such as \
         `podwright@sha256:` and the digits"
    )]
    Digest(String),
}

/// The longest repository that container runtimes accept.
const LONGEST: usize = 255;
/// The algorithms that the OCI image specification registers, and the digits of their digests.
const ALGORITHMS: [(&str, usize); 2] = [("sha256", 64), ("sha512", 128)];

impl FromStr for Image {
    type Err = InvalidImage;

    fn from_str(text: &str) -> Result<Self, InvalidImage> {
        let (named, digest) = text.split_once('@').map_or((text, None), |(named, digest)| (named, Some(digest)));
        // A colon before the last slash belongs to the port.
        let (repository, tag) = match named.rsplit_once(':') {
            Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
            _ => (named, None),
        };
        if !is_repository(repository) {
            return Err(InvalidImage::Repository(repository.to_owned()));
        }
        if let Some(tag) = tag.filter(|tag| !is_tag(tag)) {
            return Err(InvalidImage::Tag(tag.to_owned()));
        }
        if let Some(digest) = digest.filter(|digest| !is_digest(digest)) {
            return Err(InvalidImage::Digest(digest.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

fn is_repository(text: &str) -> bool {
    let path = match text.split_once('/') {
        // A host, as in `registry.example.com/a`, `localhost/a` and `registry:5000/a`; `library/a` has none.
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" || has_upper_case(host) => {
            Some(path).filter(|_| is_host(host))
        }
        _ => Some(text),
    };
    text.len() <= LONGEST && path.is_some_and(|path| path.split('/').all(is_component))
}

fn has_upper_case(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// Returns whether a text is a host name or an IP address, with or without a port.
fn is_host(text: &str) -> bool {
    let (name, port) = match text.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (text, None),
    };
    let is_label = |label: &str| {
        let ends = [label.bytes().next(), label.bytes().next_back()];
        label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && ends.into_iter().all(|end| end.is_some_and(|byte| byte.is_ascii_alphanumeric()))
    };
    let is_name = match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => name.split('.').all(is_label),
    };
    is_name && port.is_none_or(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Returns whether a text is a component of a path: lower-case letters and digits with one `.`, one or two `_`, or any `-`
/// between them.
fn is_component(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let separators = text.split(|character: char| character.is_ascii_lowercase() || character.is_ascii_digit());
    let are_valid =
        separators.into_iter().all(|it| matches!(it, "" | "." | "_" | "__") || it.bytes().all(|byte| byte == b'-'));
    let ends = [text.bytes().next(), text.bytes().next_back()];
    are_valid && ends.into_iter().all(|end| end.is_some_and(is_word))
}

fn is_tag(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=128).contains(&text.len()) && text.bytes().all(allowed) && !text.starts_with(['.', '-'])
}

fn is_digest(text: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.split_once(':').is_some_and(|(algorithm, digits)| {
        ALGORITHMS.contains(&(algorithm, digits.len())) && digits.bytes().all(is_digit)
    })
}

#[cfg(test)]
mod tests {
    use super::{Image, InvalidImage};

    fn read(text: &str) -> Result<Image, InvalidImage> {
        text.parse()
    }

    #[test]
    fn references_of_each_form_are_accepted() {
        let digest = format!("podwright:0.1.0@sha256:{}", "0a".repeat(32));
        let long = format!("a@sha512:{}", "f".repeat(128));
        for image in [
            "podwright",
            "library/podwright",
            "registry.example.com/podwright:0.1.0",
            "registry.example.com:5000/a/b-c__d.e:v1_2.3-4",
            "localhost/podwright",
            "registry:5000/podwright",
            "Registry.example.com/podwright",
            "[2001:db8::1]:5000/podwright",
            "a---b",
            &digest,
            &long,
        ] {
            assert!(read(image).is_ok(), "{image}: {:?}", read(image));
        }
    }

    #[test]
    fn the_invalid_part_is_named() {
        let long_tag = format!("a:{}", "b".repeat(129));
        let upper_case = format!("a@sha256:{}", "0A".repeat(32));
        for (image, part) in [
            ("", "repository"),
            ("Podwright", "repository"),
            ("a//b", "repository"),
            ("/a", "repository"),
            ("a/", "repository"),
            ("a___b", "repository"),
            ("a..b/c", "repository"),
            ("registry.example.com:port/a", "repository"),
            ("-a.example/b", "repository"),
            (" a", "repository"),
            ("a:", "tag"),
            ("a:.b", "tag"),
            ("a:b:c", "repository"),
            (long_tag.as_str(), "tag"),
            ("a@", "digest"),
            ("x@sha256:abc", "digest"),
            ("a@md5:0123", "digest"),
            (upper_case.as_str(), "digest"),
        ] {
            let error = read(image).map_err(|error| error.to_string());
            assert!(
                error.as_ref().is_err_and(|error| error.starts_with(&format!("invalid {part} "))),
                "{image}: {error:?}"
            );
        }
        assert!(read(&"a".repeat(256)).is_err());
    }
}
