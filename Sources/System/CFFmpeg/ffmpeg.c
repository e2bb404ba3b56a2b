#include "cffmpeg.h"
#include <dlfcn.h>
#include <stdio.h>

// The name that the linker would have noted: structures differ from one major version to the next.
#define LIBRARY(name, version) "lib" name ".so." AV_STRINGIFY(version)

/// What is loaded stays: encoders keep threads of their own.
static void *opened(const char *library, char *problem, size_t size) {
  void *handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
  if (!handle) snprintf(problem, size, "%s", dlerror());
  return handle;
}

static bool found(void *library, const char *name, void *pointer, char *problem, size_t size) {
  void *function = dlsym(library, name);
  if (!function) snprintf(problem, size, "%s", dlerror());
  *(void **)pointer = function;
  return function;
}

bool moviola_load_ffmpeg(moviola_ffmpeg *functions, char *problem, size_t size) {
  // Format needs codec, codec needs util: the first brings the others along.
  void *format = opened(LIBRARY("avformat", LIBAVFORMAT_VERSION_MAJOR), problem, size);
  void *codec = format ? opened(LIBRARY("avcodec", LIBAVCODEC_VERSION_MAJOR), problem, size) : NULL;
  void *util = codec ? opened(LIBRARY("avutil", LIBAVUTIL_VERSION_MAJOR), problem, size) : NULL;
  void *scale = util ? opened(LIBRARY("swscale", LIBSWSCALE_VERSION_MAJOR), problem, size) : NULL;
  if (!scale) return false;
#define FIND(name) &&found(library, #name, &functions->name, problem, size)
  void *library = util;
  bool all = true MOVIOLA_AVUTIL(FIND);
  library = codec;
  all = all MOVIOLA_AVCODEC(FIND);
  library = format;
  all = all MOVIOLA_AVFORMAT(FIND);
  library = scale;
  all = all MOVIOLA_SWSCALE(FIND);
#undef FIND
  return all;
}

static const moviola_ffmpeg *log_functions;
static moviola_log_sink log_sink;

static void log_line(void *context, int level, const char *format, va_list arguments) {
  char line[1024];
  int prefix = 0;
  if (level > AV_LOG_ERROR) return;
  log_functions->av_log_format_line2(context, level, format, arguments, line, sizeof line, &prefix);
  log_sink(level, line);
}

void moviola_log_to(const moviola_ffmpeg *functions, moviola_log_sink sink) {
  log_functions = functions;
  log_sink = sink;
  functions->av_log_set_callback(log_line);
}
