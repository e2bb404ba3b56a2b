#include "kernels.h"
#include <string.h>

void mv_bf16_to_f32(const void *source, float *target, size_t count) {
  const char *bytes = source;
  for (size_t i = 0; i < count; i++) {
    uint16_t half;
    memcpy(&half, bytes + 2 * i, 2);
    uint32_t bits = (uint32_t)half << 16;
    memcpy(&target[i], &bits, 4);
  }
}

static inline float f16_to_f32(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000) << 16, rest = half & 0x7FFF, bits;
  // Normal numbers move the exponent by 112; a multiplication by 2^112 also gets the subnormal ones right.
  bits = rest << 13;
  float value;
  memcpy(&value, &bits, 4);
  value *= 0x1p112f;
  memcpy(&bits, &value, 4);
  if (rest >= 0x7C00) bits = 0x7F800000u | (rest & 0x3FF) << 13;
  bits |= sign;
  memcpy(&value, &bits, 4);
  return value;
}

void mv_f16_to_f32(const void *source, float *target, size_t count) {
  const char *bytes = source;
  for (size_t i = 0; i < count; i++) {
    uint16_t half;
    memcpy(&half, bytes + 2 * i, 2);
    target[i] = f16_to_f32(half);
  }
}

void mv_f8e5m2_to_f32(const void *source, float *target, size_t count) {
  const uint8_t *bytes = source;
  for (size_t i = 0; i < count; i++) target[i] = f16_to_f32((uint16_t)(bytes[i] << 8));
}

void mv_f64_to_f32(const void *source, float *target, size_t count) {
  const char *bytes = source;
  for (size_t i = 0; i < count; i++) {
    double value;
    memcpy(&value, bytes + 8 * i, 8);
    target[i] = (float)value;
  }
}

void mv_f8e4m3_to_f32(const void *source, float *target, size_t count) {
  const uint8_t *bytes = source;
  for (size_t i = 0; i < count; i++) {
    uint32_t sign = (uint32_t)(bytes[i] & 0x80) << 24, rest = bytes[i] & 0x7F, bits = rest << 20;
    float value;
    memcpy(&value, &bits, 4);
    value *= 0x1p120f;
    memcpy(&bits, &value, 4);
    if (rest == 0x7F) bits = 0x7FC00000u;
    bits |= sign;
    memcpy(&target[i], &bits, 4);
  }
}

void mv_f32_to_bf16(const void *source, uint16_t *target, size_t count) {
  const char *bytes = source;
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, bytes + 4 * i, 4);
    uint32_t rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
    uint32_t nan = (bits >> 16) | 0x40;
    target[i] = (uint16_t)((bits & 0x7FFFFFFF) > 0x7F800000 ? nan : rounded);
  }
}
