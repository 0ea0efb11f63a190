// The transform of every variant. The file that includes it has included scalar_steps.h, and defines
// besides
//
//   radix2_pass, pair_pass   the first passes of a length that is no power of four
//   radix4_pass              every other pass

static void transform(
    affect_complex *block, size_t length, const affect_complex *twiddles, size_t twiddle_count) {
    assert(length >= affect_shortest_transform && (length & (length - 1)) == 0);
    reverse_bits(block, length);
    size_t quarter = 4, base = 0;
    if (__builtin_ctzll(length) & 1) {
        radix2_pass(block, length);
        pair_pass(block, length, twiddles);
        quarter = 8;
        base = 6;
    } else {
        first_radix4_pass(block, length);
    }
    for (; quarter < length; quarter *= 4) {
        assert(base + 3 * quarter <= twiddle_count);
        radix4_pass(block, length, quarter, twiddles + base);
        base += 3 * quarter;
    }
    (void)twiddle_count;
}
