import type Koa from 'koa'
import { Problem } from './problem.ts'

/** One part of a form. */
export interface BodyPart {
  /** Of the field. */
  readonly name: string
  /** As the client calls it; undefined when it does not. */
  readonly filename: string | undefined
  readonly octets: Buffer
}

const partsMax = 1000
const partHeaderOctetsMax = 8192

/** The parts of a `multipart/form-data` body, as views of it. Throws Problem `malformed-request`. */
export function readParts(ctx: Koa.Context, body: Buffer): readonly BodyPart[] {
  const parts = splitParts(body, boundaryOf(ctx.get('Content-Type'))).map(readPart)
  if (parts.length === 0) throw malformed('the form has no parts')
  return parts
}

/** [RFC 2046 §5.1.1] */
function boundaryOf(contentType: string): string {
  const match = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType)
  const boundary = match?.[1] ?? match?.[2]
  if (boundary === undefined) throw malformed('multipart/form-data without a boundary')
  return boundary
}

function splitParts(body: Buffer, boundary: string): readonly Buffer[] {
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  const first = delimiter.subarray(2)
  // The first delimiter may begin the body; every other one belongs to the line break in front of it.
  const begin = body.subarray(0, first.length).equals(first) ? 0 : body.indexOf(delimiter) + 2
  if (begin === 1) throw malformed('the boundary does not occur in the form')
  const parts: Buffer[] = []
  let at = begin + first.length
  while (!isEnd(body, at)) {
    const start = body.indexOf('\r\n', at, 'latin1') + 2
    const end = body.indexOf(delimiter, start - 2)
    if (start === 1 || end < 0) throw malformed('the form ends inside a part')
    if (parts.length === partsMax) throw malformed(`the form has more than ${partsMax} parts`)
    parts.push(body.subarray(start, Math.max(start, end)))
    at = end + delimiter.length
  }
  return parts
}

function isEnd(body: Buffer, at: number): boolean {
  return body[at] === 0x2d && body[at + 1] === 0x2d
}

function readPart(part: Buffer): BodyPart {
  const isBare = part.subarray(0, 2).toString('latin1') === '\r\n'
  const headerEnd = isBare ? 0 : part.subarray(0, partHeaderOctetsMax).indexOf('\r\n\r\n', 0, 'latin1')
  if (headerEnd < 0) throw malformed('the header of a part does not end')
  const header = part.subarray(0, headerEnd).toString('utf8')
  const disposition = /^content-disposition:(.*)$/im.exec(header)?.[1] ?? ''
  const name = parameterOf(disposition, 'name')
  if (name === undefined) throw malformed('a part of the form has no name')
  return { name, filename: parameterOf(disposition, 'filename'), octets: part.subarray(headerEnd + (isBare ? 2 : 4)) }
}

/** One parameter: a quoted text, or a token as some libraries write it. [RFC 2183 §2] */
const parameter = /;\s*([\w*-]+)\s*=\s*(?:"([^"]*)"|([^\s;"]*))/g

/** Browsers escape a quotation mark as %22. [RFC 7578 §2; HTML, multipart/form-data encoding] */
function parameterOf(disposition: string, wanted: string): string | undefined {
  const found = [...disposition.matchAll(parameter)].find(([, name = '']) => name.toLowerCase() === wanted)
  return (found?.[2] ?? found?.[3])?.replaceAll('%22', '"')
}

function malformed(detail: string): Problem {
  return new Problem('malformed-request', detail)
}
