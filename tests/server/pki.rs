//! Certificates of an operator's own CA: with intermediates, and with every kind of mistake.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
};

/// A CA or an intermediate.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

/// A certificate and its key, PEM.
pub(crate) struct Pair {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let (params, key) = (ca("root"), KeyPair::generate().unwrap());
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    pub(crate) fn intermediate(&self) -> Self {
        let (params, key) = (ca("intermediate"), KeyPair::generate().unwrap());
        let pem = params.signed_by(&key, &self.issuer).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// A serving certificate for `localhost`.
    pub(crate) fn serving(&self) -> Pair {
        self.serving_with(|_| ())
    }

    pub(crate) fn serving_with(&self, change: impl FnOnce(&mut CertificateParams)) -> Pair {
        self.issue(|params| {
            params.subject_alt_names = vec![rcgen::SanType::DnsName("localhost".try_into().unwrap())];
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
            change(params);
        })
    }

    /// A client certificate, as an API server has one.
    pub(crate) fn client(&self) -> Pair {
        self.issue(|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth])
    }

    fn issue(&self, change: impl FnOnce(&mut CertificateParams)) -> Pair {
        let mut params = named("leaf");
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        Pair { certificate: params.signed_by(&key, &self.issuer).unwrap().pem(), key: key.serialize_pem() }
    }
}

impl Pair {
    /// The certificate followed by this intermediate.
    pub(crate) fn followed_by(self, intermediate: &Authority) -> Self {
        Self { certificate: self.certificate + &intermediate.pem, ..self }
    }

    pub(crate) fn both(&self) -> (&str, &str) {
        (&self.certificate, &self.key)
    }
}

fn ca(name: &str) -> CertificateParams {
    let mut params = named(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}
