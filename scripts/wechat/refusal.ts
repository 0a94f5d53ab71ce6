/** Something that whoever runs the command can mend; the message says what and how. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
}
