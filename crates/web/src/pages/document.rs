//! The attachment of an entry: what may be shown in a frame, and what is only downloaded.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tributary_model::{ClinicalEntry, Detail};

/// The bytes of an attachment, as the source sent them.
pub(crate) struct Attachment {
    pub(crate) media_type: &'static str,
    pub(crate) bytes: Vec<u8>,
    ending: &'static str,
    shown: bool,
}

/// Media types that are sent as what they say they are: theirs, ours, file ending, shown in a
/// frame. Browsers do not draw PDF in a sandboxed frame, so it is only downloaded or opened.
const KNOWN: [(&str, &str, &str, bool); 6] = [
    ("text/plain", "text/plain; charset=utf-8", "txt", true),
    ("text/html", "text/html; charset=utf-8", "html", true),
    ("image/png", "image/png", "png", true),
    ("image/jpeg", "image/jpeg", "jpg", true),
    ("application/pdf", "application/pdf", "pdf", false),
    ("text/rtf", "text/rtf", "rtf", false),
];

impl Attachment {
    /// The attachment of an entry, if it has one that can be read.
    pub(crate) fn of(entry: &ClinicalEntry) -> Option<Self> {
        let Detail::Document(document) = &entry.detail else {
            return None;
        };
        if document.data.is_empty() {
            return None;
        }
        let packed: String = document.data.split_ascii_whitespace().collect();
        let bytes = STANDARD.decode(packed).ok()?;
        let (_, media_type, ending, shown) =
            known(&document.media_type).unwrap_or(("", "application/octet-stream", "bin", false));
        Some(Self {
            media_type,
            bytes,
            ending,
            shown,
        })
    }

    /// Whether an entry's attachment is shown in a frame on its page.
    pub(crate) fn is_shown(media_type: &str) -> bool {
        known(media_type).is_some_and(|(_, _, _, shown)| shown)
    }

    /// The file name says nothing of whose document it is.
    pub(crate) fn disposition(&self) -> String {
        let how = if self.shown || self.ending == "pdf" {
            "inline"
        } else {
            "attachment"
        };
        format!("{how}; filename=\"document.{}\"", self.ending)
    }
}

fn known(media_type: &str) -> Option<(&'static str, &'static str, &'static str, bool)> {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    KNOWN
        .into_iter()
        .find(|(name, ..)| name.eq_ignore_ascii_case(essence))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn what_is_not_known_is_downloaded_as_bytes() {
        for (sent, kept, disposition) in [
            (
                "text/plain;charset=utf-8",
                "text/plain; charset=utf-8",
                "inline; filename=\"document.txt\"",
            ),
            (
                "application/pdf",
                "application/pdf",
                "inline; filename=\"document.pdf\"",
            ),
            (
                "image/svg+xml",
                "application/octet-stream",
                "attachment; filename=\"document.bin\"",
            ),
            (
                "",
                "application/octet-stream",
                "attachment; filename=\"document.bin\"",
            ),
        ] {
            let entry = samples::letter(sent, "SGVsbG8g\n d29ybGQ=");
            let attachment = Attachment::of(&entry).unwrap();
            assert_eq!(attachment.bytes, b"Hello world");
            assert_eq!(
                (attachment.media_type, attachment.disposition().as_str()),
                (kept, disposition)
            );
        }
    }

    #[test]
    fn bytes_that_cannot_be_read_are_no_attachment() {
        assert!(Attachment::of(&samples::letter("text/plain", "%%%")).is_none());
        assert!(Attachment::of(&samples::letter("text/plain", "")).is_none());
    }
}
