//! Days and moments as the feeds write them, quick to add to and to print.

use jiff::civil::Date;

/// A day, counted from 1 January 1970.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Day(pub(crate) i32);

/// A second of a day, UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Moment {
    pub(crate) day: Day,
    pub(crate) second: i32,
}

impl Day {
    /// So many days later; earlier if negative.
    pub(crate) const fn plus(self, days: i32) -> Self {
        Self(self.0 + days)
    }

    /// Days from `earlier` to this.
    pub(crate) const fn since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    /// Whole years from `born` to this, near enough to choose what happens at an age.
    pub(crate) const fn age(self, born: Self) -> i32 {
        (self.since(born) * 4).div_euclid(1461)
    }

    /// A time of this day.
    pub(crate) const fn at(self, hour: i32, minute: i32, second: i32) -> Moment {
        Moment {
            day: self,
            second: hour * 3_600 + minute * 60 + second,
        }
    }

    /// Year, month and day (days from civil, after Howard Hinnant's calendar arithmetic).
    pub(crate) const fn parts(self) -> (i32, i32, i32) {
        let shifted = self.0 + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let shifted_month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 {
            shifted_month + 3
        } else {
            shifted_month - 9
        };
        (
            year + era * 400 + if month <= 2 { 1 } else { 0 },
            month,
            day,
        )
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        let days = date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24;
        Self(i32::try_from(days).expect("jiff's dates are within ten thousand years"))
    }
}

impl Moment {
    /// So many minutes later.
    pub(crate) const fn plus_minutes(self, minutes: i32) -> Self {
        let second = self.second + minutes * 60;
        Self {
            day: self.day.plus(second.div_euclid(86_400)),
            second: second.rem_euclid(86_400),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_jiff_for_a_century_and_a_half() {
        let mut date = Date::constant(1900, 1, 1);
        let mut day = Day::from(date);
        while date.year() < 2060 {
            let parts = (
                i32::from(date.year()),
                i32::from(date.month()),
                i32::from(date.day()),
            );
            assert_eq!(day.parts(), parts);
            assert_eq!(Day::from(date), day);
            date = date.tomorrow().unwrap();
            day = day.plus(1);
        }
    }

    #[test]
    fn minutes_carry_over_midnight() {
        let late = Day(100).at(23, 50, 7);
        assert_eq!(late.plus_minutes(15), Day(101).at(0, 5, 7));
    }
}
