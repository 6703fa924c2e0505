import createQr from 'qrcode-generator'
import type { QrEncoder } from '../../wire/view/index.ts'

/**
 * QR codes of UTF-8 text at error correction level M, in the smallest version that holds it.
 * [EPC069-12 v2.1 §2: level M, at most version 13; its 331 octets fit]
 */
export const encodeQr: QrEncoder = text => {
  const code = createQr(0, 'M')
  // The library takes one octet from each character.
  code.addData(Buffer.from(text).toString('latin1'), 'Byte')
  code.make()
  const modules = Array.from({ length: code.getModuleCount() }, (_, index) => index)
  return modules.map(row => modules.map(column => code.isDark(row, column)))
}
