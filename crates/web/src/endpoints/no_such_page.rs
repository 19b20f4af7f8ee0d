//! Any other path.

use crate::error::WebError;

/// There is no such page.
pub(crate) async fn show() -> WebError {
    WebError::NoSuchPage
}
