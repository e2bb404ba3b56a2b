// OpenBLAS, loaded when it is first asked for and not at the start of the process, because it chooses its kernels while
// it loads and cannot be asked to choose again. OpenBLAS 0.3.21 does not know processors younger than itself: it takes
// SSE3 kernels on an Emerald Rapids, four times slower than the AVX-512 ones, unless OPENBLAS_CORETYPE says otherwise.
#pragma once
#ifdef __cplusplus
extern "C" {
#endif

// Loads the library on the first call: 1 if it is there. Sets OPENBLAS_CORETYPE to what this processor can do, unless
// the user has set it. One thread of its own, because the caller splits the work.
int mv_blas_load(void);

// The kernels that it took, such as "SkylakeX"; "" if it could not be loaded.
const char *mv_blas_core(void);

// c[m,n] = a[m,k] b + beta c in float32, row-major; b is [n,k] if b_is_rows_of_k, else [k,n]. Only after
// mv_blas_load() gave 1.
void mv_blas_multiply(int m, int n, int k, const float *a, int stride_a, const float *b, int stride_b,
                      int b_is_rows_of_k, float beta, float *c, int stride_c);

#ifdef __cplusplus
}
#endif
