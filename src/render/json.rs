//! The certificate as JSON.

use crate::certify::Certificate;

/// The certificate as indented JSON with a line feed at its end.
#[must_use]
pub fn render(certificate: &Certificate) -> String {
    certificate.to_json()
}
