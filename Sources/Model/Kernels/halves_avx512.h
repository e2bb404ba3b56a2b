// The loops that end in bfloat16, written by hand for AVX512-BF16. Included by loops.h, in place of the same in plain C.
#include "vectors_avx512.h"

ALWAYS_INLINE void store_halves(uint16_t *out, size_t left, __m512 values) {
  const __m256i halves = (__m256i)_mm512_cvtneps_pbh(values);
  // Stores with a mask are slow on some CPUs.
  if (left >= 16) _mm256_storeu_si256((__m256i *)out, halves);
  else _mm256_mask_storeu_epi16(out, lanes_of(left), halves);
}

// `value`, an expression of `i` and of how many numbers are `left` there, for i = 0, 16, 32, … Two vectors are rounded
// together where there are two, which takes no longer than one.
#define TO_HALVES(count, out, value)                                               \
  {                                                                                \
    size_t i = 0;                                                                  \
    for (const size_t left = 16; i + 32 <= (count); i += 16) {                     \
      const __m512 low = value;                                                    \
      i += 16;                                                                     \
      const __m512 high = value;                                                   \
      _mm512_storeu_si512((out) + i - 16, (__m512i)_mm512_cvtne2ps_pbh(high, low)); \
    }                                                                              \
    for (; i < (count); i += 16) {                                                 \
      const size_t left = (count) - i;                                             \
      store_halves((out) + i, left, value);                                        \
    }                                                                              \
  }

static inline void row_to_halves(const float *x, size_t count, uint16_t *out) {
  TO_HALVES(count, out, some_of(x + i, left));
}

static inline void scale_to_halves(const float *x, size_t count, float factor, uint16_t *out) {
  TO_HALVES(count, out, _mm512_mul_ps(some_of(x + i, left), _mm512_set1_ps(factor)));
}

// x / (1 + 2^y), within 1.5e-4.
ALWAYS_INLINE __m512 over_one_plus_power(__m512 x, __m512 y) {
  const __m512 one = _mm512_set1_ps(1);
  return _mm512_mul_ps(x, _mm512_rcp14_ps(_mm512_add_ps(one, power_of_two_times(1, y))));
}

// x sigmoid(x)
ALWAYS_INLINE __m512 silu_vector(__m512 x) { return over_one_plus_power(x, _mm512_mul_ps(x, _mm512_set1_ps(-LOG2_E))); }

// x sigmoid(2u), as gelu_tanh
ALWAYS_INLINE __m512 gelu_vector(__m512 x) {
  const float twice = -1.5957691216057308f * LOG2_E;
  const __m512 slope = _mm512_fmadd_ps(_mm512_mul_ps(x, x), _mm512_set1_ps(twice * 0.044715f), _mm512_set1_ps(twice));
  return over_one_plus_power(x, _mm512_mul_ps(x, slope));
}

ALWAYS_INLINE __m512 finished_vector(__m512 x, const float *bias, size_t left, mv_activation activation) {
  if (bias) x = _mm512_add_ps(x, some_of(bias, left));
  return activation == mv_gelu_tanh ? gelu_vector(x) : activation == mv_silu ? silu_vector(x) : x;
}

ALWAYS_INLINE void finish_to_halves(row_of_sums row, size_t count, const float *bias, mv_activation activation,
                                    uint16_t *out) {
  TO_HALVES(count, out, finished_vector(numbers_of(&row, i, left), bias ? bias + i : NULL, left, activation));
}

// x · scale · gamma, then SiLU.
ALWAYS_INLINE __m512 normed_vector(const float *x, __m512 scale, const float *gamma, size_t left, int silu) {
  const __m512 value = _mm512_mul_ps(_mm512_mul_ps(some_of(x, left), scale), some_of(gamma, left));
  return silu ? silu_vector(value) : value;
}

static inline void norm_to_halves(const float *x, size_t count, float scale, const float *gamma, int silu,
                                  uint16_t *out) {
  const __m512 scales = _mm512_set1_ps(scale);
  TO_HALVES(count, out, normed_vector(x + i, scales, gamma + i, left, silu));
}

ALWAYS_INLINE __m512 weight_vector(const float *x, size_t left, __m512 factor, __m512 shift, __m512 *sum) {
  const __m512 weight = power_of_two_times(1, _mm512_fmsub_ps(some_of(x, left), factor, shift));
  *sum = _mm512_mask_add_ps(*sum, lanes_of(left), *sum, weight);
  return weight;
}

// e^(x scale - maximum), and their sum.
static inline float exponentiate_to_halves(const float *x, size_t count, float scale, float maximum, uint16_t *out) {
  const __m512 factor = _mm512_set1_ps(scale * LOG2_E), shift = _mm512_set1_ps(maximum * LOG2_E);
  __m512 sum = _mm512_setzero_ps();
  TO_HALVES(count, out, weight_vector(x + i, left, factor, shift, &sum));
  return _mm512_reduce_add_ps(sum);
}
