/**
 * Places of the greatest values, greatest first; of equals the first, so that a replay reads the same. Pure.
 * @param most how many places at most
 * @param least smaller values have no place
 */
export function greatest(values: readonly number[], most: number, least = -Infinity): readonly number[] {
  const top: number[] = [];
  values.forEach((value, n) => {
    if (value < least) return;
    let place = top.length;
    while (place > 0 && value > (values[top[place - 1] ?? n] ?? NaN)) place -= 1;
    if (place >= most) return;
    top.splice(place, 0, n);
    if (top.length > most) top.pop();
  });
  return top;
}
