/**
 * True when the words differ by one letter (changed, added, dropped or swapped), or only in case, dashes and
 * underscores.
 */
export function isNearMiss(typed: string, known: string): boolean {
  const plain = (word: string) => word.toLowerCase().replaceAll(/[-_]/g, '')
  const [left, right] = [plain(typed), plain(known)]
  if (left === right) return true
  if (Math.abs(left.length - right.length) > 1 || known.length < 4) return false
  const start = [...left].findIndex((letter, index) => letter !== right[index])
  const from = start === -1 ? left.length : start
  const [restLeft, restRight] = [left.slice(from), right.slice(from)]
  const swapped =
    restLeft[0] === restRight[1] && restLeft[1] === restRight[0] && restLeft.slice(2) === restRight.slice(2)
  return (
    swapped ||
    restLeft.slice(1) === restRight.slice(1) ||
    restLeft.slice(1) === restRight ||
    restLeft === restRight.slice(1)
  )
}
