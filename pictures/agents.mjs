/** An agent that is a shell script. @param {string} script */
function scriptAgent(script) {
  return { kind: 'command', argv: ['sh', '-c', script, 'agent', '{message}'] }
}

/** The agents of the pictures, in the form of a config file. */
export const agents = {
  reviewer: scriptAgent(`
    echo "Reading test/checkout.test.ts and src/cart/total.ts."; sleep 0.4
    echo
    echo "The test expects 19.99, and the cart gives 19.990000000000002: prices are added as"
    echo "floating-point numbers. Count in cents instead:"; sleep 0.4
    echo
    echo "    const total = items.reduce((sum, { cents }) => sum + cents, 0) / 100"
  `),
  tests: scriptAgent(`
    n=0
    for file in cart checkout login orders search stock vouchers; do
      n=$((n + 1)); echo "ok $n - test/$file.test.ts"; sleep 0.2
    done
    while :; do n=$((n + 1)); echo "ok $n - test/slow/$n.test.ts"; sleep 1; done
  `),
  writer: scriptAgent(`
    echo "## 2.4"; echo
    while :; do echo "- A line of the release notes."; sleep 0.7; done
  `),
}
