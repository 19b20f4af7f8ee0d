//! A privacy officer's queue, with the figures of the last weeks.

use askama::Template;
use tributary_gatekeeper::{ReviewQueue, ReviewRow, WeekFigures};

use super::Frame;

/// What to read first.
#[derive(Template)]
#[template(path = "reviews.html")]
pub(crate) struct ReviewsPage<'a> {
    frame: Frame,
    queue: &'a ReviewQueue,
    bars: Vec<Bar<'a>>,
}

/// One week as a column of three parts, one upon the other.
struct Bar<'a> {
    week: &'a WeekFigures,
    x: i64,
    emergency: Piece,
    legal: Piece,
    signals: Piece,
}

#[derive(Clone, Copy)]
struct Piece {
    y: i64,
    height: i64,
}

/// Height of the drawing's columns, and how far apart they stand.
const HEIGHT: i64 = 96;
const STEP: i64 = 44;

impl<'a> ReviewsPage<'a> {
    pub(crate) fn new(frame: Frame, queue: &'a ReviewQueue) -> Self {
        let most = queue.figures.iter().map(WeekFigures::all).max();
        let most = most.unwrap_or(0).max(1);
        let columns = (0..).zip(&queue.figures);
        let bars = columns.map(|(index, week)| Bar::of(week, index, most));
        Self {
            frame,
            queue,
            bars: bars.collect(),
        }
    }

    fn overdue(&self) -> usize {
        self.queue.open.iter().filter(|row| row.overdue).count()
    }

    fn width(&self) -> i64 {
        i64::try_from(self.bars.len()).unwrap_or(0) * STEP + 8
    }

    /// The drawing in a sentence, for those who do not see it.
    fn described(&self) -> String {
        let sum = |of: fn(&WeekFigures) -> i64| self.queue.figures.iter().map(of).sum::<i64>();
        format!(
            "{} looks listed: {} in an emergency, {} on another lawful basis, {} for what else \
             stood out. {} are closed.",
            sum(WeekFigures::all),
            sum(|week| week.emergency),
            sum(|week| week.legal),
            sum(|week| week.signals),
            sum(|week| week.closed)
        )
    }
}

impl<'a> Bar<'a> {
    fn of(week: &'a WeekFigures, index: i64, most: i64) -> Self {
        let mut foot = HEIGHT;
        let mut piece = |count: i64| {
            let height = count * HEIGHT / most;
            foot -= height;
            Piece { y: foot, height }
        };
        Self {
            week,
            x: index * STEP + 8,
            emergency: piece(week.emergency),
            legal: piece(week.legal),
            signals: piece(week.signals),
        }
    }
}

/// What a row says of where its review has come to.
pub(super) fn standing(row: &ReviewRow) -> Vec<(&'static str, String)> {
    let mut marks = Vec::new();
    if let Some((finding, at)) = row.closed {
        let words = format!("{} on {}", finding.words(), at.date_words());
        marks.push(("app-mark--void", words));
    } else if row.overdue {
        marks.push((
            "app-mark--danger",
            format!("Overdue since {}", row.due.date_words()),
        ));
    } else {
        marks.push(("app-mark--void", format!("Due {}", row.due.date_words())));
    }
    if row.escalated.is_some() {
        marks.push(("app-mark--wait", "With the Caldicott Guardian".to_owned()));
    }
    if let Some(incident) = row.incident {
        marks.push(match (incident.told, incident.late) {
            (Some(told), _) => (
                "app-mark--wait",
                format!("Serious incident; Commissioner told {told}"),
            ),
            (None, true) => (
                "app-mark--danger",
                format!(
                    "Serious incident; Commissioner not told by {}",
                    incident.until
                ),
            ),
            (None, false) => (
                "app-mark--note",
                format!(
                    "Serious incident; tell the Commissioner by {}",
                    incident.until
                ),
            ),
        });
    }
    match row.safeguarding {
        Some(None) => marks.push((
            "app-mark--wait",
            "Safeguarding: held back from the patient".to_owned(),
        )),
        Some(Some(at)) => marks.push((
            "app-mark--void",
            format!(
                "Safeguarding: shown to the patient since {}",
                at.date_words()
            ),
        )),
        None => {}
    }
    marks
}
