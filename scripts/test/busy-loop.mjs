/** Keeps a core busy, in short turns to notice the end of its parent. */
const TURN = 50

function turn() {
  const until = performance.now() + TURN
  while (performance.now() < until);
  setImmediate(turn)
}
turn()
