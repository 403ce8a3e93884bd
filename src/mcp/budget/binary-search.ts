/** The largest whole number from `fine` to below `tooMuch` that is fine, where all below it are; `fine` is never asked for. */
export function binarySearch(fine: number, tooMuch: number, isFine: (number: number) => boolean): number {
  let low = fine
  let high = tooMuch
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (isFine(middle)) low = middle
    else high = middle
  }
  return low
}
