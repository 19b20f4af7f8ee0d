//! Whatever is sent to the steps of signing in and to links is answered, and nobody gets in by it.

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use tributary_testkit::{Request, Shape, System, TRUST, form};

use crate::Cast;

/// Texts of all kinds, tokens that look right among them.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-9]{6}",
        "[A-Za-z0-9_-]{0,60}",
        "[A-Za-z0-9_-]{10,40}\\.[A-Za-z0-9_-]{10,40}\\.[A-Za-z0-9_-]{0,40}",
        Just("eyJhbGciOiJub25lIn0.eyJpc3MiOiJkZWUtZXByIn0.".to_owned()),
        "(GMC:|cis2:)?[0-9]{1,8}",
        "(https?|otpauth)://[a-z.]{1,20}/[a-z?=&]{0,20}",
        Just("x".repeat(70_000)),
    ]
}

const PATHS: [(&str, &str); 13] = [
    ("post", "/sign-in"),
    ("get", "/sign-in/code"),
    ("post", "/sign-in/code"),
    ("get", "/sign-in/enrol"),
    ("post", "/sign-in/enrol"),
    ("get", "/sign-in/with/"),
    ("get", "/sign-in/back/"),
    ("post", "/sign-in/ended/"),
    ("post", "/sign-in/again"),
    ("post", "/second-factor"),
    ("get", "/launch"),
    ("get", "/launch/open"),
    ("post", "/role"),
];

const FIELDS: [&str; 14] = [
    "name",
    "password",
    "code",
    "state",
    "error",
    "iss",
    "logout_token",
    "address",
    "answer",
    "emergency-reason",
    "link",
    "assignment",
    "part",
    "provider",
];

fn request() -> impl Strategy<Value = Request> {
    let field = (prop::sample::select(&FIELDS[..]), text());
    let cookie = prop_oneof![
        Just(String::new()),
        "tributary(-attempt|-link)?=[A-Za-z0-9_-]{0,50}",
        "[ -~]{0,60}",
    ];
    let fields = prop::collection::vec(field, 0..6);
    let path = prop::sample::select(&PATHS[..]);
    (path, text(), fields, cookie).prop_map(|((method, path), rest, fields, cookie)| {
        let pairs: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let mut path = path.to_owned();
        if path.ends_with('/') {
            let rest: String = rest.chars().take(300).collect();
            path.push_str(&form(&[("", &rest)])[1..]);
        }
        let request = if method == "get" {
            let query: String = form(&pairs).chars().take(8_000).collect();
            Request::get(format!("{path}?{query}"))
        } else {
            Request::form(path, &form(&pairs))
        };
        match cookie.as_str() {
            "" => request,
            cookie => request.with("cookie", cookie),
        }
    })
}

#[test]
fn no_rubbish_breaks_a_step_of_signing_in_or_lets_anybody_in() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let shape = Shape {
        systems: vec![System::of("dee-epr", TRUST).registered()],
        ..Shape::default()
    };
    let cast = runtime.block_on(Cast::under(shape));
    let config = Config {
        failure_persistence: None,
        ..Config::with_cases(600)
    };
    let tried = TestRunner::new(config).run(&request(), |request| {
        let answer = runtime.block_on(cast.region.client.sends(&request));
        prop_assert!(answer.status < 500, "{request:?}: {}", answer.text());
        for (name, value) in &answer.headers {
            let session = name == "set-cookie" && value.starts_with("tributary=");
            prop_assert!(
                !session || value.starts_with("tributary=;"),
                "{request:?}: {value}"
            );
        }
        Ok(())
    });
    tried.unwrap();
    let alive = runtime.block_on(cast.doctor.reads(cast.koepp));
    crate::is_the_record(&alive);
}
