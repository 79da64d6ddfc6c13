"""Calls, loops, dictionaries, strings, floating point and objects: what programs in Python consist of."""


class Vector:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def sieve(limit):
    flags = bytearray([1]) * limit
    count = 0
    for n in range(2, limit):
        if flags[n]:
            count += 1
            for multiple in range(n * n, limit, n):
                flags[multiple] = 0
    return count


def words(count):
    seen = {}
    for i in range(count):
        word = "w%d" % (i * i % 1009)
        seen[word] = seen.get(word, 0) + 1
    return len(sorted(seen)), "".join(sorted(seen))[:6]


def mandelbrot(size):
    inside = 0
    for row in range(size):
        for column in range(size):
            c = complex(column * 3 / size - 2, row * 2 / size - 1)
            z = 0j
            for _ in range(30):
                z = z * z + c
                if abs(z) > 2:
                    break
            else:
                inside += 1
    return inside


def vectors(count):
    total = Vector(0, 0)
    for i in range(count):
        total = total + Vector(i, -i)
    return total.x, total.y


for _ in range(3):
    assert fib(21) == 10946
    assert sieve(60000) == 6057
    assert words(20000) == (505, "w0w1w1")
    assert mandelbrot(48) == 644
    assert vectors(20000) == (199990000, -199990000)
