//! Scales and ticks of drawings: pure arithmetic.

use tributary_model::{ClinicalDate, Timestamp};

/// Places values of an axis on the page.
#[derive(Clone, Copy)]
pub(crate) struct Scale {
    low: f64,
    high: f64,
    start: f64,
    end: f64,
}

impl Scale {
    /// `low` is drawn at `start` and `high` at `end`. An axis of one value has it in the middle.
    pub(crate) fn new((low, high): (f64, f64), (start, end): (f64, f64)) -> Self {
        if high > low {
            Self {
                low,
                high,
                start,
                end,
            }
        } else {
            Self {
                low: low - 1.0,
                high: low + 1.0,
                start,
                end,
            }
        }
    }

    /// Where a value is drawn; what lies beyond the axis is drawn at its end.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let part = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        part.mul_add(self.end - self.start, self.start)
    }

    /// Where an instant is drawn.
    pub(crate) fn at_time(&self, time: Timestamp) -> f64 {
        self.at(seconds(time))
    }
}

/// Seconds of an instant, as an axis counts them.
#[expect(clippy::cast_precision_loss, reason = "a drawing needs no microsecond")]
pub(crate) fn seconds(time: Timestamp) -> f64 {
    (time.0 / Timestamp::SECOND) as f64
}

/// Round numbers from below `low` to above `high`, some five steps: what an axis begins with, ends
/// with and is marked by.
pub(crate) fn round_ticks(low: f64, high: f64) -> Vec<f64> {
    let (low, high) = if high > low {
        (low, high)
    } else {
        let around = (low.abs() * 0.1).max(1.0);
        (low - around, low + around)
    };
    let span = high - low;
    if !span.is_finite() {
        return Vec::new();
    }
    let rough = span / 5.0;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
    let step = step
        .into_iter()
        .find(|step| *step >= rough)
        .unwrap_or(power * 10.0);
    let first = (low / step).floor();
    let steps = (high / step).ceil() - first;
    let mut ticks = Vec::new();
    let mut at = 0.0;
    while at <= steps && ticks.len() < 20 {
        ticks.push((first + at) * step);
        at += 1.0;
    }
    ticks
}

/// A tick's number without the noise of binary fractions.
pub(crate) fn tick_words(tick: f64) -> String {
    let words = format!("{tick:.4}");
    let words = words.trim_end_matches('0').trim_end_matches('.');
    if words == "-0" {
        "0".to_owned()
    } else {
        words.to_owned()
    }
}

/// Starts of years or months within a span, at most some eight, with their words.
pub(crate) fn time_ticks(from: Timestamp, to: Timestamp) -> Vec<(Timestamp, String)> {
    let (first, last) = (from.london(), to.london());
    let years = i32::from(last.year()) - i32::from(first.year());
    if years > 2 {
        let step = years / 8 + 1;
        let starts = (i32::from(first.year())..=i32::from(last.year())).filter(|y| y % step == 0);
        return starts
            .filter_map(|year| tick(&format!("{year:04}"), from, to))
            .collect();
    }
    let month_of = |year: i16, month: i8| i32::from(year) * 12 + i32::from(month) - 1;
    let (first, last) = (
        month_of(first.year(), first.month()),
        month_of(last.year(), last.month()),
    );
    let step = (last - first) / 8 + 1;
    (first..=last)
        .filter(|month| month % step == 0)
        .filter_map(|month| {
            tick(
                &format!("{:04}-{:02}", month / 12, month % 12 + 1),
                from,
                to,
            )
        })
        .collect()
}

fn tick(text: &str, from: Timestamp, to: Timestamp) -> Option<(Timestamp, String)> {
    let date = ClinicalDate::read(text)?;
    (from..=to)
        .contains(&date.sort)
        .then(|| (date.sort, date.words()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_hold_the_values() {
        for (low, high) in [(3.1, 11.7), (0.0, 0.004), (60.0, 60.0), (-3.0, 250_000.0)] {
            let ticks = round_ticks(low, high);
            assert!((2..=9).contains(&ticks.len()), "{ticks:?}");
            assert!(
                ticks.first().is_some_and(|first| *first <= low),
                "{ticks:?}"
            );
            assert!(ticks.last().is_some_and(|last| *last >= high), "{ticks:?}");
        }
        assert_eq!(round_ticks(3.1, 11.7), [2.0, 4.0, 6.0, 8.0, 10.0, 12.0]);
        assert!(round_ticks(f64::NEG_INFINITY, f64::INFINITY).is_empty());
    }

    #[test]
    fn time_is_marked_by_years_or_months() {
        let at = |text: &str| ClinicalDate::read(text).unwrap().sort;
        let words = |from: &str, to: &str| -> Vec<String> {
            time_ticks(at(from), at(to))
                .into_iter()
                .map(|(_, words)| words)
                .collect()
        };
        assert_eq!(
            words("2019-05-01", "2024-02-01"),
            ["2020", "2021", "2022", "2023", "2024"]
        );
        assert_eq!(words("2026-01-10", "2026-03-20"), ["Feb-2026", "Mar-2026"]);
        assert!(words("1940", "2026").len() <= 9);
    }

    #[test]
    fn a_scale_keeps_what_lies_beyond_at_its_end() {
        let scale = Scale::new((0.0, 10.0), (100.0, 0.0));
        assert!((scale.at(5.0) - 50.0).abs() < 1e-9);
        assert!((scale.at(20.0) - 0.0).abs() < 1e-9);
        assert!((Scale::new((3.0, 3.0), (0.0, 10.0)).at(3.0) - 5.0).abs() < 1e-9);
    }
}
