//! Facts in, decision out, with the rule that decided; the only maker of Permitted.
