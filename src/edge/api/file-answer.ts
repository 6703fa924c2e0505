import type { RouteContext } from '../http/index.ts'

/** A file as an answer. */
export interface FileAnswer {
  readonly filename: string
  readonly mimeType: string
  readonly octets: Buffer
  /** Made by us, and therefore fit to be shown where it comes from; everything else is for saving. */
  readonly isOurs: boolean
}

/**
 * What a browser may do with what we answer, which may have been written by a stranger: HTML is shown with its own style sheet and
 * images and nothing else, in an origin of its own; everything else is for saving.
 */
const page =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
const nothing = "default-src 'none'; frame-ancestors 'none'; sandbox"
/** Browsers do not show a PDF in a sandbox. */
const ownPdf = "default-src 'none'; frame-ancestors 'none'"

/** Sets body and headers. A media type that is none becomes `application/octet-stream`. */
export function setFile(ctx: RouteContext, { filename, mimeType, octets, isOurs }: FileAnswer): void {
  ctx.body = octets
  ctx.set('Content-Type', typeOf(mimeType))
  setFileHeaders(ctx, filename, isOurs ? mimeType : undefined)
}

/** As setFile, for a body and a type that are set elsewhere; `ownType` is the media type of what we have made ourselves. */
export function setFileHeaders(ctx: RouteContext, filename: string, ownType?: string): void {
  const isShown = ownType === 'text/html' || ownType === 'application/pdf'
  ctx.set('X-Content-Type-Options', 'nosniff')
  ctx.set('Referrer-Policy', 'no-referrer')
  ctx.set('Content-Security-Policy', ownType === 'text/html' ? page : ownType === 'application/pdf' ? ownPdf : nothing)
  ctx.set('Content-Disposition', dispositionOf(filename, isShown ? 'inline' : 'attachment'))
}

/** As Content-Type has it; `application/octet-stream` for a media type that is none. */
export function typeOf(mimeType: string): string {
  if (!/^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(mimeType)) return 'application/octet-stream'
  return mimeType === 'text/html' ? 'text/html; charset=utf-8' : mimeType
}

/** Old readers take the ASCII name, all others the whole one. [RFC 6266 §4.3; RFC 8187] */
function dispositionOf(filename: string, kind: 'inline' | 'attachment'): string {
  // oxlint-disable-next-line no-control-regex
  const name = filename.toWellFormed().replaceAll(/^\.+|[\u0000-\u001F\u007F/\\"]/g, '_')
  const plain = name.replaceAll(/[^\w.() -]+/g, '_')
  const whole = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    one => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${kind}; filename="${plain}"${plain === name ? '' : `; filename*=UTF-8''${whole}`}`
}

/** The first of ours that Accept-Language asks for; undefined when it asks for none of them. [RFC 9110 §12.5.4] */
export function languageWanted<const Ours extends string>(ctx: RouteContext, ours: readonly Ours[]): Ours | undefined {
  ctx.vary('Accept-Language')
  const asked = ctx
    .get('Accept-Language')
    .split(',')
    .flatMap(one => {
      const match = /^\s*([A-Za-z]{2})(?:-[\w-]+)?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*$/.exec(one)
      return match === null ? [] : [{ language: (match[1] ?? '').toLowerCase(), weight: Number(match[2] ?? 1) }]
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
  for (const { language } of asked) {
    const found = ours.find(one => one === language)
    if (found !== undefined) return found
  }
  return undefined
}
