// One line for each check, read by `cargo xtask`: `ok …` or `not ok …` with what was found.
let failed = 0;
let passed = 0;

export function report(name, faults) {
  if (faults.length === 0) {
    passed += 1;
    console.log(`ok ${name}`);
    return;
  }
  failed += 1;
  console.log(`not ok ${name}`);
  for (const fault of faults) console.log(`    ${fault}`);
}

// Runs a check; one that cannot even be made has failed.
export async function check(name, body) {
  try {
    report(name, await body());
  } catch (error) {
    report(name, [String(error?.message ?? error).split('\n').slice(0, 6).join('\n    ')]);
  }
}

export function close() {
  console.log(`browser: ${passed} checks held, ${failed} did not`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}
