#include "onednn_shim.h"

#include <dlfcn.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <unordered_map>
#include <vector>

#include "oneapi/dnnl/dnnl.hpp"

using dnnl::memory;

namespace {

thread_local std::string message;

dnnl::engine &cpu() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

dnnl::stream &stream() {
  static thread_local dnnl::stream stream(cpu());
  return stream;
}

// The library's own OpenMP pool would fight with the caller's threads. The setting is per thread; the symbol is
// looked up because not every build of oneDNN uses OpenMP.
void run_on_this_thread_only() {
  static auto set = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
  static thread_local bool done = false;
  if (set && !done) set(1);
  done = true;
}

memory::data_type native(mv_dnn_type type) {
  return type == mv_dnn_bf16 ? memory::data_type::bf16 : memory::data_type::f32;
}

// Scratchpads are the caller's: the default one belongs to the thread that made the primitive.
dnnl::primitive_attr attributes(bool accumulate) {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  if (accumulate) {
    dnnl::post_ops ops;
    ops.append_sum(1.0f);
    attr.set_post_ops(ops);
  }
  return attr;
}

memory scratchpad(const memory::desc &desc) {
  static thread_local std::vector<char> room;
  size_t need = desc.get_size() + 64;
  if (room.size() < need) room.resize(need);
  auto address = (reinterpret_cast<uintptr_t>(room.data()) + 63) / 64 * 64;
  return memory(desc, cpu(), reinterpret_cast<void *>(address));
}

// Memory in pages of its own, which are gone when it is freed: the allocator would keep them in its heap.
std::shared_ptr<memory> in_pages(const memory::desc &desc) {
  size_t size = std::max<size_t>(desc.get_size(), 1);
  void *pages = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  return std::shared_ptr<memory>(new memory(desc, cpu(), pages), [=](memory *made) {
    delete made;
    munmap(pages, size);
  });
}

template <class Body>
int guarded(Body body) {
  try {
    run_on_this_thread_only();
    body();
    return 0;
  } catch (const dnnl::error &error) {
    message = std::string("oneDNN: ") + error.what() + " (status " + std::to_string(error.status) + ")";
  } catch (const std::exception &error) {
    message = std::string("oneDNN: ") + error.what();
  } catch (...) {
    message = "oneDNN: unknown failure";
  }
  return 1;
}

// ---- Matrix products

using ProductKey = std::array<long, 9>;

struct Product {
  dnnl::matmul primitive;
  memory::desc a, b, c, scratch;
};

std::shared_ptr<Product> make_product(const mv_dnn_product &p) {
  auto result = std::make_shared<Product>();
  auto type = native(p.type);
  result->a = memory::desc({p.m, p.k}, type, memory::dims{p.stride_a, 1});
  result->b = memory::desc({p.k, p.n}, type, p.b_is_rows_of_k ? memory::dims{1, p.stride_b} : memory::dims{p.stride_b, 1});
  result->c = memory::desc({p.m, p.n}, memory::data_type::f32, memory::dims{p.stride_c, 1});
  auto attr = attributes(p.accumulate);
#if DNNL_VERSION_MAJOR >= 3
  dnnl::matmul::primitive_desc desc(cpu(), result->a, result->b, result->c, attr);
#else
  dnnl::matmul::primitive_desc desc(dnnl::matmul::desc(result->a, result->b, result->c), attr, cpu());
#endif
  result->scratch = desc.scratchpad_desc();
  result->primitive = dnnl::matmul(desc);
  return result;
}

std::shared_ptr<Product> cached_product(const mv_dnn_product &p) {
  static std::mutex mutex;
  static std::map<ProductKey, std::shared_ptr<Product>> cache;
  ProductKey key{p.type, p.m, p.n, p.k, p.stride_a, p.stride_b, p.stride_c, p.b_is_rows_of_k, p.accumulate};
  {
    std::lock_guard<std::mutex> lock(mutex);
    auto found = cache.find(key);
    if (found != cache.end()) return found->second;
  }
  auto made = make_product(p);
  std::lock_guard<std::mutex> lock(mutex);
  if (cache.size() >= 1024) cache.clear();
  return cache.emplace(key, made).first->second;
}

}  // namespace

extern "C" int mv_dnn_multiply(const mv_dnn_product *product, const void *a, const void *b, float *c) {
  return guarded([&] {
    auto made = cached_product(*product);
    memory source(made->a, cpu(), const_cast<void *>(a));
    memory weights(made->b, cpu(), const_cast<void *>(b));
    memory target(made->c, cpu(), c);
    made->primitive.execute(stream(), {{DNNL_ARG_SRC, source},
                                       {DNNL_ARG_WEIGHTS, weights},
                                       {DNNL_ARG_DST, target},
                                       {DNNL_ARG_SCRATCHPAD, scratchpad(made->scratch)}});
    stream().wait();
  });
}

// ---- Convolutions

struct mv_dnn_convolution {
  struct Shaped {
    dnnl::convolution_forward primitive;
    memory::desc source, target, scratch;
    std::shared_ptr<memory> weights;
  };
  mv_dnn_type type;
  long in, out, height, width;
  // As given, until they are packed; another layout is then made of a packed one.
  std::shared_ptr<memory> plain;
  std::mutex mutex;
  std::map<std::array<long, 3>, std::shared_ptr<Shaped>> shapes;
  std::vector<std::shared_ptr<memory>> packed;

  std::shared_ptr<Shaped> shaped(long rows, long columns, bool accumulate);
  std::shared_ptr<memory> weights_as(const memory::desc &desc);
};

static void reorder(memory &from, memory &to) {
  dnnl::reorder(from, to).execute(stream(), from, to);
  stream().wait();
}

// [out, height, width, in] seen as [out, in, height, width].
static memory::desc lying(const mv_dnn_convolution &c, memory::data_type type) {
  return memory::desc({c.out, c.in, c.height, c.width}, type,
                      memory::dims{c.height * c.width * c.in, 1, c.width * c.in, c.in});
}

std::shared_ptr<memory> mv_dnn_convolution::weights_as(const memory::desc &desc) {
  for (auto &candidate : packed)
    if (candidate->get_desc() == desc) return candidate;
  auto result = in_pages(desc);
  reorder(packed.empty() ? *plain : *packed.front(), *result);
  plain.reset();
  packed.push_back(result);
  return result;
}

std::shared_ptr<mv_dnn_convolution::Shaped> mv_dnn_convolution::shaped(long rows, long columns, bool accumulate) {
  std::lock_guard<std::mutex> lock(mutex);
  std::array<long, 3> key{rows, columns, accumulate};
  auto found = shapes.find(key);
  if (found != shapes.end()) return found->second;
  auto result = std::make_shared<Shaped>();
  using tag = memory::format_tag;
  result->source = memory::desc({1, in, rows + height - 1, columns}, native(type), tag::nhwc);
  result->target = memory::desc({1, out, rows, columns}, memory::data_type::f32, tag::nhwc);
  memory::desc any({out, in, height, width}, native(type), tag::any);
  memory::dims strides{1, 1}, padding{0, (width - 1) / 2};
  auto attr = attributes(accumulate);
  auto kind = dnnl::prop_kind::forward_inference;
  auto algorithm = dnnl::algorithm::convolution_direct;
#if DNNL_VERSION_MAJOR >= 3
  dnnl::convolution_forward::primitive_desc desc(cpu(), kind, algorithm, result->source, any, result->target, strides,
                                                 padding, padding, attr);
#else
  dnnl::convolution_forward::primitive_desc desc(
      dnnl::convolution_forward::desc(kind, algorithm, result->source, any, result->target, strides, padding, padding),
      attr, cpu());
#endif
  result->primitive = dnnl::convolution_forward(desc);
  result->scratch = desc.scratchpad_desc();
  result->weights = weights_as(desc.weights_desc());
  shapes[key] = result;
  return result;
}

extern "C" mv_dnn_convolution *mv_dnn_convolution_create(mv_dnn_type type, long in, long out, long kernel_height,
                                                         long kernel_width, const float *weights) {
  mv_dnn_convolution *result = nullptr;
  int failed = guarded([&] {
    auto made = std::make_unique<mv_dnn_convolution>();
    made->type = type;
    made->in = in;
    made->out = out;
    made->height = kernel_height;
    made->width = kernel_width;
    memory given(lying(*made, memory::data_type::f32), cpu(), const_cast<float *>(weights));
    made->plain = in_pages(lying(*made, native(type)));
    reorder(given, *made->plain);
    result = made.release();
  });
  return failed ? nullptr : result;
}

extern "C" void mv_dnn_convolution_destroy(mv_dnn_convolution *convolution) { delete convolution; }

extern "C" int mv_dnn_convolution_run(mv_dnn_convolution *convolution, long rows, long width, const void *source,
                                      float *target, int accumulate) {
  return guarded([&] {
    auto shaped = convolution->shaped(rows, width, accumulate != 0);
    memory from(shaped->source, cpu(), const_cast<void *>(source));
    memory to(shaped->target, cpu(), target);
    shaped->primitive.execute(stream(), {{DNNL_ARG_SRC, from},
                                         {DNNL_ARG_WEIGHTS, *shaped->weights},
                                         {DNNL_ARG_DST, to},
                                         {DNNL_ARG_SCRATCHPAD, scratchpad(shaped->scratch)}});
    stream().wait();
  });
}

extern "C" const char *mv_dnn_message(void) { return message.c_str(); }

extern "C" void mv_dnn_version(int *major, int *minor, int *patch) {
  const dnnl_version_t *version = dnnl_version();
  *major = version->major;
  *minor = version->minor;
  *patch = version->patch;
}

extern "C" const char *mv_dnn_isa(void) {
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::sse41: return "sse41";
    case dnnl::cpu_isa::avx: return "avx";
    case dnnl::cpu_isa::avx2: return "avx2";
    case dnnl::cpu_isa::avx2_vnni: return "avx2_vnni";
    case dnnl::cpu_isa::avx512_core: return "avx512_core";
    case dnnl::cpu_isa::avx512_core_vnni: return "avx512_core_vnni";
    case dnnl::cpu_isa::avx512_core_bf16: return "avx512_core_bf16";
    case dnnl::cpu_isa::avx512_core_amx: return "avx512_core_amx";
    default: return "another instruction set";
  }
}
