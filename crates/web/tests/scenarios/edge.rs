//! The edge: forms that lack something, forged requests, headers, and rubbish.

use std::fmt::Write as _;

use tributary_testkit::{Answer, Request, form};
use tributary_web::ROUTES;

use crate::{Cast, is_the_question, is_the_record, lines, says_nothing};

#[tokio::test]
async fn a_form_that_lacks_something_says_what() {
    let cast = Cast::new().await;
    for (fields, words) in [
        (
            &[("sent", "1"), ("answer", "today")][..],
            "Choose your part in their care today",
        ),
        (
            &[("sent", "1"), ("part", "treating")],
            "Choose what the patient answered",
        ),
        (
            &[("sent", "1"), ("part", "treating"), ("answer", "perhaps")],
            "Choose what the patient",
        ),
        (
            &[("sent", "1"), ("part", "treating"), ("answer", "emergency")],
            "Say why you need",
        ),
        (
            &[
                ("sent", "1"),
                ("part", "treating"),
                ("answer", "emergency"),
                ("emergency-reason", " \t"),
            ],
            "Say why you need the record at once",
        ),
        (
            &[("sent", "1"), ("part", "treating"), ("answer", "legal")],
            "Choose the legal reason",
        ),
        (
            &[
                ("sent", "1"),
                ("part", "treating"),
                ("answer", "legal"),
                ("legal-reason", "protection"),
            ],
            "Say in your words why this reason applies",
        ),
        (
            &[("sent", "1"), ("part", "nosy"), ("answer", "today")],
            "Choose your part in their care",
        ),
    ] {
        let path = format!("/patients/{}/permission", cast.koepp.0.0);
        let answer = cast.doctor.posts(path, fields).await;
        is_the_question(&answer);
        assert_eq!(answer.status, 422, "{words}");
        assert!(
            answer.says("There is a problem") && answer.says(words),
            "{words}"
        );
        assert!(answer.says("<title>Error: "), "{words}");
    }
    is_the_question(&cast.doctor.opens(cast.koepp).await);
}

#[tokio::test]
async fn what_was_typed_comes_back_as_text_and_never_as_a_page() {
    let cast = Cast::new().await;
    let reason = "<script>alert(1)</script>\"'><img src=x>";
    let fields = [
        ("sent", "1"),
        ("answer", "emergency"),
        ("emergency-reason", reason),
    ];
    let path = format!("/patients/{}/permission", cast.koepp.0.0);
    let answer = cast.doctor.posts(path, &fields).await;
    assert_eq!(answer.status, 422);
    assert!(
        !answer.says("<script>alert") && !answer.says("<img src=x"),
        "{}",
        answer.text()
    );
    let search = [
        ("family-name", reason),
        ("day", "9"),
        ("month", "7"),
        ("year", "1954"),
    ];
    let answer = cast.doctor.posts("/find", &search).await;
    assert!(
        !answer.says("<script>alert") && !answer.says("<img src=x"),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn another_site_cannot_send_a_form() {
    let cast = Cast::new().await;
    cast.doctor.reads(cast.koepp).await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://elsewhere.example"),
        ("origin", "null"),
    ] {
        for route in ROUTES.iter().filter(|route| route.method == "post") {
            if route.path.starts_with("/feeds") {
                continue;
            }
            let path = lines::path(route, cast.koepp, &cast);
            let body = "sent=1&answer=no&name=doctor&password=x&assignment=0";
            let forged = Request::post(path, "application/x-www-form-urlencoded", body);
            let answer = cast.doctor.sends(forged.with(name, value)).await;
            assert_eq!(answer.status, 403, "{name} {value}: {}", route.path);
            assert!(answer.header("set-cookie").is_empty(), "{}", route.path);
        }
    }
    is_the_record(&cast.doctor.opens(cast.koepp).await);
}

/// What every answer carries, whatever it says.
fn is_protected(answer: &Answer, what: &str) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-embedder-policy", "require-corp"),
        ("x-robots-tag", "noindex, nofollow"),
    ] {
        assert_eq!(answer.header(name), value, "{what}");
    }
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("default-src 'none'"), "{what}: {policy}");
    assert!(
        policy.contains("frame-ancestors 'none'") || policy.starts_with("sandbox"),
        "{what}"
    );
    assert!(
        !policy.contains("unsafe-eval") && !policy.contains("script-src 'unsafe"),
        "{what}"
    );
    let kept = what.contains("/assets/") && answer.status == 200;
    assert!(
        kept || answer.header("cache-control") == "no-store",
        "{what}"
    );
    assert!(answer.header("server").is_empty(), "{what}");
}

#[tokio::test]
async fn every_answer_of_every_route_is_protected() {
    let cast = Cast::new().await;
    cast.doctor.reads(cast.koepp).await;
    let stranger = cast.region.blank_browser();
    for who in [&stranger, &cast.doctor] {
        for route in ROUTES.iter().filter(|route| route.path != "/sign-out") {
            let answer = lines::ask(who, route, cast.koepp, &cast).await;
            is_protected(&answer, &format!("{} {}", route.method, route.path));
        }
        for path in [
            "/nowhere",
            "/patients/x/record",
            "/assets/none.css",
            "/../etc/passwd",
        ] {
            is_protected(&who.gets(path).await, path);
        }
        let deleted = Request::post("/find", "text/plain", vec![b'x'; 200_000]);
        is_protected(
            &who.sends(deleted).await,
            "a body of the wrong type and size",
        );
    }
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let cast = Cast::new().await;
    let browser = cast.region.blank_browser();
    let fields = [
        ("name", "doctor"),
        ("password", tributary_testkit::PASSWORD),
    ];
    let answer = browser.posts("/sign-in", &fields).await;
    let cookie = answer.header("set-cookie");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.split("; ").any(|other| other == part), "{cookie}");
    }
    let token = cookie.split(';').next().unwrap_or_default().len();
    assert!(
        token >= "tributary=".len() + 43,
        "a token of 32 bytes: {cookie}"
    );
    assert_ne!(cookie, cast.doctor.cookie(), "each session has its own");
}

/// Numbers that look random and are the same in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or_default() % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.throw(from.len())]
    }

    fn bytes(&mut self) -> Vec<u8> {
        let length = self.throw(60);
        (0..length)
            .map(|_| u8::try_from(self.throw(256)).unwrap_or_default())
            .collect()
    }
}

const RUBBISH: [&str; 22] = [
    "",
    "0",
    "-1",
    "1",
    "9223372036854775807",
    "9223372036854775808",
    "1e9",
    "NaN",
    "..",
    "../../x",
    "'; DROP TABLE entry; --",
    "<script>",
    "\u{0}",
    "💉💉",
    "ÀÉÎ",
    "1-2-3-4",
    "1-6-1-1",
    "-1--1-1-1",
    "1-999-9999999999999999999-1",
    "problems",
    "snomed-1",
    "a b&c=d%%%",
];

const FIELDS: [&str; 20] = [
    "sent",
    "answer",
    "part",
    "emergency-reason",
    "wishes",
    "colleague-no-shown",
    "legal-reason",
    "legal-words",
    "attorney-asked",
    "name",
    "password",
    "assignment",
    "nhs-number",
    "family-name",
    "day",
    "month",
    "year",
    "before",
    "source",
    "period",
];

const ANSWERS: [&str; 6] = ["standing", "today", "no", "emergency", "legal", "treating"];

fn encoded(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "%{byte:02X}");
        text
    })
}

/// A request to a route with rubbish wherever something can be said.
fn rubbish(dice: &mut Dice, path: &str, method: &str, koepp: i64) -> Request {
    let mut filled = String::new();
    for part in path.split('/').skip(1) {
        filled.push('/');
        match (part.starts_with('{'), dice.throw(4)) {
            (false, _) => filled.push_str(part),
            (true, 0) => filled.push_str(&koepp.to_string()),
            (true, 1) => filled.push_str(&encoded(&dice.bytes())),
            (true, _) => filled.push_str(&encoded(dice.pick(&RUBBISH).as_bytes())),
        }
    }
    let mut fields = Vec::new();
    for _ in 0..dice.throw(8) {
        let value = if dice.throw(3) == 0 {
            dice.pick(&ANSWERS)
        } else {
            dice.pick(&RUBBISH)
        };
        fields.push((dice.pick(&FIELDS), value));
    }
    let fields = form(&fields);
    if method == "get" {
        let query = if dice.throw(4) == 0 {
            encoded(&dice.bytes())
        } else {
            fields
        };
        return Request::get(format!("{filled}?{query}"));
    }
    let media_type = dice.pick(&[
        "application/x-www-form-urlencoded",
        "application/json",
        "multipart/form-data",
        "",
    ]);
    let body = if dice.throw(3) == 0 {
        dice.bytes()
    } else {
        fields.into_bytes()
    };
    Request::post(filled, media_type, body).with("sec-fetch-site", "same-origin")
}

#[tokio::test]
async fn rubbish_in_every_parameter_is_answered_and_breaks_nothing() {
    let cast = Cast::new().await;
    let unrelated = cast
        .region
        .signs_in("nurse", tributary_model::Role::Nurse, TRUST_OTHER)
        .await;
    let mut dice = Dice(0x5EED_0F7E_57A1_1234);
    for round in 0..40 {
        for route in ROUTES
            .iter()
            .filter(|route| !route.path.starts_with("/sign-"))
        {
            let request = rubbish(&mut dice, route.path, route.method, cast.koepp.0.0);
            let request = match dice.throw(6) {
                0 => request.with("authorization", dice.pick(&RUBBISH[..8])),
                1 => request
                    .with("accept", "\u{ff}")
                    .with("user-agent", &"x".repeat(3_000)),
                _ => request,
            };
            let what = format!("round {round}: {request:?}");
            let answer = unrelated.sends(request).await;
            assert!(answer.status < 500, "{what}: {}", answer.text());
            says_nothing(&answer, &what);
        }
    }
    assert_eq!(cast.doctor.gets("/livez").await.status, 200);
    is_the_record(&cast.doctor.reads(cast.koepp).await);
}

const TRUST_OTHER: &str = tributary_testkit::COUNCIL;

#[tokio::test]
async fn rubbish_on_the_sign_in_form_signs_nobody_in() {
    let cast = Cast::new().await;
    let mut dice = Dice(42);
    for _ in 0..15 {
        let request = rubbish(&mut dice, "/sign-in", "post", 1);
        let answer = cast.region.client.sends(&request).await;
        assert!(
            matches!(answer.status, 400 | 403 | 429),
            "{}",
            answer.text()
        );
        assert!(answer.header("set-cookie").is_empty());
    }
}
