//! A synthetic English region: people, organisations and their nightly feeds, deterministic from a seed.
