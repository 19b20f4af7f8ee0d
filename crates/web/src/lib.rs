//! HTTP: the clinician's pages, the privacy officer's lists, the FHIR API, the feeds' door.
