// The part of loops.h about attention whose scores are 16-bit words and whose weights are bytes.

enum { STEPS_OF_OCTAVE = 32, KEYS_TOGETHER = 64 };

// 2^(-i/32), in 1/256 of a weight of 255.
static const uint16_t powers_of_two[STEPS_OF_OCTAVE] = {
    65280, 63881, 62512, 61173, 59862, 58579, 57324, 56096, 54894, 53717, 52566, 51440, 50338, 49259, 48204, 47171,
    46160, 45171, 44203, 43256, 42329, 41422, 40534, 39666, 38816, 37984, 37170, 36374, 35594, 34831, 34085, 33355,
};

// What is added before a weight is cut to a whole number: 39 i mod 64 and a half, in 1/64, which is evenly spread in any run
// of neighbours. In the order of words.
static const uint16_t dither[KEYS_TOGETHER] = {
    2, 158, 58, 214, 194, 94, 250, 150, 114, 14, 170, 70, 50, 206, 106, 6,
    226, 126, 26, 182, 162, 62, 218, 118, 82, 238, 138, 38, 18, 174, 74, 230,
    130, 30, 186, 86, 66, 222, 122, 22, 242, 142, 42, 198, 178, 78, 234, 134,
    98, 254, 154, 54, 34, 190, 90, 246, 210, 110, 10, 166, 146, 46, 202, 102,
};

// How a row's words become steps of a 32nd of an octave down from the largest:
// min(largest - word, 32767 >> shift) * 2^shift * factor / 2^15.
typedef struct {
  int16_t factor;
  int32_t shift;
} word_exponential;

// `step` is what a word stands for.
static inline word_exponential exponential_of(float step) {
  // Of words that stand for more, every other one is nothing beside the largest.
  enum { most = 1024 };
  const float steps = step * 1.44269504088896341f * STEPS_OF_OCTAVE;
  float factor = steps < most ? steps : most;
  word_exponential e = {0};
  for (; factor >= 1; factor *= 0.5f) e.shift++;
  factor = factor * 32768 + 0.5f;
  e.factor = factor < INT16_MAX ? (int16_t)factor : INT16_MAX;
  return e;
}

#ifdef MV_AVX512
#include "words_avx512.h"
#elif defined(MV_AVX2)
#include "words_avx2.h"
#else
static inline int32_t within(int32_t x, int32_t low, int32_t high) { return x < low ? low : x > high ? high : x; }

static inline void row_to_words(const int32_t *scores, size_t columns, const mv_key_words *keys, int16_t *words) {
  const int32_t shift = keys->shift;
  // Four keys stay neighbours.
  for (size_t i = 0; i < columns; i += 4) {
    int16_t *out = words + mv_word_of_key(i);
    const int16_t *factors = keys->factors + mv_word_of_key(i);
    for (size_t k = 0; k < 4; k++) {
      const int32_t word = within((scores[i + k] - keys->zeros[i + k]) >> shift, INT16_MIN, INT16_MAX);
      out[k] = (int16_t)((word * factors[k] + (1 << 14)) >> 15);
    }
  }
}

static inline int16_t largest_of_words(const int16_t *words, size_t columns) {
  int16_t largest = INT16_MIN;
  for (size_t i = 0; i < columns; i++) largest = words[i] > largest ? words[i] : largest;
  return largest;
}

typedef word_exponential exponential_vectors;
static inline exponential_vectors vectors_of(word_exponential e) { return e; }

static inline int32_t words_to_weights(const int16_t *words, size_t columns, int16_t largest,
                                       const exponential_vectors *e, uint8_t *weights) {
  const int32_t most = INT16_MAX >> e->shift;
  int32_t sum = 0;
  for (size_t i = 0; i < columns; i++) {
    const size_t place = mv_word_of_key(i);
    const int32_t down = within(largest - words[place], 0, most) << e->shift;
    const int32_t steps = (down * e->factor + (1 << 14)) >> 15, octaves = steps / STEPS_OF_OCTAVE;
    const int32_t power = octaves < 16 ? powers_of_two[steps % STEPS_OF_OCTAVE] >> octaves : 0;
    const int32_t weight = (power + dither[place % KEYS_TOGETHER]) >> 8;
    weights[i] = (uint8_t)weight;
    sum += weight;
  }
  return sum;
}
#endif

LOOP(to_words)(const int32_t *scores, size_t rows, size_t columns, mv_key_words keys, int16_t *words) {
  for (size_t row = 0; row < rows; row++) row_to_words(scores + row * columns, columns, &keys, words + row * columns);
}

enum { MOST_PARTS = 16, SOFTMAX_ROWS = 32 };

// Rescales what was added up before to the largest score so far, row by row. Factors are the largest scores of the parts
// until then, `added` the sums of their weights.
static inline void merge_parts(size_t rows, size_t parts, size_t stride, float added[][SOFTMAX_ROWS],
                               float *restrict maxima, float *restrict sums, float *restrict corrections,
                               float *restrict factors) {
  for (size_t row = 0; row < rows; row++) corrections[row] = maxima[row];
  for (size_t p = 0; p < parts; p++)
    for (size_t row = 0; row < rows; row++) {
      const float here = factors[p * stride + row];
      maxima[row] = maxima[row] > here ? maxima[row] : here;
    }
  for (size_t row = 0; row < rows; row++) {
    corrections[row] = exp_fast(corrections[row] - maxima[row]);
    sums[row] *= corrections[row];
  }
  for (size_t p = 0; p < parts; p++)
    for (size_t row = 0; row < rows; row++) {
      const float sum = added[p][row], factor = exp_fast(factors[p * stride + row] - maxima[row]) + sum * 0.0f;
      sums[row] += sum * factor;
      factors[p * stride + row] = factor;
    }
}

LOOP(byte_softmax)(const int16_t *words, size_t rows, size_t columns, size_t padded, size_t stride, size_t part,
                   const float *steps, float step, float *maxima, float *sums, float *corrections, float *factors,
                   uint8_t *weights) {
  float added[MOST_PARTS][SOFTMAX_ROWS];
  const size_t parts = (padded + part - 1) / part;
  for (size_t row = 0; row < rows; row++, words += stride, weights += stride) {
    const float here = steps[row] * step;
    const exponential_vectors e = vectors_of(exponential_of(here));
    if (columns < padded) memset(weights + columns, 0, padded - columns);
    for (size_t p = 0, first = 0; p < parts; p++, first += part) {
      const size_t count = columns - first < part ? columns - first : part;
      const size_t whole = (count + KEYS_TOGETHER - 1) / KEYS_TOGETHER * KEYS_TOGETHER;
      const int16_t largest = largest_of_words(words + first, whole);
      const int32_t sum = words_to_weights(words + first, count, largest, &e, weights + first);
      factors[p * rows + row] = (float)largest * here;
      added[p][row % SOFTMAX_ROWS] = (float)sum + here * 0.0f;
    }
    const size_t some = row % SOFTMAX_ROWS + 1, start = row + 1 - some;
    if (some == SOFTMAX_ROWS || row + 1 == rows)
      merge_parts(some, parts, rows, added, maxima + start, sums + start, corrections + start, factors + start);
  }
}

// The largest less the smallest of the largest words of `part` keys each.
static inline float row_spread(const int16_t *words, size_t columns, size_t part) {
  int16_t low = INT16_MAX, high = INT16_MIN;
  for (size_t i = 0; i < columns; i += part) {
    const int16_t largest = largest_of_words(words + i, columns - i < part ? columns - i : part);
    low = largest < low ? largest : low;
    high = largest > high ? largest : high;
  }
  return (float)high - (float)low;
}

enum { SPREAD_ROWS = 16 };

static float MV_PASTE(word_spread, MV_SUFFIX)(const int16_t *words, size_t rows, size_t columns, size_t stride,
                                              const float *steps, float step, size_t part) {
  float sum = 0;
  size_t count = 0;
  const size_t every = rows < 2 * SPREAD_ROWS ? 1 : rows / SPREAD_ROWS;
  for (size_t row = 0; row < rows; row += every, count++)
    sum += row_spread(words + row * stride, columns, part) * steps[row] * step;
  return sum / (float)count;
}
