/**
 * A bitmap font for the characters of accounts (letters, digits, "_" and "-"), since machines may have no fonts. Five columns per
 * character, left to right; the lowest bit is the top.
 */
export const GLYPH = { width: 5, height: 7 }

/** Characters and their columns in hexadecimal. */
const DRAWN = `
  03e5149453e 100427f4000 24261514946 32141454b31 41814127f10 52745454539 63c4a494930 70171090503
  83649494936 9064949291e A7e1111117e B7f49494936 C3e41414122 D7f4141221c E7f49494941 F7f09090901
  G3e4149497a H7f0808087f I00417f4100 J2040413f01 K7f08142241 L7f40404040 M7f020c027f N7f0408107f
  O3e4141413e P7f09090906 Q3e4151215e R7f09192946 S4649494931 T01017f0101 U3f4040403f V1f2040201f
  W3f4038403f X6314081463 Y0708700807 Z6151494543 a2054545478 b7f48444438 c3844444420 d384444487f
  e3854545418 f087e090102 g0c5252523e h7f08040478 i00447d4000 j2040443d00 k7f10284400 l00417f4000
  m7c04180478 n7c08040478 o3844444438 p7c14141408 q081414187c r7c08040408 s4854545420 t043f444020
  u3c4040207c v1c2040201c w3c4030403c x4428102844 y0c5050503c z4464544c44 -0808080808 _4040404040
`
const COLUMNS = new Map(
  DRAWN.trim()
    .split(/\s+/)
    .map((word) => [word.slice(0, 1), word.slice(1)]),
)
/** A box, for all other characters. */
const UNKNOWN = '7f4141417f'

/** The set dots of a character. */
export function* dotsOf(character: string): Generator<{ column: number; row: number }> {
  const columns = Buffer.from(COLUMNS.get(character) ?? UNKNOWN, 'hex')
  for (const [column, bits] of columns.entries()) {
    for (let row = 0; row < GLYPH.height; row++) if ((bits >> row) & 1) yield { column, row }
  }
}
