//! Pages that say why somebody is not let in, or a link not followed, and what to do.

use askama::Template;
use tributary_gatekeeper::NotIn;

use super::Frame;

/// A plain page within its frame.
#[derive(Template)]
#[template(path = "telling.html")]
pub(crate) struct TellingPage {
    frame: Frame,
    heading: &'static str,
    lines: Vec<String>,
    to: (&'static str, &'static str),
}

/// Back to the beginning.
const SIGN_IN: (&str, &str) = ("/sign-in", "Sign in");
/// To the search of one's own patients.
const FIND: (&str, &str) = ("/find", "Find a patient");

impl TellingPage {
    fn new(
        frame: Frame,
        heading: &'static str,
        lines: &[&str],
        to: (&'static str, &'static str),
    ) -> Self {
        let lines = lines.iter().map(|line| (*line).to_owned()).collect();
        Self {
            frame,
            heading,
            lines,
            to,
        }
    }

    /// Why somebody who came from a provider is not let in.
    pub(crate) fn not_in(frame: Frame, why: &NotIn) -> Self {
        let (heading, line) = match why {
            NotIn::Unreachable => (
                "The sign-in service cannot be reached",
                "Try again in a few minutes. Nothing was changed.",
            ),
            NotIn::NotBegunHere => (
                "Sign in again",
                "This sign-in was not begun in this browser, was used before, or took longer than \
                 ten minutes.",
            ),
            NotIn::TurnedBack => (
                "You are not signed in",
                "The sign-in service did not confirm who you are, or you turned back there.",
            ),
            NotIn::NotBelieved => (
                "You are not signed in",
                "What the sign-in service sent could not be confirmed. If this happens again, \
                 tell your IT service desk.",
            ),
            NotIn::Level => (
                "You have to sign in more securely",
                "The shared record needs a stronger sign-in than the one you used, such as a \
                 smartcard or a security key.",
            ),
            NotIn::NoRole => (
                "You have no role that may use the shared record",
                "Your sign-in carries no role at an organisation of this region. Ask the person \
                 who looks after staff roles in your organisation.",
            ),
            NotIn::RoleNotListed => (
                "Your chosen role could not be confirmed",
                "The role you chose is not among the roles your sign-in carries. Sign in again \
                 and choose another, or ask who looks after staff roles in your organisation.",
            ),
            NotIn::RoleUnknown(_) => (
                "Your role may not use the shared record",
                "If you have another role that may use it, sign in again and choose that one.",
            ),
            NotIn::Closed => (
                "Your account is closed",
                "If you think it should be open, speak to your privacy officer.",
            ),
            NotIn::SomebodyElse => (
                "Somebody else signed in",
                "To go on, the same person has to sign in who was signed in before.",
            ),
        };
        let mut page = Self::new(frame, heading, &[line], SIGN_IN);
        if let NotIn::RoleUnknown(code) = why {
            page.lines.push(format!("The role has the code {code}."));
        }
        page
    }

    pub(crate) fn link_not_followed(frame: Frame) -> Self {
        let lines = [
            "Links from other systems work once and for a few minutes. Go back to the system you \
             came from and open the shared record again from there.",
            "Nothing was shown.",
        ];
        Self::new(frame, "This link does not work any more", &lines, FIND)
    }

    pub(crate) fn link_for_another(frame: Frame) -> Self {
        let lines = [
            "The person who is signed in here is not the one the link was made for. Sign out, \
             and open the shared record again from the system you came from.",
            "Nothing was shown. Records that were open are closed.",
        ];
        Self::new(frame, "This link is for somebody else", &lines, FIND)
    }

    pub(crate) fn link_for_another_organisation(
        frame: Frame,
        organisation: &str,
        several: bool,
    ) -> Self {
        let first = format!(
            "It comes from a system of {organisation}, and you act for another organisation now."
        );
        let heading = "This link is for another organisation";
        let to = if several {
            ("/role", "Change your role")
        } else {
            FIND
        };
        Self::new(frame, heading, &[&first, "Nothing was shown."], to)
    }

    pub(crate) fn link_to_nobody(frame: Frame) -> Self {
        let first = format!(
            "{} has not sent exactly one patient with the number in the link. Find the patient \
             by hand, and make sure that it is the right one.",
            frame.organisation()
        );
        let lines = [first.as_str(), "Records that were open are closed."];
        Self::new(frame, "The patient was not found", &lines, FIND)
    }
}
