//! HTTP at the edge: the clinician's pages, the privacy officer's lists, the FHIR API and the
//! feeds' door.
//!
//! A handler asks the gatekeeper and renders what it is told; it decides nothing. There is no way
//! to the store or the rules from here, so whatever a page shows came out of a disclosure.

mod assets;
mod endpoints;
mod error;
mod export;
mod form;
mod headers;
mod limits;
mod listening;
mod pages;
mod respond;
mod routes;
pub mod samples;
mod session;
mod site;
mod tls;
mod words;

pub use assets::{Asset, assets};
pub use routes::{ROUTES, Route, Who};
pub use site::{WebSettings, app, serve, serve_tls};
pub use tls::{Certificates, TlsFault};
