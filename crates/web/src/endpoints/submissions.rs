//! `POST /feeds/{ods}/submissions`: a feed hands over a file, with its own credential.

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::StreamExt;
use tributary_intake::{Door, DoorError, Receipt};
use tributary_model::OdsCode;

use crate::site::Site;

/// Acknowledges with 202 when the bytes are durable, or with 200 when they were here before.
pub(crate) async fn submit(
    State(site): State<Site>,
    Path(ods): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let (Ok(source), Some(credential)) = (ods.parse::<OdsCode>(), bearer(&headers)) else {
        return refused(&DoorError::Credential);
    };
    let content_type = text(&headers, &header::CONTENT_TYPE).unwrap_or_default();
    match receive(&site.door, &source, credential, content_type, body).await {
        Ok(Some(receipt)) => acknowledged(&receipt),
        Ok(None) => told(StatusCode::BAD_REQUEST, "the submission broke off"),
        Err(error) => refused(&error),
    }
}

/// Hands the bytes over as they come; `None` when they broke off before the end.
async fn receive(
    door: &Door,
    source: &OdsCode,
    credential: &str,
    content_type: &str,
    body: Body,
) -> Result<Option<Receipt>, DoorError> {
    let mut delivery = door.begin(source, credential, content_type).await?;
    let mut bytes = body.into_data_stream();
    while let Some(part) = bytes.next().await {
        let Ok(part) = part else {
            delivery.abandon();
            return Ok(None);
        };
        if let Err(error) = delivery.write(&part) {
            delivery.abandon();
            return Err(error);
        }
    }
    door.finish(delivery).await.map(Some)
}

fn acknowledged(receipt: &Receipt) -> Response {
    let Receipt {
        submission,
        name,
        repeat,
    } = receipt;
    let status = if *repeat {
        StatusCode::OK
    } else {
        StatusCode::ACCEPTED
    };
    let words = serde_json::json!({ "submission": submission, "name": name, "repeat": repeat });
    json(status, words.to_string())
}

pub(super) fn refused(error: &DoorError) -> Response {
    let status = match error {
        DoorError::Credential => StatusCode::UNAUTHORIZED,
        DoorError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        DoorError::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        DoorError::Store(cause) => {
            tracing::error!(%cause, "a submission was not kept");
            return told(
                StatusCode::SERVICE_UNAVAILABLE,
                "the submission could not be kept",
            );
        }
    };
    told(status, &error.to_string())
}

pub(super) fn told(status: StatusCode, error: &str) -> Response {
    json(status, serde_json::json!({ "error": error }).to_string())
}

pub(super) fn json(status: StatusCode, body: String) -> Response {
    let json_type = HeaderValue::from_static("application/json");
    (status, [(header::CONTENT_TYPE, json_type)], body).into_response()
}

pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, credential) = text(headers, &header::AUTHORIZATION)?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(credential.trim())
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}
