#pragma once
// Runs CUDA kernels on the CPU, one thread after the other, so that the very same .cu files can be tested where there is
// no GPU. Every thread of a block is a fiber with its own stack; a barrier gives control back, and no fiber passes it
// before all have reached it. The order in which fibers run is chosen by shimOrder: a kernel that lacks a barrier reads
// what has not been written yet in at least one of the orders. Shared memory is filled with NaN before every block.
//
// entry point of a kernel: int cpu_NAME(gx, gy, gz, bx, by, bz, sharedBytes, void **parameters), parameters as
// cuLaunchKernel takes them. Returns 0, or the source line of a barrier that not all threads of a block reached.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>
#include <utility>
#include <vector>
#if !defined(__x86_64__)
#include <ucontext.h>
#endif

#define __global__
#define __device__
#define __launch_bounds__(...)
#if defined(__SANITIZE_ADDRESS__)
// The sanitizer guards ordinary arrays only.
#define __shared__ static
#else
#define __shared__ static __attribute__((section("shim_shared")))
#endif

struct Dim3 {
    unsigned x, y, z;
};
static Dim3 threadIdx, blockIdx, blockDim, gridDim;

using std::erf;
using std::exp;
using std::fabs;
using std::log1p;
using std::tanh;

static inline double __dmul_rn(double a, double b) { return a * b; }
static inline double __dadd_rn(double a, double b) { return a + b; }
static inline double __ddiv_rn(double a, double b) { return a / b; }
static inline double __dsqrt_rn(double a) { return std::sqrt(a); }
static inline int __popc(unsigned x) { return __builtin_popcount(x); }
static inline long long __double_as_longlong(double x) {
    long long bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}
static inline double __longlong_as_double(long long bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

extern "C" {
// 0 forward, 1 reversed, 2 shuffled anew after every barrier.
int shimOrder = 0;
void shimSetOrder(int order) { shimOrder = order; }
}

namespace shim {

const size_t STACK_BYTES = 64 * 1024;
const size_t STAGGERS = 32, STAGGER_BYTES = 512;
const int FINISHED = -1;

struct Fiber {
    char *top;
    Dim3 index;
    int waitsAt;  // line of a barrier, or FINISHED
#if defined(__x86_64__)
    void *sp;
#else
    ucontext_t context;
#endif
};

static std::vector<Fiber> fibers;
static Fiber *running;
static void (*body)(void *);
static void *bodyArgument;

#if defined(__x86_64__)
static void *schedulerSp;
extern "C" void shimSwitch(void **save, void *load) __attribute__((visibility("hidden")));
// Callee-saved registers go to the stack that is left and come from the stack that is entered.
asm(R"(
.text
.hidden shimSwitch
.globl shimSwitch
.type shimSwitch, @function
shimSwitch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
)");
static inline void toScheduler() { shimSwitch(&running->sp, schedulerSp); }
static inline void enter(Fiber &fiber) { shimSwitch(&schedulerSp, fiber.sp); }
#else
static ucontext_t schedulerContext;
static inline void toScheduler() { swapcontext(&running->context, &schedulerContext); }
static inline void enter(Fiber &fiber) { swapcontext(&schedulerContext, &fiber.context); }
#endif

static void fiberMain() {
    body(bodyArgument);
    running->waitsAt = FINISHED;
    toScheduler();
    abort();
}

static void prepare(Fiber &fiber) {
    fiber.waitsAt = 0;
#if defined(__x86_64__)
    // As if shimSwitch had been called by something that returns into fiberMain: six registers, return address.
    void **top = reinterpret_cast<void **>(fiber.top) - 2;
    *top = reinterpret_cast<void *>(fiberMain);
    fiber.sp = top - 6;
    memset(fiber.sp, 0, 6 * sizeof(void *));
#else
    getcontext(&fiber.context);
    size_t usable = STACK_BYTES - STAGGERS * STAGGER_BYTES;
    fiber.context.uc_stack.ss_sp = fiber.top - usable;
    fiber.context.uc_stack.ss_size = usable;
    fiber.context.uc_link = nullptr;
    makecontext(&fiber.context, fiberMain, 0);
#endif
}

static void barrier(int line) {
    running->waitsAt = line;
    toScheduler();
}

static void shuffle(std::vector<unsigned> &order, uint64_t &state) {
    for (size_t i = order.size(); i > 1; i--) {
        state = state * 6364136223846793005ull + 1442695040888963407ull;
        std::swap(order[i - 1], order[(state >> 33) % i]);
    }
}

#if defined(__SANITIZE_ADDRESS__)
static void poisonShared() {}
#else
extern "C" char __start_shim_shared[] __attribute__((weak, visibility("hidden")));
extern "C" char __stop_shim_shared[] __attribute__((weak, visibility("hidden")));
static void poisonShared() {
    if (__start_shim_shared != nullptr) {
        memset(__start_shim_shared, 0xFF, __stop_shim_shared - __start_shim_shared);
    }
}
#endif

// One block: rounds from barrier to barrier. Returns the line of a barrier that part of the block missed.
static int runBlock(unsigned threads, uint64_t &state) {
    std::vector<unsigned> order(threads);
    for (unsigned i = 0; i < threads; i++) {
        prepare(fibers[i]);
        fibers[i].index = {i % blockDim.x, i / blockDim.x % blockDim.y, i / (blockDim.x * blockDim.y)};
        order[i] = shimOrder == 1 ? threads - 1 - i : i;
    }
    poisonShared();
    while (true) {
        if (shimOrder == 2) {
            shuffle(order, state);
        }
        for (unsigned i : order) {
            running = &fibers[i];
            threadIdx = running->index;
            enter(*running);
        }
        int line = fibers[0].waitsAt;
        for (unsigned i = 1; i < threads; i++) {
            if (fibers[i].waitsAt != line) {
                return line == FINISHED ? fibers[i].waitsAt : line;
            }
        }
        if (line == FINISHED) {
            return 0;
        }
    }
}

static int launch(Dim3 grid, Dim3 block, void (*kernel)(void *), void *argument) {
    unsigned threads = block.x * block.y * block.z;
    while (fibers.size() < threads) {
        void *stack =
            mmap(nullptr, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        // Tops at multiples of the page size would all fall into the same few cache lines.
        size_t stagger = fibers.size() % STAGGERS * STAGGER_BYTES;
        fibers.push_back({static_cast<char *>(stack) + STACK_BYTES - stagger});
    }
    body = kernel;
    bodyArgument = argument;
    gridDim = grid;
    blockDim = block;
    uint64_t state = 1;
    for (unsigned z = 0; z < grid.z; z++) {
        for (unsigned y = 0; y < grid.y; y++) {
            for (unsigned x = 0; x < grid.x; x++) {
                blockIdx = {x, y, z};
                if (int line = runBlock(threads, state)) {
                    return line;
                }
            }
        }
    }
    return 0;
}

template <class... A>
struct Call {
    void (*kernel)(A...);
    void **parameters;

    template <size_t... I>
    void unpack(std::index_sequence<I...>) {
        kernel(*static_cast<A *>(parameters[I])...);
    }
    static void run(void *self) { static_cast<Call *>(self)->unpack(std::index_sequence_for<A...>()); }
};

template <class... A>
int parameterBytes(void (*)(A...), size_t number) {
    const int sizes[] = {sizeof(A)...};
    return number < sizeof...(A) ? sizes[number] : 0;
}

template <class... A>
int emulate(void (*kernel)(A...), Dim3 grid, Dim3 block, void **parameters) {
    Call<A...> call{kernel, parameters};
    return launch(grid, block, Call<A...>::run, &call);
}

}  // namespace shim

#define __syncthreads() shim::barrier(__LINE__)

#define ENTRY_POINT(name)                                                                                        \
    extern "C" int cpu_##name(unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,       \
                              unsigned sharedBytes, void **parameters) {                                         \
        return shim::emulate(name, {gx, gy, gz}, {bx, by, bz}, parameters);                                       \
    }                                                                                                            \
    /* Size of one parameter, 0 beyond the last. */                                                              \
    extern "C" int bytes_##name(int number) { return shim::parameterBytes(name, number); }
