/** Scripts that print as agents do, a line now and then. @param {string} script */
function said(script) {
  return { kind: 'command', argv: ['sh', '-c', script, 'agent', '{message}'] }
}

/** Agents of the pictures, as a config file has them. */
export const agents = {
  reviewer: said(`
    echo "Reading test/checkout.test.ts and src/cart/total.ts."; sleep 0.4
    echo
    echo "The test expects 19.99, and the cart gives 19.990000000000002: prices are added as"
    echo "floating-point numbers. Counting in cents mends it:"; sleep 0.4
    echo
    echo "    const total = items.reduce((sum, { cents }) => sum + cents, 0) / 100"
  `),
  tests: said(`
    n=0
    for file in cart checkout login orders search stock vouchers; do
      n=$((n + 1)); echo "ok $n - test/$file.test.ts"; sleep 0.2
    done
    while :; do n=$((n + 1)); echo "ok $n - test/slow/$n.test.ts"; sleep 1; done
  `),
  writer: said(`
    echo "## 2.4"; echo
    while :; do echo "- A line of the release notes, as it comes."; sleep 0.7; done
  `),
}
