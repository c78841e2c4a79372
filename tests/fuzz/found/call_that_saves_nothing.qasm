output int x;
def f(readonly array[int[8], 3, 4] a) -> int { const uint[32] m = sizeof(a, 0); const uint[32] n = sizeof(a, 1); int[m * n] y = 1; return int(y); }
array[int[8], 3, 4] v;
x = f(v);
