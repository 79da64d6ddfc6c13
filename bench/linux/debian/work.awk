# Fields, associative arrays, regular expressions, functions and arithmetic.
function collatz(n, steps) {
  for (steps = 0; n != 1; steps++) n = n % 2 ? 3 * n + 1 : n / 2
  return steps
}
BEGIN {
  for (i = 1; i <= 3000; i++) {
    steps = collatz(i)
    total += steps
    if (steps > longest) longest = steps
  }
  for (i = 0; i < 20000; i++) {
    line = "name" i % 97 " " i " value-" i * 7
    $0 = line
    if ($3 ~ /-[0-9]*7$/) count[$1] += $2
    length_of_all += length(line)
  }
  for (name in count) sum += count[name]
  printf "%d %d %d %d\n", total, longest, sum, length_of_all
  exit !(total == 215063 && longest == 216 && sum == 19992000 && length_of_all == 470945)
}
