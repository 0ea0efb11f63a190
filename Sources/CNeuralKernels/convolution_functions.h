// The functions of convolutions in the table of every variant, dense and depthwise alike.

static size_t convolution_packed_size(const affect_convolution *c) {
    return c->is_depthwise ? depthwise_packed_size(c) : dense_packed_size(c);
}

static size_t convolution_scratch_size(const affect_convolution *c, size_t input_time) {
    return c->is_depthwise ? 0 : dense_scratch_size(c, input_time);
}

static void convolution_pack(
    const affect_convolution *c, const int8_t *weights, size_t weight_count,
    const int32_t *bias, const int32_t *multipliers, const int32_t *shifts,
    void *packed, size_t packed_size) {
    if (c->is_depthwise) {
        depthwise_pack(c, weights, weight_count, bias, multipliers, shifts, packed, packed_size);
    } else {
        dense_pack(c, weights, weight_count, bias, multipliers, shifts, packed, packed_size);
    }
}

static void convolution_run(
    const affect_convolution *c, const void *packed, size_t packed_size,
    const int8_t *input, size_t input_time, void *scratch, size_t scratch_size,
    int8_t *output, size_t output_size) {
    if (c->is_depthwise) {
        depthwise_run(c, packed, packed_size, input, input_time, output, output_size);
    } else {
        dense_run(
            c, packed, packed_size, input, input_time, scratch, scratch_size, output, output_size);
    }
}
