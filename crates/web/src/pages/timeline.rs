//! Contacts and stays over the years: swim lanes, and the same as a table.

use askama::Template;
use tributary_gatekeeper::OpenRecord;
use tributary_model::Timestamp;
use tributary_record::{Lane, TimelineItem};

use super::{
    Frame,
    filter::{Filter, PERIODS},
    head::Head,
    scale::{Scale, seconds, time_ticks},
};

const WIDTH: f64 = 1000.0;
const LEFT: f64 = 120.0;
const RIGHT: f64 = 20.0;
const LANE: f64 = 46.0;
const BAR: f64 = 16.0;
const TOP: f64 = 8.0;
const FOOT: f64 = 30.0;

/// The lanes and the table.
#[derive(Template)]
#[template(path = "timeline.html")]
pub(crate) struct TimelinePage<'a> {
    frame: Frame,
    head: Head<'a>,
    filter: Filter,
    /// Newest first.
    items: Vec<&'a TimelineItem>,
    lanes: Option<Lanes<'a>>,
}

impl<'a> TimelinePage<'a> {
    pub(crate) fn new(frame: Frame, open: &'a OpenRecord, filter: Filter) -> Self {
        let head = Head::new(open, "timeline");
        let from = filter.from(head.now);
        let within =
            |item: &&TimelineItem| from.is_none_or(|from| item.until.unwrap_or(item.from) >= from);
        let mut items: Vec<&TimelineItem> =
            open.record.timeline.items.iter().filter(within).collect();
        items.reverse();
        let lanes = Lanes::of(&items, from, head.now);
        Self {
            frame,
            head,
            filter,
            items,
            lanes,
        }
    }

    fn description(&self) -> String {
        let counts: Vec<String> = Lane::ALL
            .into_iter()
            .map(|lane| {
                let n = self.items.iter().filter(|item| item.lane == lane).count();
                format!("{} {n}", lane.title())
            })
            .collect();
        format!(
            "Contacts and stays by kind of service: {}.",
            counts.join(", ")
        )
    }

    /// `09-Jul-2026`, or from when to when.
    fn span(item: &TimelineItem) -> String {
        match item.until {
            Some(until) => format!("{} to {}", item.from.date_words(), until.date_words()),
            None => item.from.date_words(),
        }
    }
}

/// What is drawn, in the drawing's own coordinates.
struct Lanes<'a> {
    height: f64,
    /// Top of each lane and its name.
    names: Vec<(f64, &'static str)>,
    bars: Vec<Mark<'a>>,
    dots: Vec<Mark<'a>>,
    ticks: Vec<(f64, String)>,
    today: Option<f64>,
}

/// A stay or a contact.
struct Mark<'a> {
    x: f64,
    y: f64,
    width: f64,
    item: &'a TimelineItem,
}

impl<'a> Lanes<'a> {
    fn of(items: &[&'a TimelineItem], from: Option<Timestamp>, now: Timestamp) -> Option<Self> {
        let first = items.iter().map(|item| item.from).min()?;
        let last = items
            .iter()
            .map(|item| item.until.unwrap_or(item.from))
            .max()?;
        let (first, last) = (from.map_or(first, |from| from.max(first)), last.max(now));
        let x = Scale::new((seconds(first), seconds(last)), (LEFT + 8.0, WIDTH - RIGHT));
        let (mut bars, mut dots) = (Vec::new(), Vec::new());
        for item in items {
            let lane = Lane::ALL
                .iter()
                .position(|lane| *lane == item.lane)
                .unwrap_or_default();
            let middle = lane_top(lane) + LANE / 2.0;
            let start = x.at_time(item.from);
            match item.until {
                Some(until) => bars.push(Mark {
                    x: start,
                    y: middle - BAR / 2.0,
                    width: (x.at_time(until) - start).max(4.0),
                    item,
                }),
                None => dots.push(Mark {
                    x: start,
                    y: middle,
                    width: 0.0,
                    item,
                }),
            }
        }
        let lanes = Lane::ALL.into_iter().enumerate();
        Some(Self {
            height: lane_top(Lane::ALL.len()) + FOOT,
            names: lanes
                .map(|(at, lane)| (lane_top(at), lane.title()))
                .collect(),
            bars,
            dots,
            ticks: time_ticks(first, last)
                .into_iter()
                .map(|(at, words)| (x.at_time(at), words))
                .collect(),
            today: (first <= now).then(|| x.at_time(now)),
        })
    }

    fn bottom(&self) -> f64 {
        self.height - FOOT
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are five lanes")]
fn lane_top(lane: usize) -> f64 {
    (lane as f64).mul_add(LANE, TOP)
}
