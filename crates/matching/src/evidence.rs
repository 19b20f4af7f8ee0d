//! What two sets of demographics say for and against being one person, field by field.

use tributary_model::{ClinicalDate, Demographics, Gender, Name, Precision};

use crate::names::{is_placeholder, joined, slips, tokens, words};

/// How one field compares.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Agreement {
    /// The two cannot both be right of one person without a story (a marriage, a nickname).
    Unlike,
    /// One side says nothing.
    Missing,
    /// Different as typing errors, initials and exchanged parts are.
    Close,
    /// The same.
    Equal,
}

use Agreement::{Close, Equal, Missing, Unlike};

/// How two sets of demographics compare, field by field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evidence {
    pub(crate) family: Agreement,
    pub(crate) given: Agreement,
    pub(crate) born: Agreement,
    pub(crate) gender: Agreement,
    /// Whether both have a second given name and these are two names.
    pub(crate) second_names_differ: bool,
    /// Whether they live in one place or share a telephone or electronic address.
    pub(crate) reached_alike: bool,
}

impl Evidence {
    pub(crate) fn of(a: &Demographics, b: &Demographics) -> Self {
        let mut names = all_names(a)
            .flat_map(|name| all_names(b).map(move |other| (name, other)))
            .map(|(name, other)| (family(name, other), given(name, other)));
        let first = names.next().unwrap_or((Missing, Missing));
        // Of several names the best pair counts: a maiden name beside the name in use.
        let (family, given) = names.fold(first, |best, pair| {
            let worth =
                |(family, given): (Agreement, Agreement)| (family.min(given), family, given);
            if worth(pair) > worth(best) {
                pair
            } else {
                best
            }
        });
        Self {
            family,
            given,
            born: born(a.born.as_ref(), b.born.as_ref()),
            gender: gender(a.gender, b.gender),
            second_names_differ: second_names_differ(&a.name, &b.name),
            reached_alike: lives_alike(a, b) || shares_telecom(a, b),
        }
    }

    /// How much is weaker than equal, where nothing is unlike: small slips add up to a doubt.
    pub(crate) fn weakness(self) -> u32 {
        let of = |agreement, missing| match agreement {
            Equal => 0,
            Close => 1,
            Missing => missing,
            Unlike => 3,
        };
        // Boy and girl twins share all but the sex and what is left of the given name.
        let gender = match self.gender {
            Unlike if self.given == Equal => 1,
            Unlike => 2,
            _ => 0,
        };
        let second = if self.second_names_differ { 2 } else { 0 };
        of(self.family, 2) + of(self.given, 2) + of(self.born, 2) + gender + second
    }
}

fn all_names(person: &Demographics) -> impl Iterator<Item = &Name> {
    std::iter::once(&person.name).chain(&person.other_names)
}

fn family(a: &Name, b: &Name) -> Agreement {
    let (whole_a, whole_b) = (joined(&a.family), joined(&b.family));
    if whole_a.is_empty() || whole_b.is_empty() {
        return Missing;
    }
    if whole_a == whole_b {
        return Equal;
    }
    let (tokens_a, tokens_b) = (tokens(&a.family), tokens(&b.family));
    let shared = tokens_a.iter().any(|token| tokens_b.contains(token));
    let given_name = |name: &Name| name.given.first().map(|given| joined(given));
    let exchanged =
        given_name(a) == Some(whole_b.clone()) && given_name(b) == Some(whole_a.clone());
    let longer = whole_a.chars().count().max(whole_b.chars().count());
    let allowed = if longer >= 9 {
        2
    } else {
        usize::from(longer >= 3)
    };
    if shared || exchanged || slips(&whole_a, &whole_b) <= allowed {
        Close
    } else {
        Unlike
    }
}

fn given_words(name: &Name) -> Vec<String> {
    let words = name.given.iter().flat_map(|given| words(given));
    words.filter(|word| !is_placeholder(word)).collect()
}

/// The same first name and another second: cousins named after one grandparent.
fn second_names_differ(a: &Name, b: &Name) -> bool {
    match (given_words(a).as_slice(), given_words(b).as_slice()) {
        ([first_a, a, ..], [first_b, b, ..]) => {
            first_a == first_b && !is_initial(a, b) && slips(a, b) > 1
        }
        _ => false,
    }
}

fn given(a: &Name, b: &Name) -> Agreement {
    let (all_a, all_b) = (given_words(a), given_words(b));
    let (Some(first_a), Some(first_b)) = (all_a.first(), all_b.first()) else {
        return Missing;
    };
    if first_a == first_b || all_a.concat() == all_b.concat() {
        // Two initials that agree are still only initials.
        return if first_a.chars().count() == 1 {
            Close
        } else {
            Equal
        };
    }
    let goes_by_second = |first: &String, all: &[String]| {
        first.chars().count() > 2 && all.iter().skip(1).any(|word| word == first)
    };
    let alike = is_initial(first_a, first_b)
        || is_short_for(first_a, first_b)
        || is_slip(first_a, first_b)
        || goes_by_second(first_a, &all_b)
        || goes_by_second(first_b, &all_a)
        || (joined(&a.family) == *first_b && joined(&b.family) == *first_a);
    if alike { Close } else { Unlike }
}

fn is_initial(a: &str, b: &str) -> bool {
    let (mut left, mut right) = (a.chars(), b.chars());
    left.next() == right.next() && (left.next().is_none() || right.next().is_none())
}

/// `Ben` and `Benjamin`, but not `Paul` and `Paula`, who may be twins.
fn is_short_for(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    short.chars().count() >= 3 && long.len() >= short.len() + 3 && long.starts_with(short)
}

/// One slip within a name of some length. Parents give twins names that differ at the beginning
/// (Mia, Tia) or at the end (Anna, Anne), so a difference there is no slip.
fn is_slip(a: &str, b: &str) -> bool {
    let ends = |name: &str| (name.chars().next(), name.chars().next_back());
    let shorter = a.chars().count().min(b.chars().count());
    shorter >= 4 && ends(a) == ends(b) && slips(a, b) == 1
}

fn born(a: Option<&ClinicalDate>, b: Option<&ClinicalDate>) -> Agreement {
    let (Some(a), Some(b)) = (a, b) else {
        return Missing;
    };
    let (day_a, day_b) = (parts(a), parts(b));
    // Dates that systems fill in when nobody knew.
    if [day_a, day_b]
        .iter()
        .any(|day| matches!(day, (1800 | 1900 | 1901, 1, 1)))
    {
        return Missing;
    }
    let precision = a.precision.min(b.precision);
    let shared = |(year, month, day): (i16, i8, i8)| match precision {
        Precision::Year => (year, 1, 1),
        Precision::Month => (year, month, 1),
        Precision::Day | Precision::Time => (year, month, day),
    };
    let equal = shared(day_a) == shared(day_b);
    match (equal, precision >= Precision::Day) {
        (true, true) => Equal,
        (true, false) => Close,
        (false, true) if is_date_slip(day_a, day_b) => Close,
        (false, _) => Unlike,
    }
}

pub(crate) fn parts(date: &ClinicalDate) -> (i16, i8, i8) {
    let day = date.date();
    (day.year(), day.month(), day.day())
}

/// Day and month exchanged, or one digit wrong or two exchanged within a part. A slip in the decade
/// is none: it is what tells a parent from a child with the same name.
fn is_date_slip(a: (i16, i8, i8), b: (i16, i8, i8)) -> bool {
    let exchanged = a.0 == b.0 && a.1 == b.2 && a.2 == b.1;
    let differing = [a.0 != b.0, a.1 != b.1, a.2 != b.2]
        .into_iter()
        .filter(|differs| *differs)
        .count();
    let year = (a.0.abs_diff(b.0)) < 10 && slips(&a.0.to_string(), &b.0.to_string()) <= 1;
    let two = |x: i8, y: i8| slips(&format!("{x:02}"), &format!("{y:02}")) <= 1;
    exchanged || (differing == 1 && year && two(a.1, b.1) && two(a.2, b.2))
}

const fn gender(a: Gender, b: Gender) -> Agreement {
    match (a, b) {
        (Gender::Unknown, _) | (_, Gender::Unknown) => Missing,
        (Gender::Male, Gender::Male)
        | (Gender::Female, Gender::Female)
        | (Gender::Other, Gender::Other) => Equal,
        _ => Unlike,
    }
}

fn lives_alike(a: &Demographics, b: &Demographics) -> bool {
    let postcode = |person: &Demographics| person.postcode.as_deref().map(joined);
    if let (Some(a), Some(b)) = (postcode(a), postcode(b)) {
        return !a.is_empty() && a == b;
    }
    let lines = |person: &Demographics| joined(&person.address.join(" "));
    !lines(a).is_empty() && lines(a) == lines(b)
}

fn shares_telecom(a: &Demographics, b: &Demographics) -> bool {
    let folded = |value: &str| value.to_lowercase().split_whitespace().collect::<String>();
    let long = |value: &String| value.len() >= 7;
    a.telecoms
        .iter()
        .map(|telecom| folded(&telecom.value))
        .filter(long)
        .any(|value| {
            b.telecoms
                .iter()
                .any(|telecom| folded(&telecom.value) == value)
        })
}
