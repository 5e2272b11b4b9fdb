/**
 * Places of the greatest values, greatest first; of equals the first, so that a replay reads the same. Pure.
 * @param most how many places at most
 * @param least smaller values have no place
 */
export function greatest(values: ArrayLike<number>, most: number, least = -Infinity): readonly number[] {
  const top: number[] = [];
  for (let n = 0; n < values.length; n += 1) {
    const value = values[n] ?? NaN;
    if (value < least) continue;
    let place = top.length;
    while (place > 0 && value > (values[top[place - 1] ?? n] ?? NaN)) place -= 1;
    if (place < most) insert(top, n, place, most);
  }
  return top;
}

/** As `splice`, which makes an array each time, and cuts off what is too many. */
function insert(top: number[], n: number, at: number, most: number): void {
  for (let place = Math.min(top.length, most - 1); place > at; place -= 1) top[place] = top[place - 1] ?? n;
  top[at] = n;
}
