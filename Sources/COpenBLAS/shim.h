#pragma once
/* OpenBLAS (Debian: libopenblas-dev), which holds all of LAPACK too, but not its C header: hence the two declarations below.
   Only Diagnosis and TabularPipelines may import the module.

   OpenBLAS runs its own pool of threads, as many as there are cores; OPENBLAS_NUM_THREADS in the environment sets another number. */
#include <stddef.h>
#include <cblas.h>

/* Symmetric eigenproblem, all or some eigenvalues and eigenvectors (MRRR). The lengths of the three texts are the last arguments, as
   Fortran passes them. https://netlib.org/lapack/double/dsyevr.f */
void dsyevr_(const char *jobz, const char *range, const char *uplo, const blasint *n, double *a, const blasint *lda, const double *vl,
             const double *vu, const blasint *il, const blasint *iu, const double *abstol, blasint *m, double *w, double *z,
             const blasint *ldz, blasint *isuppz, double *work, const blasint *lwork, blasint *iwork, const blasint *liwork,
             blasint *info, size_t jobz_length, size_t range_length, size_t uplo_length);

/* Singular value decomposition (divide and conquer). https://netlib.org/lapack/double/dgesdd.f */
void dgesdd_(const char *jobz, const blasint *m, const blasint *n, double *a, const blasint *lda, double *s, double *u, const blasint *ldu,
             double *vt, const blasint *ldvt, double *work, const blasint *lwork, blasint *iwork, blasint *info, size_t jobz_length);
