import { isUuid } from '../../kernel/index.ts'

/*
 * Arrays in PostgreSQL's binary format [array_recv in src/backend/utils/adt/arrayfuncs.c]: dimensions, whether there are nulls,
 * element type, length and lower bound, then each element with its length. A driver parameter that is a Buffer goes out as
 * binary; the text form would double every octet and make both sides parse it.
 */

/** Object identifiers of the element types, fixed in every PostgreSQL. [src/include/catalog/pg_type.dat] */
const typeNumber = {
  boolean: 16,
  bytea: 17,
  bigint: 20,
  integer: 23,
  text: 25,
  timestamptz: 1184,
  uuid: 2950,
  jsonb: 3802,
} as const

export function textArray(values: readonly (string | undefined)[]): Buffer {
  return writeArray(typeNumber.text, values, {
    sizeOf: value => Buffer.byteLength(value),
    write: (into, at, value) => into.write(value, at),
  })
}

/** The binary form of jsonb is a version octet and the text. [jsonb_recv] */
export function jsonArray(values: readonly unknown[]): Buffer {
  const texts = values.map(value => (value === undefined ? undefined : `\u0001${JSON.stringify(value)}`))
  return writeArray(typeNumber.jsonb, texts, {
    sizeOf: value => Buffer.byteLength(value),
    write: (into, at, value) => into.write(value, at),
  })
}

export function byteaArray(values: readonly (Buffer | undefined)[]): Buffer {
  return writeArray(typeNumber.bytea, values, {
    sizeOf: value => value.length,
    write: (into, at, value) => into.set(value, at),
  })
}

/** Throws a TypeError when a value is no UUID in its usual text form. */
export function uuidArray(values: readonly (string | undefined)[]): Buffer {
  return writeArray(typeNumber.uuid, values, {
    sizeOf: () => 16,
    write: (into, at, value) => {
      if (!isUuid(value)) throw new TypeError(`not a UUID: ${value}`)
      into.write(value.replaceAll('-', ''), at, 'hex')
    },
  })
}

export function bigintArray(values: readonly (number | undefined)[]): Buffer {
  return writeArray(typeNumber.bigint, values, {
    sizeOf: () => 8,
    write: (into, at, value) => into.writeBigInt64BE(BigInt(value), at),
  })
}

export function integerArray(values: readonly (number | undefined)[]): Buffer {
  return writeArray(typeNumber.integer, values, {
    sizeOf: () => 4,
    write: (into, at, value) => into.writeInt32BE(value, at),
  })
}

export function booleanArray(values: readonly (boolean | undefined)[]): Buffer {
  return writeArray(typeNumber.boolean, values, {
    sizeOf: () => 1,
    write: (into, at, value) => into.writeUInt8(value ? 1 : 0, at),
  })
}

/** Milliseconds since 1970 become PostgreSQL's microseconds since 2000. */
export function instantArray(values: readonly (number | undefined)[]): Buffer {
  return writeArray(typeNumber.timestamptz, values, {
    sizeOf: () => 8,
    write: (into, at, value) => into.writeBigInt64BE(BigInt(value - millennium) * 1000n, at),
  })
}

const millennium = Date.UTC(2000, 0, 1)
const headOctets = 20

interface Element<T> {
  sizeOf(value: T): number
  write(into: Buffer, at: number, value: T): void
}

function writeArray<T>(type: number, values: readonly (T | undefined)[], element: Element<T>): Buffer {
  let size = headOctets
  let nulls = 0
  for (const value of values) {
    size += 4
    if (value === undefined) nulls = 1
    else size += element.sizeOf(value)
  }
  const array = Buffer.allocUnsafe(size)
  ;[1, nulls, type, values.length, 1].forEach((number, index) => array.writeInt32BE(number, index * 4))
  let at = headOctets
  for (const value of values) {
    const length = value === undefined ? -1 : element.sizeOf(value)
    at = array.writeInt32BE(length, at)
    if (value === undefined) continue
    element.write(array, at, value)
    at += length
  }
  return array
}
