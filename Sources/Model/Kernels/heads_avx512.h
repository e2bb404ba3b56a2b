// The loops about heads of attention that are written by hand. Included by head_loops.h, in place of the same in plain
// C.
#include "vectors_avx512.h"

// x · factor · weight, and pairs turned by angles: 16 values, 8 angles, each for two neighbours.
ALWAYS_INLINE __m512 turned_vector(__m512 x, const float *cosine, const float *sine, size_t left) {
  const __mmask8 pairs = (__mmask8)((1u << left / 2) - 1);
  const __m512i twice = _mm512_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
  const __m512 c = _mm512_castps256_ps512(_mm256_maskz_loadu_ps(pairs, cosine));
  const __m512 s = _mm512_castps256_ps512(_mm256_maskz_loadu_ps(pairs, sine));
  // a cos - b sin, b cos + a sin
  return _mm512_fmaddsub_ps(x, _mm512_permutexvar_ps(twice, c),
                            _mm512_mul_ps(_mm512_permute_ps(x, 0xB1), _mm512_permutexvar_ps(twice, s)));
}

ALWAYS_INLINE __m512 head_vector(const void *x, int x_is_bf16, size_t i, size_t left, const float *factor,
                                 const float *weight, const float *cosine, const float *sine) {
  __m512 value = numbers_at(x, i, left, x_is_bf16);
  if (factor) value = _mm512_mul_ps(_mm512_mul_ps(value, _mm512_set1_ps(*factor)), some_of(weight + i, left));
  return cosine ? turned_vector(value, cosine + i / 2, sine + i / 2, left) : value;
}

// `x_is_bf16` is known when this is compiled.
ALWAYS_INLINE void head_row(const void *x, int x_is_bf16, size_t size, const float *factor, const float *weight,
                            const float *cosine, const float *sine, void *out, int is_bf16) {
#define VECTOR head_vector(x, x_is_bf16, i, left, factor, weight, cosine, sine)
#ifdef MV_AVX512BF16
  if (is_bf16) {
    TO_HALVES(size, (uint16_t *)out, VECTOR);
    return;
  }
#endif
  if (!is_bf16) {
    IN_VECTORS(size, store_some((float *)out + i, left, VECTOR));
    return;
  }
  IN_VECTORS(size, {
    float numbers[16];
    _mm512_storeu_ps(numbers, VECTOR);
    row_to_halves(numbers, left < 16 ? left : 16, (uint16_t *)out + i);
  });
#undef VECTOR
}
