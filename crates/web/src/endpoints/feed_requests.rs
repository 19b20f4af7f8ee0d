//! `GET /feeds/{ods}/requests`: what a feed is asked for: all it holds, after somebody opted back in.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::{Value, json};
use tributary_intake::DoorError;
use tributary_model::OdsCode;

use super::submissions::{bearer, json, refused};
use crate::site::Site;

/// Whether a full resend is asked for, since when and for how many people's sake. Whom it is about
/// is not said, and not known: of them nothing was kept.
pub(crate) async fn show(
    State(site): State<Site>,
    Path(ods): Path<String>,
    headers: HeaderMap,
) -> Response {
    let (Ok(source), Some(credential)) = (ods.parse::<OdsCode>(), bearer(&headers)) else {
        return refused(&DoorError::Credential);
    };
    match site.door.asked_for(&source, credential).await {
        Ok(asked) => {
            let resend = asked.map_or(
                Value::Null,
                |asked| json!({ "since": asked.since.rfc3339(), "people": asked.people }),
            );
            let words = json!({ "full_resend": resend });
            json(StatusCode::OK, words.to_string())
        }
        Err(error) => refused(&error),
    }
}
