/**
 * The counters and times at J_STATISTICS and J_TIMES, which a host may show and
 * no guest sees.
 */

// @ts-ignore: decorator
@inline
export function count(counter: usize, by: u64): void {
  store<u64>(counter, load<u64>(counter) + by);
}

// @ts-ignore: decorator
@inline
export function addTime(time: usize, milliseconds: f64): void {
  store<f64>(time, load<f64>(time) + milliseconds);
}
