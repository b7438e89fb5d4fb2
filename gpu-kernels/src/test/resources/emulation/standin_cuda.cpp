// A stand-in for libcuda.so.1 with the functions that JCudaDevice calls, on host memory. It is stricter than it is fast:
// work is queued and runs only when the host waits for it, a call needs a current context, copies must lie within one
// allocation, and failures can be ordered through the environment:
//   STANDIN_INIT=code      what cuInit returns               STANDIN_DEVICES=n    number of devices
//   STANDIN_CAPABILITY=n   compute capability, such as 90    STANDIN_MEMORY=n     bytes of device memory
//   STANDIN_FAIL_LAUNCH=n  launch number n fails             STANDIN_VANISH=n     the device vanishes after n launches
//   STANDIN_PTX=file       kernels that stand for PTX
#include <dlfcn.h>
#include <elf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <vector>

enum {
    SUCCESS = 0,
    INVALID_VALUE = 1,
    OUT_OF_MEMORY = 2,
    DEVICE_UNAVAILABLE = 46,
    INVALID_IMAGE = 200,
    INVALID_CONTEXT = 201,
    UNSUPPORTED_PTX_VERSION = 222,
    NOT_FOUND = 500,
    ILLEGAL_ADDRESS = 700,
    LAUNCH_FAILED = 719
};

typedef unsigned long long Address;
typedef int (*Kernel)(unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void **);

typedef int (*ParameterBytes)(int);

struct Function {
    Kernel run;
    ParameterBytes bytes;
};

static long setting(const char *name, long otherwise) {
    const char *text = getenv(name);
    return text == nullptr ? otherwise : atol(text);
}

static const int CONTEXT = 1;
static thread_local const void *current = nullptr;
static std::map<Address, size_t> allocations;
static size_t used = 0;
static std::vector<std::function<int()>> queue;
static long launches = 0;
static int failed = SUCCESS;  // an error of a kernel stays

static size_t memory() { return setting("STANDIN_MEMORY", 4L << 30); }

static bool vanished() {
    long after = setting("STANDIN_VANISH", -1);
    return after >= 0 && launches > after;
}

static int ready() {
    if (vanished()) {
        return DEVICE_UNAVAILABLE;
    }
    return current == nullptr ? INVALID_CONTEXT : failed;
}

static int finish() {
    std::vector<std::function<int()>> work;
    work.swap(queue);
    for (auto &task : work) {
        if (failed == SUCCESS) {
            failed = task();
        }
    }
    return vanished() ? DEVICE_UNAVAILABLE : failed;
}

static bool owned(Address address, size_t bytes) {
    auto next = allocations.upper_bound(address);
    if (next == allocations.begin()) {
        return false;
    }
    --next;
    return address + bytes <= next->first + next->second;
}

#define READY                       \
    if (int status = ready()) {     \
        return status;              \
    }

extern "C" {

// For the stand-in of cuBLAS, which works in the same queue.
int standinEnqueue(int (*run)(void *), void *argument) {
    READY
    queue.push_back([=] { return run(argument); });
    return SUCCESS;
}

int cuInit(unsigned) { return setting("STANDIN_INIT", SUCCESS); }
int cuDriverGetVersion(int *version) {
    *version = setting("STANDIN_DRIVER", 12060);
    return SUCCESS;
}
int cuDeviceGetCount(int *count) {
    *count = setting("STANDIN_DEVICES", 1);
    return SUCCESS;
}
int cuDeviceGet(int *device, int number) {
    *device = number;
    return SUCCESS;
}
int cuDeviceGetName(char *name, int length, int device) {
    snprintf(name, length, "Stand-in %d", device);
    return SUCCESS;
}
int cuDeviceGetAttribute(int *value, int attribute, int) {
    long capability = setting("STANDIN_CAPABILITY", 90);
    *value = attribute == 75 ? capability / 10 : attribute == 76 ? capability % 10 : 0;
    return SUCCESS;
}
int cuDeviceTotalMem_v2(size_t *bytes, int) {
    *bytes = memory();
    return SUCCESS;
}
int cuDevicePrimaryCtxRetain(const void **context, int) {
    *context = &CONTEXT;
    return SUCCESS;
}
int cuDevicePrimaryCtxRelease_v2(int) {
    if (!allocations.empty() && !vanished() && failed == SUCCESS) {
        fprintf(stderr, "stand-in: %zu allocations were not freed\n", allocations.size());
    }
    return SUCCESS;
}
int cuCtxSetCurrent(const void *context) {
    current = context;
    return SUCCESS;
}
int cuStreamCreate(void **stream, unsigned) {
    READY
    *stream = &queue;
    return SUCCESS;
}
int cuStreamDestroy_v2(void *) { return finish(); }
int cuStreamSynchronize(void *) {
    READY
    return finish();
}
int cuEventCreate(void **event, unsigned) {
    READY
    *event = malloc(1);
    return SUCCESS;
}
int cuEventDestroy_v2(void *event) {
    free(event);
    return SUCCESS;
}
int cuEventRecord(void *, void *) { return ready(); }
int cuEventSynchronize(void *) {
    READY
    return finish();
}

int cuModuleLoadData(void **module, const void *image) {
    READY
    const char *bytes = static_cast<const char *>(image);
    std::string path;
    if (memcmp(bytes, ELFMAG, SELFMAG) == 0) {
        auto *header = reinterpret_cast<const Elf64_Ehdr *>(bytes);
        size_t size = header->e_shoff + header->e_shentsize * header->e_shnum;
        int file = memfd_create("kernels", 0);
        if (write(file, bytes, size) != static_cast<ssize_t>(size)) {
            return OUT_OF_MEMORY;
        }
        path = "/proc/self/fd/" + std::to_string(file);
    } else if (const char *version = strstr(bytes, ".version ")) {
        if (getenv("STANDIN_PTX") == nullptr) {
            return INVALID_IMAGE;
        }
        // As a driver of CUDA 12.6 would say.
        if (atof(version + strlen(".version ")) > 8.5) {
            return UNSUPPORTED_PTX_VERSION;
        }
        path = getenv("STANDIN_PTX");
    } else {
        return INVALID_IMAGE;
    }
    *module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    return *module == nullptr ? INVALID_IMAGE : SUCCESS;
}
int cuModuleUnload(void *) { return SUCCESS; }
int cuModuleGetFunction(void **function, void *module, const char *name) {
    READY
    void *run = dlsym(module, (std::string("cpu_") + name).c_str());
    void *bytes = dlsym(module, (std::string("bytes_") + name).c_str());
    if (run == nullptr || bytes == nullptr) {
        return NOT_FOUND;
    }
    *function = new Function{reinterpret_cast<Kernel>(run), reinterpret_cast<ParameterBytes>(bytes)};
    return SUCCESS;
}

int cuMemAlloc_v2(Address *address, size_t bytes) {
    READY
    if (bytes == 0) {
        return INVALID_VALUE;
    }
    if (used + bytes > memory()) {
        return OUT_OF_MEMORY;
    }
    void *block = malloc(bytes);
    memset(block, 0xFF, bytes);
    *address = reinterpret_cast<Address>(block);
    allocations[*address] = bytes;
    used += bytes;
    return SUCCESS;
}
int cuMemFree_v2(Address address) {
    READY
    if (allocations.count(address) == 0) {
        return INVALID_VALUE;
    }
    int status = finish();
    used -= allocations[address];
    allocations.erase(address);
    free(reinterpret_cast<void *>(address));
    return status;
}
int cuMemGetInfo_v2(size_t *unused, size_t *total) {
    READY
    *unused = memory() - used;
    *total = memory();
    return SUCCESS;
}
int cuMemAllocHost_v2(void **block, size_t bytes) {
    READY
    *block = malloc(bytes);
    return SUCCESS;
}
int cuMemFreeHost(void *block) {
    finish();
    free(block);
    return SUCCESS;
}
int cuMemcpyHtoDAsync_v2(Address target, const void *source, size_t bytes, void *) {
    READY
    if (!owned(target, bytes)) {
        return INVALID_VALUE;
    }
    queue.push_back([=] {
        memcpy(reinterpret_cast<void *>(target), source, bytes);
        return SUCCESS;
    });
    return SUCCESS;
}
int cuMemcpyDtoHAsync_v2(void *target, Address source, size_t bytes, void *) {
    READY
    if (!owned(source, bytes)) {
        return INVALID_VALUE;
    }
    queue.push_back([=] {
        memcpy(target, reinterpret_cast<void *>(source), bytes);
        return SUCCESS;
    });
    return SUCCESS;
}
int cuMemsetD8Async(Address target, unsigned char value, size_t bytes, void *) {
    READY
    if (!owned(target, bytes)) {
        return INVALID_VALUE;
    }
    queue.push_back([=] {
        memset(reinterpret_cast<void *>(target), value, bytes);
        return SUCCESS;
    });
    return SUCCESS;
}
int cuLaunchKernel(Function *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned sharedBytes, void *, void **parameters, void **) {
    launches++;
    READY
    if (gx == 0 || gy == 0 || gz == 0 || gy > 65535 || gz > 65535 || bx * by * bz == 0 || bx * by * bz > 1024) {
        return INVALID_VALUE;
    }
    if (launches == setting("STANDIN_FAIL_LAUNCH", -1)) {
        queue.push_back([] { return LAUNCH_FAILED; });
        return SUCCESS;
    }
    // The driver copies the parameters before it returns.
    std::vector<std::vector<char>> copies;
    for (int i = 0; function->bytes(i) > 0; i++) {
        char *parameter = static_cast<char *>(parameters[i]);
        copies.emplace_back(parameter, parameter + function->bytes(i));
    }
    queue.push_back([=]() mutable {
        std::vector<void *> pointers;
        for (std::vector<char> &copy : copies) {
            pointers.push_back(copy.data());
        }
        return function->run(gx, gy, gz, bx, by, bz, sharedBytes, pointers.data()) == 0 ? SUCCESS : LAUNCH_FAILED;
    });
    return SUCCESS;
}
}
