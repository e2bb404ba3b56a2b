// The bodies of the loops that depend on the instruction set. Each loops_*.c defines MV_SUFFIX and includes
// this file once; the compiler vectorises the same C for each set. Sums run in 16 separate lanes, so the result
// is the same for every vector width.
#include "kernels.h"
#include <math.h>
#include <string.h>

#define MV_PASTE2(a, b) a##b
#define MV_PASTE(a, b) MV_PASTE2(a, b)
#define LOOP(name) static void MV_PASTE(name, MV_SUFFIX)

enum { LANES = 16 };

static inline float sum_lanes(const float *lanes) {
  float sum = 0;
  for (int i = 0; i < LANES; i++) sum += lanes[i];
  return sum;
}

// e^x to about 1 ulp for -87 < x < 88, clamped outside (Cephes' reduction and polynomial).
static inline float exp_fast(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  float n = (x * 1.44269504088896341f + 12582912.0f) - 12582912.0f;
  float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  int32_t bits = ((int32_t)n + 127) << 23;
  float scale;
  memcpy(&scale, &bits, 4);
  return p * scale;
}

static inline float sigmoid_fast(float x) { return 1.0f / (1.0f + exp_fast(-x)); }

// 0.5 x (1 + tanh u) = x sigmoid(2u), u = sqrt(2/pi) (x + 0.044715 x^3): no cancellation.
static inline float gelu_tanh(float x) {
  return x * sigmoid_fast(1.5957691216057308f * (x + 0.044715f * x * x * x));
}

static inline float sum_of_squares(const float *x, size_t count) {
  float lanes[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int l = 0; l < LANES; l++) lanes[l] += x[i + l] * x[i + l];
  for (int l = 0; i < count; i++, l++) lanes[l] += x[i] * x[i];
  return sum_lanes(lanes);
}

static inline float from_half(uint16_t half) {
  uint32_t bits = (uint32_t)half << 16;
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

static inline float sum_of_squared_halves(const uint16_t *x, size_t count) {
  float lanes[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int l = 0; l < LANES; l++) lanes[l] += from_half(x[i + l]) * from_half(x[i + l]);
  for (int l = 0; i < count; i++, l++) lanes[l] += from_half(x[i]) * from_half(x[i]);
  return sum_lanes(lanes);
}

LOOP(layer_norm)(const float *x, size_t rows, size_t channels, const float *weight, const float *bias, float eps,
                 float *out) {
  for (size_t row = 0; row < rows; row++, x += channels, out += channels) {
    float lanes[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= channels; i += LANES)
      for (int l = 0; l < LANES; l++) lanes[l] += x[i + l];
    for (int l = 0; i < channels; i++, l++) lanes[l] += x[i];
    float mean = sum_lanes(lanes) / (float)channels;
    for (i = 0; i < channels; i++) out[i] = x[i] - mean;
    float scale = 1.0f / sqrtf(sum_of_squares(out, channels) / (float)channels + eps);
    if (weight && bias)
      for (i = 0; i < channels; i++) out[i] = out[i] * scale * weight[i] + bias[i];
    else
      for (i = 0; i < channels; i++) out[i] = out[i] * scale;
  }
}

LOOP(rms_norm)(const float *x, size_t rows, size_t channels, const float *weight, float eps, float *out) {
  for (size_t row = 0; row < rows; row++, x += channels, out += channels) {
    float scale = 1.0f / sqrtf(sum_of_squares(x, channels) / (float)channels + eps);
    for (size_t i = 0; i < channels; i++) out[i] = x[i] * scale * weight[i];
  }
}

static inline uint16_t to_half(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  uint32_t rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
  return (uint16_t)((bits & 0x7FFFFFFF) > 0x7F800000 ? (bits >> 16) | 0x40 : rounded);
}

#ifdef MV_AVX512
#include "vectors_avx512.h"
#elif defined(MV_AVX2)
#include "vectors_avx2.h"
#endif
#ifdef MV_AVX512BF16
#include "halves_avx512.h"
#else
static inline void row_to_halves(const float *x, size_t count, uint16_t *out) {
  for (size_t i = 0; i < count; i++) out[i] = to_half(x[i]);
}
#endif

static inline void store_row(const float *row, size_t count, void *target, int is_bf16) {
  if (is_bf16) row_to_halves(row, count, target);
  else memcpy(target, row, count * sizeof(float));
}

#include "end_loops.h"

// Pieces of rows, so that the values between the steps stay in registers or the nearest cache, and each step is a loop
// of its own, which the compiler turns into vectors.
enum { NORM_PIECE = 128 };

LOOP(channel_norm)(const float *x, size_t rows, size_t channels, const float *gamma, int silu, void *out,
                   int is_bf16) {
  const float root = sqrtf((float)channels);
  float piece[NORM_PIECE];
  char *target = out;
  for (size_t row = 0; row < rows; row++, x += channels) {
    const float norm = sqrtf(sum_of_squares(x, channels));
    const float scale = root / (norm > 1e-12f ? norm : 1e-12f);
#ifdef MV_AVX512BF16
    if (is_bf16) {
      norm_to_halves(x, channels, scale, gamma, silu, (uint16_t *)target);
      target += channels * 2;
      continue;
    }
#endif
    for (size_t start = 0; start < channels; start += NORM_PIECE) {
      size_t count = channels - start < NORM_PIECE ? channels - start : NORM_PIECE;
      for (size_t i = 0; i < count; i++) piece[i] = x[start + i] * scale * gamma[start + i];
      if (silu)
        for (size_t i = 0; i < count; i++) piece[i] *= sigmoid_fast(piece[i]);
      store_row(piece, count, target, is_bf16);
      target += count * (is_bf16 ? 2 : 4);
    }
  }
}

#include "head_loops.h"

LOOP(scale_rows)(float *x, size_t rows, size_t columns, size_t stride, const float *factors) {
  for (size_t row = 0; row < rows; row++, x += stride) {
    if (factors[row] == 1.0f) continue;
    for (size_t i = 0; i < columns; i++) x[i] *= factors[row];
  }
}

LOOP(divide_rows)(float *x, size_t rows, size_t columns, const float *divisors, void *out, size_t stride,
                  int is_bf16) {
  char *target = out;
  for (size_t row = 0; row < rows; row++, x += columns, target += stride * (is_bf16 ? 2 : 4)) {
    float factor = 1.0f / divisors[row];
#ifdef MV_AVX512BF16
    if (is_bf16) {
      scale_to_halves(x, columns, factor, (uint16_t *)target);
      continue;
    }
#endif
    for (size_t i = 0; i < columns; i++) x[i] *= factor;
    store_row(x, columns, target, is_bf16);
  }
}

#ifndef MV_AVX512
static inline float row_maximum(const float *x, size_t count) {
  // Four times as many lanes as a vector has, because one maximum waits for the one before.
  float lanes[4 * LANES];
  for (int l = 0; l < 4 * LANES; l++) lanes[l] = -INFINITY;
  size_t i = 0;
  for (; i + 4 * LANES <= count; i += 4 * LANES)
    for (int l = 0; l < 4 * LANES; l++) lanes[l] = x[i + l] > lanes[l] ? x[i + l] : lanes[l];
  for (int l = 0; i < count; i++, l++) lanes[l] = x[i] > lanes[l] ? x[i] : lanes[l];
  for (int half = 2 * LANES; half > 0; half /= 2)
    for (int l = 0; l < half; l++) lanes[l] = lanes[l + half] > lanes[l] ? lanes[l + half] : lanes[l];
  return lanes[0];
}
#endif

// e^(x scale - maximum) for each x, and their sum.
static inline float exponentiate_row(const float *x, size_t count, float scale, float maximum, void *out,
                                     int is_bf16) {
  float lanes[LANES] = {0};
  float *floats = out;
  uint16_t *halves = out;
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    // Stored from a place of its own: the results may go where the scores are, and the compiler would take no vectors.
    float values[LANES];
    for (int l = 0; l < LANES; l++) values[l] = exp_fast(x[i + l] * scale - maximum);
    for (int l = 0; l < LANES; l++) lanes[l] += values[l];
    store_row(values, LANES, is_bf16 ? (void *)(halves + i) : (void *)(floats + i), is_bf16);
  }
  for (int l = 0; i < count; i++, l++) {
    float value = exp_fast(x[i] * scale - maximum);
    lanes[l] += value;
    if (is_bf16) halves[i] = to_half(value);
    else floats[i] = value;
  }
  return sum_lanes(lanes);
}

LOOP(online_softmax)(float *scores, size_t rows, size_t columns, size_t stride, float scale, const float *bias,
                     float *maxima, float *sums, float *corrections, void *weights, int is_bf16) {
  const size_t bytes = is_bf16 ? 2 : 4;
  char *target = weights;
  for (size_t row = 0; row < rows; row++, scores += stride, target += stride * bytes) {
    if (bias) {
      const float *shifted = bias - row;
      for (size_t i = 0; i < columns; i++) scores[i] = scores[i] * scale + shifted[i];
    }
    const float factor = bias ? 1.0f : scale;
    float maximum = row_maximum(scores, columns) * factor;
    maximum = maxima[row] > maximum ? maxima[row] : maximum;
    float correction = exp_fast(maxima[row] - maximum);
#ifdef MV_AVX512BF16
    float sum = is_bf16 ? exponentiate_to_halves(scores, columns, factor, maximum, (uint16_t *)target)
                        : exponentiate_row(scores, columns, factor, maximum, target, 0);
#else
    float sum = is_bf16 ? exponentiate_row(scores, columns, factor, maximum, target, 1)
                        : exponentiate_row(scores, columns, factor, maximum, target, 0);
#endif
    memset(target + columns * bytes, 0, (stride - columns) * bytes);
    sums[row] = sums[row] * correction + sum;
    maxima[row] = maximum;
    corrections[row] = correction;
  }
}

LOOP(to_bf16)(const float *source, size_t rows, size_t columns, size_t stride, uint16_t *target, size_t target_stride) {
  for (size_t row = 0; row < rows; row++, source += stride, target += target_stride)
    row_to_halves(source, columns, target);
}

#if !defined(MV_AVX512) && !defined(MV_AVX2)
// 16 rows of 16 words, in a column of `together` such rows each.
static inline void transpose_words(const char *rows, size_t stride, size_t together, uint32_t *out) {
  uint32_t words[16][16];
  for (size_t r = 0; r < 16; r++) memcpy(words[r], rows + r * stride, sizeof words[r]);
  for (size_t w = 0; w < 16; w++)
    for (size_t r = 0; r < 16; r++) out[w * together + r] = words[r][w];
}
#endif

LOOP(pack_words)(const void *rows, size_t stride, size_t n, size_t words, size_t together, uint32_t *out) {
  const char *from = rows;
  // 16 rows until their end, so that few of them are read at a time.
  for (size_t row = 0; row < n; row += 16) {
    uint32_t *column = out + row / together * together * words + row % together;
    for (size_t word = 0; word < words; word += 16)
      transpose_words(from + row * stride + word * 4, stride, together, column + word * together);
  }
}

// 16 words of neighbours in a row of 32 bits, in 2 of 16, or in 4 of 8.
static inline void interleave_halves(const uint16_t *a, const uint16_t *b, uint32_t *out) {
  for (size_t i = 0; i < 16; i++) out[i] = a[i] | (uint32_t)b[i] << 16;
}

static inline void interleave_bytes(const uint8_t *rows, size_t stride, uint32_t *out) {
  for (size_t i = 0; i < 16; i++)
    out[i] = rows[i] | (uint32_t)rows[stride + i] << 8 | (uint32_t)rows[2 * stride + i] << 16 |
             (uint32_t)rows[3 * stride + i] << 24;
}

LOOP(interleave_rows)(const void *rows, size_t stride, size_t n, size_t words, size_t number_bytes, size_t together,
                      uint32_t *out) {
  const uint8_t *from = rows;
  for (size_t word = 0; word < words; word++, from += stride * 4 / number_bytes) {
    for (size_t i = 0; i < n; i += 16) {
      uint32_t *target = out + i / together * together * words + word * together + i % together;
      const uint8_t *row = from + i * number_bytes;
      if (number_bytes == 4) memcpy(target, row, 16 * sizeof *target);
      else if (number_bytes == 2) interleave_halves((const uint16_t *)row, (const uint16_t *)(row + stride), target);
      else interleave_bytes(row, stride, target);
    }
  }
}

LOOP(to_rgb8)(const float *values, size_t count, uint8_t *target) {
  for (size_t i = 0; i < count; i++) {
    float level = values[i] * 127.5f + 127.5f;
    level = level > 0 ? level : 0;
    level = level < 255 ? level : 255;
    target[i] = (uint8_t)(level + 0.5f);
  }
}

#include "byte_loops.h"
#include "word_loops.h"

#ifdef MV_AVX512
#include "products_avx512.h"
#define MV_PRODUCTS &products_avx512
#elif defined(MV_AVX2)
#include "products_avx2.h"
#define MV_PRODUCTS &products_avx2
#else
#define MV_PRODUCTS NULL
#endif
#ifdef MV_AVX512BF16
#define MV_HALF_PRODUCTS &half_products_avx512
#else
#define MV_HALF_PRODUCTS NULL
#endif

const mv_loops MV_PASTE(mv_loops, MV_SUFFIX) = {
    .name = MV_NAME,
    .products = MV_PRODUCTS,
    .half_products = MV_HALF_PRODUCTS,
    .layer_norm = MV_PASTE(layer_norm, MV_SUFFIX),
    .rms_norm = MV_PASTE(rms_norm, MV_SUFFIX),
    .channel_norm = MV_PASTE(channel_norm, MV_SUFFIX),
    .rms_factors = MV_PASTE(rms_factors, MV_SUFFIX),
    .head_rows = MV_PASTE(head_rows, MV_SUFFIX),
    .finish = MV_PASTE(finish, MV_SUFFIX),
    .pack_words = MV_PASTE(pack_words, MV_SUFFIX),
    .interleave_rows = MV_PASTE(interleave_rows, MV_SUFFIX),
    .add_gated = MV_PASTE(add_gated, MV_SUFFIX),
    .multiply_into = MV_PASTE(multiply_into, MV_SUFFIX),
    .scale_rows = MV_PASTE(scale_rows, MV_SUFFIX),
    .divide_rows = MV_PASTE(divide_rows, MV_SUFFIX),
    .online_softmax = MV_PASTE(online_softmax, MV_SUFFIX),
    .to_bf16 = MV_PASTE(to_bf16, MV_SUFFIX),
    .to_bytes = MV_PASTE(to_bytes, MV_SUFFIX),
    .to_weight_bytes = MV_PASTE(to_weight_bytes, MV_SUFFIX),
    .to_column_bytes = MV_PASTE(to_column_bytes, MV_SUFFIX),
    .to_centred_bytes = MV_PASTE(to_centred_bytes, MV_SUFFIX),
    .to_words = MV_PASTE(to_words, MV_SUFFIX),
    .word_spread = MV_PASTE(word_spread, MV_SUFFIX),
    .byte_softmax = MV_PASTE(byte_softmax, MV_SUFFIX),
    .add_from_bytes = MV_PASTE(add_from_bytes, MV_SUFFIX),
    .to_rgb8 = MV_PASTE(to_rgb8, MV_SUFFIX),
};
