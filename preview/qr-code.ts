import qr from 'qrcode-terminal'

/** White on black, whatever the terminal's own colours are: a camera does not read every inverted code. */
const BLACK_AND_WHITE = '\u001b[97;40m'
const AS_BEFORE = '\u001b[0m'

/** A text as a QR code of block letters, line by line; with `colours` made for a terminal, else for a file or a log. */
export function qrCode(text: string, colours: boolean): string[] {
  let drawn = ''
  qr.generate(text, { small: true }, (code) => {
    drawn = code
  })
  const lines = drawn.trimEnd().split('\n')
  return colours ? lines.map((line) => `${BLACK_AND_WHITE}${line}${AS_BEFORE}`) : lines
}
