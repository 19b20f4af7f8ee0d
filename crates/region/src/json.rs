//! A small writer of JSON text: the feeds are written as text, never as trees.
#![expect(
    clippy::cast_possible_truncation,
    reason = "figures of measurements and digits are small numbers"
)]

use crate::{
    calendar::{Day, Moment},
    tables::Term,
};

/// A line of JSON in the making.
#[derive(Default)]
pub(crate) struct Json(pub(crate) Vec<u8>);

impl Json {
    /// Text that is JSON already.
    pub(crate) fn raw(&mut self, json: &str) -> &mut Self {
        self.0.extend_from_slice(json.as_bytes());
        self
    }

    /// A quoted string.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.0.push(b'"');
        self.part(text);
        self.0.push(b'"');
        self
    }

    /// The inside of a quoted string.
    pub(crate) fn part(&mut self, text: &str) -> &mut Self {
        for byte in text.bytes() {
            match byte {
                b'"' | b'\\' => self.0.extend_from_slice(&[b'\\', byte]),
                b'\n' => self.0.extend_from_slice(b"\\n"),
                0..0x20 => self
                    .0
                    .extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
                _ => self.0.push(byte),
            }
        }
        self
    }

    /// A whole number.
    pub(crate) fn int(&mut self, number: i32) -> &mut Self {
        self.raw(&number.to_string())
    }

    /// A number with at most so many decimal places, without trailing zeros.
    pub(crate) fn number(&mut self, value: f64, decimals: u8) -> &mut Self {
        let scale = 10_i64.pow(u32::from(decimals));
        let scaled = (value * 10_f64.powi(i32::from(decimals))).round() as i64;
        if scaled < 0 {
            self.0.push(b'-');
        }
        self.raw(&(scaled.abs() / scale).to_string());
        let mut rest = scaled.abs() % scale;
        let mut unit = scale / 10;
        if rest > 0 {
            self.0.push(b'.');
        }
        while rest > 0 {
            self.digit((rest / unit) as i32);
            rest %= unit;
            unit /= 10;
        }
        self
    }

    /// `2026-11-20`.
    pub(crate) fn day(&mut self, day: Day) -> &mut Self {
        let (year, month, day) = day.parts();
        self.two(year / 100).two(year % 100);
        self.0.push(b'-');
        self.two(month);
        self.0.push(b'-');
        self.two(day)
    }

    /// `2026-11-20T02:10:00+00:00`.
    pub(crate) fn moment(&mut self, moment: Moment) -> &mut Self {
        self.day(moment.day);
        self.0.push(b'T');
        self.two(moment.second / 3_600);
        self.0.push(b':');
        self.two(moment.second / 60 % 60);
        self.0.push(b':');
        self.two(moment.second % 60).raw("+00:00")
    }

    /// A `Coding`.
    pub(crate) fn coding(&mut self, term: &Term) -> &mut Self {
        self.raw(r#"{"system":""#)
            .raw(term.system)
            .raw(r#"","code":""#)
            .raw(term.code);
        self.raw(r#"","display":""#).part(term.display).raw(r#""}"#)
    }

    /// A `CodeableConcept` whose text is the term's display.
    pub(crate) fn concept(&mut self, term: &Term) -> &mut Self {
        self.concept_as(term, term.display)
    }

    /// A `CodeableConcept` with the source's own words.
    pub(crate) fn concept_as(&mut self, term: &Term, words: &str) -> &mut Self {
        self.0.push(b'{');
        if !term.code.is_empty() {
            self.raw(r#""coding":["#).coding(term).raw("],");
        }
        self.raw(r#""text":"#).text(words).raw("}")
    }

    fn two(&mut self, number: i32) -> &mut Self {
        self.digit(number / 10);
        self.digit(number % 10);
        self
    }

    fn digit(&mut self, digit: i32) {
        self.0
            .push(b'0' + u8::try_from(digit.rem_euclid(10)).unwrap_or(0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Json) -> &mut Json) -> String {
        let mut json = Json::default();
        let _ = write(&mut json);
        String::from_utf8(json.0).unwrap()
    }

    #[test]
    fn numbers_are_short() {
        for (value, decimals, text) in [
            (7.25, 1, "7.3"),
            (5.0, 2, "5"),
            (-0.5, 1, "-0.5"),
            (0.05, 2, "0.05"),
            (140.0, 0, "140"),
        ] {
            assert_eq!(written(|json| json.number(value, decimals)), text);
        }
    }

    #[test]
    fn strings_are_escaped_and_moments_padded() {
        let text = "O\"Neill\\\n\u{1}é";
        let json = written(|json| json.text(text));
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        let moment = Day(0).at(2, 3, 4);
        assert_eq!(
            written(|json| json.moment(moment)),
            "1970-01-01T02:03:04+00:00"
        );
    }
}
