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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::assets;

    async fn kept(path: &str, name: &str) -> String {
        let answer = show(Path(name.to_owned()), path.parse().unwrap())
            .await
            .unwrap();
        let kept = answer.headers().get(header::CACHE_CONTROL).unwrap();
        kept.to_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn an_asset_is_kept_for_ever_only_by_the_hash_in_its_address() {
        for asset in assets() {
            assert!(
                kept(&asset.url, asset.name).await.contains("immutable"),
                "{}",
                asset.name
            );
            let other = format!("/assets/{}?v=0", asset.name);
            assert_eq!(kept(&other, asset.name).await, "public, max-age=3600");
        }
        let none = show(
            Path("none.css".to_owned()),
            "/assets/none.css".parse().unwrap(),
        )
        .await;
        assert!(matches!(none, Err(WebError::NoSuchPage)));
    }
}
