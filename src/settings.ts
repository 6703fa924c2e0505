import {
  choice,
  countryCode,
  dnsServer,
  flag,
  folder,
  integer,
  keyPair,
  list,
  optionalFile,
  optionalText,
  optionalUrl,
  participant,
  pathOf,
  seconds,
  secret,
  type Setting,
  sha256,
  staticReceiver,
  text,
  url,
} from './setting.ts'

/**
 * Every setting once. The name of a setting is `group.key`; its environment variable follows from it:
 * `http.publicUrl` is PASSERELLE_HTTP_PUBLIC_URL. config.ts is the only reader of the environment.
 */
export const settings = {
  http: {
    host: text({ default: '127.0.0.1', text: 'Address to listen on; 0.0.0.0 or :: for every interface.' }),
    port: integer({ default: 8080, min: 0, max: 65_535, text: 'Port to listen on; 0 takes a free one.' }),
    publicUrl: optionalUrl({
      text: 'How others reach this node, without a trailing slash; the default is made of address and port.',
    }),
    tlsCertificate: optionalFile({ text: 'PEM certificate chain for HTTPS; without it TLS ends at a proxy in front.' }),
    tlsKey: optionalFile({ text: 'PEM private key for HTTPS.' }),
    headerOctetsMax: integer({
      default: 16_384,
      min: 1024,
      unit: 'octets',
      text: 'A longer request header is answered with 431.',
    }),
    requestSeconds: integer({
      default: 300,
      min: 1,
      unit: 'seconds',
      text: 'A request that has not arrived completely by then is dropped.',
    }),
    keepAliveSeconds: integer({
      default: 65,
      min: 1,
      unit: 'seconds',
      text: 'How long an idle connection is kept open.',
    }),
    stopSeconds: integer({
      default: 20,
      min: 0,
      unit: 'seconds',
      text: 'How long a stopping node lets running requests end.',
    }),
  },
  api: {
    tokens: list({
      item: sha256,
      text: 'SHA-256 (hexadecimal) of each bearer token; `passerelle keys token` makes one. Without any, the API is open and only allowed on loopback.',
    }),
    bodyOctetsMax: integer({
      default: 268_435_456,
      min: 1024,
      unit: 'octets',
      text: 'A longer request body is answered with 413.',
    }),
    jsonOctetsMax: integer({
      default: 33_554_432,
      min: 1024,
      unit: 'octets',
      text: 'The same for JSON, large files in it not counted: it is read in memory.',
    }),
    pageMax: integer({ default: 200, min: 1, max: 1000, text: 'Most invoices in one answer of a list.' }),
  },
  database: {
    url: secret({
      text: 'PostgreSQL connection URL. Without it an embedded PostgreSQL is started in database.folder.',
    }),
    folder: folder({ default: '.passerelle/postgres', text: 'Data folder of the embedded PostgreSQL.' }),
    connectionsMax: integer({ default: 10, min: 2, max: 1000, text: 'Connections to the database.' }),
  },
  data: {
    folder: folder({ default: '.passerelle/data', text: 'Where payloads too large for the database lie.' }),
    memoryOctetsMax: integer({
      default: 262_144,
      min: 0,
      unit: 'octets',
      text: 'A larger payload goes to the data folder.',
    }),
  },
  accessPoint: {
    key: optionalFile({ text: 'PEM private key of the access point.' }),
    certificate: optionalFile({ text: 'PEM certificate of the access point.' }),
    pkcs12: optionalFile({ text: 'PKCS#12 file with both, instead of the PEM pair.' }),
    password: secret({ text: 'Password of the PKCS#12 file or of the encrypted PEM key.' }),
    former: list({
      item: keyPair,
      text: 'Keys of before a roll-over, `{ key, certificate }` in unencrypted PEM: messages that are still enciphered for them are read.',
    }),
    country: countryCode({
      default: 'FR',
      text: 'ISO 3166-1 code of the country of our senders (C1) where a document does not say it.',
    }),
  },
  smp: {
    key: optionalFile({ text: 'PEM private key of the SMP. Without key and certificate this node publishes nothing.' }),
    certificate: optionalFile({ text: 'PEM certificate of the SMP.' }),
    pkcs12: optionalFile({ text: 'PKCS#12 file with both, instead of the PEM pair.' }),
    password: secret({ text: 'Password of the PKCS#12 file or of the encrypted PEM key.' }),
    technicalContactUrl: text({ default: 'mailto:operations@localhost', text: 'Published with every endpoint.' }),
  },
  trust: {
    network: choice({
      default: 'peppol-test',
      of: ['peppol-production', 'peppol-test', 'private'],
      text: 'Whose certificates are trusted; one network per process.',
    }),
    folder: optionalFile({
      text: 'For a private network: folder of PEM files named root*.pem, access-point*.pem and smp*.pem.',
    }),
    revocation: choice({
      default: 'crl',
      of: ['crl', 'off'],
      text: '`off` only for private networks that have no revocation lists.',
    }),
    crlUrlPrefixes: list({
      item: url,
      default: ['http://crl.one.nl.digicert.com/'],
      text: 'Revocation lists are fetched from below these addresses only.',
    }),
    crlRefreshSeconds: integer({
      default: 21_600,
      min: 10,
      unit: 'seconds',
      text: 'How often revocation lists are fetched again.',
    }),
  },
  dns: {
    servers: list({
      item: dnsServer,
      text: 'Name servers as address or address:port, tried in turn; the default is those of the system.',
    }),
    zone: optionalText({
      text: 'Zone of the SML; the default is that of trust.network. A private network must name one to look anybody up.',
    }),
    timeoutMilliseconds: integer({
      default: 3000,
      min: 50,
      unit: 'milliseconds',
      text: 'How long one name server is waited for.',
    }),
  },
  network: {
    insecure: flag({ default: false, text: 'Allows http:// for SMPs and access points: private networks only.' }),
    tlsAuthorities: list({
      item: pathOf,
      text: 'PEM files of authorities whose TLS certificates are trusted beside those of the public ones: private networks.',
    }),
    connectMilliseconds: integer({
      default: 10_000,
      min: 50,
      unit: 'milliseconds',
      text: 'How long a connection may take to be made.',
    }),
    smpMilliseconds: integer({
      default: 15_000,
      min: 50,
      unit: 'milliseconds',
      text: 'How long an SMP or a revocation list is waited for.',
    }),
    postMilliseconds: integer({
      default: 300_000,
      min: 50,
      unit: 'milliseconds',
      text: 'How long the answer to a posted message is waited for.',
    }),
    connectionsPerPeer: integer({
      default: 16,
      min: 1,
      max: 1000,
      text: 'Kept connections to one other access point.',
    }),
  },
  limits: {
    soapOctetsMax: integer({ default: 262_144, min: 4096, unit: 'octets', text: 'Of the SOAP part of a message.' }),
    partHeaderOctetsMax: integer({ default: 8192, min: 256, unit: 'octets', text: 'Of the headers of one MIME part.' }),
    partsMax: integer({ default: 4, min: 2, max: 100, text: 'MIME parts of a message, the SOAP part included.' }),
    messageOctetsMax: integer({ default: 157_286_400, min: 65_536, unit: 'octets', text: 'Of a whole AS4 request.' }),
    inflatedOctetsMax: integer({
      default: 157_286_400,
      min: 65_536,
      unit: 'octets',
      text: 'Of one payload after decompression.',
    }),
    headOctets: integer({
      default: 65_536,
      min: 4096,
      unit: 'octets',
      text: 'How much of a payload is kept at hand to read its header.',
    }),
  },
  exchange: {
    sendersMax: integer({ default: 32, min: 1, max: 1000, text: 'Messages sent at the same time.' }),
    processorsMax: integer({ default: 32, min: 1, max: 1000, text: 'Received messages worked on at the same time.' }),
    retrySeconds: list({
      item: seconds,
      default: [30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 57_600],
      unit: 'seconds',
      text: 'Pause before each further attempt; after the last one a transmission fails.',
    }),
  },
  rules: {
    folder: folder({
      default: '.passerelle/rules',
      text: 'Where imported rule packs and schemas lie; `passerelle rules import` puts them there.',
    }),
  },
  branding: {
    logo: optionalFile({
      text: 'PNG or JPEG at the head of the invoices we sent, where they are shown as page or PDF. None of the three is for senders whose tenant has a look of its own.',
    }),
    color: optionalText({ text: 'Of their headings and rules, `#RRGGBB`.' }),
    footer: optionalText({ text: 'A line at the foot of each of their pages.' }),
  },
  documents: {
    threadsMax: integer({
      default: 2,
      min: 1,
      max: 64,
      text: 'Threads that judge and convert large documents, so that these hold nothing up.',
    }),
    threadOctetsMin: integer({
      default: 131_072,
      min: 0,
      unit: 'octets',
      text: 'A document of this size or more goes to such a thread.',
    }),
    secondsMax: integer({
      default: 60,
      min: 1,
      max: 3600,
      unit: 'seconds',
      text: 'A document that takes longer in a thread is given up and told so.',
    }),
    megabytesMax: integer({
      default: 1024,
      min: 128,
      max: 65_536,
      unit: 'megabytes',
      text: 'The same for the memory of the thread.',
    }),
    heldOctetsMax: integer({
      default: 268_435_456,
      min: 1_048_576,
      unit: 'octets',
      text: 'Of PDFs and forms over REST, which are held in memory as a whole, at one time; more of them wait.',
    }),
  },
  cache: {
    foundSecondsMax: integer({
      default: 900,
      min: 0,
      unit: 'seconds',
      text: 'How long a found endpoint is kept at most; a shorter DNS time to live wins.',
    }),
    absentSecondsMax: integer({
      default: 60,
      min: 0,
      unit: 'seconds',
      text: 'How long an unregistered participant is remembered as such.',
    }),
    entriesMax: integer({ default: 10_000, min: 1, text: 'Cached look-ups.' }),
  },
  receivers: {
    static: list({
      item: staticReceiver,
      text: 'Receivers whose endpoint is given by hand: {"participant", "url", "certificate": PEM file}.',
    }),
  },
  registrations: {
    participants: list({
      item: participant,
      text: 'Participants registered at start: {"participant", "name", "services": [{"documentType", "process"}]}; without services those of Peppol BIS Billing 3.',
    }),
  },
  log: {
    level: choice({
      default: 'info',
      of: ['info', 'warn', 'error', 'silent'],
      text: 'Least severe event that is written.',
    }),
  },
} satisfies Record<string, Record<string, Setting<unknown>>>
