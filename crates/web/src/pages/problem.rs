//! Pages that say why there is no page. They know nothing of any person.

use std::borrow::Cow;

use askama::Template;
use tributary_model::Timestamp;

/// A plain page.
#[derive(Template)]
#[template(path = "problem.html")]
pub(crate) struct ProblemPage {
    heading: &'static str,
    lines: Cow<'static, [Cow<'static, str>]>,
}

/// Lines that are always the same.
macro_rules! always {
    ($($line:literal),* $(,)?) => {
        Cow::Borrowed(&[$(Cow::Borrowed($line)),*])
    };
}

impl ProblemPage {
    pub(crate) const fn no_such_page() -> Self {
        Self {
            heading: "Page not found",
            lines: always![
                "If you typed the address, check that it is right.",
                "If you followed a link from an older page, what it pointed to may have changed. \
                 Find the patient again.",
            ],
        }
    }

    pub(crate) const fn not_readable() -> Self {
        Self {
            heading: "The form could not be read",
            lines: always!["Nothing was changed. Go back and send the form again."],
        }
    }

    pub(crate) const fn gone_on() -> Self {
        Self {
            heading: "This has gone on meanwhile",
            lines: always![
                "Somebody else has taken this step, or another one that rules it out. Nothing was \
                 changed.",
                "Open the page again to see where it stands.",
            ],
        }
    }

    pub(crate) const fn not_for_role() -> Self {
        Self {
            heading: "This page is not for your role",
            lines: always![
                "Nothing was shown. If you have another role that may use it, change your role.",
                "If you think that your role should include this, speak to your privacy officer.",
            ],
        }
    }

    pub(crate) const fn unavailable() -> Self {
        Self {
            heading: "The record is not available at the moment",
            lines: always![
                "Nothing was shown and nothing was changed. Try again in a minute.",
                "If you need information about a patient now, telephone the service that holds it.",
            ],
        }
    }

    /// A search too many: when to go on.
    pub(crate) fn too_many_searches(until: Timestamp) -> Self {
        let at = format!("You can search again at {}.", until.time_words());
        Self {
            heading: "Too many searches",
            lines: Cow::Owned(vec![
                Cow::Owned(at),
                Cow::Borrowed(
                    "This account has searched for more patients than one person treats in that \
                     time. Nothing was searched for. Records that are open stay open.",
                ),
                Cow::Borrowed(
                    "If it was not you who searched, tell your privacy officer now and change \
                     your password.",
                ),
            ]),
        }
    }
}
