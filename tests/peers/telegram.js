// A Telegram API server. Its own client side (what users write, what bots wrote) is HTTP as telegram-test-api has it.
const TelegramServer = require('telegram-test-api')
const { freePort, serve } = require('./peer.js')

async function main() {
  const port = await freePort()
  const server = new TelegramServer({ port, host: '127.0.0.1', storeTimeout: 3600 })
  await server.start()
  serve(port)
}

void main()
