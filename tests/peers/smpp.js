// An SMPP centre that does as the test tells it. Orders: see `obey`.
const fs = require('node:fs')
const smpp = require('smpp')
const { serve } = require('./peer.js')

const PASSWORD = 'secret'
// how it behaves, until the next order
let manner = {}
let seen = []
let taken = 0
let told = []
const sessions = new Set()

function reset(wanted = {}) {
  manner = {
    statuses: [], // of the next answers; 0 once they are used up
    receipt: null, // before, after, twice: when the receipt is told, with the fields of `told_as`
    toldAs: {},
    hex: false, // answers name the message in hexadecimal
    silentAfter: Infinity, // so many submits are answered, and then no PDU at all
    dropAfter: Infinity, // the connection ends with the next submit, unanswered
    backwards: 0, // so many submits are gathered and answered in the opposite order
    keeps: true, // remembers what was submitted
    garbage: false, // what it answers is no SMPP
    half: false, // it answers with half a PDU
    ...Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== null)),
  }
  seen = []
  told = []
  taken = 0
}
reset()

const gathered = []
let lastId = 0xa00

function receiptOf(id, pdu) {
  const state = manner.toldAs.state ?? 'DELIVRD'
  const text = `id:${manner.toldAs.id ?? id} sub:001 dlvrd:001 submit date:2611290000 done date:2611290001 stat:${state} err:${manner.toldAs.err ?? '000'} text:`
  return {
    source_addr: pdu.destination_addr,
    destination_addr: pdu.source_addr,
    esm_class: 4,
    short_message: text,
    ...(manner.toldAs.parameters ? { receipted_message_id: String(id), message_state: manner.toldAs.number ?? 2 } : {}),
  }
}

function tell(session, values) {
  const entry = { status: null }
  told.push(entry)
  session.deliver_sm(values, (answer) => {
    entry.status = answer.command_status
  })
}

function answer(session, pdu) {
  const status = manner.statuses.shift() ?? 0
  if (status !== 0) {
    session.send(pdu.response({ command_status: status }))
    return
  }
  lastId += 1
  const named = manner.hex ? lastId.toString(16).toUpperCase() : String(lastId)
  if (manner.receipt === 'before' && pdu.registered_delivery === 1) tell(session, receiptOf(lastId, pdu))
  session.send(pdu.response({ message_id: named }))
  if (pdu.registered_delivery !== 1) return
  if (manner.receipt === 'after' || manner.receipt === 'twice') tell(session, receiptOf(lastId, pdu))
  if (manner.receipt === 'twice') tell(session, receiptOf(lastId, pdu))
}

function submitted(session, pdu) {
  taken += 1
  if (taken > manner.dropAfter) return session.destroy()
  if (manner.keeps) {
    const message = pdu.short_message
    const payload = pdu.message_payload?.message ?? pdu.message_payload
    seen.push({
      to: pdu.destination_addr,
      from: pdu.source_addr,
      ton: pdu.source_addr_ton,
      text: Buffer.isBuffer(message.message) ? message.message.toString('latin1') : message.message,
      payload: payload ?? null,
      udh: message.udh ? message.udh.map((part) => Buffer.from(part).toString('hex')) : null,
      coding: pdu.data_coding,
      registered: pdu.registered_delivery,
    })
  }
  if (taken > manner.silentAfter) return
  if (manner.garbage) return session.socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')
  if (manner.half) return session.socket.write(pdu.response({ message_id: 'half' }).toBuffer().subarray(0, 10))
  if (manner.backwards === 0) return answer(session, pdu)
  gathered.push(pdu)
  if (gathered.length >= manner.backwards) {
    while (gathered.length > 0) answer(session, gathered.pop())
  }
}

function obey(wanted) {
  switch (wanted.order) {
    case 'behave':
      return reset(wanted)
    case 'seen':
      return { seen, taken, told: told.map((entry) => entry.status), bound: sessions.size }
    case 'tell':
      for (const session of sessions) {
        const values = { ...wanted.values }
        if (typeof values.hex === 'string') {
          values.short_message = Buffer.from(values.hex, 'hex')
          delete values.hex
        }
        tell(session, values)
      }
      return {}
    case 'enquire':
      return Promise.all([...sessions].map((session) => new Promise((done) => session.enquire_link(() => done()))))
    case 'drop':
      for (const session of sessions) session.destroy()
      return {}
    default:
      throw new Error(`no such order: ${wanted.order}`)
  }
}

const [key, cert] = process.argv.slice(2)
const tls = key ? { key: fs.readFileSync(key), cert: fs.readFileSync(cert) } : {}
const server = smpp.createServer(tls, (session) => {
  session.on('error', () => session.destroy())
  session.on('close', () => sessions.delete(session))
  session.on('bind_transceiver', (pdu) => {
    if (pdu.password !== PASSWORD) return session.send(pdu.response({ command_status: smpp.ESME_RINVPASWD }))
    sessions.add(session)
    session.send(pdu.response({ system_id: 'TestCentre' }))
  })
  session.on('submit_sm', (pdu) => submitted(session, pdu))
  session.on('enquire_link', (pdu) => {
    if (taken <= manner.silentAfter) session.send(pdu.response())
  })
  session.on('unbind', (pdu) => {
    session.send(pdu.response())
    session.close()
  })
})
server.listen(0, '127.0.0.1', () => serve(server.address().port, obey))
