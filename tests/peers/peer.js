// What every peer shares: it tells its port, takes orders as lines of JSON, and ends when the test lets go of it.
const net = require('node:net')
const readline = require('node:readline')

/** A port that nobody listens on at this moment, for servers that cannot choose one. */
function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

/** Tell the test where to connect, then answer its orders: `obey` gets each and gives what the test is told. */
function serve(port, obey = () => ({})) {
  process.stdout.write(`listening ${port}\n`)
  const orders = readline.createInterface({ input: process.stdin })
  let last = Promise.resolve()
  orders.on('line', (line) => {
    last = last
      .then(() => obey(JSON.parse(line)))
      .then(
        (answer) => ({ answer: answer ?? {} }),
        (error) => ({ error: String(error.stack ?? error) }),
      )
      .then((said) => process.stdout.write(`${JSON.stringify(said)}\n`))
  })
  orders.on('close', () => process.exit(0))
}

module.exports = { freePort, serve }
