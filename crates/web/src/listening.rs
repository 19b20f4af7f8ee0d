//! The listeners: plain, and with handshakes that do not let one client hold up another.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::serve::Listener;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::{limits, tls::Certificates};

/// A listener in clear: for this machine, or behind a proxy.
pub(crate) struct PlainListener(pub(crate) TcpListener);

impl Listener for PlainListener {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, peer) = Listener::accept(&mut self.0).await;
        without_delay(&stream);
        (stream, peer)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

/// A listener whose connections have shaken hands.
pub(crate) struct TlsListener {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
    shaking: JoinSet<Option<(TlsStream<TcpStream>, SocketAddr)>>,
}

impl TlsListener {
    pub(crate) fn new(tcp: TcpListener, certificates: Arc<Certificates>) -> Self {
        Self {
            tcp,
            acceptor: TlsAcceptor::from(Arc::new(certificates.server())),
            shaking: JoinSet::new(),
        }
    }

    fn shake(&mut self, stream: TcpStream, peer: SocketAddr) {
        let acceptor = self.acceptor.clone();
        self.shaking.spawn(async move {
            without_delay(&stream);
            let shaken = tokio::time::timeout(limits::HANDSHAKE_WITHIN, acceptor.accept(stream));
            match shaken.await {
                Ok(Ok(stream)) => Some((stream, peer)),
                Ok(Err(error)) => {
                    tracing::debug!(%error, "a handshake failed");
                    None
                }
                Err(_) => None,
            }
        });
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            tokio::select! {
                Some(shaken) = self.shaking.join_next() => {
                    if let Ok(Some(ready)) = shaken {
                        return ready;
                    }
                }
                came = self.tcp.accept(), if self.shaking.len() < limits::HANDSHAKES_AT_ONCE => {
                    match came {
                        Ok((stream, peer)) => self.shake(stream, peer),
                        Err(error) => {
                            // Most likely there are too many open files; some will be closed.
                            tracing::error!(%error, "a connection could not be taken");
                            tokio::time::sleep(Duration::from_secs(1)).await;
                        }
                    }
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.tcp.local_addr()
    }
}

/// A page is written in a few pieces; none of them waits for the one before to be acknowledged.
fn without_delay(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection writes with delay");
    }
}
