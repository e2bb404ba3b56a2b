#pragma once
#include <errno.h>
#include <stdarg.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/dict.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>

// Swift imports neither function-like macros nor macros with casts: one line for each that we need.

/// "Give me more input first", what the send/receive calls answer between packets.
static const int moviola_again = AVERROR(EAGAIN);
/// The end of a stream: not a failure.
static const int moviola_end = AVERROR_EOF;
/// libav's code of an errno, for callbacks that Swift hands to libav.
static inline int moviola_averror(int errnum) { return AVERROR(errnum); }
static const int64_t moviola_no_timestamp = AV_NOPTS_VALUE;
/// The lambda of quantiser 1, the unit of `global_quality`.
static const int moviola_quantiser_unit = FF_QP2LAMBDA;
/// A context of swscale. Its fields are public from FFmpeg 8 on, and then it has another type in Swift.
typedef struct SwsContext *moviola_scaler;
/// Flags or an enumeration, depending on the version.
static const int moviola_accurate_scaling =
    SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP;

// A va_list has another Swift type on every architecture: libav's log is formatted here and handed on as a line.
typedef void (*moviola_log_sink)(int level, const char *line);
// A function, because Swift emits those of a header but not its variables.
static inline moviola_log_sink *moviola_current_sink(void) {
  static moviola_log_sink sink;
  return &sink;
}
static inline void moviola_log_callback(void *context, int level, const char *format, va_list arguments) {
  char line[1024];
  int prefix = 0;
  if (level > AV_LOG_ERROR) return;
  av_log_format_line2(context, level, format, arguments, line, sizeof line, &prefix);
  (*moviola_current_sink())(level, line);
}
static inline void moviola_log_to(moviola_log_sink sink) {
  *moviola_current_sink() = sink;
  av_log_set_callback(moviola_log_callback);
}
