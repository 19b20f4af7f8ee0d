//! What the ambulance service sends: who was brought lately. It looks without feeding entries.

use crate::{plan::arrival, sheet::Sheet};

/// Writes the arrival.
pub(super) fn write(sheet: &mut Sheet<'_>) {
    sheet.patient_line();
    let night = arrival(sheet.person, sheet.night).unwrap_or(1);
    let day = if night == 1 {
        sheet
            .last_day()
            .plus(-sheet.aside(1).between(1, 12))
            .max(sheet.person.born)
    } else {
        sheet.start.plus(night.cast_signed() - 2)
    };
    let over = sheet.today.since(day) > 2;
    sheet.episode("-arrival", "ambulance", day, over.then(|| day.plus(1)));
}
