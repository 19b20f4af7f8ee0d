//! The way out: requester, facts, decide, audit, read, withhold, disclose.
