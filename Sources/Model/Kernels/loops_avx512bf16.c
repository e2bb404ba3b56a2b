#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma,f16c,bmi2"))), apply_to = function)

// Attention's exponentials, the one loop in which the compiler's code is not good enough. Here with the instructions
// that round to an integer, scale by a power of two and convert to bfloat16.

// 2^y for y <= 0, relative error 2e-7: a polynomial of degree 5 through the Chebyshev nodes of -0.5…0.5.
static inline __m512 power_of_two(__m512 y) {
  const __m512 whole = _mm512_roundscale_ps(y, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  const __m512 r = _mm512_sub_ps(y, whole);
  __m512 p = _mm512_set1_ps(1.33908633635e-03f);
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(9.67603191826e-03f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(5.55035711422e-02f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(2.40221074853e-01f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(6.93147188026e-01f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.00000007545e+00f));
  return _mm512_scalef_ps(p, whole);
}

// e^(x scale - maximum) as bfloat16, and their sum.
static inline float exponentiate_halves(const float *x, size_t count, float scale, float maximum, uint16_t *out) {
  const __m512 factor = _mm512_set1_ps(scale * 1.44269504088896341f);
  const __m512 shift = _mm512_set1_ps(maximum * 1.44269504088896341f);
  __m512 sum0 = _mm512_setzero_ps(), sum1 = _mm512_setzero_ps();
  size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    const __m512 a = power_of_two(_mm512_fmsub_ps(_mm512_loadu_ps(x + i), factor, shift));
    const __m512 b = power_of_two(_mm512_fmsub_ps(_mm512_loadu_ps(x + i + 16), factor, shift));
    sum0 = _mm512_add_ps(sum0, a);
    sum1 = _mm512_add_ps(sum1, b);
    _mm512_storeu_si512(out + i, (__m512i)_mm512_cvtne2ps_pbh(b, a));
  }
  for (; i < count; i += 16) {
    const __mmask16 mask = count - i >= 16 ? 0xFFFF : (__mmask16)((1u << (count - i)) - 1);
    const __m512 a = power_of_two(_mm512_fmsub_ps(_mm512_maskz_loadu_ps(mask, x + i), factor, shift));
    sum0 = _mm512_mask_add_ps(sum0, mask, sum0, a);
    _mm256_mask_storeu_epi16(out + i, mask, (__m256i)_mm512_cvtneps_pbh(a));
  }
  return _mm512_reduce_add_ps(_mm512_add_ps(sum0, sum1));
}
#define MV_EXPONENTIATE_HALVES

// 255 e^(x scale - maximum), cut to whole numbers after dither (64 numbers, again and again) was added, and their sum.
// NaN if one is NaN.
static inline float exponentiate_bytes(const float *x, size_t count, float scale, float maximum, const float *dither,
                                       uint8_t *out) {
  const __m512 factor = _mm512_set1_ps(scale * 1.44269504088896341f);
  const __m512 shift = _mm512_set1_ps(maximum * 1.44269504088896341f);
  const __m512 levels = _mm512_set1_ps(255.0f);
  const __m512 adds[4] = {_mm512_loadu_ps(dither), _mm512_loadu_ps(dither + 16), _mm512_loadu_ps(dither + 32),
                          _mm512_loadu_ps(dither + 48)};
  __m512i sum = _mm512_setzero_si512();
  __mmask16 bad = 0;
  size_t i = 0;
  for (; i + 64 <= count; i += 64)
    for (int part = 0; part < 4; part++) {
      const __m512 p = power_of_two(_mm512_fmsub_ps(_mm512_loadu_ps(x + i + 16 * part), factor, shift));
      const __m512i whole = _mm512_cvttps_epi32(_mm512_fmadd_ps(p, levels, adds[part]));
      bad |= _mm512_cmp_ps_mask(p, p, _CMP_UNORD_Q);
      sum = _mm512_add_epi32(sum, whole);
      _mm_storeu_si128((__m128i *)(out + i + 16 * part), _mm512_cvtepi32_epi8(whole));
    }
  for (; i < count; i += 16) {
    const __mmask16 mask = count - i >= 16 ? 0xFFFF : (__mmask16)((1u << (count - i)) - 1);
    const __m512 p = power_of_two(_mm512_fmsub_ps(_mm512_maskz_loadu_ps(mask, x + i), factor, shift));
    const __m512i whole = _mm512_cvttps_epi32(_mm512_fmadd_ps(p, levels, adds[i % 64 / 16]));
    bad |= _mm512_mask_cmp_ps_mask(mask, p, p, _CMP_UNORD_Q);
    sum = _mm512_mask_add_epi32(sum, mask, sum, whole);
    _mm_mask_storeu_epi8(out + i, mask, _mm512_cvtepi32_epi8(whole));
  }
  return bad ? NAN : (float)_mm512_reduce_add_epi32(sum);
}
#define MV_EXPONENTIATE_BYTES

#define MV_SUFFIX _avx512bf16
#define MV_NAME "avx512bf16"
#include "loops.h"
#pragma clang attribute pop
#endif
