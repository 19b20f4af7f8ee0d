//! Pages that lead on by themselves: to a provider, back from it, and into a record.
//!
//! They are pages and no redirections. What another site redirects to carries no session, and what
//! a form leads to may not be another site; what a page of our own asks for next is neither.

use askama::Template;
use tributary_gatekeeper::Onward;
use tributary_model::Address;

use super::{
    Frame,
    permission::{Typed, Waiting},
};

/// A page with one way on, which it takes by itself.
#[derive(Template)]
#[template(path = "onward.html")]
pub(crate) struct OnwardPage {
    frame: Frame,
    heading: String,
    line: &'static str,
    to: String,
    link: String,
}

impl OnwardPage {
    /// Back from a provider.
    pub(crate) fn signed_in(frame: Frame) -> Self {
        Self {
            frame,
            heading: "You are signed in".to_owned(),
            line: "You are being taken to the shared record.",
            to: "/".to_owned(),
            link: "Continue".to_owned(),
        }
    }

    /// To a provider once more.
    pub(crate) fn to_provider(frame: Frame, onward: Onward) -> Self {
        Self {
            frame,
            heading: format!("Prove with {} who you are", onward.words),
            line: "You are being taken there. What you wrote is kept and waits for you.",
            to: onward.address,
            link: format!("Continue with {}", onward.words),
        }
    }

    /// To the patient of a link.
    pub(crate) fn to_patient(frame: Frame) -> Self {
        Self {
            frame,
            heading: "Opening the patient".to_owned(),
            line: "You are being taken to the patient you had open. You may have to sign in first.",
            to: "/launch/open".to_owned(),
            link: "Continue".to_owned(),
        }
    }

    /// Signed out here, and on to the provider's own sign-out.
    pub(crate) fn signed_out(frame: Frame, to: String) -> Self {
        Self {
            frame,
            heading: "You are signed out of the shared record".to_owned(),
            line: "You are being taken to where you signed in, to sign out there too.",
            to,
            link: "Sign out there too".to_owned(),
        }
    }
}

/// The answer that waited while its sender proved who they are: one button sends it.
#[derive(Template)]
#[template(path = "resume.html")]
pub(crate) struct ResumePage {
    frame: Frame,
    address: Address,
    typed: Typed,
}

impl ResumePage {
    /// None if nothing waited that can be read.
    pub(crate) fn new(frame: Frame, waiting: &str) -> Option<Self> {
        let (address, typed) = Waiting::read(waiting)?;
        Some(Self {
            frame,
            address,
            typed,
        })
    }
}
