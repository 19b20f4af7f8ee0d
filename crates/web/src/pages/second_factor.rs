//! The pages of the second factor: its code, how it is begun, the recovery codes.

use std::fmt::Write as _;

use askama::Template;
use qrcodegen::{QrCode, QrCodeEcc};
use tributary_gatekeeper::Enrolment;

use super::{Frame, sign_in::Problem};

/// The form for a code.
#[derive(Template)]
#[template(path = "code.html")]
pub(crate) struct CodePage {
    frame: Frame,
    problem: Option<String>,
}

impl CodePage {
    pub(crate) fn new(frame: Frame, problem: Option<&Problem>) -> Self {
        Self {
            frame,
            problem: problem.and_then(Problem::words),
        }
    }
}

/// What the app has to be told, and the form for its first code.
#[derive(Template)]
#[template(path = "enrol.html")]
pub(crate) struct EnrolPage {
    frame: Frame,
    enrolment: Enrolment,
    picture: Option<Picture>,
    secret: String,
    problem: Option<String>,
}

/// A QR code, drawn as one path of unit squares.
struct Picture {
    side: i32,
    path: String,
}

impl EnrolPage {
    pub(crate) fn new(frame: Frame, enrolment: Enrolment, problem: Option<&Problem>) -> Self {
        Self {
            frame,
            picture: Picture::of(&enrolment.address),
            secret: in_fours(&enrolment.secret),
            enrolment,
            problem: problem.and_then(Problem::words),
        }
    }
}

impl Picture {
    /// None if the text is too long for one: the secret can still be typed.
    fn of(text: &str) -> Option<Self> {
        // A margin of four squares is part of the code.
        const MARGIN: i32 = 4;
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        let mut path = String::new();
        for y in 0..code.size() {
            for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
                let _ = write!(path, "M{},{}h1v1h-1z", x + MARGIN, y + MARGIN);
            }
        }
        let side = code.size() + 2 * MARGIN;
        Some(Self { side, path })
    }
}

fn in_fours(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    let groups = letters
        .chunks(4)
        .map(|four| four.iter().collect::<String>());
    groups.collect::<Vec<_>>().join(" ")
}

/// The recovery codes, shown this once.
#[derive(Template)]
#[template(path = "recovery.html")]
pub(crate) struct RecoveryPage {
    frame: Frame,
    login: String,
    codes: Vec<String>,
}

impl RecoveryPage {
    pub(crate) const fn new(frame: Frame, login: String, codes: Vec<String>) -> Self {
        Self {
            frame,
            login,
            codes,
        }
    }
}

/// What a second factor is, for whoever wants one.
#[derive(Template)]
#[template(path = "second_factor.html")]
pub(crate) struct OfferPage {
    frame: Frame,
    kept: bool,
}

impl OfferPage {
    pub(crate) const fn new(frame: Frame, kept: bool) -> Self {
        Self { frame, kept }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_typed_in_fours() {
        assert_eq!(in_fours("ABCDEFGHIJ"), "ABCD EFGH IJ");
    }

    #[test]
    fn a_picture_holds_the_three_squares_that_scanners_look_for() {
        let picture = Picture::of("otpauth://totp/x").unwrap();
        let last = picture.side - 5;
        for (x, y) in [(4, 4), (last, 4), (4, last)] {
            assert!(picture.path.contains(&format!("M{x},{y}h1")), "{x},{y}");
        }
        assert!(!picture.path.contains("M5,5h1"), "white within the square");
    }
}
