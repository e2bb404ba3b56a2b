#pragma once
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/dict.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>

// FFmpeg's libraries are not linked but loaded when the first clip is written or read: with all that they need they are
// some 130 files, and binding those took three quarters of the time that any other command has to wait for its first line.

/// Every function of FFmpeg that we call, by library.
#define MOVIOLA_AVUTIL(FUNCTION)                                                                                      \
  FUNCTION(av_dict_free) FUNCTION(av_dict_get) FUNCTION(av_dict_set) FUNCTION(av_frame_alloc) FUNCTION(av_frame_free) \
  FUNCTION(av_frame_get_buffer) FUNCTION(av_frame_make_writable) FUNCTION(av_freep) FUNCTION(av_log_format_line2)     \
  FUNCTION(av_log_set_callback) FUNCTION(av_malloc) FUNCTION(av_strerror)
#define MOVIOLA_AVCODEC(FUNCTION)                                                                                     \
  FUNCTION(av_packet_alloc) FUNCTION(av_packet_free) FUNCTION(av_packet_rescale_ts) FUNCTION(av_packet_unref)         \
  FUNCTION(avcodec_alloc_context3) FUNCTION(avcodec_find_encoder_by_name) FUNCTION(avcodec_free_context)              \
  FUNCTION(avcodec_open2) FUNCTION(avcodec_parameters_from_context) FUNCTION(avcodec_parameters_to_context)           \
  FUNCTION(avcodec_receive_frame) FUNCTION(avcodec_receive_packet) FUNCTION(avcodec_send_frame)                       \
  FUNCTION(avcodec_send_packet)
#define MOVIOLA_AVFORMAT(FUNCTION)                                                                                    \
  FUNCTION(av_find_best_stream) FUNCTION(av_find_input_format) FUNCTION(av_interleaved_write_frame)                   \
  FUNCTION(av_read_frame) FUNCTION(av_write_trailer) FUNCTION(avformat_alloc_output_context2)                         \
  FUNCTION(avformat_close_input) FUNCTION(avformat_find_stream_info) FUNCTION(avformat_free_context)                  \
  FUNCTION(avformat_new_stream) FUNCTION(avformat_open_input) FUNCTION(avformat_write_header)                         \
  FUNCTION(avio_alloc_context) FUNCTION(avio_closep) FUNCTION(avio_context_free) FUNCTION(avio_flush)                 \
  FUNCTION(avio_open)
#define MOVIOLA_SWSCALE(FUNCTION)                                                                                     \
  FUNCTION(sws_freeContext) FUNCTION(sws_getCoefficients) FUNCTION(sws_getContext) FUNCTION(sws_scale_frame)          \
  FUNCTION(sws_setColorspaceDetails)

/// These functions under their own names and with their own types.
typedef struct {
#define MOVIOLA_POINTER(name) __typeof__(&name) name;
  MOVIOLA_AVUTIL(MOVIOLA_POINTER)
  MOVIOLA_AVCODEC(MOVIOLA_POINTER)
  MOVIOLA_AVFORMAT(MOVIOLA_POINTER)
  MOVIOLA_SWSCALE(MOVIOLA_POINTER)
#undef MOVIOLA_POINTER
} moviola_ffmpeg;

/// Loads the libraries of the version that we were compiled for.
/// - Returns: whether all are there; if not, the loader's own words stand in `problem`.
bool moviola_load_ffmpeg(moviola_ffmpeg *functions, char *problem, size_t size);

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
/// Errors go to `sink` from now on, line by line, and nowhere else. After the libraries were loaded.
void moviola_log_to(const moviola_ffmpeg *functions, moviola_log_sink sink);
