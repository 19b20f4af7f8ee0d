//! The results of one test over time: a drawing, and the table that is the truth of it.

use askama::Template;
use tributary_gatekeeper::OpenRecord;
use tributary_record::{Trend, TrendPoint};

use super::{
    Frame,
    head::Head,
    scale::{Scale, round_ticks, seconds, tick_words, time_ticks},
};
use crate::words;

/// Width and height of the drawing, and what its axes need at the left, top, right and bottom.
const WIDTH: f64 = 840.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 60.0;
const TOP: f64 = 14.0;
const RIGHT: f64 = 20.0;
const BOTTOM: f64 = 34.0;

/// The drawing and the table.
#[derive(Template)]
#[template(path = "trend.html")]
pub(crate) struct TrendPage<'a> {
    frame: Frame,
    head: Head<'a>,
    trend: &'a Trend,
    /// The trend and its companions, each on its own axis.
    parts: Vec<Part<'a>>,
}

/// One part of the results, on its own axis.
struct Part<'a> {
    trend: &'a Trend,
    chart: Option<Chart<'a>>,
}

impl<'a> TrendPage<'a> {
    pub(crate) fn new(frame: Frame, open: &'a OpenRecord, trend: &'a Trend) -> Self {
        let parts = std::iter::once(trend).chain(&trend.companions);
        let parts = parts.map(|trend| Part {
            trend,
            chart: Chart::of(trend),
        });
        Self {
            frame,
            head: Head::new(open, "results"),
            trend,
            parts: parts.collect(),
        }
    }

    /// A point's own range in words.
    fn range_words(point: &TrendPoint) -> String {
        match point.range {
            (Some(low), Some(high)) => format!("{} to {}", tick_words(low), tick_words(high)),
            (Some(low), None) => format!("{} or more", tick_words(low)),
            (None, Some(high)) => format!("{} or less", tick_words(high)),
            (None, None) => "Not stated".to_owned(),
        }
    }
}

impl Part<'_> {
    /// The drawing in a sentence, for those who do not see it.
    fn description(&self) -> String {
        let points = &self.trend.points;
        let (Some(first), Some(last)) = (points.first(), points.last()) else {
            return "No result can be drawn".to_owned();
        };
        let abnormal = points.iter().filter(|point| point.abnormal).count();
        format!(
            "{} from {} to {}. First {}, latest {}. {} abnormal.",
            words::count(points.len(), "result", "results"),
            first.at.date_words(),
            last.at.date_words(),
            tick_words(first.number),
            tick_words(last.number),
            if abnormal == 0 {
                "None".to_owned()
            } else {
                abnormal.to_string()
            },
        )
    }
}

/// What is drawn, in the drawing's own coordinates.
struct Chart<'a> {
    bands: Vec<Band>,
    line: String,
    dots: Vec<Dot<'a>>,
    y_ticks: Vec<(f64, String)>,
    x_ticks: Vec<(f64, String)>,
    last: (f64, f64, String),
}

/// The reference range of one point's own laboratory, over the time nearest to the point.
struct Band {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// A point.
struct Dot<'a> {
    x: f64,
    y: f64,
    point: &'a TrendPoint,
}

impl Dot<'_> {
    fn number(&self) -> String {
        tick_words(self.point.number)
    }
}

impl<'a> Chart<'a> {
    fn of(trend: &'a Trend) -> Option<Self> {
        let points = &trend.points;
        let (first, last) = (points.first()?, points.last()?);
        let numbers = points.iter().flat_map(|point| {
            [Some(point.number), point.range.0, point.range.1]
                .into_iter()
                .flatten()
        });
        let (low, high) = numbers
            .filter(|number| number.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), number| {
                (low.min(number), high.max(number))
            });
        let ticks = round_ticks(low, high);
        let (bottom, top) = (*ticks.first()?, *ticks.last()?);
        let x = Scale::new((seconds(first.at), seconds(last.at)), (LEFT, WIDTH - RIGHT));
        let y = Scale::new((bottom, top), (HEIGHT - BOTTOM, TOP));
        let dots: Vec<Dot<'_>> = points
            .iter()
            .map(|point| Dot {
                x: x.at_time(point.at),
                y: y.at(point.number),
                point,
            })
            .collect();
        let line: Vec<String> = dots
            .iter()
            .map(|dot| format!("{:.1},{:.1}", dot.x, dot.y))
            .collect();
        let end = dots.last().map_or((0.0, 0.0), |dot| (dot.x, dot.y));
        Some(Self {
            bands: bands(&dots, y, (bottom, top)),
            line: line.join(" "),
            y_ticks: ticks
                .into_iter()
                .map(|tick| (y.at(tick), tick_words(tick)))
                .collect(),
            x_ticks: time_ticks(first.at, last.at)
                .into_iter()
                .map(|(at, words)| (x.at_time(at), words))
                .collect(),
            dots,
            last: (end.0, end.1, tick_words(last.number)),
        })
    }
}

/// Each point's range from half-way after the point before to half-way before the next.
fn bands(dots: &[Dot<'_>], y: Scale, (bottom, top): (f64, f64)) -> Vec<Band> {
    let middle = |one: Option<&Dot<'_>>, other: &Dot<'_>, edge: f64| {
        one.map_or(edge, |one| f64::midpoint(one.x, other.x))
    };
    let mut bands = Vec::new();
    for (at, dot) in dots.iter().enumerate() {
        let (low, high) = dot.point.range;
        if low.is_none() && high.is_none() {
            continue;
        }
        let before = at.checked_sub(1).and_then(|before| dots.get(before));
        let start = middle(before, dot, LEFT);
        let end = middle(dots.get(at + 1), dot, WIDTH - RIGHT);
        let (upper, lower) = (y.at(high.unwrap_or(top)), y.at(low.unwrap_or(bottom)));
        bands.push(Band {
            x: start,
            y: upper,
            width: (end - start).max(0.0),
            height: (lower - upper).max(0.0),
        });
    }
    bands
}
