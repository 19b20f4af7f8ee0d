//! The server: what its handlers share, how it is put together and how it stops.

use std::{future::Future, sync::Arc};

use axum::{Router, extract::DefaultBodyLimit, middleware};
use tower_http::csrf::CsrfLayer;
use tributary_gatekeeper::{Gatekeeper, SignedIn};
use tributary_intake::Door;
use tributary_model::Clock;

use crate::{
    headers, limits,
    listening::{PlainListener, TlsListener},
    pages::Frame,
    routes,
    session::Peer,
    tls::Certificates,
};

/// What an operator settles for the pages.
#[derive(Clone, Debug)]
pub struct WebSettings {
    /// Whether people reach the pages over TLS; cookies are then `Secure` and `__Host-`.
    pub tls: bool,
    /// Whether a proxy stands in front, which tells from where people come.
    pub proxied: bool,
    /// A line at the top of every page, such as “Demonstration: every person here is invented”.
    pub notice: Option<String>,
    /// Who answers for the record, as the privacy notice names them.
    pub controller: String,
    /// The time that pages show and count from.
    pub clock: Clock,
}

/// What every handler has.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) gate: Gatekeeper,
    pub(crate) door: Door,
    pub(crate) settings: Arc<WebSettings>,
}

impl Site {
    /// What stands around a page of a person who is signed in.
    pub(crate) fn frame(&self, signed_in: &SignedIn) -> Frame {
        Frame::of(
            signed_in,
            self.settings.notice.clone(),
            self.settings.clock.now(),
        )
    }

    /// What stands around a page that is the same for everybody.
    pub(crate) fn frame_for_nobody(&self) -> Frame {
        Frame::for_nobody(self.settings.notice.clone(), self.settings.clock.now())
    }
}

/// All routes with their protection: request forgery, sizes, and the headers of every answer.
pub fn app(gatekeeper: Gatekeeper, door: Door, settings: WebSettings) -> Router {
    let site = Site {
        gate: gatekeeper,
        door,
        settings: Arc::new(settings),
    };
    routes::router()
        .layer(DefaultBodyLimit::max(limits::FORM_BYTES))
        .layer(CsrfLayer::new())
        .layer(middleware::from_fn_with_state(
            site.clone(),
            headers::on_every_answer,
        ))
        .with_state(site)
}

/// Serves until `shutdown` resolves, then lets the requests in hand finish.
pub async fn serve(
    listener: tokio::net::TcpListener,
    app: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let app = app.into_make_service_with_connect_info::<Peer>();
    axum::serve(PlainListener(listener), app)
        .with_graceful_shutdown(shutdown)
        .await
}

/// The same over TLS.
pub async fn serve_tls(
    listener: tokio::net::TcpListener,
    certificates: Arc<Certificates>,
    app: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let app = app.into_make_service_with_connect_info::<Peer>();
    axum::serve(TlsListener::new(listener, certificates), app)
        .with_graceful_shutdown(shutdown)
        .await
}
