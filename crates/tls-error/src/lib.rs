//! The reason of a failed TLS handshake, as a sentence for an operator.
//!
//! The texts of rustls repeat the names of its variants and times as seconds since 1970. Start at [`describe`].

use jiff::Timestamp;
use rustls::{AlertDescription, CertificateError, Error, PeerIncompatible};

/// The reason of a TLS error, without a full stop.
#[must_use]
pub fn describe(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(error) => certificate(error),
        Error::NoCertificatesPresented => "the server sent no certificate".to_owned(),
        Error::AlertReceived(description) => alert(*description),
        Error::InvalidMessage(_)
        | Error::InappropriateMessage { .. }
        | Error::InappropriateHandshakeMessage { .. }
        | Error::PeerSentOversizedRecord => "the answer of the server is not TLS".to_owned(),
        Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13) => {
            "the server supports neither TLS 1.2 nor TLS 1.3".to_owned()
        }
        Error::PeerIncompatible(_) | Error::NoApplicationProtocol => {
            "the server supports no common TLS parameters".to_owned()
        }
        Error::UnsupportedNameType => {
            "the name of the server is neither a DNS name nor an IP address".to_owned()
        }
        _ => "the server violated the TLS protocol".to_owned(),
    }
}

fn certificate(error: &CertificateError) -> String {
    match error {
        CertificateError::BadEncoding => "the certificate cannot be parsed".to_owned(),
        CertificateError::Expired => "the certificate is expired".to_owned(),
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("the certificate expired on {}", time(not_after.as_secs()))
        }
        CertificateError::NotValidYet => "the certificate is not valid yet".to_owned(),
        CertificateError::NotValidYetContext { not_before, .. } => format!(
            "the certificate is not valid before {}",
            time(not_before.as_secs())
        ),
        CertificateError::Revoked => "the certificate is revoked".to_owned(),
        CertificateError::UnknownIssuer => {
            "the certificate is signed by an unknown authority".to_owned()
        }
        CertificateError::BadSignature => {
            "the signature of the certificate does not match the CA".to_owned()
        }
        CertificateError::NotValidForName => {
            "the certificate is not valid for this name".to_owned()
        }
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => other_name(&expected.to_str(), presented),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "the certificate is not for servers (extended key usage)".to_owned()
        }
        CertificateError::UnhandledCriticalExtension => {
            "the certificate has an unknown critical extension".to_owned()
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "the signature algorithm of the certificate is not supported".to_owned()
        }
        CertificateError::Other(other) => chain(other.0.downcast_ref::<webpki::Error>()).to_owned(),
        _ => "the certificate cannot be verified".to_owned(),
    }
}

/// The violations of a certificate chain that rustls has no variant for.
fn chain(error: Option<&webpki::Error>) -> &'static str {
    use webpki::Error;
    match error {
        Some(Error::CaUsedAsEndEntity) => {
            "the server presents a CA certificate as its own: it needs a certificate that this CA signed"
        }
        Some(Error::EndEntityUsedAsCa) => {
            "the certificate is signed by a certificate that is no CA"
        }
        Some(Error::UnsupportedCertVersion) => {
            "the certificate is not an X.509 certificate of version 3"
        }
        Some(Error::NameConstraintViolation) => "the CA may not sign certificates for this name",
        Some(Error::PathLenConstraintViolated) => {
            "the certificate chain is longer than its CA allows"
        }
        Some(Error::UnsupportedCriticalExtension) => {
            "the certificate has an unknown critical extension"
        }
        _ => "the certificate chain cannot be verified",
    }
}

fn other_name(expected: &str, presented: &[String]) -> String {
    // A name is written as its type and value: `DnsName("east.example")`.
    let name = |text: &String| match text.split_once('(') {
        Some((_, value)) => value.trim_end_matches(')').trim_matches('"').to_owned(),
        None => text.clone(),
    };
    let names: Vec<String> = presented.iter().map(name).collect();
    if names.is_empty() {
        return format!("the certificate is not valid for {expected}: it contains no names");
    }
    format!(
        "the certificate is not valid for {expected}, only for {}",
        names.join(", ")
    )
}

fn alert(description: AlertDescription) -> String {
    match description {
        AlertDescription::CertificateRequired => "the server requires a client certificate",
        AlertDescription::BadCertificate
        | AlertDescription::UnknownCA
        | AlertDescription::CertificateUnknown
        | AlertDescription::CertificateExpired => "the server rejected the client certificate",
        AlertDescription::UnrecognisedName => "the server does not serve this name",
        AlertDescription::ProtocolVersion => "the server supports neither TLS 1.2 nor TLS 1.3",
        AlertDescription::HandshakeFailure => "the server supports no common TLS parameters",
        _ => "the server ended the TLS handshake",
    }
    .to_owned()
}

fn time(seconds: u64) -> String {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    let time = Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::OtherError;
    use rustls_pki_types::{ServerName, UnixTime};
    use std::{sync::Arc, time::Duration};

    fn text(error: CertificateError) -> String {
        describe(&Error::InvalidCertificate(error))
    }

    #[test]
    fn a_ca_certificate_of_a_server_is_named() {
        let error = OtherError(Arc::new(webpki::Error::CaUsedAsEndEntity));
        assert_eq!(
            text(CertificateError::Other(error)),
            "the server presents a CA certificate as its own: it needs a certificate that this CA signed"
        );
    }

    #[test]
    fn a_certificate_for_another_name_lists_its_names() {
        let expected = ServerName::try_from("west.example").expect("a name");
        let error = CertificateError::NotValidForNameContext {
            expected,
            presented: vec![
                "DnsName(\"east.example\")".to_owned(),
                "IpAddress(10.0.0.1)".to_owned(),
            ],
        };
        assert_eq!(
            text(error),
            "the certificate is not valid for west.example, only for east.example, 10.0.0.1"
        );
    }

    #[test]
    fn an_expired_certificate_has_its_date() {
        let at = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let error = CertificateError::ExpiredContext {
            time: at(1_800_000_000),
            not_after: at(1_700_000_000),
        };
        assert_eq!(
            text(error),
            "the certificate expired on 2023-11-14 22:13 UTC"
        );
    }

    #[test]
    fn no_text_repeats_the_name_of_a_variant() {
        let errors = [
            Error::InvalidCertificate(CertificateError::UnknownIssuer),
            Error::InvalidCertificate(CertificateError::InvalidPurpose),
            Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType),
            Error::AlertReceived(AlertDescription::HandshakeFailure),
            Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13),
        ];
        for error in errors {
            let text = describe(&error);
            let is_camel_case = |word: &str| {
                let after_first = word.get(1..).unwrap_or_default();
                after_first.contains(|c: char| c.is_ascii_uppercase()) && word != "TLS"
            };
            assert!(!text.split(' ').any(is_camel_case), "{text}");
        }
    }
}
