//! All SQL, on SQLite and PostgreSQL; seals and opens bodies; the only maker of Permit.
