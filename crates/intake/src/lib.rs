//! The way in: accept, parse, match, file, or park for a person.
