//! What is bounded, and by how much.

use tributary_model::Timestamp;

/// How many shown facts an entry is compared with before it stands as a fact of its own. One
/// source seldom says the same of one day more than a few times; beyond that, showing twice is
/// safe and a long search is not.
pub(crate) const LIKENESS_CANDIDATES: usize = 16;

/// How far apart two sources may date the beginning of one problem. A practice dates a problem by
/// the letter that brought it; letters are due within a week or two and are coded within days, so
/// four weeks join what is one diagnosis. A true recurrence of the same thing at another
/// organisation within four weeks is, to the reader, still the same episode.
pub(crate) const ONSET_TOLERANCE: i64 = 28 * Timestamp::DAY;

/// How long ago counts as lately, for medicines stopped and for results to note.
pub(crate) const LATELY: i64 = 365 * Timestamp::DAY;

/// How long after the last dose a medicine given by a hospital still counts as current: the
/// longest usual interval of a depot or a cycle is three months.
pub(crate) const HOSPITAL_INTERVAL: i64 = 92 * Timestamp::DAY;

/// How long after the last dose a medicine given on a ward still counts as current.
pub(crate) const WARD_INTERVAL: i64 = 3 * Timestamp::DAY;

/// How long a pregnancy lasts at most; one recorded as active before that is an old note.
pub(crate) const PREGNANCY: i64 = 300 * Timestamp::DAY;

/// Appointments shown at the top.
pub(crate) const NEXT_APPOINTMENTS: usize = 5;

/// Abnormal results shown at the top.
pub(crate) const ABNORMAL_RESULTS: usize = 10;

/// Below this age, in years, the last weight is shown at the top: doses go by it.
pub(crate) const CHILD: i16 = 16;

/// Letters of a document's text that are shown in its row; the entry's own page shows all.
pub(crate) const TEXT_IN_ROW: usize = 400;
