// The part of loops.h about the ends of products: what sums become while they are in the cache.

// Pieces of rows, so that the values between the steps stay in the nearest cache.
enum { END_PIECE = 256 };

#ifdef MV_AVX512
static inline void sums_to_numbers(row_of_sums row, size_t count, const float *bias, float *out) {
  IN_VECTORS(count, {
    const __m512 x = numbers_of(&row, i, left);
    store_some(out + i, left, bias ? _mm512_add_ps(x, some_of(bias + i, left)) : x);
  });
}

// y + bias, times the gate.
static inline void add_gated_sums(float *x, row_of_sums row, size_t count, const float *bias, const float *gate) {
  IN_VECTORS(count, {
    __m512 y = numbers_of(&row, i, left);
    if (bias) y = _mm512_add_ps(y, some_of(bias + i, left));
    const __m512 before = some_of(x + i, left);
    store_some(x + i, left, gate ? _mm512_fmadd_ps(y, some_of(gate + i, left), before) : _mm512_add_ps(y, before));
  });
}
#endif

// (sum - zero * weight_sum) * step * weight_step for 32-bit integers.
static inline void numbers_from_bytes(const float *sums, size_t row, size_t count, const mv_byte_steps *bytes,
                                      float *out) {
#ifdef MV_AVX512
  sums_to_numbers(row_of(sums, row, bytes, 1), count, NULL, out);
#else
  const float step = bytes->steps[row], zero = (float)bytes->zeros[row];
  for (size_t i = 0; i < count; i++) {
    int32_t sum;
    memcpy(&sum, sums + i, 4);
    out[i] = ((float)sum - zero * bytes->weight_sums[i]) * bytes->weight_steps[i] * step;
  }
#endif
}

// Some of a row of sums as numbers: where they lie, or made there from those of bytes.
static inline const float *end_piece(const float *sums, size_t row, size_t start, size_t count, mv_byte_steps bytes,
                                     float *piece) {
  if (!bytes.steps) return sums + start;
  bytes.weight_steps += start;
  bytes.weight_sums += start;
  numbers_from_bytes(sums + start, row, count, &bytes, piece);
  return piece;
}

static inline size_t count_of_piece(size_t start, size_t columns) {
  return columns - start < END_PIECE ? columns - start : END_PIECE;
}

static inline void finish_numbers(const float *x, size_t count, const float *bias, mv_activation activation,
                                  float *out) {
  if (out != x) memcpy(out, x, count * sizeof(float));
  if (bias)
    for (size_t i = 0; i < count; i++) out[i] += bias[i];
  if (activation == mv_gelu_tanh)
    for (size_t i = 0; i < count; i++) out[i] = gelu_tanh(out[i]);
  else if (activation == mv_silu)
    for (size_t i = 0; i < count; i++) out[i] = out[i] * sigmoid_fast(out[i]);
}

// A row; the activation is known when this is compiled.
static inline __attribute__((always_inline)) void finish_row(
    const float *sums, size_t row, size_t columns, const mv_byte_steps *bytes, const float *bias,
    mv_activation activation, void *target, int is_bf16) {
#ifdef MV_AVX512BF16
  if (is_bf16 && bytes->steps) return finish_to_halves(row_of(sums, row, bytes, 1), columns, bias, activation, target);
  if (is_bf16) return finish_to_halves(row_of(sums, row, bytes, 0), columns, bias, activation, target);
#endif
#ifdef MV_AVX512
  if (!is_bf16 && activation == mv_identity && bytes->steps)
    return sums_to_numbers(row_of(sums, row, bytes, 1), columns, bias, target);
#endif
  float piece[END_PIECE], finished[END_PIECE];
  for (size_t start = 0; start < columns; start += END_PIECE) {
    const size_t count = count_of_piece(start, columns);
    float *out = is_bf16 ? finished : (float *)target + start;
    const float *x = end_piece(sums, row, start, count, *bytes, piece);
    finish_numbers(x, count, bias ? bias + start : NULL, activation, out);
    if (is_bf16) row_to_halves(finished, count, (uint16_t *)target + start);
  }
}

LOOP(finish)(const float *sums, size_t rows, size_t columns, size_t stride, mv_byte_steps bytes, const float *bias,
             mv_activation activation, void *target, size_t target_stride, int is_bf16) {
  char *out = target;
  target_stride *= is_bf16 ? 2 : 4;
  for (size_t row = 0; row < rows; row++, sums += stride, out += target_stride) {
    if (activation == mv_gelu_tanh) finish_row(sums, row, columns, &bytes, bias, mv_gelu_tanh, out, is_bf16);
    else if (activation == mv_silu) finish_row(sums, row, columns, &bytes, bias, mv_silu, out, is_bf16);
    else finish_row(sums, row, columns, &bytes, bias, mv_identity, out, is_bf16);
  }
}

static inline void add_gated_row(float *x, const float *y, size_t count, const float *bias, const float *gate) {
  if (bias && gate)
    for (size_t i = 0; i < count; i++) x[i] += (y[i] + bias[i]) * gate[i];
  else if (gate)
    for (size_t i = 0; i < count; i++) x[i] += y[i] * gate[i];
  else if (bias)
    for (size_t i = 0; i < count; i++) x[i] += y[i] + bias[i];
  else
    for (size_t i = 0; i < count; i++) x[i] += y[i];
}

LOOP(add_gated)(float *x, size_t stride, const float *y, size_t rows, size_t columns, size_t y_stride,
                mv_byte_steps bytes, const float *bias, const float *gate) {
  for (size_t row = 0; row < rows; row++, x += stride, y += y_stride) {
#ifdef MV_AVX512
    if (bytes.steps) add_gated_sums(x, row_of(y, row, &bytes, 1), columns, bias, gate);
    else add_gated_sums(x, row_of(y, row, &bytes, 0), columns, bias, gate);
#else
    float piece[END_PIECE];
    for (size_t start = 0; start < columns; start += END_PIECE) {
      const size_t count = count_of_piece(start, columns);
      const float *numbers = end_piece(y, row, start, count, bytes, piece);
      add_gated_row(x + start, numbers, count, bias ? bias + start : NULL, gate ? gate + start : NULL);
    }
#endif
  }
}

LOOP(multiply_into)(const float *tile, size_t rows, size_t columns, size_t stride, void *target, size_t target_stride,
                    int is_bf16) {
  uint16_t *halves = target;
  float *floats = target;
  for (size_t row = 0; row < rows; row++, tile += stride) {
    if (is_bf16) {
      for (size_t i = 0; i < columns; i++) halves[i] = to_half(from_half(halves[i]) * tile[i]);
      halves += target_stride;
    } else {
      for (size_t i = 0; i < columns; i++) floats[i] *= tile[i];
      floats += target_stride;
    }
  }
}
