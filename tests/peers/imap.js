// A mailbox over IMAP with TLS. Orders: put a mail into it, say which mails there are and how they are marked.
const fs = require('node:fs')
const hoodiecrow = require('hoodiecrow-imap')
const { freePort, serve } = require('./peer.js')

async function main() {
  const port = await freePort()
  const [key, cert] = process.argv.slice(2)
  const server = hoodiecrow({
    secureConnection: true,
    credentials: { key: fs.readFileSync(key), cert: fs.readFileSync(cert) },
    users: { kaskad: { password: 'secret' } },
    storage: { INBOX: { messages: [] } },
  })
  const inbox = () => server.folderCache.INBOX
  server.listen(port, '127.0.0.1', () =>
    serve(port, ({ order, raw }) => {
      switch (order) {
        case 'put':
          server.appendMessage('INBOX', [], false, raw)
          return {}
        case 'flags':
          return inbox().messages.map((message) => message.flags)
        case 'empty':
          inbox().messages.length = 0
          return {}
        default:
          throw new Error(`no such order: ${order}`)
      }
    }),
  )
}

void main()
