// A stand-in for libcublas.so.12 or 13 (-DMAJOR=13): the strided-batched products, column-major, as loops in the queue of the stand-in
// driver. Sums run in the format of the fields, as on a GPU. Products are refused, status 7, if STANDIN_CUBLAS=fails.
#include <cstdlib>
#include <cstring>

extern "C" int standinEnqueue(int (*run)(void *), void *argument);

enum { SUCCESS = 0, INVALID_VALUE = 7, EXECUTION_FAILED = 13 };

template <class T>
struct Product {
    int transposeA, transposeB, m, n, k;
    T alpha;
    const T *a;
    int lda;
    long long strideA;
    const T *b;
    int ldb;
    long long strideB;
    T beta;
    T *c;
    int ldc;
    long long strideC;
    int batch;

    static int run(void *self) {
        Product &p = *static_cast<Product *>(self);
        for (int z = 0; z < p.batch; z++) {
            for (int j = 0; j < p.n; j++) {
                for (int i = 0; i < p.m; i++) {
                    T sum = 0;
                    for (int l = 0; l < p.k; l++) {
                        sum += p.a[z * p.strideA + (p.transposeA ? l + (long long)i * p.lda : i + (long long)l * p.lda)] *
                               p.b[z * p.strideB + (p.transposeB ? j + (long long)l * p.ldb : l + (long long)j * p.ldb)];
                    }
                    T &out = p.c[z * p.strideC + i + (long long)j * p.ldc];
                    out = p.alpha * sum + (p.beta == 0 ? 0 : p.beta * out);
                }
            }
        }
        delete &p;
        return 0;
    }
};

template <class T>
static int product(int opA, int opB, int m, int n, int k, const T *alpha, const T *a, int lda, long long strideA,
                   const T *b, int ldb, long long strideB, const T *beta, T *c, int ldc, long long strideC, int batch) {
    const char *order = getenv("STANDIN_CUBLAS");
    if ((order != nullptr && strcmp(order, "fails") == 0) || lda < (opA ? k : m) || ldb < (opB ? n : k) || ldc < m) {
        return INVALID_VALUE;
    }
    auto *p = new Product<T>{opA, opB, m, n, k, *alpha, a, lda, strideA, b, ldb, strideB, *beta, c, ldc, strideC, batch};
    return standinEnqueue(Product<T>::run, p) == 0 ? SUCCESS : EXECUTION_FAILED;
}

extern "C" {
int cublasCreate_v2(void **handle) {
    *handle = malloc(1);
    return SUCCESS;
}
int cublasDestroy_v2(void *handle) {
    free(handle);
    return SUCCESS;
}
int cublasGetVersion_v2(void *, int *version) {
    *version = MAJOR * 10000 + 600;
    return SUCCESS;
}
const char *cublasGetStatusName(int status) { return status == INVALID_VALUE ? "CUBLAS_STATUS_INVALID_VALUE" : "CUBLAS_STATUS"; }
int cublasSetStream_v2(void *, void *stream) { return stream == nullptr ? INVALID_VALUE : SUCCESS; }
int cublasGetPointerMode_v2(void *, int *mode) {
    *mode = 0;
    return SUCCESS;
}
int cublasSgemmStridedBatched(void *, int opA, int opB, int m, int n, int k, const float *alpha, const float *a, int lda,
                              long long strideA, const float *b, int ldb, long long strideB, const float *beta,
                              float *c, int ldc, long long strideC, int batch) {
    return product(opA, opB, m, n, k, alpha, a, lda, strideA, b, ldb, strideB, beta, c, ldc, strideC, batch);
}
int cublasDgemmStridedBatched(void *, int opA, int opB, int m, int n, int k, const double *alpha, const double *a,
                              int lda, long long strideA, const double *b, int ldb, long long strideB,
                              const double *beta, double *c, int ldc, long long strideC, int batch) {
    return product(opA, opB, m, n, k, alpha, a, lda, strideA, b, ldb, strideB, beta, c, ldc, strideC, batch);
}
}
