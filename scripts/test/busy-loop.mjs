/** Keeps a core busy, in turns short enough to notice that its parent has ended. */
const TURN = 50

function turn() {
  const until = performance.now() + TURN
  while (performance.now() < until);
  setImmediate(turn)
}
turn()
