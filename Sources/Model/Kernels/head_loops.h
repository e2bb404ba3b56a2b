// The part of loops.h about heads of attention: rows normed over all heads together, cut into heads and turned.

LOOP(rms_factors)(const void *x, int x_is_bf16, size_t rows, size_t channels, float eps, float *factors) {
  const char *row = x;
  for (size_t r = 0; r < rows; r++, row += channels * (x_is_bf16 ? 2 : 4)) {
    const float squares = x_is_bf16 ? sum_of_squared_halves((const uint16_t *)row, channels)
                                    : sum_of_squares((const float *)row, channels);
    factors[r] = 1.0f / sqrtf(squares / (float)channels + eps);
  }
}

#ifdef MV_AVX512
#include "heads_avx512.h"
#else
// Pairs in pieces of HEAD_PIECE values, so that the values between the steps stay in registers or the nearest cache.
enum { HEAD_PIECE = 128 };

static inline void head_piece(const float *x, size_t size, const float *factor, const float *weight,
                              const float *cosine, const float *sine, float *out) {
  if (factor)
    for (size_t i = 0; i < size; i++) out[i] = x[i] * *factor * weight[i];
  else
    for (size_t i = 0; i < size; i++) out[i] = x[i];
  if (cosine)
    for (size_t i = 0; i < size / 2; i++) {
      float a = out[2 * i], b = out[2 * i + 1];
      out[2 * i] = a * cosine[i] - b * sine[i];
      out[2 * i + 1] = a * sine[i] + b * cosine[i];
    }
}

static inline void head_row(const void *x, int x_is_bf16, size_t size, const float *factor, const float *weight,
                            const float *cosine, const float *sine, void *out, int is_bf16) {
  float numbers[HEAD_PIECE], piece[HEAD_PIECE];
  for (size_t start = 0; start < size; start += HEAD_PIECE) {
    const size_t count = size - start < HEAD_PIECE ? size - start : HEAD_PIECE;
    const float *from = (const float *)x + start;
    if (x_is_bf16) {
      for (size_t i = 0; i < count; i++) numbers[i] = from_half(((const uint16_t *)x)[start + i]);
      from = numbers;
    }
    head_piece(from, count, factor, weight ? weight + start : NULL, cosine ? cosine + start / 2 : NULL,
               sine ? sine + start / 2 : NULL, piece);
    store_row(piece, count, (char *)out + start * (is_bf16 ? 2 : 4), is_bf16);
  }
}
#endif

LOOP(head_rows)(const void *x, int x_is_bf16, size_t rows, size_t size, size_t stride, const float *factors,
                const float *weight, const float *cosine, const float *sine, void *out, int is_bf16) {
  const char *from = x;
  char *target = out;
  for (size_t row = 0; row < rows; row++) {
    const float *factor = factors ? factors + row : NULL;
    if (x_is_bf16) head_row(from, 1, size, factor, weight, cosine, sine, target, is_bf16);
    else head_row(from, 0, size, factor, weight, cosine, sine, target, is_bf16);
    from += stride * (x_is_bf16 ? 2 : 4);
    target += size * (is_bf16 ? 2 : 4);
    if (cosine) {
      cosine += size / 2;
      sine += size / 2;
    }
  }
}
