// The whole program: every kernel of the backend in one module.
#include "elementwise.cu"
#include "noise.cu"
#include "products.cu"
#include "reductions.cu"
