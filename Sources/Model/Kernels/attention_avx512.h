// Attention's exponentials, the loops in which the compiler's code is not good enough, with instructions that it does not
// find: round to an integer, scale by a power of two, pack bytes and add them up. For the loops_*.c that have AVX-512.
#include <immintrin.h>
#include <math.h>
#include <stdint.h>

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

// 255 · 2^y for y <= 0 plus what is to be added, cut to whole numbers: a polynomial of degree 3 for 2^0…2^1, of the least
// relative error (7.5e-5, a fiftieth of a level).
static inline __m512i byte_levels(__m512 y, __m512 add) {
  const __m512 r = _mm512_reduce_ps(y, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
  __m512 p = _mm512_set1_ps(255 * 0.07802450650747117f);
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(255 * 0.22606717839121693f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(255 * 0.6958335326086307f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(255 * 0.999925218933611f));
  return _mm512_cvttps_epi32(_mm512_add_ps(_mm512_scalef_ps(p, y), add));
}

// 64 bytes of four times 16 whole numbers, in their order.
static inline __m512i packed_bytes(const __m512i *levels) {
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  const __m512i low = _mm512_packus_epi32(levels[0], levels[1]), high = _mm512_packus_epi32(levels[2], levels[3]);
  return _mm512_permutexvar_epi32(order, _mm512_packus_epi16(low, high));
}

#define UNROLLED _Pragma("clang loop unroll(full)")

// The largest of 128 numbers.
static inline float largest_of_128(const __m512 *x) {
  const __m512 a = _mm512_max_ps(_mm512_max_ps(x[0], x[1]), _mm512_max_ps(x[2], x[3]));
  const __m512 b = _mm512_max_ps(_mm512_max_ps(x[4], x[5]), _mm512_max_ps(x[6], x[7]));
  return _mm512_reduce_max_ps(_mm512_max_ps(a, b));
}

// byte_weights for 128 columns without bias: as many scores as stay in registers. NaN is not looked for.
static inline float byte_weights_128(const float *tile, float step, int32_t zero, const float *key_steps,
                                     const int32_t *key_sums, float scale, const float *dither, uint8_t *weights,
                                     float *sum) {
  const __m512i zeros = _mm512_set1_epi32(zero);
  __m512 scores[8];
  UNROLLED for (int i = 0; i < 8; i++) {
    const __m512i shift = _mm512_mullo_epi32(zeros, _mm512_loadu_si512(key_sums + 16 * i));
    const __m512 exact = _mm512_cvtepi32_ps(_mm512_sub_epi32(_mm512_loadu_si512(tile + 16 * i), shift));
    scores[i] = _mm512_mul_ps(exact, _mm512_loadu_ps(key_steps + 16 * i));
  }
  const float largest = largest_of_128(scores) * (step * scale), log2_e = 1.44269504088896341f;
  const __m512 factor = _mm512_set1_ps(step * scale * log2_e), shift = _mm512_set1_ps(largest * log2_e);
  __m512i all = _mm512_setzero_si512();
  UNROLLED for (int i = 0; i < 8; i += 4) {
    __m512i levels[4];
    UNROLLED for (int k = 0; k < 4; k++)
      levels[k] = byte_levels(_mm512_fmsub_ps(scores[i + k], factor, shift), _mm512_loadu_ps(dither + 16 * k));
    const __m512i bytes = packed_bytes(levels);
    all = _mm512_add_epi64(all, _mm512_sad_epu8(bytes, _mm512_setzero_si512()));
    _mm512_storeu_si512(weights + 16 * i, bytes);
  }
  *sum = (float)_mm512_reduce_add_epi64(all);
  return largest;
}
#define MV_BYTE_WEIGHTS_128
