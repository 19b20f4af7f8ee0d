//! The desk: partners with their agreements on a time bar, what is in force, what waits.

use askama::Template;
use tributary_gatekeeper::governance::{AgreementLine, AgreementState, Desk, Partner};
use tributary_model::Timestamp;

use crate::pages::{
    Frame,
    scale::{Scale, seconds, time_ticks},
};

const WIDTH: f64 = 1000.0;
const LEFT: f64 = 260.0;
const RIGHT: f64 = 20.0;
const ROW: f64 = 34.0;
const BAR: f64 = 14.0;
const TOP: f64 = 8.0;
const FOOT: f64 = 30.0;

/// Characters of a partner's name that fit beside its bar.
const NAME: usize = 32;

/// How far the bar of an agreement without an end is drawn beyond today.
const AHEAD: i64 = 366 * Timestamp::DAY;

/// The desk.
#[derive(Template)]
#[template(path = "governance/desk.html")]
pub(crate) struct DeskPage<'a> {
    frame: Frame,
    desk: &'a Desk,
    bars: Option<Bars<'a>>,
}

impl<'a> DeskPage<'a> {
    pub(crate) fn new(frame: Frame, desk: &'a Desk) -> Self {
        Self {
            frame,
            bars: Bars::of(desk),
            desk,
        }
    }
}

/// What is drawn, in the drawing's own coordinates.
struct Bars<'a> {
    height: f64,
    names: Vec<(f64, String)>,
    terms: Vec<Bar<'a>>,
    ticks: Vec<(f64, String)>,
    today: f64,
}

struct Bar<'a> {
    x: f64,
    y: f64,
    width: f64,
    class: &'static str,
    partner: &'a Partner,
    line: &'a AgreementLine,
}

impl<'a> Bars<'a> {
    fn of(desk: &'a Desk) -> Option<Self> {
        let agreements = desk.partners.iter().flat_map(|one| &one.agreements);
        let first = agreements.clone().map(|one| one.begins).min()?;
        let open = desk.now.plus(AHEAD);
        let ends = agreements.map(|one| one.ends.unwrap_or(open).max(one.begins));
        let last = ends.max()?.max(open);
        let first = first.min(desk.now.plus(-AHEAD / 2));
        let x = Scale::new((seconds(first), seconds(last)), (LEFT + 8.0, WIDTH - RIGHT));
        let mut bars = Vec::new();
        for (at, partner) in desk.partners.iter().enumerate() {
            for line in partner.agreements.iter().rev() {
                let start = x.at_time(line.begins);
                let end = x.at_time(line.ends.unwrap_or(last).max(line.begins));
                bars.push(Bar {
                    x: start,
                    y: top(at) + (ROW - BAR) / 2.0,
                    width: (end - start).max(3.0),
                    class: class_of(line.state),
                    partner,
                    line,
                });
            }
        }
        let partners = desk.partners.iter().enumerate();
        let ticks = time_ticks(first, last).into_iter();
        Some(Self {
            height: top(desk.partners.len()) + FOOT,
            names: partners.map(|(at, one)| (top(at), short(one))).collect(),
            terms: bars,
            ticks: ticks.map(|(at, words)| (x.at_time(at), words)).collect(),
            today: x.at_time(desk.now),
        })
    }

    fn bottom(&self) -> f64 {
        self.height - FOOT
    }
}

impl Bar<'_> {
    fn words(&self) -> String {
        format!(
            "{}: {}, {}, {}",
            self.partner.organisation.name,
            super::covers(self.line),
            super::span(self.line),
            self.line.state.words().to_lowercase()
        )
    }
}

const fn class_of(state: AgreementState) -> &'static str {
    match state {
        AgreementState::InForce => "app-term",
        AgreementState::ToCome => "app-term app-term--to-come",
        AgreementState::Ended | AgreementState::Followed => "app-term app-term--over",
    }
}

fn short(partner: &Partner) -> String {
    let name = &partner.organisation.name;
    if name.chars().count() <= NAME {
        return name.clone();
    }
    let cut: String = name.chars().take(NAME - 1).collect();
    format!("{}…", cut.trim_end())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a region has some hundred partners"
)]
fn top(row: usize) -> f64 {
    (row as f64).mul_add(ROW, TOP)
}
