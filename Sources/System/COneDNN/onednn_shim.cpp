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

// Looked up because not every build of oneDNN uses OpenMP, and before main because the loader's lock is held for long
// while other libraries are loaded.
const auto set_threads = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));

// The library's own OpenMP pool would fight with the caller's threads. The setting is per thread.
void run_on_this_thread_only() {
  static thread_local bool done = false;
  if (set_threads && !done) set_threads(1);
  done = true;
}

memory::data_type native(mv_dnn_type type) {
  return type == mv_dnn_bf16 ? memory::data_type::bf16 : memory::data_type::f32;
}

// oneDNN 2.6 makes wrong kernels when two threads make primitives at the same time (seen with convolutions of few
// channels; many renders of one process pass the size of its cache and make them again and again). Held while a
// primitive is described and made, never while one runs; a thread may hold it twice.
std::recursive_mutex &making() {
  static std::recursive_mutex mutex;
  return mutex;
}

using Making = std::lock_guard<std::recursive_mutex>;

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

void *scratch_room(size_t bytes) {
  static thread_local std::vector<char> room;
  if (room.size() < bytes + 64) room.resize(bytes + 64);
  return reinterpret_cast<void *>((reinterpret_cast<uintptr_t>(room.data()) + 63) / 64 * 64);
}

memory scratchpad(const memory::desc &desc) { return memory(desc, cpu(), scratch_room(desc.get_size())); }

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

// Writes `source` in the order of `target`.
void reorder(memory &source, memory &target) {
  auto made = [&] {
    Making lock(making());
    return dnnl::reorder(source, target);
  }();
  made.execute(stream(), source, target);
  stream().wait();
}

// ---- Matrix products

struct Types {
  memory::data_type a, b, c;
};

Types types(mv_dnn_type type) {
  using t = memory::data_type;
  switch (type) {
    case mv_dnn_u8s8: return {t::u8, t::s8, t::s32};
    case mv_dnn_bf16: return {t::bf16, t::bf16, t::f32};
    default: return {t::f32, t::f32, t::f32};
  }
}

memory::desc lying(const mv_dnn_product &p) {
  auto strides = p.order_b == mv_dnn_rows_of_k ? memory::dims{1, p.stride_b} : memory::dims{p.stride_b, 1};
  return memory::desc({p.k, p.n}, types(p.type).b, strides);
}

dnnl::matmul::primitive_desc described(const mv_dnn_product &p, const memory::desc &b) {
  auto t = types(p.type);
  memory::desc a({p.m, p.k}, t.a, memory::dims{p.stride_a, 1});
  memory::desc c({p.m, p.n}, t.c, memory::dims{p.stride_c, 1});
  auto attr = attributes(p.accumulate);
#if DNNL_VERSION_MAJOR >= 3
  return dnnl::matmul::primitive_desc(cpu(), a, b, c, attr);
#else
  return dnnl::matmul::primitive_desc(dnnl::matmul::desc(a, b, c), attr, cpu());
#endif
}

// The order that the library chooses for b when it is asked with a tall a: the same for every height.
memory::desc packed_order(mv_dnn_type type, long k, long n) {
  static std::map<std::array<long, 3>, memory::desc> cache;
  Making lock(making());
  std::array<long, 3> key{type, k, n};
  auto found = cache.find(key);
  if (found != cache.end()) return found->second;
  mv_dnn_product p{type, 256, n, k, k, 0, n, mv_dnn_packed, 0};
  auto order = described(p, memory::desc({k, n}, types(type).b, memory::format_tag::any)).weights_desc();
  if (cache.size() >= 1024) cache.clear();
  return cache.emplace(key, order).first->second;
}

// A primitive with its arguments, for one thread: only addresses change from call to call.
struct Product {
  dnnl::matmul primitive;
  memory a, b, c, scratch;
  memory::desc scratch_desc;
  std::unordered_map<int, memory> arguments;

  explicit Product(const mv_dnn_product &p) {
    Making lock(making());
    auto desc = described(p, p.order_b == mv_dnn_packed ? packed_order(p.type, p.k, p.n) : lying(p));
    primitive = dnnl::matmul(desc);
    a = memory(desc.src_desc(), cpu(), nullptr);
    b = memory(desc.weights_desc(), cpu(), nullptr);
    c = memory(desc.dst_desc(), cpu(), nullptr);
    scratch_desc = desc.scratchpad_desc();
    scratch = memory(scratch_desc, cpu(), nullptr);
    arguments = {{DNNL_ARG_SRC, a}, {DNNL_ARG_WEIGHTS, b}, {DNNL_ARG_DST, c}, {DNNL_ARG_SCRATCHPAD, scratch}};
  }
};

using ProductKey = std::array<long, 9>;

struct KeyHash {
  size_t operator()(const ProductKey &key) const {
    size_t hash = 0;
    for (long part : key) hash = (hash ^ static_cast<size_t>(part)) * 0x9E3779B97F4A7C15ull;
    return hash ^ (hash >> 32);
  }
};

Product &cached_product(const mv_dnn_product &p) {
  static thread_local std::unordered_map<ProductKey, std::unique_ptr<Product>, KeyHash> cache;
  long order = p.order_b * 2 + (p.accumulate ? 1 : 0);
  ProductKey key{p.type, p.m, p.n, p.k, p.stride_a, p.order_b == mv_dnn_packed ? 0 : p.stride_b, p.stride_c, order, 0};
  auto found = cache.find(key);
  if (found != cache.end()) return *found->second;
  auto made = std::make_unique<Product>(p);
  if (cache.size() >= 1024) cache.clear();
  return *cache.emplace(key, std::move(made)).first->second;
}

}  // namespace

extern "C" int mv_dnn_multiply(const mv_dnn_product *product, const void *a, const void *b, void *c) {
  return guarded([&] {
    auto &made = cached_product(*product);
    made.a.set_data_handle(const_cast<void *>(a));
    made.b.set_data_handle(const_cast<void *>(b));
    made.c.set_data_handle(c);
    made.scratch.set_data_handle(scratch_room(made.scratch_desc.get_size()));
    made.primitive.execute(stream(), made.arguments);
    stream().wait();
  });
}

namespace {

// Whether the order is that of mv_dnn_packs_words.
bool are_words(const memory::desc &order, mv_dnn_type type, long k, long n) {
  using tag = memory::format_tag;
  const long word = 4 / static_cast<long>(memory::data_type_size(types(type).b));
  if (word == 1 || k % (16 * word) || n % 64) return false;
  return order == memory::desc({k, n}, types(type).b, word == 2 ? tag::BA16a64b2a : tag::BA16a64b4a);
}

struct PackedOrder {
  size_t bytes;
  bool words;
};

// Asked for every block of attention: each thread remembers, and waits for no other.
PackedOrder packed(mv_dnn_type type, long k, long n) {
  static thread_local std::map<std::array<long, 3>, PackedOrder> known;
  const std::array<long, 3> key{type, k, n};
  auto found = known.find(key);
  if (found != known.end()) return found->second;
  PackedOrder result{0, false};
  guarded([&] {
    const auto order = packed_order(type, k, n);
    size_t plain = static_cast<size_t>(k) * static_cast<size_t>(n) * memory::data_type_size(types(type).b);
    if (order.get_size() == plain) result = {plain, are_words(order, type, k, n)};
    if (known.size() >= 1024) known.clear();
    known.emplace(key, result);
  });
  return result;
}

}  // namespace

extern "C" size_t mv_dnn_packed_bytes(mv_dnn_type type, long k, long n) { return packed(type, k, n).bytes; }

extern "C" int mv_dnn_packs_words(mv_dnn_type type, long k, long n) { return packed(type, k, n).words; }

extern "C" int mv_dnn_pack(mv_dnn_type type, long k, long n, mv_dnn_order order, long stride_b, const void *b,
                           void *packed) {
  return guarded([&] {
    mv_dnn_product p{type, 256, n, k, k, stride_b, n, order, 0};
    memory source(lying(p), cpu(), const_cast<void *>(b));
    memory target(packed_order(type, k, n), cpu(), packed);
    reorder(source, target);
  });
}

// ---- Convolutions

struct mv_dnn_convolution {
  struct Shaped {
    dnnl::convolution_forward primitive;
    memory::desc source, target, scratch;
    memory weights;
  };
  using Key = std::array<long, 4>;

  mv_dnn_type type;
  long in, out, height, width;
  std::mutex mutex;
  std::map<Key, std::shared_ptr<Shaped>> shapes;
  // In each order that the library chose for some shape; mostly one.
  std::vector<memory> packed;

  dnnl::convolution_forward::primitive_desc described(const Key &key) const;
  memory::desc make(const Key &key, Shaped &result) const;
  memory packed_as(const memory::desc &order, const float *plain);
  void prepare(const Key &key, const float *plain);
  std::shared_ptr<Shaped> shaped(const Key &key);
};

// key: rows, columns, whether it adds to the target, whether there is a bias.
dnnl::convolution_forward::primitive_desc mv_dnn_convolution::described(const Key &key) const {
  using tag = memory::format_tag;
  memory::desc order({out, in, height, width}, native(type), tag::any);
  memory::desc source({1, in, key[0] + height - 1, key[1]}, native(type), tag::nhwc);
  memory::desc target({1, out, key[0], key[1]}, memory::data_type::f32, tag::nhwc);
  memory::desc bias({out}, memory::data_type::f32, tag::a);
  memory::dims strides{1, 1}, padding{0, (width - 1) / 2};
  auto attr = attributes(key[2] != 0);
  auto kind = dnnl::prop_kind::forward_inference;
  auto algorithm = dnnl::algorithm::convolution_direct;
#if DNNL_VERSION_MAJOR >= 3
  if (key[3]) return {cpu(), kind, algorithm, source, order, bias, target, strides, padding, padding, attr};
  return {cpu(), kind, algorithm, source, order, target, strides, padding, padding, attr};
#else
  using plan = dnnl::convolution_forward::desc;
  if (key[3]) return {plan(kind, algorithm, source, order, bias, target, strides, padding, padding), attr, cpu()};
  return {plan(kind, algorithm, source, order, target, strides, padding, padding), attr, cpu()};
#endif
}

memory mv_dnn_convolution::packed_as(const memory::desc &order, const float *plain) {
  for (auto &candidate : packed)
    if (candidate.get_desc() == order) return candidate;
  // [out, height, width, in] seen as [out, in, height, width].
  memory::desc lying({out, in, height, width}, memory::data_type::f32,
                     memory::dims{height * width * in, 1, width * in, in});
  memory source(lying, cpu(), const_cast<float *>(plain));
  memory result(order, cpu());
  reorder(source, result);
  packed.push_back(result);
  return result;
}

// Returns the order in which the primitive wants its weights.
memory::desc mv_dnn_convolution::make(const Key &key, Shaped &result) const {
  Making lock(making());
  auto desc = described(key);
  result.source = desc.src_desc();
  result.target = desc.dst_desc();
  result.primitive = dnnl::convolution_forward(desc);
  result.scratch = desc.scratchpad_desc();
  return desc.weights_desc();
}

void mv_dnn_convolution::prepare(const Key &key, const float *plain) {
  std::lock_guard<std::mutex> lock(mutex);
  if (shapes.count(key)) return;
  auto result = std::make_shared<Shaped>();
  auto order = make(key, *result);
  result->weights = packed_as(order, plain);
  shapes[key] = result;
}

std::shared_ptr<mv_dnn_convolution::Shaped> mv_dnn_convolution::shaped(const Key &key) {
  std::lock_guard<std::mutex> lock(mutex);
  return shapes.at(key);
}

extern "C" mv_dnn_convolution *mv_dnn_convolution_create(mv_dnn_type type, long in, long out, long kernel_height,
                                                         long kernel_width) {
  mv_dnn_convolution *result = nullptr;
  int failed = guarded([&] {
    auto made = std::make_unique<mv_dnn_convolution>();
    made->type = type;
    made->in = in;
    made->out = out;
    made->height = kernel_height;
    made->width = kernel_width;
    result = made.release();
  });
  return failed ? nullptr : result;
}

extern "C" void mv_dnn_convolution_destroy(mv_dnn_convolution *convolution) { delete convolution; }

extern "C" int mv_dnn_convolution_is_prepared(mv_dnn_convolution *convolution, long rows, long width) {
  std::lock_guard<std::mutex> lock(convolution->mutex);
  return convolution->shapes.count({rows, width, 1, 1}) != 0;
}

extern "C" int mv_dnn_convolution_prepare(mv_dnn_convolution *convolution, long rows, long width,
                                          const float *weights) {
  return guarded([&] {
    for (long accumulate = 0; accumulate < 2; accumulate++)
      for (long bias = 0; bias < 2; bias++) convolution->prepare({rows, width, accumulate, bias}, weights);
  });
}

extern "C" int mv_dnn_convolution_run(mv_dnn_convolution *convolution, long rows, long width, const void *source,
                                      const float *bias, float *target, int accumulate) {
  return guarded([&] {
    auto shaped = convolution->shaped({rows, width, accumulate != 0, bias != nullptr});
    std::unordered_map<int, memory> arguments{
        {DNNL_ARG_SRC, memory(shaped->source, cpu(), const_cast<void *>(source))},
        {DNNL_ARG_WEIGHTS, shaped->weights},
        {DNNL_ARG_DST, memory(shaped->target, cpu(), target)},
        {DNNL_ARG_SCRATCHPAD, scratchpad(shaped->scratch)}};
    if (bias) {
      memory::desc vector({convolution->out}, memory::data_type::f32, memory::format_tag::a);
      arguments.emplace(DNNL_ARG_BIAS, memory(vector, cpu(), const_cast<float *>(bias)));
    }
    shaped->primitive.execute(stream(), arguments);
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

extern "C" int mv_dnn_has_amx(void) {
  // The numbers of the sets are bits, those of lesser sets among them.
  const auto amx = static_cast<unsigned>(dnnl::cpu_isa::avx512_core_amx);
  return (static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & amx) == amx;
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
