// The part of loops.h about 8-bit numbers: activations are unsigned and have a zero, so that all 256 levels are used
// whatever their range (after GELU it is lopsided); weights are signed and have none.

// The smallest step: below it, 1 / step is infinite.
#define SMALLEST_STEP 1e-30f

// The range of a row, with 0 in it. NaN if the row has NaN or infinity, which minimum and maximum alone would hide.
typedef struct {
  float low, high, check;
} row_range;

#ifdef MV_AVX512
#include "bytes_avx512.h"
#else
static inline float value_at(const void *x, size_t i, int is_bf16) {
  return is_bf16 ? from_half(((const uint16_t *)x)[i]) : ((const float *)x)[i];
}

static inline row_range range_of(const void *x, size_t count, int is_bf16) {
  float low[LANES] = {0}, high[LANES] = {0}, check[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int l = 0; l < LANES; l++) {
      const float value = value_at(x, i + l, is_bf16);
      low[l] = value < low[l] ? value : low[l];
      high[l] = value > high[l] ? value : high[l];
      check[l] += value * 0.0f;
    }
  for (int l = 0; i < count; i++, l++) {
    const float value = value_at(x, i, is_bf16);
    low[l] = value < low[l] ? value : low[l];
    high[l] = value > high[l] ? value : high[l];
    check[l] += value * 0.0f;
  }
  row_range range = {0, 0, 0};
  for (int l = 0; l < LANES; l++) {
    range.low = low[l] < range.low ? low[l] : range.low;
    range.high = high[l] > range.high ? high[l] : range.high;
    range.check += check[l];
  }
  return range;
}

static inline void fill_unsigned(const void *x, size_t count, int is_bf16, float inverse, int32_t zero, uint8_t *out) {
  const float offset = (float)zero + 0.5f;
  for (size_t i = 0; i < count; i++) {
    float level = value_at(x, i, is_bf16) * inverse + offset;
    level = level > 0 ? level : 0;
    level = level < 255 ? level : 255;
    out[i] = (uint8_t)(int32_t)level;
  }
}

static inline int32_t fill_signed(const void *x, size_t count, int is_bf16, float inverse, int8_t *out) {
  int32_t sum = 0;
  for (size_t i = 0; i < count; i++) {
    // The sum is so large that what is left of it is the nearest integer.
    const float level = (value_at(x, i, is_bf16) * inverse + 12582912.0f) - 12582912.0f;
    out[i] = (int8_t)(int32_t)level;
    sum += (int32_t)level;
  }
  return sum;
}
#endif

// A row, `width` of it at a time, in panels `panel` bytes apart.
static inline void row_to_bytes(const char *x, size_t columns, int is_bf16, uint8_t *out, size_t width, size_t panel,
                                float *step, int32_t *zero) {
  const row_range range = range_of(x, columns, is_bf16);
  *step = (range.high - range.low) / 255.0f + range.check;
  *zero = 0;
  const int is_finite = *step < INFINITY;
  *step = !is_finite ? NAN : *step > SMALLEST_STEP ? *step : SMALLEST_STEP;
  const float inverse = 1.0f / *step;
  if (is_finite) *zero = (int32_t)(-range.low * inverse + 0.5f);
  for (size_t start = 0; start < columns; start += width, out += panel) {
    if (is_finite) fill_unsigned(x + start * (is_bf16 ? 2 : 4), width, is_bf16, inverse, *zero, out);
    else memset(out, 0, width);
  }
}

LOOP(to_bytes)(const void *x, size_t rows, size_t columns, int is_bf16, uint8_t *out, size_t width, size_t panel,
               float *steps, int32_t *zeros) {
  const char *row = x;
  for (size_t r = 0; r < rows; r++, out += width, row += columns * (is_bf16 ? 2 : 4)) {
    if (is_bf16) row_to_bytes(row, columns, 1, out, width, panel, steps + r, zeros + r);
    else row_to_bytes(row, columns, 0, out, width, panel, steps + r, zeros + r);
  }
}

static inline void row_to_weight_bytes(const void *x, size_t count, int is_bf16, int8_t *out, float *step,
                                       float *sum) {
  const row_range range = range_of(x, count, is_bf16);
  *sum = 0;
  *step = (range.high > -range.low ? range.high : -range.low) / 127.0f + range.check;
  if (!(*step < INFINITY)) {
    *step = NAN;
    memset(out, 0, count);
    return;
  }
  *step = *step > SMALLEST_STEP ? *step : SMALLEST_STEP;
  *sum = (float)fill_signed(x, count, is_bf16, 1.0f / *step, out);
}

LOOP(to_weight_bytes)(const void *x, size_t rows, size_t columns, int is_bf16, int8_t *out, float *steps,
                      float *sums) {
  const char *row = x;
  for (size_t r = 0; r < rows; r++, out += columns, row += columns * (is_bf16 ? 2 : 4)) {
    if (is_bf16) row_to_weight_bytes(row, columns, 1, out, steps + r, sums + r);
    else row_to_weight_bytes(row, columns, 0, out, steps + r, sums + r);
  }
}

LOOP(to_column_bytes)(const float *x, size_t rows, size_t columns, int8_t *out, float *steps) {
  for (size_t c = 0; c < columns; c++) steps[c] = 0;
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < columns; c++) {
      const float size = fabsf(x[r * columns + c]);
      // Written so that NaN, once there, stays: nothing is larger.
      steps[c] = size <= steps[c] || steps[c] != steps[c] ? steps[c] : size;
    }
  for (size_t c = 0; c < columns; c++) {
    const float step = steps[c] / 127.0f;
    steps[c] = step < INFINITY ? (step > SMALLEST_STEP ? step : SMALLEST_STEP) : NAN;
  }
  for (size_t r = 0; r < rows; r++, x += columns, out += columns)
    for (size_t c = 0; c < columns; c++) {
      const float level = (x[c] * (1.0f / steps[c]) + 12582912.0f) - 12582912.0f;
      out[c] = level > -128.0f && level < 128.0f ? (int8_t)(int32_t)level : 0;
    }
}

// What is added before a weight is cut to a whole number, evenly spread over 0…1 in any run of neighbours.
#define DITHER 64

static inline void fill_dither(float *dither) {
  for (int i = 0; i < DITHER; i++) dither[i] = ((float)(i * 39 % DITHER) + 0.5f) / DITHER;
}

// 255 e^(x scale - maximum) for each x, cut to whole numbers after dither was added, and their sum. NaN if one is NaN.
static inline float exponentiate_bytes(const float *x, size_t count, float scale, float maximum, const float *dither,
                                       uint8_t *out) {
  float lanes[LANES] = {0}, check[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    const float *add = dither + i % DITHER;
    for (int l = 0; l < LANES; l++) {
      float level = 255.0f * exp_fast(x[i + l] * scale - maximum) + add[l];
      check[l] += level * 0.0f;
      level = level > 0 ? level : 0;
      const int32_t whole = (int32_t)(level < 255 ? level : 255);
      lanes[l] += (float)whole;
      out[i + l] = (uint8_t)whole;
    }
  }
  for (int l = 0; i < count; i++, l++) {
    float level = 255.0f * exp_fast(x[i] * scale - maximum) + dither[i % DITHER];
    check[l] += level * 0.0f;
    level = level > 0 ? level : 0;
    const int32_t whole = (int32_t)(level < 255 ? level : 255);
    lanes[l] += (float)whole;
    out[i] = (uint8_t)whole;
  }
  return sum_lanes(lanes) + sum_lanes(check);
}

// One row of byte_softmax: the largest score, and in `sum` the sum of the weights.
static inline float byte_weights(float *scores, size_t row, size_t columns, const mv_byte_steps *bytes, float scale,
                                 const float *bias, const float *dither, uint8_t *weights, float *sum) {
  float piece[END_PIECE];
  for (size_t start = 0; start < columns; start += END_PIECE) {
    const size_t count = count_of_piece(start, columns);
    memcpy(scores + start, end_piece(scores, row, start, count, *bytes, piece), count * sizeof(float));
  }
  if (bias)
    for (size_t i = 0; i < columns; i++) scores[i] = scores[i] * scale + bias[i];
  const float factor = bias ? 1.0f : scale;
  const float largest = row_maximum(scores, columns) * factor;
  *sum = exponentiate_bytes(scores, columns, factor, largest, dither, weights);
  return largest;
}

// Rescales what was added up before to the largest score so far, row by row.
static inline void merge_blocks(size_t rows, float *restrict maxima, float *restrict sums,
                                float *restrict corrections, float *restrict factors) {
  for (size_t row = 0; row < rows; row++) {
    const float here = factors[row], sum = corrections[row];
    const float maximum = maxima[row] > here ? maxima[row] : here;
    const float correction = exp_fast(maxima[row] - maximum);
    const float factor = exp_fast(here - maximum) + sum * 0.0f;
    sums[row] = sums[row] * correction + sum * factor;
    maxima[row] = maximum;
    corrections[row] = correction;
    factors[row] = factor;
  }
}

#ifdef MV_AVX512
// 0, or NaN if a number is not finite.
static inline float check_of(const float *x, size_t count) {
  float lanes[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int l = 0; l < LANES; l++) lanes[l] += x[i + l] * 0.0f;
  for (int l = 0; i < count; i++, l++) lanes[l] += x[i] * 0.0f;
  return sum_lanes(lanes);
}
#endif

LOOP(byte_softmax)(void *tile, size_t rows, size_t columns, size_t padded, size_t stride, mv_byte_steps bytes,
                   float scale, const float *bias, float *maxima, float *sums, float *corrections, float *factors,
                   uint8_t *weights) {
  float dither[DITHER];
  fill_dither(dither);
  float *scores = tile;
  // The largest scores and the sums, until the blocks are merged.
  float *largest = factors, *added = corrections;
  int by_hand = 0;
#ifdef MV_AVX512
  by_hand = columns <= MOST_KEYS && !bias;
  if (by_hand) {
    weights_by_hand(scores, rows, columns, stride, &bytes, scale, dither, largest, added, weights);
    const float check = check_of(bytes.weight_steps, columns);
    for (size_t row = 0; row < rows; row++) added[row] += check + bytes.steps[row] * 0.0f;
  }
#endif
  for (size_t row = 0; row < rows; row++, scores += stride, weights += stride) {
    if (!by_hand)
      largest[row] = byte_weights(scores, row, columns, &bytes, scale, bias ? bias - row : NULL, dither, weights,
                                  added + row);
    if (padded > columns) memset(weights + columns, 0, padded - columns);
  }
  merge_blocks(rows, maxima, sums, corrections, factors);
}

// The largest less the smallest of the largest scores of `part` keys each.
static inline float row_spread(float *scores, size_t columns, size_t part) {
  float low = INFINITY, high = -INFINITY;
  for (size_t i = 0; i < columns; i += part) {
    const float largest = row_maximum(scores + i, columns - i < part ? columns - i : part);
    low = largest < low ? largest : low;
    high = largest > high ? largest : high;
  }
  return high - low;
}

enum { SPREAD_KEYS = 512, SPREAD_ROWS = 8 };

static float MV_PASTE(byte_spread, MV_SUFFIX)(const void *tile, size_t rows, size_t columns, size_t stride,
                                              mv_byte_steps bytes, float scale, size_t part) {
  float scores[SPREAD_KEYS], sum = 0;
  size_t count = 0;
  columns = columns < SPREAD_KEYS ? columns : SPREAD_KEYS;
  const size_t every = rows < 2 * SPREAD_ROWS ? 1 : rows / SPREAD_ROWS;
  for (size_t row = 0; row < rows; row += every, count++) {
    numbers_from_bytes((const float *)tile + row * stride, row, columns, &bytes, scores);
    sum += row_spread(scores, columns, part);
  }
  return sum * scale / (float)count;
}

LOOP(add_from_bytes)(float *restrict x, size_t rows, size_t columns, const float *corrections,
                     const int32_t *restrict sums, const float *factors, const float *restrict steps) {
  for (size_t r = 0; r < rows; r++, x += columns, sums += columns) {
    const float correction = corrections[r], factor = factors[r];
    for (size_t c = 0; c < columns; c++) x[c] = x[c] * correction + (float)sums[c] * (factor * steps[c]);
  }
}
