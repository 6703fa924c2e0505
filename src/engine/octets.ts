/** Between threads a Buffer becomes the plain array that it is made of; this makes it one again, without a copy. */
export function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length)
}
