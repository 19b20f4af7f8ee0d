//! `GET /assets/{name}`: style sheets, script and icon.

use axum::{
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::{assets, error::WebError};

/// One asset. Pages name it with the hash of its content, so it may be kept for ever; the script's
/// own import names it without, so that is kept for an hour.
pub(crate) async fn show(
    Path(name): Path<String>,
    uri: axum::http::Uri,
) -> Result<Response, WebError> {
    let asset = assets::named(&name).ok_or(WebError::NoSuchPage)?;
    let hashed = uri
        .path_and_query()
        .is_some_and(|path| path.as_str() == asset.url);
    let keep = if hashed {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=3600"
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(asset.media_type),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static(keep)),
    ];
    Ok((headers, asset.bytes).into_response())
}
