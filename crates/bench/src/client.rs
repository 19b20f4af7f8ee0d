//! A small HTTP client: one connection kept open, as little work as possible for each answer.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, bail};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// A connection.
pub(crate) struct Client {
    stream: TcpStream,
    host: SocketAddr,
    read: Vec<u8>,
}

/// An answer: its status, a cookie it set, and how long its body is.
pub(crate) struct Answer {
    pub status: u16,
    pub cookie: Option<String>,
    pub bytes: usize,
}

impl Client {
    pub(crate) async fn connect(host: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            host,
            read: Vec::with_capacity(1 << 20),
        })
    }

    pub(crate) async fn get(&mut self, path: &str, cookie: &str) -> Result<Answer> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\n\r\n",
            self.host
        );
        self.ask(request.as_bytes()).await
    }

    pub(crate) async fn post(&mut self, path: &str, cookie: &str, form: &str) -> Result<Answer> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\
             Origin: http://{host}\r\nSec-Fetch-Site: same-origin\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len(),
            host = self.host
        );
        self.ask(request.as_bytes()).await
    }

    async fn ask(&mut self, request: &[u8]) -> Result<Answer> {
        self.stream.write_all(request).await?;
        self.read.clear();
        let (head, length) = loop {
            self.more().await?;
            if let Some(end) = memchr::memmem::find(&self.read, b"\r\n\r\n") {
                let head = self.read.get(..end).unwrap_or_default();
                let head = String::from_utf8_lossy(head).into_owned();
                break (head, end + 4);
            }
        };
        let header = |name: &str| {
            head.lines()
                .filter_map(|line| line.split_once(": "))
                .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then(|| value.to_owned()))
        };
        let bytes: usize = match header("content-length") {
            Some(length) => length.parse()?,
            None => bail!("an answer without a length: {head}"),
        };
        while self.read.len() < length + bytes {
            self.more().await?;
        }
        let status = head
            .get(9..12)
            .and_then(|status| status.parse().ok())
            .context("a status")?;
        let cookie =
            header("set-cookie").and_then(|cookie| cookie.split(';').next().map(str::to_owned));
        Ok(Answer {
            status,
            cookie,
            bytes,
        })
    }

    async fn more(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.read).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}
