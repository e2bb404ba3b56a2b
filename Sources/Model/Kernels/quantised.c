// Expands the block formats of GGUF files. Layouts: https://github.com/ggml-org/ggml, docs/gguf.md and
// src/ggml-common.h. A block is a run of 32 or 256 values of one row; halves are float16, little-endian.
#include "kernels.h"

// One rounding for each product and each sum, as the reference has it: results are equal to the last bit.
#pragma STDC FP_CONTRACT OFF

static float half_at(const uint8_t *bytes) {
  float value;
  mv_f16_to_f32(bytes, &value, 1);
  return value;
}

// 32 values: half d, 32 signed bytes.
static void q8_0(const uint8_t *block, float *y) {
  const float d = half_at(block);
  const int8_t *q = (const int8_t *)(block + 2);
  for (int i = 0; i < 32; i++) y[i] = (float)q[i] * d;
}

// 32 values: half d, 16 bytes of low and high nibbles.
static void q4_0(const uint8_t *block, float *y) {
  const float d = half_at(block);
  const uint8_t *q = block + 2;
  for (int i = 0; i < 16; i++) {
    y[i] = d * (float)((q[i] & 15) - 8);
    y[i + 16] = d * (float)((q[i] >> 4) - 8);
  }
}

// 32 values: half d, half minimum, 16 bytes of nibbles.
static void q4_1(const uint8_t *block, float *y) {
  const float d = half_at(block), m = half_at(block + 2);
  const uint8_t *q = block + 4;
  for (int i = 0; i < 16; i++) {
    y[i] = d * (float)(q[i] & 15) + m;
    y[i + 16] = d * (float)(q[i] >> 4) + m;
  }
}

static uint32_t word_at(const uint8_t *b) {
  return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

// 32 values: half d, 4 bytes of fifth bits, 16 bytes of nibbles.
static void q5_0(const uint8_t *block, float *y) {
  const float d = half_at(block);
  const uint32_t high = word_at(block + 2);
  const uint8_t *q = block + 6;
  for (int i = 0; i < 16; i++) {
    y[i] = d * (float)((int)((q[i] & 15) | (high >> i & 1) << 4) - 16);
    y[i + 16] = d * (float)((int)((q[i] >> 4) | (high >> (i + 16) & 1) << 4) - 16);
  }
}

// 32 values: half d, half minimum, 4 bytes of fifth bits, 16 bytes of nibbles.
static void q5_1(const uint8_t *block, float *y) {
  const float d = half_at(block), m = half_at(block + 2);
  const uint32_t high = word_at(block + 4);
  const uint8_t *q = block + 8;
  for (int i = 0; i < 16; i++) {
    y[i] = d * (float)((q[i] & 15) | (high >> i & 1) << 4) + m;
    y[i + 16] = d * (float)((q[i] >> 4) | (high >> (i + 16) & 1) << 4) + m;
  }
}

// Super-blocks of 256 values have 16 parts of 16. Bit pairs lie in bytes of their own for each half (8 parts): 32 bytes
// for 128 values, four parts above each other in the same 16 bytes.
static const uint8_t *pairs_of(const uint8_t *q, int part) { return q + part / 8 * 32 + part % 2 * 16; }
static int pair_shift(int part) { return part % 8 / 2 * 2; }

// 256 values: 16 bytes (4-bit scale, 4-bit minimum), 64 bytes of 2-bit values, half d, half dmin.
static void q2_k(const uint8_t *block, float *y) {
  const float d = half_at(block + 80), dmin = half_at(block + 82);
  for (int part = 0; part < 16; part++, y += 16) {
    const float scale = d * (float)(block[part] & 15), minimum = dmin * (float)(block[part] >> 4);
    const uint8_t *q = pairs_of(block + 16, part);
    const int shift = pair_shift(part);
    for (int i = 0; i < 16; i++) y[i] = scale * (float)(q[i] >> shift & 3) - minimum;
  }
}

// 256 values: 32 bytes of third bits (0 subtracts 4), 64 bytes of 2-bit values, 12 bytes of 6-bit scales, half d.
static void q3_k(const uint8_t *block, float *y) {
  const float d = half_at(block + 108);
  const uint8_t *packed = block + 96;
  for (int part = 0; part < 16; part++, y += 16) {
    const int low = part < 8 ? packed[part] & 15 : packed[part - 8] >> 4;
    const int high = packed[8 + part % 4] >> (part / 4 * 2) & 3;
    const float scale = d * (float)((low | high << 4) - 32);
    const uint8_t *q = pairs_of(block + 32, part), *third = block + part % 2 * 16;
    const int shift = pair_shift(part), bit = part / 2;
    for (int i = 0; i < 16; i++) y[i] = scale * (float)((q[i] >> shift & 3) + (third[i] >> bit & 1) * 4 - 4);
  }
}

// Scale and minimum of part 0…7 out of 12 bytes, 6 bits each.
static void scale_and_minimum(const uint8_t *packed, int part, int *scale, int *minimum) {
  if (part < 4) {
    *scale = packed[part] & 63;
    *minimum = packed[part + 4] & 63;
  } else {
    *scale = (packed[part + 4] & 15) | (packed[part - 4] >> 6) << 4;
    *minimum = packed[part + 4] >> 4 | (packed[part] >> 6) << 4;
  }
}

// 256 values in 8 parts: half d, half dmin, 12 bytes of scales and minima, (Q5_K: 32 bytes of fifth bits,) 128 bytes
// of nibbles; 32 bytes hold the low nibbles of one part and the high ones of the next.
static void q45_k(const uint8_t *block, float *y, const uint8_t *fifth, const uint8_t *nibbles) {
  const float d = half_at(block), dmin = half_at(block + 2);
  for (int part = 0; part < 8; part++) {
    int s, m;
    scale_and_minimum(block + 4, part, &s, &m);
    const float scale = d * (float)s, minimum = dmin * (float)m;
    const uint8_t *q = nibbles + part / 2 * 32;
    float *out = y + part * 32;
    for (int i = 0; i < 32; i++) {
      const int high = fifth ? (fifth[i] >> part & 1) << 4 : 0;
      out[i] = scale * (float)((q[i] >> (part % 2 * 4) & 15) | high) - minimum;
    }
  }
}

static void q4_k(const uint8_t *block, float *y) { q45_k(block, y, NULL, block + 16); }
static void q5_k(const uint8_t *block, float *y) { q45_k(block, y, block + 16, block + 48); }

// 256 values: 128 bytes of low nibbles, 64 bytes of high bit pairs, 16 signed scales, half d. Each half has 64 bytes of
// nibbles, whose low ones come first.
static void q6_k(const uint8_t *block, float *y) {
  const float d = half_at(block + 208);
  const int8_t *scales = (const int8_t *)(block + 192);
  for (int part = 0; part < 16; part++, y += 16) {
    const float scale = d * (float)scales[part];
    const uint8_t *low = block + part / 8 * 64 + part % 4 * 16, *high = pairs_of(block + 128, part);
    const int nibble = part % 8 / 4 * 4, shift = pair_shift(part);
    for (int i = 0; i < 16; i++) y[i] = scale * (float)((low[i] >> nibble & 15) + (high[i] >> shift & 3) * 16 - 32);
  }
}

// How each format looks: values and bytes of a block, where its halves are (-1: no second one).
static const struct {
  void (*expand)(const uint8_t *, float *);
  int values, bytes, half, second;
} formats[] = {
    [mv_q4_0] = {q4_0, 32, 18, 0, -1},    [mv_q4_1] = {q4_1, 32, 20, 0, 2},   [mv_q5_0] = {q5_0, 32, 22, 0, -1},
    [mv_q5_1] = {q5_1, 32, 24, 0, 2},     [mv_q8_0] = {q8_0, 32, 34, 0, -1},  [mv_q2_k] = {q2_k, 256, 84, 80, 82},
    [mv_q3_k] = {q3_k, 256, 110, 108, -1}, [mv_q4_k] = {q4_k, 256, 144, 0, 2}, [mv_q5_k] = {q5_k, 256, 176, 0, 2},
    [mv_q6_k] = {q6_k, 256, 210, 208, -1},
};

void mv_expand_blocks(mv_block_format format, const void *source, float *target, size_t blocks) {
  const uint8_t *block = source;
  for (size_t i = 0; i < blocks; i++) {
    formats[format].expand(block, target);
    block += formats[format].bytes;
    target += formats[format].values;
  }
}

static int is_not_finite(const uint8_t *half) { return (half[1] & 0x7C) == 0x7C; }

size_t mv_first_nonfinite_block(mv_block_format format, const void *source, size_t blocks) {
  const uint8_t *block = source;
  const int first = formats[format].half, second = formats[format].second;
  for (size_t i = 0; i < blocks; i++, block += formats[format].bytes) {
    if (is_not_finite(block + first) || (second >= 0 && is_not_finite(block + second))) return i;
  }
  return blocks;
}
