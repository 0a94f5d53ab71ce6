declare module 'qrcode-terminal' {
  const qr: { generate(text: string, options: { small: boolean }, draw: (code: string) => void): void }
  export default qr
}
