// An SMPP centre that does as the test tells it.
const smpp = require('smpp')
const { serve } = require('./peer.js')

const server = smpp.createServer((session) => {
  session.on('error', () => session.destroy())
  session.on('pdu', (pdu) => {
    if (!pdu.isResponse()) session.send(pdu.response())
  })
})
server.listen(0, '127.0.0.1', () => serve(server.address().port))
