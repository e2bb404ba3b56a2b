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

LOOP(channel_norm)(const float *x, size_t rows, size_t channels, const float *gamma, int silu, float *out) {
  float root = sqrtf((float)channels);
  for (size_t row = 0; row < rows; row++, x += channels, out += channels) {
    float norm = sqrtf(sum_of_squares(x, channels));
    float scale = root / (norm > 1e-12f ? norm : 1e-12f);
    if (silu) {
      for (size_t i = 0; i < channels; i++) {
        float value = x[i] * scale * gamma[i];
        out[i] = value * sigmoid_fast(value);
      }
    } else {
      for (size_t i = 0; i < channels; i++) out[i] = x[i] * scale * gamma[i];
    }
  }
}

LOOP(rotate)(const float *x, size_t rows, size_t heads, size_t size, const float *cosine, const float *sine,
             float *out) {
  size_t half = size / 2;
  for (size_t row = 0; row < rows; row++, cosine += half, sine += half)
    for (size_t head = 0; head < heads; head++, x += size, out += size)
      for (size_t i = 0; i < half; i++) {
        float a = x[2 * i], b = x[2 * i + 1];
        out[2 * i] = a * cosine[i] - b * sine[i];
        out[2 * i + 1] = a * sine[i] + b * cosine[i];
      }
}

LOOP(finish)(float *tile, size_t rows, size_t columns, size_t stride, const float *bias, mv_activation activation) {
  for (size_t row = 0; row < rows; row++, tile += stride) {
    if (bias)
      for (size_t i = 0; i < columns; i++) tile[i] += bias[i];
    if (activation == mv_gelu_tanh)
      for (size_t i = 0; i < columns; i++) tile[i] = gelu_tanh(tile[i]);
    else if (activation == mv_silu)
      for (size_t i = 0; i < columns; i++) tile[i] = tile[i] * sigmoid_fast(tile[i]);
  }
}

LOOP(add_gated)(float *x, const float *y, size_t rows, size_t channels, const float *gate) {
  for (size_t row = 0; row < rows; row++, x += channels, y += channels) {
    if (gate)
      for (size_t i = 0; i < channels; i++) x[i] += y[i] * gate[i];
    else
      for (size_t i = 0; i < channels; i++) x[i] += y[i];
  }
}

LOOP(multiply)(float *x, const float *y, size_t count) {
  for (size_t i = 0; i < count; i++) x[i] *= y[i];
}

LOOP(scale_rows)(float *x, size_t rows, size_t columns, size_t stride, const float *factors) {
  for (size_t row = 0; row < rows; row++, x += stride)
    for (size_t i = 0; i < columns; i++) x[i] *= factors[row];
}

static inline float row_maximum(const float *x, size_t count) {
  float lanes[LANES];
  for (int l = 0; l < LANES; l++) lanes[l] = -INFINITY;
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int l = 0; l < LANES; l++) lanes[l] = x[i + l] > lanes[l] ? x[i + l] : lanes[l];
  for (int l = 0; i < count; i++, l++) lanes[l] = x[i] > lanes[l] ? x[i] : lanes[l];
  float maximum = lanes[0];
  for (int l = 1; l < LANES; l++) maximum = lanes[l] > maximum ? lanes[l] : maximum;
  return maximum;
}

static inline float exponentiate_row(float *x, size_t count, float maximum) {
  float lanes[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int l = 0; l < LANES; l++) {
      float value = exp_fast(x[i + l] - maximum);
      x[i + l] = value;
      lanes[l] += value;
    }
  for (int l = 0; i < count; i++, l++) {
    x[i] = exp_fast(x[i] - maximum);
    lanes[l] += x[i];
  }
  return sum_lanes(lanes);
}

LOOP(online_softmax)(float *scores, size_t rows, size_t columns, size_t stride, float scale, const float *bias,
                     float *maxima, float *sums, float *corrections) {
  for (size_t row = 0; row < rows; row++, scores += stride) {
    if (bias) {
      const float *shifted = bias - row;
      for (size_t i = 0; i < columns; i++) scores[i] = scores[i] * scale + shifted[i];
    } else {
      for (size_t i = 0; i < columns; i++) scores[i] *= scale;
    }
    float maximum = row_maximum(scores, columns);
    maximum = maxima[row] > maximum ? maxima[row] : maximum;
    float correction = exp_fast(maxima[row] - maximum);
    float sum = exponentiate_row(scores, columns, maximum);
    sums[row] = sums[row] * correction + sum;
    maxima[row] = maximum;
    corrections[row] = correction;
  }
}

LOOP(to_bf16)(const float *source, size_t rows, size_t columns, size_t stride, uint16_t *target, size_t target_stride) {
  for (size_t row = 0; row < rows; row++, source += stride, target += target_stride)
    for (size_t i = 0; i < columns; i++) {
      uint32_t bits;
      memcpy(&bits, &source[i], 4);
      uint32_t rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
      target[i] = (uint16_t)((bits & 0x7FFFFFFF) > 0x7F800000 ? (bits >> 16) | 0x40 : rounded);
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

const mv_loops MV_PASTE(mv_loops, MV_SUFFIX) = {
    .name = MV_NAME,
    .layer_norm = MV_PASTE(layer_norm, MV_SUFFIX),
    .rms_norm = MV_PASTE(rms_norm, MV_SUFFIX),
    .channel_norm = MV_PASTE(channel_norm, MV_SUFFIX),
    .rotate = MV_PASTE(rotate, MV_SUFFIX),
    .finish = MV_PASTE(finish, MV_SUFFIX),
    .add_gated = MV_PASTE(add_gated, MV_SUFFIX),
    .multiply = MV_PASTE(multiply, MV_SUFFIX),
    .scale_rows = MV_PASTE(scale_rows, MV_SUFFIX),
    .online_softmax = MV_PASTE(online_softmax, MV_SUFFIX),
    .to_bf16 = MV_PASTE(to_bf16, MV_SUFFIX),
    .to_rgb8 = MV_PASTE(to_rgb8, MV_SUFFIX),
};
