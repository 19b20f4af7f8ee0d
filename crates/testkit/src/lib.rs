//! What tests share: a clock that tests move, one-line apps, an HTTP client.
