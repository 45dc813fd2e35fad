//! The certificate as JSON.

use crate::certify::Certificate;

/// The certificate as indented JSON with a line feed at its end.
#[must_use]
pub fn render(certificate: &Certificate) -> String {
    // Strings, numbers and lists only: there is nothing that could fail to be written.
    let mut text = serde_json::to_string_pretty(certificate).unwrap_or_default();
    text.push('\n');
    text
}
