//! Reading forms, queries and addresses, with one plain answer when they cannot be read.

use axum::{
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::request::Parts,
};
use serde::de::DeserializeOwned;
use tributary_model::{AccessNumber, Address, IdentityId};

use crate::{error::WebError, site::Site};

/// A posted form.
pub(crate) struct Form<T>(pub(crate) T);

/// A query. What is not understood in it is as if it were not there.
pub(crate) struct Query<T>(pub(crate) T);

/// The patient of an address, with what follows the patient in it.
pub(crate) struct Patient<R = ()>(pub(crate) Address, pub(crate) R);

/// The audit line of an address.
pub(crate) struct Access(pub(crate) AccessNumber);

impl FromRequestParts<Site> for Access {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, WebError> {
        let Path(number) = Path::<i64>::from_request_parts(parts, site)
            .await
            .map_err(|_| WebError::NoSuchPage)?;
        Ok(Self(AccessNumber(number)))
    }
}

impl<T: DeserializeOwned> FromRequest<Site> for Form<T> {
    type Rejection = WebError;

    async fn from_request(request: Request, site: &Site) -> Result<Self, WebError> {
        let form = axum::Form::<T>::from_request(request, site).await;
        form.map(|form| Self(form.0))
            .map_err(|_| WebError::NotReadable)
    }
}

impl<T: DeserializeOwned + Default + Send> FromRequestParts<Site> for Query<T> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, WebError> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, site).await;
        Ok(Self(query.map(|query| query.0).unwrap_or_default()))
    }
}

impl FromRequestParts<Site> for Patient {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, WebError> {
        let Path(identity) = Path::<i64>::from_request_parts(parts, site)
            .await
            .map_err(|_| WebError::NoSuchPage)?;
        Ok(Self(Address(IdentityId(identity)), ()))
    }
}

impl FromRequestParts<Site> for Patient<String> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, WebError> {
        let Path((identity, rest)) = Path::<(i64, String)>::from_request_parts(parts, site)
            .await
            .map_err(|_| WebError::NoSuchPage)?;
        Ok(Self(Address(IdentityId(identity)), rest))
    }
}

/// The number that a path names.
pub(crate) struct Numbered(pub(crate) i64);

/// The code that a path names.
pub(crate) struct Named(pub(crate) String);

impl FromRequestParts<Site> for Numbered {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, WebError> {
        let number = Path::<i64>::from_request_parts(parts, site).await;
        number
            .map(|Path(number)| Self(number))
            .map_err(|_| WebError::NoSuchPage)
    }
}

impl FromRequestParts<Site> for Named {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, WebError> {
        let name = Path::<String>::from_request_parts(parts, site).await;
        name.map(|Path(name)| Self(name))
            .map_err(|_| WebError::NoSuchPage)
    }
}
