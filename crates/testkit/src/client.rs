//! A small HTTP client, and a browser: a client that keeps its cookie.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    net::SocketAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tributary_model::Address;

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// What came back: every byte of it but the date.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers in the order they came, names in lower case, without the date.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// A client of one server. A connection is made for each request.
#[derive(Clone, Copy, Debug)]
pub struct Client(pub SocketAddr);

/// A client that keeps its cookies.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Request {
    /// `GET`.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new("GET", path.into(), Vec::new())
    }

    /// `POST` with a body of a type.
    pub fn post(path: impl Into<String>, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::new("POST", path.into(), body.into()).with("content-type", media_type)
    }

    /// `POST` of a form of the site itself.
    pub fn form(path: impl Into<String>, fields: &str) -> Self {
        Self::post(path, "application/x-www-form-urlencoded", fields)
            .with("sec-fetch-site", "same-origin")
    }

    /// One more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn new(method: &'static str, path: String, body: Vec<u8>) -> Self {
        Self {
            method,
            path,
            headers: Vec::new(),
            body,
        }
    }
}

/// Fields as a form sends them.
#[must_use]
pub fn form(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| {
        text.bytes().fold(String::new(), |mut out, byte| {
            if byte.is_ascii_alphanumeric() || byte == b'-' {
                out.push(char::from(byte));
            } else {
                let _ = write!(out, "%{byte:02X}");
            }
            out
        })
    };
    let pairs = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

impl Client {
    /// Sends a request; fails the test when no answer comes.
    pub async fn sends(self, request: &Request) -> Answer {
        self.tries(request).await.expect("the server answers")
    }

    /// Sends a request to a server that may be killed meanwhile.
    pub async fn tries(self, request: &Request) -> Option<Answer> {
        let mut stream = TcpStream::connect(self.0).await.ok()?;
        let Request {
            method,
            path,
            headers,
            body,
        } = request;
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.0);
        for (name, value) in headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let _ = write!(
            head,
            "connection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.ok()?;
        // A server that has heard enough answers and closes: the answer counts.
        let _ = stream.write_all(body).await;
        let mut raw = Vec::new();
        let _ = stream.read_to_end(&mut raw).await;
        Answer::read(&raw)
    }
}

impl Answer {
    /// A whole answer; nothing if it was cut off.
    fn read(raw: &[u8]) -> Option<Self> {
        let end = raw.windows(4).position(|four| four == b"\r\n\r\n")?;
        let (head, body) = raw.split_at_checked(end)?;
        let body = body.get(4..)?.to_vec();
        let head = String::from_utf8_lossy(head);
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let pairs = lines.filter_map(|line| line.split_once(": "));
        let headers = pairs.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
        let headers: Vec<_> = headers.filter(|(name, _)| name != "date").collect();
        let answer = Self {
            status,
            headers,
            body,
        };
        if answer.header("transfer-encoding") == "chunked" {
            return answer.put_together();
        }
        let length = answer.header("content-length").parse::<usize>();
        length
            .is_ok_and(|length| length == answer.body.len())
            .then_some(answer)
    }

    /// An answer that came in parts; nothing if the last of them did not come.
    fn put_together(mut self) -> Option<Self> {
        let mut rest = std::mem::take(&mut self.body);
        loop {
            let end = rest.windows(2).position(|two| two == b"\r\n")?;
            let size = std::str::from_utf8(rest.get(..end)?).ok()?;
            let size = usize::from_str_radix(size, 16).ok()?;
            let part = rest.get(end + 2..end + 2 + size)?;
            if size == 0 {
                return Some(self);
            }
            self.body.extend_from_slice(part);
            rest = rest.get(end + 2 + size + 2..)?.to_vec();
        }
    }

    /// A header; empty if there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(other, _)| other == name);
        found.map_or("", |(_, value)| value)
    }

    /// Where it sends the browser; empty if nowhere.
    #[must_use]
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// The body as text, entities for quotation marks resolved.
    #[must_use]
    pub fn text(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        text.replace("&#39;", "'")
            .replace("&#34;", "\"")
            .replace("&quot;", "\"")
    }

    /// Whether the words stand in its body.
    #[must_use]
    pub fn says(&self, words: &str) -> bool {
        self.text().contains(words)
    }

    /// Whether the words stand anywhere in it: headers or body.
    #[must_use]
    pub fn carries(&self, words: &str) -> bool {
        self.says(words) || self.headers.iter().any(|(_, value)| value.contains(words))
    }

    /// The addresses it links to that hold these words.
    #[must_use]
    pub fn links(&self, words: &str) -> Vec<String> {
        let text = self.text();
        let links = text
            .split("href=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        links
            .filter(|link| link.contains(words))
            .map(str::to_owned)
            .collect()
    }
}

impl Browser {
    pub(crate) const fn new(client: Client) -> Self {
        Self {
            client,
            cookies: Mutex::new(BTreeMap::new()),
        }
    }

    /// A browser with cookies from elsewhere: `name=value; name=value`.
    #[must_use]
    pub fn with_cookie(client: Client, cookies: impl AsRef<str>) -> Self {
        let browser = Self::new(client);
        for pair in cookies.as_ref().split("; ") {
            browser.keep(pair);
        }
        browser
    }

    /// The cookies it keeps: `name=value; name=value`.
    #[must_use]
    pub fn cookie(&self) -> String {
        let pairs = self.cookies();
        let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// Sends a request with the cookies, and keeps those that come back.
    pub async fn sends(&self, request: Request) -> Answer {
        let answer = self.client.sends(&self.dressed(request)).await;
        for (name, value) in &answer.headers {
            if name == "set-cookie" {
                self.keep(value.split(';').next().unwrap_or_default());
            }
        }
        answer
    }

    /// Keeps a cookie; one without a value is forgotten.
    fn keep(&self, pair: &str) {
        match pair.split_once('=') {
            Some((name, "")) => self.cookies().remove(name),
            Some((name, value)) => self.cookies().insert(name.to_owned(), value.to_owned()),
            None => None,
        };
    }

    fn cookies(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a request with the cookie to a server that may be killed meanwhile.
    pub async fn tries(&self, request: Request) -> Option<Answer> {
        self.client.tries(&self.dressed(request)).await
    }

    fn dressed(&self, request: Request) -> Request {
        match self.cookie() {
            none if none.is_empty() => request,
            cookie => request.with("cookie", &cookie),
        }
    }

    /// Opens a page.
    pub async fn gets(&self, path: impl Into<String>) -> Answer {
        self.sends(Request::get(path)).await
    }

    /// Sends a form.
    pub async fn posts(&self, path: impl Into<String>, fields: &[(&str, &str)]) -> Answer {
        self.sends(Request::form(path, &form(fields))).await
    }

    /// Opens a patient's record, or goes on with it.
    pub async fn opens(&self, patient: Address) -> Answer {
        self.gets(format!("/patients/{}/record", patient.0.0)).await
    }

    /// Opens the consent screen.
    pub async fn is_asked(&self, patient: Address) -> Answer {
        self.gets(permission(patient)).await
    }

    /// Sends the consent screen with these fields, treating the patient today.
    pub async fn answers(&self, patient: Address, fields: &[(&str, &str)]) -> Answer {
        let mut all = vec![("sent", "1"), ("part", "treating")];
        all.extend_from_slice(fields);
        self.posts(permission(patient), &all).await
    }

    /// Opens the record with the patient's permission for today; the page that comes.
    pub async fn reads(&self, patient: Address) -> Answer {
        let answer = self.answers(patient, &[("answer", "today")]).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let record = self.opens(patient).await;
        assert_eq!(record.status, 200, "{}", record.text());
        record
    }

    /// The patient says no on the open record.
    pub async fn is_told_no(&self, patient: Address) -> Answer {
        self.posts(format!("/patients/{}/record/say-no", patient.0.0), &[])
            .await
    }
}

fn permission(patient: Address) -> String {
    format!("/patients/{}/permission", patient.0.0)
}
