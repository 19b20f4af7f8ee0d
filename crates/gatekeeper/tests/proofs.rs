//! What must not compile: forging a proof, leaving out the audit line, using a proof twice, reading
//! without one.

#[test]
fn proofs_cannot_be_forged_skipped_or_used_twice() {
    let tests = trybuild::TestCases::new();
    tests.compile_fail("tests/proofs/*.rs");
}
