// The part of loops.h about 8-bit numbers: activations are unsigned and have a zero, so that all 256 levels are used
// whatever their range (after GELU it is lopsided); weights are signed and have none.

// The smallest step: below it, 1 / step is infinite.
#define SMALLEST_STEP 1e-30f

static inline float value_at(const void *x, size_t i, int is_bf16) {
  return is_bf16 ? from_half(((const uint16_t *)x)[i]) : ((const float *)x)[i];
}

// The range of a row, with 0 in it. NaN if the row has NaN or infinity, which minimum and maximum alone would hide.
typedef struct {
  float low, high, check;
} row_range;

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

static inline void row_to_bytes(const void *x, size_t count, int is_bf16, uint8_t *out, float *step, int32_t *zero) {
  const row_range range = range_of(x, count, is_bf16);
  *step = (range.high - range.low) / 255.0f + range.check;
  *zero = 0;
  if (!(*step < INFINITY)) {
    *step = NAN;
    memset(out, 0, count);
    return;
  }
  *step = *step > SMALLEST_STEP ? *step : SMALLEST_STEP;
  const float inverse = 1.0f / *step;
  *zero = (int32_t)(-range.low * inverse + 0.5f);
  const float offset = (float)*zero + 0.5f;
  for (size_t i = 0; i < count; i++) {
    float level = value_at(x, i, is_bf16) * inverse + offset;
    level = level > 0 ? level : 0;
    level = level < 255 ? level : 255;
    out[i] = (uint8_t)(int32_t)level;
  }
}

LOOP(to_bytes)(const void *x, size_t rows, size_t columns, int is_bf16, uint8_t *out, float *steps, int32_t *zeros) {
  const char *row = x;
  for (size_t r = 0; r < rows; r++, out += columns) {
    if (is_bf16) row_to_bytes(row, columns, 1, out, steps + r, zeros + r);
    else row_to_bytes(row, columns, 0, out, steps + r, zeros + r);
    row += columns * (is_bf16 ? 2 : 4);
  }
}

LOOP(to_weight_bytes)(const float *x, size_t rows, size_t columns, int8_t *out, float *steps, int32_t *sums) {
  for (size_t r = 0; r < rows; r++, x += columns, out += columns) {
    const row_range range = range_of(x, columns, 0);
    float step = (range.high > -range.low ? range.high : -range.low) / 127.0f + range.check;
    sums[r] = 0;
    steps[r] = NAN;
    if (!(step < INFINITY)) {
      memset(out, 0, columns);
      continue;
    }
    step = step > SMALLEST_STEP ? step : SMALLEST_STEP;
    const float inverse = 1.0f / step;
    int32_t sum = 0;
    for (size_t i = 0; i < columns; i++) {
      // The sum is so large that what is left of it is the nearest integer.
      const float level = (x[i] * inverse + 12582912.0f) - 12582912.0f;
      out[i] = (int8_t)(int32_t)level;
      sum += (int32_t)level;
    }
    steps[r] = step;
    sums[r] = sum;
  }
}

LOOP(from_bytes)(void *tile, size_t rows, size_t columns, const float *steps, const int32_t *zeros,
                 const float *weight_steps, const int32_t *weight_sums) {
  char *place = tile;
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < columns; c++, place += 4) {
      int32_t sum;
      memcpy(&sum, place, 4);
      const float value = (float)(sum - zeros[r] * weight_sums[c]) * (steps[r] * weight_steps[c]);
      memcpy(place, &value, 4);
    }
}
