//! `POST /feeds/{ods}/submissions`: a feed hands over a file, with its own credential.

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use tributary_model::OdsCode;

use crate::{Delivery, DoorError, Receipt, limits, site::Site};

/// Acknowledges with 202 when the bytes are durable, or with 200 when they were here before.
///
/// The file's name in its snapshot comes in `File-Name`; the media type says NDJSON or Bundle.
pub(crate) async fn submit(
    State(site): State<Site>,
    Path(ods): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let (Ok(source), Some(credential)) = (ods.parse::<OdsCode>(), bearer(&headers)) else {
        return refused(&DoorError::NotKnown);
    };
    let delivery = Delivery {
        source,
        credential: credential.to_owned(),
        content_type: text(&headers, &header::CONTENT_TYPE)
            .unwrap_or_default()
            .to_owned(),
        file_name: text(&headers, &HeaderName::from_static("file-name")).map(str::to_owned),
        limit: limits::SUBMISSION_BYTES,
        body: body.into_data_stream(),
    };
    match site.door.deliver(delivery).await {
        Ok(Receipt { submission, repeat }) => {
            let status = if repeat {
                StatusCode::OK
            } else {
                StatusCode::ACCEPTED
            };
            let receipt = serde_json::json!({ "submission": submission, "repeat": repeat });
            json(status, receipt.to_string())
        }
        Err(error) => refused(&error),
    }
}

fn refused(error: &DoorError) -> Response {
    let status = match error {
        DoorError::NotKnown => StatusCode::UNAUTHORIZED,
        DoorError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        DoorError::NotReadable(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        DoorError::BrokenOff => StatusCode::BAD_REQUEST,
        DoorError::Failed(cause) => {
            tracing::error!(%cause, "a submission was not kept");
            StatusCode::SERVICE_UNAVAILABLE
        }
    };
    json(
        status,
        serde_json::json!({ "error": error.to_string() }).to_string(),
    )
}

fn json(status: StatusCode, body: String) -> Response {
    let json_type = HeaderValue::from_static("application/json");
    (status, [(header::CONTENT_TYPE, json_type)], body).into_response()
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, credential) = text(headers, &header::AUTHORIZATION)?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(credential.trim())
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}
