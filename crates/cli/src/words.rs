//! Numbers, dates and lists as people read them on a terminal.

use tributary_model::{OdsCode, Organisation};

/// A count with its thousands apart: `12,345`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// So many of something: `1 line`, `2,048 lines`.
pub(crate) fn some(number: u64, one: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {one}{ending}", count(number))
}

/// A span of microseconds: `4.2 s`.
pub(crate) fn seconds(micros: i64) -> String {
    format!(
        "{}.{} s",
        micros / 1_000_000,
        micros.rem_euclid(1_000_000) / 100_000
    )
}

/// An organisation's name, or its code where it is not known.
pub(crate) fn name_of<'o>(known: &'o [Organisation], code: &'o OdsCode) -> &'o str {
    let organisation = known.iter().find(|one| one.code == *code);
    organisation.map_or(code.as_str(), |one| &one.name)
}

/// Rows in columns that line up; the first row is the heading.
pub(crate) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        let cells = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"));
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{count, seconds, some, table};

    #[test]
    fn thousands_stand_apart() {
        let words = [0, 12, 999, 1_000, 12_345, 1_234_567].map(count);
        assert_eq!(words, ["0", "12", "999", "1,000", "12,345", "1,234,567"]);
    }

    #[test]
    fn one_is_singular() {
        let words = [0, 1, 2_048].map(|number| some(number, "line"));
        assert_eq!(words, ["0 lines", "1 line", "2,048 lines"]);
    }

    #[test]
    fn seconds_have_one_place() {
        assert_eq!(seconds(4_290_000), "4.2 s");
        assert_eq!(seconds(0), "0.0 s");
    }

    #[test]
    fn columns_line_up() {
        let rows = [
            ["a".to_owned(), "b".to_owned()],
            ["longer".to_owned(), "c".to_owned()],
        ];
        assert_eq!(table(&rows), "a       b\nlonger  c\n");
    }
}
