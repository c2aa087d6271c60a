//! The addresses of podwright's pages.

use crate::inject::warnings::REASONS_PAGE as REASONS;

/// Returns the address of the page about a reason.
pub(in crate::cli) fn of_code(code: &str) -> String {
    format!("{}#{}", REASONS, code.to_lowercase())
}
