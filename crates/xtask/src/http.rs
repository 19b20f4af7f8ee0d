//! The little HTTP that checks need: one request, one answer, one connection.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use crate::shell::{OrSay, Outcome};

/// How long an answer may take, also while the server is being traced.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request to a server on this machine.
pub(crate) struct Request<'a> {
    /// `GET` or `POST`.
    pub(crate) method: &'a str,
    /// Path.
    pub(crate) path: &'a str,
    /// Further headers, each whole.
    pub(crate) headers: &'a [String],
    /// Body; a form, where no header says otherwise.
    pub(crate) body: &'a str,
}

/// What came back.
pub(crate) struct Answer {
    /// Status.
    pub(crate) status: u16,
    head: String,
}

impl Answer {
    /// The value of a header.
    pub(crate) fn header(&self, wanted: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case(wanted).then_some(value.trim())
        })
    }
}

/// Asks and waits for the whole answer.
pub(crate) fn ask(port: u16, request: &Request<'_>) -> Outcome<Answer> {
    let doing = || format!("asking {} {}", request.method, request.path);
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).or_say(doing)?;
    stream.set_read_timeout(Some(PATIENCE)).or_say(doing)?;
    let mut text = format!(
        "{} {} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nContent-Length: {}\r\n",
        request.method,
        request.path,
        request.body.len()
    );
    let typed = |line: &String| line.to_ascii_lowercase().starts_with("content-type:");
    if !request.headers.iter().any(typed) {
        text += "Content-Type: application/x-www-form-urlencoded\r\n";
    }
    for header in request.headers {
        text += header;
        text += "\r\n";
    }
    text += "\r\n";
    text += request.body;
    stream.write_all(text.as_bytes()).or_say(doing)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).or_say(doing)?;
    let answer = String::from_utf8_lossy(&answer);
    let head = answer
        .split("\r\n\r\n")
        .next()
        .unwrap_or_default()
        .to_owned();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .ok_or_else(|| format!("{}: no HTTP came back", doing()))?;
    Ok(Answer { status, head })
}

/// A value in a form's body.
pub(crate) fn escaped(value: &str) -> String {
    let escape = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    value.bytes().map(escape).collect()
}
