#include "openblas_shim.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// The CBLAS interface; the values of its enumerations are part of it.
enum { row_major = 101, no_transpose = 111, transpose = 112 };
typedef void (*sgemm_function)(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha,
                               const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc);

static sgemm_function sgemm;
static const char *core = "";
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void choose_kernels(void) {
#if defined(__x86_64__)
  if (getenv("OPENBLAS_CORETYPE")) return;
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    setenv("OPENBLAS_CORETYPE", "SkylakeX", 0);
  else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    setenv("OPENBLAS_CORETYPE", "Haswell", 0);
#endif
}

// Its own threads would never get work from us, but spin for a while after they are started.
static void *open_without_threads(void) {
  const char *variable = "OPENBLAS_NUM_THREADS";
  const char *before = getenv(variable);
  char *kept = before ? strdup(before) : NULL;
  setenv(variable, "1", 1);
  void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (kept) setenv(variable, kept, 1);
  else unsetenv(variable);
  free(kept);
  return library;
}

static void load(void) {
  choose_kernels();
  void *library = open_without_threads();
  if (!library) return;
  void (*set_threads)(int) = (void (*)(int))dlsym(library, "openblas_set_num_threads");
  const char *(*name)(void) = (const char *(*)(void))dlsym(library, "openblas_get_corename");
  if (set_threads) set_threads(1);
  if (name) core = name();
  sgemm = (sgemm_function)dlsym(library, "cblas_sgemm");
}

int mv_blas_load(void) {
  pthread_once(&once, load);
  return sgemm != NULL;
}

const char *mv_blas_core(void) { return mv_blas_load() ? core : ""; }

void mv_blas_multiply(int m, int n, int k, const float *a, int stride_a, const float *b, int stride_b,
                      int b_is_rows_of_k, float beta, float *c, int stride_c) {
  sgemm(row_major, no_transpose, b_is_rows_of_k ? transpose : no_transpose, m, n, k, 1.0f, a, stride_a, b, stride_b,
        beta, c, stride_c);
}
