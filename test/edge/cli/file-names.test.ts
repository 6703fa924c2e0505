import { describe, expect, it } from 'vitest'
import { FileNames } from '../../../src/edge/cli/file-names.ts'

function nameFor(name: string, mimeType = 'application/pdf'): string {
  return new FileNames(() => false).nameFor({ name, mimeType })
}

describe('the name of an extracted file', () => {
  it.each([
    ['invoice.pdf', 'invoice.pdf'],
    ['relevé été (1).pdf', 'relevé été (1).pdf'],
    ['../../etc/passwd', 'passwd'],
    ['/etc/passwd', 'passwd'],
    [String.raw`C:\Windows\win.ini`, 'win.ini'],
    ['..', 'attachment.pdf'],
    ['', 'attachment.pdf'],
    ['/', 'attachment.pdf'],
    ['.bashrc', 'bashrc'],
    ['a.pdf. .', 'a.pdf'],
    ['a\u0000b\n.pdf', 'a_b_.pdf'],
    ['a:b*c?.pdf', 'a_b_c_.pdf'],
    ['\u202Efdp.exe', '_fdp.exe'],
    ['CON', '_CON'],
    ['com1.txt', '_com1.txt'],
    ['x'.repeat(300) + '.pdf', 'x'.repeat(116) + '.pdf'],
  ])('%j becomes %j', (name, safe) => {
    expect(nameFor(name)).toBe(safe)
  })

  it('has the ending of its media type when it has no name', () => {
    expect([nameFor('', 'text/csv'), nameFor('', 'application/x-unknown')]).toEqual([
      'attachment.csv',
      'attachment.bin',
    ])
  })

  it('is numbered where it is taken, in the folder or by another, also in capitals', () => {
    const names = new FileNames(name => name === 'a.xml')
    const given = ['a.xml', 'A.XML', 'b', 'b', 'b'].map(name => names.nameFor({ name, mimeType: 'text/xml' }))
    expect(given).toEqual(['a-2.xml', 'A.XML', 'b', 'b-2', 'b-3'])
  })
})
