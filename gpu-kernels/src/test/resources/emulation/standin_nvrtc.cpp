// A stand-in for libnvrtc.so.12 or 13 (-DMAJOR=13): its machine code is a shared library that g++ makes of the same sources with the shim
// (STANDIN_SHIM names the file). Every compilation adds a line with its options to the file STANDIN_COMPILES.
// STANDIN_NVRTC=older knows sm_75 and sm_80 only; what it makes for those as PTX is refused, as nothing can run it.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>

enum { SUCCESS = 0, INVALID_OPTION = 5, COMPILATION = 6 };

struct Program {
    std::map<std::string, std::string> files;
    std::string source, image, log;
};

static std::string read(const std::string &path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

extern "C" {
int nvrtcVersion(int *major, int *minor) {
    *major = MAJOR;
    *minor = 6;
    return SUCCESS;
}
int nvrtcGetNumSupportedArchs(int *count) {
    *count = getenv("STANDIN_NVRTC") == nullptr ? 3 : 2;
    return SUCCESS;
}
int nvrtcGetSupportedArchs(int *archs) {
    archs[0] = 75;
    archs[1] = 80;
    if (getenv("STANDIN_NVRTC") == nullptr) {
        archs[2] = 90;
    }
    return SUCCESS;
}
int nvrtcCreateProgram(Program **program, const char *source, const char *, int headers, const char *const *texts,
                       const char *const *names) {
    *program = new Program;
    (*program)->source = source;
    for (int i = 0; i < headers; i++) {
        (*program)->files[names[i]] = texts[i];
    }
    return SUCCESS;
}
int nvrtcDestroyProgram(Program **program) {
    delete *program;
    *program = nullptr;
    return SUCCESS;
}
int nvrtcCompileProgram(Program *program, int count, const char *const *options) {
    std::string flags;
    for (int i = 0; i < count; i++) {
        std::string option = options[i];
        if (option.rfind("--gpu-architecture=", 0) == 0) {
            if (option.find("sm_75") == std::string::npos && option.find("sm_80") == std::string::npos &&
                option.find("sm_90") == std::string::npos && option.find("compute_") == std::string::npos) {
                return INVALID_OPTION;
            }
        } else if (option.rfind("--std", 0) != 0) {
            flags += " " + option;
        }
    }
    std::ofstream(getenv("STANDIN_COMPILES"), std::ios::app) << options[0] << flags << "\n";
    char folder[] = "/tmp/standinXXXXXX";
    if (mkdtemp(folder) == nullptr) {
        return COMPILATION;
    }
    std::string base = std::string(folder) + "/";
    std::string main = "#include \"shim.h\"\n" + program->source;
    std::regex kernel("__global__ void (?:__launch_bounds__\\([^)]*\\)\\s+)?(\\w+)\\(");
    for (auto &file : program->files) {
        std::ofstream(base + file.first) << file.second;
        for (std::sregex_iterator it(file.second.begin(), file.second.end(), kernel), end; it != end; ++it) {
            main += "ENTRY_POINT(" + (*it)[1].str() + ")\n";
        }
    }
    std::ofstream(base + "shim.h") << read(getenv("STANDIN_SHIM"));
    std::ofstream(base + "main.cpp") << main;
    // The emulation needs no speed here.
    std::string command = "cd " + base + " && g++ -O1 -std=c++17 -shared -fPIC -Wl,-Bsymbolic -ffp-contract=off -I. -Wno-unknown-pragmas" +
                          flags + " main.cpp -o kernels.so 2> log";
    bool compiled = system(command.c_str()) == 0;
    program->log = read(base + "log");
    program->image = compiled ? read(base + "kernels.so") : "";
    if (system(("rm -r " + base).c_str()) != 0) {
        return COMPILATION;
    }
    return compiled ? SUCCESS : COMPILATION;
}
int nvrtcGetCUBINSize(Program *program, size_t *size) {
    *size = program->image.size();
    return SUCCESS;
}
int nvrtcGetCUBIN(Program *program, char *image) {
    memcpy(image, program->image.data(), program->image.size());
    return SUCCESS;
}
static const char PTX[] = "//\n.version 8.5\n.target sm_80\n";
int nvrtcGetPTXSize(Program *, size_t *size) {
    *size = sizeof PTX;
    return SUCCESS;
}
int nvrtcGetPTX(Program *, char *text) {
    memcpy(text, PTX, sizeof PTX);
    return SUCCESS;
}
int nvrtcGetProgramLogSize(Program *program, size_t *size) {
    *size = program->log.size() + 1;
    return SUCCESS;
}
int nvrtcGetProgramLog(Program *program, char *log) {
    strcpy(log, program->log.c_str());
    return SUCCESS;
}
const char *nvrtcGetErrorString(int status) { return status == COMPILATION ? "NVRTC_ERROR_COMPILATION" : "NVRTC_ERROR"; }
}
