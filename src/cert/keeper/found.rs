//! What the Secret holds, as far as it can be used: each part, or what is wrong with it.

use std::collections::BTreeMap;
use std::time::SystemTime;

use rcgen::{KeyPair, PublicKeyData};

use super::{CA, CA_KEY, LEAF, LEAF_KEY, NEXT, NEXT_KEY, PREVIOUS, PREVIOUS_LEAF};
use crate::cert::{Authority, Certificate, Name};

/// CAs that were, and are still trusted: more would be a bundle without an end.
pub(super) const PREVIOUS_MOST: usize = 4;
/// One for each of them, and for those that are left out when more come.
const PREVIOUS_LEAVES_MOST: usize = 2 * PREVIOUS_MOST;

/// The data of a Secret.
pub type Data = BTreeMap<String, Vec<u8>>;

/// A serving certificate that belongs to its key, is for the right names, and was signed by the CA beside it.
#[derive(Clone)]
pub struct Leaf {
    /// What is shown.
    pub certificate: Certificate,
    pub(super) certificate_pem: String,
    pub(super) key_pem: String,
}

/// The Secret's parts.
pub struct Found {
    /// The CA, where it is one and valid.
    pub ca: Result<Certificate, String>,
    /// What signs for it: absent where its key is.
    pub(super) signer: Result<Authority, String>,
    /// What is to be served.
    pub leaf: Result<Leaf, String>,
    /// The CA that is to come, able to sign; `None` where none is.
    pub next: Option<Result<Certificate, String>>,
    pub(super) next_signer: Option<Authority>,
    /// CAs that were, with the end of the last certificate of each.
    pub previous: Vec<(Certificate, SystemTime)>,
    pub(super) previous_leaves: Vec<Certificate>,
}

impl Found {
    /// Reads the data; the serving certificate has to be for these names.
    pub fn read(data: &Data, names: &[Name], now: SystemTime) -> Self {
        let ca = authority(data, CA, now);
        let signer = signer(data, (CA, CA_KEY), now);
        let leaf = ca.clone().and_then(|ca| leaf(data, &ca, names, now));
        let next_signer = signer_of_next(data, now);
        let next = next_signer.as_ref().map(|read| {
            let signer = read.as_ref().map_err(Clone::clone);
            signer.and_then(|_| authority(data, NEXT, now))
        });
        let (previous, previous_leaves) = previous(data, now);
        let next_signer = next_signer.and_then(Result::ok);
        Self { ca, signer, leaf, next, next_signer, previous, previous_leaves }
    }

    /// Nothing is missing: worth being remembered.
    pub(super) fn is_whole(&self) -> bool {
        self.ca.is_ok() && self.signer.is_ok() && self.leaf.is_ok()
    }

    /// Whether the CA can sign, or why not.
    pub fn signs(&self) -> Result<(), String> {
        self.signer.as_ref().map(|_| ()).map_err(Clone::clone)
    }

    /// The CAs that every bundle has to have.
    pub fn authorities(&self) -> Vec<&Certificate> {
        let next = self.next.iter().flatten();
        self.ca.iter().chain(next).chain(self.previous.iter().map(|(ca, _)| ca)).collect()
    }

    /// Whether there is something that is of no use any more.
    pub(super) fn is_untidy(&self, data: &Data) -> bool {
        let said: usize = [PREVIOUS, PREVIOUS_LEAF].iter().filter(|key| data.contains_key(**key)).count();
        let listed = data.get(PREVIOUS).map(|pem| Certificate::all_of(pem).len()).unwrap_or_default();
        self.next.as_ref().is_some_and(Result::is_err)
            || listed != self.previous.len()
            || (said > 0 && self.previous.is_empty())
    }
}

impl Leaf {
    /// The certificate's own PEM.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The key's PEM: for the one who serves with it, never for a log.
    pub fn key_pem(&self) -> &str {
        &self.key_pem
    }
}

fn part<'a>(data: &'a Data, key: &str) -> Result<&'a [u8], String> {
    match data.get(key) {
        Some(bytes) if !bytes.is_empty() => Ok(bytes),
        _ => Err(format!("{key} is not there")),
    }
}

fn text<'a>(data: &'a Data, key: &str) -> Result<&'a str, String> {
    std::str::from_utf8(part(data, key)?).map_err(|_| format!("{key} is no text"))
}

fn authority(data: &Data, key: &str, now: SystemTime) -> Result<Certificate, String> {
    let of_key = |why: String| format!("{key} {why}");
    let certificate = Certificate::only_of(part(data, key)?).map_err(of_key)?;
    certificate.is_valid(now).map_err(of_key)?;
    certificate.signs().then_some(certificate).ok_or_else(|| format!("{key} is not the certificate of a CA"))
}

fn signer(data: &Data, (certificate, key): (&str, &str), now: SystemTime) -> Result<Authority, String> {
    let of_both = |error: crate::cert::Error| format!("{certificate} and {key}: {error}");
    Authority::from_pem(text(data, certificate)?, text(data, key)?, now).map_err(of_both)
}

fn signer_of_next(data: &Data, now: SystemTime) -> Option<Result<Authority, String>> {
    let there = data.contains_key(NEXT) || data.contains_key(NEXT_KEY);
    there.then(|| signer(data, (NEXT, NEXT_KEY), now))
}

fn leaf(data: &Data, ca: &Certificate, names: &[Name], now: SystemTime) -> Result<Leaf, String> {
    let of_leaf = |why: String| format!("{LEAF} {why}");
    let certificate = Certificate::only_of(part(data, LEAF)?).map_err(of_leaf)?;
    certificate.is_valid(now).map_err(of_leaf)?;
    certificate.serves(names).map_err(of_leaf)?;
    if !certificate.is_signed_by(ca) {
        return Err(format!("{LEAF} is not signed by the CA in {CA}"));
    }
    let key_pem = text(data, LEAF_KEY)?.to_owned();
    let key = KeyPair::from_pem(&key_pem).map_err(|_| format!("{LEAF_KEY} holds no private key that can be read"))?;
    if !certificate.has_key(&key.subject_public_key_info()) {
        return Err(format!("{LEAF_KEY} belongs to another certificate"));
    }
    Ok(Leaf { certificate, certificate_pem: text(data, LEAF)?.to_owned(), key_pem })
}

/// A CA is there with a certificate that it signed, or there is no reason to trust it any more.
fn previous(data: &Data, now: SystemTime) -> (Vec<(Certificate, SystemTime)>, Vec<Certificate>) {
    let read = |key| part(data, key).map(Certificate::all_of).unwrap_or_default();
    let (mut authorities, mut leaves) = (read(PREVIOUS), read(PREVIOUS_LEAF));
    // Each is compared with each, and a Secret has room for thousands.
    authorities.truncate(PREVIOUS_MOST);
    leaves.truncate(PREVIOUS_LEAVES_MOST);
    leaves.retain(|leaf| now < leaf.not_after() && authorities.iter().any(|ca| leaf.is_signed_by(ca)));
    let end = |ca: &Certificate| leaves.iter().filter(|leaf| leaf.is_signed_by(ca)).map(Certificate::not_after).max();
    let previous = authorities.iter().filter(|ca| ca.is_valid(now).is_ok());
    let previous = previous.filter_map(|ca| Some((ca.clone(), end(ca)?))).collect();
    (previous, leaves)
}
