// The part of loops.h about 8-bit numbers: activations are unsigned and have a zero, so that all 256 levels are used
// whatever their range (after GELU it is lopsided); weights are signed and have none.

// Columns whose sizes are in the cache at a time.
enum { COLUMN_PIECE = 128 };

// The smallest step: below it, 1 / step is infinite.
#define SMALLEST_STEP 1e-30f

// The range of a row, with 0 in it. NaN if the row has NaN or infinity, which minimum and maximum alone would hide.
typedef struct {
  float low, high, check;
} row_range;

static inline float number_at(const void *x, size_t i, int is_bf16) {
  return is_bf16 ? from_half(((const uint16_t *)x)[i]) : ((const float *)x)[i];
}

#ifdef MV_AVX512
#include "bytes_avx512.h"
#else
static inline row_range range_of(const void *x, size_t count, int is_bf16) {
  float low[LANES] = {0}, high[LANES] = {0}, check[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int l = 0; l < LANES; l++) {
      const float value = number_at(x, i + l, is_bf16);
      low[l] = value < low[l] ? value : low[l];
      high[l] = value > high[l] ? value : high[l];
      check[l] += value * 0.0f;
    }
  for (int l = 0; i < count; i++, l++) {
    const float value = number_at(x, i, is_bf16);
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
    float level = number_at(x, i, is_bf16) * inverse + offset;
    level = level > 0 ? level : 0;
    level = level < 255 ? level : 255;
    out[i] = (uint8_t)(int32_t)level;
  }
}

static inline int32_t fill_signed(const void *x, size_t count, int is_bf16, float inverse, int8_t *out) {
  int32_t sum = 0;
  for (size_t i = 0; i < count; i++) {
    // The sum is so large that what is left of it is the nearest integer.
    const float level = (number_at(x, i, is_bf16) * inverse + 12582912.0f) - 12582912.0f;
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

// Where two neighbours' sizes have a limit, it is one less for what they are before both are rounded.
static inline float largest_unrounded(int largest_pair) { return (float)(largest_pair - 1); }

// The step of 127 levels either side of 0; NaN if the row has NaN or infinity.
static inline float signed_step(row_range range) {
  const float step = (range.high > -range.low ? range.high : -range.low) / 127.0f + range.check;
  return !(step < INFINITY) ? NAN : step > SMALLEST_STEP ? step : SMALLEST_STEP;
}

// The largest sum of two neighbours' sizes.
static inline float largest_pair_of(const void *x, size_t count, int is_bf16) {
  float lanes[LANES] = {0};
  size_t i = 0;
  for (; i + 2 * LANES <= count; i += 2 * LANES)
    for (int l = 0; l < LANES; l++) {
      const float sum = fabsf(number_at(x, i + 2 * l, is_bf16)) + fabsf(number_at(x, i + 2 * l + 1, is_bf16));
      lanes[l] = sum > lanes[l] ? sum : lanes[l];
    }
  for (; i < count; i += 2) {
    const float other = i + 1 < count ? fabsf(number_at(x, i + 1, is_bf16)) : 0;
    const float sum = fabsf(number_at(x, i, is_bf16)) + other;
    lanes[0] = sum > lanes[0] ? sum : lanes[0];
  }
  float largest = 0;
  for (int l = 0; l < LANES; l++) largest = lanes[l] > largest ? lanes[l] : largest;
  return largest;
}

static inline void row_to_weight_bytes(const void *x, size_t count, int is_bf16, int largest_pair, int8_t *out,
                                       float *step, float *sum) {
  *step = signed_step(range_of(x, count, is_bf16));
  *sum = 0;
  if (*step < INFINITY && largest_pair < MV_ANY_BYTES) {
    const float larger = largest_pair_of(x, count, is_bf16) / largest_unrounded(largest_pair);
    *step = larger > *step ? larger : *step;
  }
  if (*step < INFINITY) *sum = (float)fill_signed(x, count, is_bf16, 1.0f / *step, out);
  else memset(out, 0, count);
}

LOOP(to_weight_bytes)(const void *x, size_t rows, size_t columns, int is_bf16, int largest_pair, int8_t *out,
                      float *steps, float *sums) {
  const char *row = x;
  for (size_t r = 0; r < rows; r++, out += columns, row += columns * (is_bf16 ? 2 : 4)) {
    if (is_bf16) row_to_weight_bytes(row, columns, 1, largest_pair, out, steps + r, sums + r);
    else row_to_weight_bytes(row, columns, 0, largest_pair, out, steps + r, sums + r);
  }
}

LOOP(to_centred_bytes)(const float *x, size_t rows, size_t columns, uint8_t *out, float *steps) {
  for (size_t r = 0; r < rows; r++, x += columns, out += columns) {
    const float step = signed_step(range_of(x, columns, 0));
    steps[r] = step;
    if (step < INFINITY) fill_unsigned(x, columns, 0, 1.0f / step, 128, out);
    else memset(out, 128, columns);
  }
}

// The largest sizes of a column's numbers so far, or sums of two rows' (`other` may be NULL).
static inline void take_sizes(const float *x, const float *other, size_t columns, float *sizes) {
  for (size_t c = 0; c < columns; c++) {
    const float size = fabsf(x[c]) + (other ? fabsf(other[c]) : 0);
    // Written so that NaN, once there, stays: nothing is larger.
    sizes[c] = size <= sizes[c] || sizes[c] != sizes[c] ? sizes[c] : size;
  }
}

// What columns' numbers would be divided by if they needed `levels` of either sign, of one row or of two.
static inline void take_steps(const float *x, size_t rows, size_t columns, size_t together, float levels,
                              float *steps) {
  float sizes[COLUMN_PIECE];
  for (size_t start = 0; start < columns; start += COLUMN_PIECE) {
    const size_t count = columns - start < COLUMN_PIECE ? columns - start : COLUMN_PIECE;
    memset(sizes, 0, sizeof sizes);
    for (size_t r = 0; r < rows; r += together) {
      const float *here = x + r * columns + start;
      take_sizes(here, together > 1 && r + 1 < rows ? here + columns : NULL, count, sizes);
    }
    for (size_t c = 0; c < count; c++) {
      const float step = sizes[c] / levels;
      steps[start + c] = step <= steps[start + c] ? steps[start + c] : step;
    }
  }
}

LOOP(to_column_bytes)(const float *x, size_t rows, size_t columns, int largest_pair, int8_t *out, float *steps) {
  for (size_t c = 0; c < columns; c++) steps[c] = SMALLEST_STEP;
  take_steps(x, rows, columns, 1, 127, steps);
  if (largest_pair < MV_ANY_BYTES) take_steps(x, rows, columns, 2, largest_unrounded(largest_pair), steps);
  for (size_t c = 0; c < columns; c++) steps[c] = steps[c] < INFINITY ? steps[c] : NAN;
  for (size_t r = 0; r < rows; r++, x += columns, out += columns)
    for (size_t c = 0; c < columns; c++) {
      const float level = (x[c] * (1.0f / steps[c]) + 12582912.0f) - 12582912.0f;
      out[c] = level > -128.0f && level < 128.0f ? (int8_t)(int32_t)level : 0;
    }
}

static inline void add_row_from_bytes(float *restrict x, size_t columns, float correction, const int32_t *restrict sums,
                                      float factor, const float *restrict steps) {
  for (size_t c = 0; c < columns; c++) x[c] = x[c] * correction + (float)sums[c] * (factor * steps[c]);
}

LOOP(add_from_bytes)(float *x, size_t rows, size_t columns, const float *corrections, const int32_t *sums,
                     const float *factors, const float *steps) {
  for (size_t r = 0; r < rows; r++, x += columns, sums += columns)
    add_row_from_bytes(x, columns, corrections[r], sums, factors[r], steps);
}
